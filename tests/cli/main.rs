//! The real `ponte` binary, as those who run it meet it.

mod demo;
mod doctor;
mod events;
mod example;
mod help;
mod install;
mod logs;
mod money;
mod serve;
mod shop;
