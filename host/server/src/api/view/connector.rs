//! An installed connector as JSON: what it is, what it asks of the operator, what it offers.

use std::collections::BTreeSet;

use jackfield_model::{
    approval::{Request, requests},
    connector::{Approval, Class, Connector},
    manifest::{Access, Action, Choice, Field, FieldKind, Guide, Method, MethodKind, Scope},
    pattern::Pattern,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// The digest of every example.
const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A connector.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Connector")]
pub(in crate::api) struct ConnectorView<'a> {
    /// Its stable name.
    #[schemars(example = &"github")]
    name: &'a str,
    /// Its version (semantic versioning).
    #[schemars(example = &"1.0.0")]
    version: String,
    /// What people call the service.
    #[schemars(example = &"GitHub")]
    title: &'a str,
    /// What the service is, in a sentence.
    #[schemars(example = &"Code hosting and collaboration.")]
    description: &'a str,
    /// What it is about.
    #[schemars(example = ["development"])]
    categories: &'a [String],
    /// The provider's documentation.
    #[schemars(extend("format" = "uri"), example = &"https://docs.github.com/rest")]
    documentation: Option<&'a str>,
    /// How an operator registers a client at the provider.
    register_client: Option<GuideView<'a>>,
    /// SHA-256 of the component, lower-case hex.
    #[schemars(extend("pattern" = "^[0-9a-f]{64}$"), example = DIGEST)]
    digest: &'a str,
    /// Size of the component in bytes.
    #[schemars(example = 183_204)]
    size: u64,
    /// Which engine it runs on.
    class: Class,
    /// The optional hooks it has.
    #[schemars(example = ["revoke"])]
    hooks: &'a BTreeSet<String>,
    /// Whether it may run.
    approved: bool,
    /// An operator's word, for the component it was given for; null before the first.
    approval: Option<ApprovalView<'a>>,
    /// What it asks of the operator.
    requests: Vec<Request>,
    /// The ways to connect.
    methods: Vec<MethodView<'a>>,
    /// What a person sets about a connection.
    fields: Vec<FieldView<'a>>,
    /// What an operator sets about a client.
    client_fields: Vec<FieldView<'a>>,
    /// What can be done with it.
    actions: Vec<ActionView<'a>>,
    /// The provider's scopes.
    scopes: Vec<ScopeView<'a>>,
    /// When it was installed.
    installed_at: Timestamp,
}

/// An operator's word for one component and all it asks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Approval")]
struct ApprovalView<'a> {
    /// The component it was given for.
    #[schemars(extend("pattern" = "^[0-9a-f]{64}$"), example = DIGEST)]
    digest: &'a str,
    /// Who gave it: an API key's id.
    #[schemars(example = &"key_01KAMVJ5D0Q4Z8N6T2R7W3X9YB")]
    by: &'a str,
    /// When.
    at: Timestamp,
}

/// A hint for a person, and where to follow it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Guide")]
struct GuideView<'a> {
    /// The hint.
    #[schemars(example = &"Create an OAuth app and copy its client id and secret.")]
    text: &'a str,
    /// The page to do it on.
    #[schemars(extend("format" = "uri"), example = &"https://github.com/settings/developers")]
    url: Option<&'a str>,
}

/// A way to connect.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuthMethod")]
struct MethodView<'a> {
    /// Its id.
    #[schemars(example = &"oauth-app")]
    id: &'a str,
    /// What people call it.
    #[schemars(example = &"Sign in with GitHub")]
    title: &'a str,
    /// What it is, as a word: `oauth2-code`, `client-credentials`, `api-token`, … New ones may come.
    #[schemars(example = &"oauth2-code")]
    kind: &'static str,
    /// How a person gets what it asks for.
    help: Option<GuideView<'a>>,
    /// What it asks of the person.
    fields: Vec<FieldView<'a>>,
}

/// Something a person or an operator fills in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Field")]
struct FieldView<'a> {
    /// Its name in `fields`.
    #[schemars(example = &"base_url")]
    key: &'a str,
    /// What stands beside it.
    #[schemars(example = &"API address")]
    label: &'a str,
    /// What to enter.
    #[schemars(example = &"Where the API answers.")]
    help: &'a str,
    /// What it is, as a word: `text`, `number`, `boolean`, `email`, `host-label`, `base-url`, `url`, `choice`, `multi-line`.
    #[schemars(example = &"base-url")]
    kind: &'static str,
    /// What can be chosen, for `choice`.
    #[schemars(example = json!([]))]
    choices: Vec<&'a str>,
    /// What a value must match: a regular expression.
    #[schemars(example = &"^https://")]
    pattern: Option<&'a str>,
    /// What a value looks like.
    #[schemars(example = &"https://api.example.com")]
    example: Option<&'a str>,
    /// What is taken where nothing is entered.
    #[schemars(example = &"https://api.example.com")]
    default: Option<&'a str>,
    /// Whether it must be filled in.
    required: bool,
    /// Whether it is kept sealed and never shown.
    secret: bool,
    /// Whether it stands under advanced settings.
    advanced: bool,
}

/// A named thing to do with the provider.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Action")]
struct ActionView<'a> {
    /// Its id.
    #[schemars(example = &"list-repositories")]
    id: &'a str,
    /// What it is called.
    #[schemars(example = &"List repositories")]
    title: &'a str,
    /// What it does.
    #[schemars(example = &"Sees the names of all repositories.")]
    description: &'a str,
    /// How strong it is.
    access: Access,
    /// Sets of scopes of which one is needed.
    #[schemars(example = [["repo"]])]
    any_of: &'a [Vec<String>],
}

/// One of the provider's scopes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Scope")]
struct ScopeView<'a> {
    /// The provider's name of it.
    #[schemars(example = &"repo")]
    id: &'a str,
    /// What it is called.
    #[schemars(example = &"Repositories")]
    title: &'a str,
    /// What it allows.
    #[schemars(example = &"Read and write code, issues and settings of repositories.")]
    description: &'a str,
    /// Scopes it brings along.
    #[schemars(example = ["public_repo"])]
    implies: &'a [String],
    /// Whether it is always asked for.
    always: bool,
}

impl<'a> From<&'a Connector> for ConnectorView<'a> {
    fn from(connector: &'a Connector) -> Self {
        let manifest = &connector.manifest;
        let presentation = &manifest.presentation;
        Self {
            name: &connector.name,
            version: manifest.version.to_string(),
            title: &presentation.title,
            description: &presentation.description,
            categories: &presentation.categories,
            documentation: presentation.documentation.as_deref(),
            register_client: presentation.register_client.as_ref().map(GuideView::from),
            digest: &connector.digest,
            size: connector.size,
            class: connector.class,
            hooks: &connector.hooks,
            approved: connector.is_approved(),
            approval: connector.approval.as_ref().map(ApprovalView::from),
            requests: requests(manifest),
            methods: manifest.methods.iter().map(MethodView::from).collect(),
            fields: manifest.fields.iter().map(FieldView::from).collect(),
            client_fields: manifest.client_fields.iter().map(FieldView::from).collect(),
            actions: manifest.actions.iter().map(ActionView::from).collect(),
            scopes: manifest.scopes.iter().map(ScopeView::from).collect(),
            installed_at: connector.installed_at,
        }
    }
}

impl<'a> From<&'a Approval> for ApprovalView<'a> {
    fn from(approval: &'a Approval) -> Self {
        Self { digest: &approval.digest, by: &approval.by, at: approval.at }
    }
}

impl<'a> From<&'a Guide> for GuideView<'a> {
    fn from(guide: &'a Guide) -> Self {
        Self { text: &guide.text, url: guide.url.as_deref() }
    }
}

impl<'a> From<&'a Method> for MethodView<'a> {
    fn from(method: &'a Method) -> Self {
        let kind = match method.kind {
            MethodKind::OAuth2Code(_) => "oauth2-code",
            MethodKind::ClientCredentials(_) => "client-credentials",
            MethodKind::ApiToken { .. } => "api-token",
            MethodKind::Basic(_) => "basic",
        };
        Self {
            id: &method.id,
            title: &method.title,
            kind,
            help: method.help.as_ref().map(GuideView::from),
            fields: method.fields.iter().map(FieldView::from).collect(),
        }
    }
}

impl<'a> From<&'a Field> for FieldView<'a> {
    fn from(field: &'a Field) -> Self {
        let choices: &[Choice] = if let FieldKind::Choice(choices) = &field.kind { choices } else { &[] };
        Self {
            key: &field.key,
            label: &field.label,
            help: &field.help,
            kind: kind(&field.kind),
            choices: choices.iter().map(|choice| choice.value.as_str()).collect(),
            pattern: field.pattern.as_ref().map(Pattern::source),
            example: field.example.as_deref(),
            default: field.default.as_deref(),
            required: field.required,
            secret: field.secret,
            advanced: field.advanced,
        }
    }
}

fn kind(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Number => "number",
        FieldKind::Boolean => "boolean",
        FieldKind::Email => "email",
        FieldKind::HostLabel => "host-label",
        FieldKind::BaseUrl => "base-url",
        FieldKind::Url => "url",
        FieldKind::Choice(_) => "choice",
        FieldKind::MultiLine => "multi-line",
    }
}

impl<'a> From<&'a Action> for ActionView<'a> {
    fn from(action: &'a Action) -> Self {
        Self {
            id: &action.id,
            title: &action.title,
            description: &action.description,
            access: action.access,
            any_of: &action.any_of,
        }
    }
}

impl<'a> From<&'a Scope> for ScopeView<'a> {
    fn from(scope: &'a Scope) -> Self {
        Self {
            id: &scope.id,
            title: &scope.title,
            description: &scope.description,
            implies: &scope.implies,
            always: scope.always,
        }
    }
}
