//! Origins: where requests may go. Whether the credential goes there is said at each, never assumed.

use super::{KeptOrigin, Origin, OriginPlace, RequestPattern};

impl Origin {
    /// An origin that receives the connection's credential. A host name, or another [`OriginPlace`].
    pub fn with_credential(id: &str, place: impl Into<OriginPlace>) -> Self {
        Self { id: id.to_owned(), place: place.into(), credential: true, extras: Vec::new() }
    }

    /// An origin that is asked without a credential.
    pub fn without_credential(id: &str, place: impl Into<OriginPlace>) -> Self {
        Self { credential: false, ..Self::with_credential(id, place) }
    }
}

impl From<&str> for OriginPlace {
    /// A host such as `api.example.com`, `api.example.com:8443` or `{subdomain}.example.com`.
    fn from(host: &str) -> Self {
        Self::Host(host.to_owned())
    }
}

impl OriginPlace {
    /// The base URL in a connection field.
    pub fn field(key: &str) -> Self {
        Self::Field(key.to_owned())
    }

    /// The base URL in a client field, chosen by the operator.
    pub fn client_field(key: &str) -> Self {
        Self::ClientField(key.to_owned())
    }

    /// A value kept from a token response or callback, inside these hosts or `*.domain` patterns only.
    pub fn kept(key: &str, within: &[&str]) -> Self {
        let within = within.iter().map(|host| (*host).to_owned()).collect();
        Self::Kept(KeptOrigin { key: key.to_owned(), within })
    }
}

impl RequestPattern {
    /// Methods, an origin's id, and a path whose segments may be `*` or, last, `**`.
    pub fn new(methods: &[&str], origin: &str, path: &str) -> Self {
        Self {
            methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            origin: origin.to_owned(),
            path: path.to_owned(),
        }
    }
}
