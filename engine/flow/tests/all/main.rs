//! Flow packages as their authors and shops meet them.

mod bad_packages;
mod good_packages;
mod kit;
mod settings;
mod stored;
mod templates;
mod trigger;
