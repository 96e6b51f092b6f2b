//! The rules. Pure: no I/O, no async, no clock of its own; everything is a function of what it is given.

pub mod hours;
