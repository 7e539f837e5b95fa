//! What may be chosen when the demo's provider starts.

use std::time::Duration;

use url::Url;

use crate::ambient::Ambient;

/// The choices; the default is what `jackfield demo` uses.
#[derive(Clone)]
pub struct DemoOptions {
    /// The id of the client that is registered from the start; its secret is drawn.
    pub client_id: String,
    /// Where that client may be sent back to. Left empty, it can use client credentials only, until
    /// it is registered again.
    pub redirect_uris: Vec<Url>,
    /// How long an access token lives. Five seconds, so that an expiry can be watched.
    pub access_token_lifetime: Duration,
    /// The clock and the randomness.
    pub ambient: Ambient,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            client_id: "jackfield-demo".into(),
            redirect_uris: Vec::new(),
            access_token_lifetime: Duration::from_secs(5),
            ambient: Ambient::system(),
        }
    }
}
