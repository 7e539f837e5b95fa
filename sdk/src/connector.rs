//! The trait every connector implements, and its way into the component.

use crate::bindings::base::Guest;
use crate::{Account, Connection, Failure, Manifest, panics};

/// A connector: what it declares, and how it finds out whose a credential is.
pub trait Connector {
    /// The declaration. Read at install with everything denied, and read again for comparison: the same every time.
    fn manifest() -> Manifest;

    /// Asks the provider whether the credential works, and whose it is. Changes nothing there.
    ///
    /// # Errors
    /// What the host should do about it; `?` on [`Connection::call`] and [`Json`](crate::Json) already says so.
    fn verify(connection: &Connection) -> Result<Account, Failure>;
}

impl<T: Connector> Guest for T {
    fn manifest() -> Manifest {
        panics::forward();
        T::manifest()
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        panics::forward();
        T::verify(connection)
    }
}
