//! Between the contract's words and the model's: the one place where one becomes the other.

mod answers;
mod faults;
mod fields;
mod manifest;
mod methods;
mod oauth2;

use crate::bindings::jackfield::connector::manifest_types as wit;

pub use answers::Verified;
pub(crate) use answers::{account, advice, failure, hole, plan, targets, value};
pub(crate) use manifest::manifest;
