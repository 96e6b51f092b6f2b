//! The HTTP client of the Graph API.
