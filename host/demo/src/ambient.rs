//! The clock and the randomness, made here once and handed to everything that needs them.

use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::BASE64URL_NOPAD;
use oxide_auth::primitives::generator::TagGrant;
use oxide_auth::primitives::grant::Grant;

/// How many random bytes a code, a token, a secret or a ticket is made of.
const DRAWN_BYTES: usize = 32;

type Now = dyn Fn() -> SystemTime + Send + Sync;
type Fill = dyn Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync;

/// The source of random bytes failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of random bytes failed")]
pub struct NoRandomness;

/// What the provider takes from its surroundings: the time and random bytes.
///
/// One thing escapes it: oxide-auth itself reads the wall clock to end a code after ten minutes.
#[derive(Clone)]
pub struct Ambient {
    now: Arc<Now>,
    fill: Arc<Fill>,
}

impl Ambient {
    /// The machine's own clock and randomness.
    #[allow(clippy::disallowed_methods, reason = "the one place where the demo's provider meets the wall clock")]
    pub fn system() -> Self {
        Self::new(SystemTime::now, |bytes| aws_lc_rs::rand::fill(bytes).map_err(|_| NoRandomness))
    }

    /// A given clock and a given source of random bytes.
    pub fn new(
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
        fill: impl Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), fill: Arc::new(fill) }
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.now)()
    }

    /// A fresh random word that is safe in a URL, a header and a form.
    pub(crate) fn draw(&self) -> Result<String, NoRandomness> {
        let mut bytes = [0_u8; DRAWN_BYTES];
        (self.fill)(&mut bytes)?;
        Ok(BASE64URL_NOPAD.encode(&bytes))
    }
}

impl TagGrant for Ambient {
    fn tag(&mut self, _usage: u64, _grant: &Grant) -> Result<String, ()> {
        self.draw().map_err(|NoRandomness| ())
    }
}
