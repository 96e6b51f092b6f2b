//! What error codes mean for a retry.
