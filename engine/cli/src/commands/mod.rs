//! The commands.

pub(crate) mod builder;
pub(crate) mod chat;
pub(crate) mod consent;
pub(crate) mod conversation;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod flow;
pub(crate) mod http;
pub(crate) mod money;
pub(crate) mod notices;
pub(crate) mod number;
pub(crate) mod outbox;
mod people;
pub(crate) mod route;
pub(crate) mod run;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod template;
pub(crate) mod test;
pub(crate) mod timeline;
