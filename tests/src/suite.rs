//! A suite of cases, for the stories; the crates' own tests have it from where it is.

pub use jackfield_suite::{Slice, Suite};
