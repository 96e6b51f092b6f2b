//! From messages to the JSON of a send: Meta's own examples, shapes of our own, and every limit at its edge.

mod corpus;
mod limits;
mod properties;
mod refusals;
mod samples;
mod shapes;
