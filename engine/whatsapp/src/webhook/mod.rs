//! From the bytes of a webhook to normalized events.
