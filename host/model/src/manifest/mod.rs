//! Manifests: what a connector declares, in the words the host works with.
//!
//! The WIT contract has a place for more than this host runs; what it does not run is refused
//! at install, by name, in `jackfield-runtime`.

mod check;
mod oauth2;

use serde::{Deserialize, Serialize};

use crate::{failure::Advice, pattern::Pattern, template::Template};

pub use check::{Fault, check};
pub use oauth2::{
    AuthorizeRules, BodyFormat, ClientAuth, Envelope, ExpiryFormat, KeptFrom, KeptValue, OAuth2, Parameter, Pkce,
    RefreshRules, RefreshUsing, Rename, Rotation, ScopeFormat, TokenRequestRules, TokenResponseRules, TokenSource,
    WithoutToken,
};

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

/// A value somebody types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Lower-case letters, digits and underscores.
    pub key: String,
    /// Its label.
    pub label: String,
    /// What to type, and where to find it.
    pub help: String,
    /// What may be typed.
    pub kind: FieldKind,
    /// The whole value must match.
    pub pattern: Option<Pattern>,
    /// An example.
    pub example: Option<String>,
    /// Taken when nothing is typed.
    pub default: Option<String>,
    /// Shown before the input and put before the value.
    pub prefix: String,
    /// Shown after the input and put after the value.
    pub suffix: String,
    /// Whether something must be typed.
    pub required: bool,
    /// Sealed, never shown again.
    pub secret: bool,
    /// Never shown.
    pub hidden: bool,
    /// Under advanced settings.
    pub advanced: bool,
    /// Shown only then.
    pub visible_when: Option<Condition>,
    /// Said beside the input.
    pub warning: Option<String>,
}

/// What may be typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An e-mail address.
    Email,
    /// One label of a host name.
    HostLabel,
    /// Any public https URL: an any-host field.
    BaseUrl,
    /// A URL the operator chooses.
    Url,
    /// One of these.
    Choice(Vec<Choice>),
    /// Several lines.
    MultiLine,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is kept.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// True when the field has one of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The field's key.
    pub field: String,
    /// Any of these.
    pub one_of: Vec<String>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// One way to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Its id.
    pub id: String,
    /// In words.
    pub title: String,
    /// How to find the key, or what will happen.
    pub help: Option<Guide>,
    /// The method itself.
    pub kind: MethodKind,
    /// Asked only for this method.
    pub fields: Vec<Field>,
    /// Where the credential goes on calls.
    pub placements: Vec<Placement>,
    /// How long the permission lasts.
    pub lifetime: Lifetime,
    /// How it is ended at the provider.
    pub revocation: Revocation,
}

/// The method itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodKind {
    /// Authorization code (RFC 6749 section 4.1).
    OAuth2Code(Box<OAuth2>),
    /// Client credentials (RFC 6749 section 4.4).
    ClientCredentials(Box<OAuth2>),
    /// A token a person typed.
    ApiToken {
        /// The secret field that holds it.
        field: String,
    },
}

impl MethodKind {
    /// Its OAuth 2 rules, where it has some.
    pub fn oauth2(&self) -> Option<&OAuth2> {
        match self {
            Self::OAuth2Code(oauth2) | Self::ClientCredentials(oauth2) => Some(oauth2),
            Self::ApiToken { .. } => None,
        }
    }
}

/// Where a credential goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// In a header.
    Header {
        /// Its name.
        name: Template,
        /// What precedes the credential, for example `Bearer `.
        prefix: Template,
    },
    /// In a query parameter.
    Query {
        /// Its name.
        name: Template,
    },
}

/// How long a permission lasts, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    /// From consent, whatever happens.
    pub absolute: Option<u64>,
    /// Without use.
    pub idle: Option<u64>,
    /// A kept value that says the end.
    pub hard_cap: Option<String>,
    /// Whether a person can prolong it.
    pub renewable: bool,
}

/// How a grant is ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// RFC 7009.
    Rfc7009,
    /// By the `revoke` hook.
    Hook,
    /// A person does it there.
    Page(Guide),
    /// Not at all.
    None,
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
