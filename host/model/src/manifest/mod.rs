//! Manifests: what a connector declares, in the words the host works with.
//!
//! The WIT contract has a place for more than this host runs; what it does not run is refused
//! at install, by name, in `jackfield-runtime`.

mod basic;
mod check;
mod enforced;
mod field;
mod method;
mod oauth2;
mod placement;
mod standard;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{failure::Advice, template::Template};

pub use basic::{Basic, Pair, PairError};
pub use check::{Fault, check};
pub use enforced::Enforced;
pub use field::{Choice, Condition, Field, FieldKind};
pub use method::{Lifetime, LifetimeCase, Method, MethodKind, Reach, Revocation, TakenValue};
pub use oauth2::{
    AuthorizeRules, BodyFormat, ClientAuth, Envelope, ExpiryFormat, KeptFrom, KeptValue, OAuth2, Parameter, Pkce,
    RefreshRules, RefreshUsing, Rename, Rotation, ScopeFormat, TokenRequestRules, TokenResponseRules, TokenRules,
    TokenSource, WithoutToken, in_list,
};
pub use placement::{CallHeader, Placed, Placement};

/// What this host's own webhooks are named by where an operator lets requests reach private addresses. No connector is called so.
pub const WEBHOOKS: &str = "webhooks";

/// A declaration, valid as a whole once `check` has passed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Stable name: lower-case letters, digits and hyphens.
    pub name: String,
    /// The connector's own version.
    pub version: semver::Version,
    /// How it introduces itself.
    pub presentation: Presentation,
    /// Asked from the person who connects.
    pub fields: Vec<Field>,
    /// Asked from the operator, once per client.
    pub client_fields: Vec<Field>,
    /// Where requests may go.
    pub origins: Vec<Origin>,
    /// The provider's permission strings.
    pub scopes: Vec<Scope>,
    /// What it can be used for.
    pub actions: Vec<Action>,
    /// The ways to connect.
    pub methods: Vec<Method>,
    /// The requests each exported function makes.
    pub requests: Vec<HookRequests>,
    /// Headers of every request with the credential.
    #[serde(default)]
    pub headers: Vec<CallHeader>,
    /// Failure classes; first match wins.
    pub failures: Vec<FailureRule>,
    /// Where the provider tells of its limits.
    pub rate_limit: Option<RateLimit>,
    /// How lists continue.
    pub pagination: Vec<Pagination>,
}

/// How a connector introduces itself. Plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presentation {
    /// The provider's name.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// Where it is listed.
    pub categories: Vec<String>,
    /// An SVG without script and outside references.
    pub icon: Option<String>,
    /// The provider's documentation.
    pub documentation: Option<String>,
    /// How an operator registers a client.
    pub register_client: Option<Guide>,
}

/// A sentence and where to read on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The sentence.
    pub text: String,
    /// Where to read on.
    pub url: Option<String>,
}

/// Where requests may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Named by requests and actions.
    pub id: String,
    /// What names its host.
    pub place: OriginPlace,
    /// Whether the connection's credential may go there.
    pub credential: bool,
}

/// What names the host of an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginPlace {
    /// `api.example.com`, with a port where it is not 443, or `{subdomain}.example.com`.
    Host(Template),
    /// The base URL in this connection field.
    Field(String),
    /// The base URL in this client field.
    ClientField(String),
    /// The issuer and the endpoints it announces.
    Issuer,
    /// A value kept from the provider, within these hosts.
    Kept {
        /// The kept value's key.
        key: String,
        /// Hosts or `*.domain` patterns.
        within: Vec<String>,
    },
}

impl OriginPlace {
    /// Whether the manifest or the operator names the host, and neither the person who connects nor the provider.
    pub fn is_operators(&self) -> bool {
        match self {
            Self::Host(host) => host.keys().next().is_none(),
            Self::ClientField(_) | Self::Issuer => true,
            Self::Field(_) | Self::Kept { .. } => false,
        }
    }
}

/// One permission string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The provider's string.
    pub id: String,
    /// In words.
    pub title: String,
    /// In a sentence.
    pub description: String,
    /// Granted with it.
    pub implies: Vec<String>,
    /// The scope list it travels in; empty for the first.
    pub scope_list: String,
    /// Always asked for.
    pub always: bool,
}

/// How strong an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Looks.
    Read,
    /// Changes.
    Write,
    /// Manages.
    Admin,
}

/// A named thing a scenario does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: String,
    /// In words.
    pub title: String,
    /// In a sentence.
    pub description: String,
    /// How strong it is.
    pub access: Access,
    /// Sets of scopes, smallest first, of which one is needed.
    pub any_of: Vec<Vec<String>>,
    /// The requests it makes.
    pub requests: Vec<RequestPattern>,
    /// A path cannot divide it.
    pub indivisible: bool,
}

/// Requests that may be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestPattern {
    /// Upper case.
    pub methods: Vec<String>,
    /// An origin's id.
    pub origin: String,
    /// `*` stands for a segment, a last `**` for the rest.
    pub path: Template,
}

/// The requests of one exported function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookRequests {
    /// `verify`, or a hook interface's name.
    pub hook: String,
    /// What it may send.
    pub requests: Vec<RequestPattern>,
}

/// A failure class by what the provider answered. Empty means any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRule {
    /// Status codes.
    pub statuses: Vec<u16>,
    /// A header and a text it contains.
    pub header: Option<(String, String)>,
    /// A pointer into the body and its values.
    pub body: Option<(String, Vec<String>)>,
    /// What to do.
    pub advice: Advice,
    /// Stable code.
    pub code: String,
}

/// Header names in which the provider tells of its limits; empty when absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// How many calls there are.
    pub limit: String,
    /// How many are left.
    pub remaining: String,
    /// When they are full again.
    pub reset: String,
    /// How `reset` and `retry_after` are written.
    pub reset_format: ExpiryFormat,
    /// How long to wait.
    pub retry_after: String,
}

/// How lists continue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pagination {
    /// `Link: <…>; rel="next"` (RFC 8288).
    LinkHeader,
    /// Pointer to the next cursor, and the parameter that takes it.
    Cursor(String, String),
    /// Parameters for offset and limit.
    Offset(String, String),
    /// Parameter for the page number.
    Page(String),
}

impl Manifest {
    /// The action of this id.
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// The method of this id.
    pub fn method(&self, id: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.id == id)
    }

    /// The scope of this id.
    pub fn scope(&self, id: &str) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.id == id)
    }

    /// The origin of this id.
    pub fn origin(&self, id: &str) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.id == id)
    }

    /// Every connection field: the common ones and those of each method.
    pub fn all_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().chain(self.methods.iter().flat_map(|method| &method.fields))
    }

    /// The connection fields of one method: the common ones and its own.
    pub fn fields_of<'a>(&'a self, method: &'a Method) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().chain(&method.fields)
    }

    /// The requests an exported function may make.
    pub fn requests_of(&self, hook: &str) -> &[RequestPattern] {
        self.requests.iter().find(|declared| declared.hook == hook).map_or(&[], |declared| &declared.requests)
    }
}
