//! The functions of the contract, one file an interface. Each counts the call, looks at the permission, and does
//! its work in the model's words.

mod ai;
mod calendar;
mod contacts;
mod conversation;
mod http;
mod log;
mod orders;
mod outside;
mod run;
mod schedule;
mod secrets;
mod send;
mod settings;
mod state;

use crate::bindings::ponte::flow;
use crate::state::RunState;

// Interfaces without functions.
impl flow::types::Host for RunState {}
impl flow::events::Host for RunState {}
