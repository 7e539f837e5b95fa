//! What the stories need around Jackfield: a browser, real peers, and doubles of providers; the host itself is started by the stories.

pub mod authority;
pub mod browser;
pub mod doubles;
pub mod peer;
pub mod wire;
