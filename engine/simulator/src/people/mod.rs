//! The people behind the platform: customers, and the owner with the phone app.

mod business_phone;
mod customer;
mod inbox;
mod things;

pub use business_phone::{AutoReply, BusinessPhone};
pub use customer::Customer;
pub(crate) use inbox::rendered;
pub use inbox::{Choice, Received, Writer};
