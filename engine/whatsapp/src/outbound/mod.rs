//! From a message to the JSON of a send.
