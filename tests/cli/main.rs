//! The real `ponte` binary, as those who run it meet it.

mod consent;
mod demo;
mod doctor;
mod events;
mod example;
mod help;
mod install;
mod logs;
mod serve;
mod shop;
