//! A caller's body where the credential goes into it: held whole, within a bound, and sent with one member more.

use bytes::Bytes;
use http::header;
use jackfield_runtime::Denial;

use super::prepare::Ready;

/// The largest body that a credential is placed in, in bytes.
pub(super) const MOST: u64 = 1024 * 1024;

impl Ready {
    /// The body to send, from the one that was held.
    pub(super) fn with_credential(&self, held: &Bytes) -> Result<Bytes, Denial> {
        if self.headers.contains_key(header::CONTENT_ENCODING) {
            let message =
                "the credential goes into the body, and this one is packed: send it without `content-encoding`";
            return Err(Denial::new("credential-in-body", message));
        }
        self.gate.place_in_body(&self.headers, held.to_vec()).map(Bytes::from)
    }
}

/// A body that is too large to be given a credential.
pub(super) fn too_large() -> Denial {
    let message = format!("the credential goes into the body, which then has at most {MOST} bytes: send less");
    Denial::new("body-size", message)
}
