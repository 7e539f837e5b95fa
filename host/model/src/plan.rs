//! Plans: requests with named holes, returned by a connector and filled by the host.

/// A secret or value that only the host knows, named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hole {
    /// The provider's `client_id`.
    ClientId,
    /// The client secret.
    ClientSecret,
    /// RFC 6749 section 2.3.1 credentials, without the word Basic.
    BasicClient,
    /// The authorization code.
    Code,
    /// The PKCE verifier.
    Verifier,
    /// The redirect URI.
    RedirectUri,
    /// The refresh token.
    RefreshToken,
    /// The access token.
    AccessToken,
    /// A field of the connection (`key`) or of the client (`client.key`).
    Field(String),
    /// A signature made in the same call.
    Signature(u32),
}

impl Hole {
    /// Its name, for refusals.
    pub fn name(&self) -> String {
        match self {
            Self::ClientId => "client-id".into(),
            Self::ClientSecret => "client-secret".into(),
            Self::BasicClient => "basic-client".into(),
            Self::Code => "code".into(),
            Self::Verifier => "verifier".into(),
            Self::RedirectUri => "redirect-uri".into(),
            Self::RefreshToken => "refresh-token".into(),
            Self::AccessToken => "access-token".into(),
            Self::Field(key) => format!("field {key}"),
            Self::Signature(number) => format!("signature {number}"),
        }
    }

    /// Whether filling it places a secret (a public field is decided by its declaration).
    pub fn is_secret(&self) -> bool {
        !matches!(self, Self::ClientId | Self::RedirectUri | Self::Field(_))
    }
}

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// Filled by the host.
    Hole(Hole),
}

/// A value put together from pieces, in order.
pub type Value = Vec<Part>;

/// The body of a planned request; the host encodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanBody {
    /// None.
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, Value)>),
    /// An object of strings, each at its JSON pointer.
    Json(Vec<(String, Value)>),
    /// Other text with its content type.
    Text(String, Value),
}

/// A request with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Upper case.
    pub method: String,
    /// Absolute https URL, without query.
    pub url: String,
    /// Appended, encoded by the host.
    pub query: Vec<(String, Value)>,
    /// Path segments appended, encoded by the host.
    pub path: Vec<Value>,
    /// Headers.
    pub headers: Vec<(String, Value)>,
    /// Body.
    pub body: PlanBody,
}

impl Plan {
    /// Every hole it names.
    pub fn holes(&self) -> Vec<&Hole> {
        let body: Vec<&Value> = match &self.body {
            PlanBody::Empty => vec![],
            PlanBody::Form(pairs) | PlanBody::Json(pairs) => pairs.iter().map(|(_, value)| value).collect(),
            PlanBody::Text(_, value) => vec![value],
        };
        let named = self.query.iter().chain(&self.headers).map(|(_, value)| value);
        let values = named.chain(&self.path).chain(body);
        let holes = values.flatten().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Text(_) => None,
        });
        holes.collect()
    }
}
