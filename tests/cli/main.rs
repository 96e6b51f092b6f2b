//! The real `ponte` binary, as those who run it meet it.

mod builder;
mod consent;
mod conversation;
mod demo;
mod doctor;
mod events;
mod example;
mod flows;
mod help;
mod hooks;
mod install;
mod logs;
mod money;
mod number;
mod outside;
mod route;
mod runs;
mod scenarios;
mod serve;
mod shop;
mod template;
