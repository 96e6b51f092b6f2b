//! The sandbox from outside: guests written by hand, a broker made of maps.

mod broker;
mod compiler;
mod contract;
mod deterministic;
mod guests;
mod journal;
mod limits;
mod outside;
mod support;
