//! What every handler sees: who the provider is, its key, its clock and its books.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ambient::Ambient;
use crate::books::Books;
use crate::signing::SigningKey;

/// The provider behind both listeners.
pub(crate) struct Provider {
    /// The issuer identifier, `http://127.0.0.1:PORT`, without a slash at its end.
    pub(crate) issuer: String,
    pub(crate) ambient: Ambient,
    pub(crate) lifetime: Duration,
    pub(crate) key: SigningKey,
    pub(crate) books: Mutex<Books>,
}

impl Provider {
    /// The books, for a short while: nobody waits for anything with them in hand.
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
