//! An installed connector as JSON: what it is, what it asks of the operator, what it offers.

use std::collections::BTreeSet;

use jackfield_model::{
    approval::{Request, requests},
    connector::{Approval, Class, Connector},
    manifest::{Action, Choice, Field, FieldKind, Guide, Method, MethodKind, Scope},
    pattern::Pattern,
};
use jiff::Timestamp;
use serde::Serialize;

/// A connector.
#[derive(Debug, Serialize)]
pub(in crate::api) struct ConnectorView<'a> {
    name: &'a str,
    version: String,
    title: &'a str,
    description: &'a str,
    categories: &'a [String],
    documentation: Option<&'a str>,
    register_client: Option<GuideView<'a>>,
    digest: &'a str,
    size: u64,
    class: Class,
    hooks: &'a BTreeSet<String>,
    /// Whether it may run.
    approved: bool,
    approval: Option<ApprovalView<'a>>,
    /// What it asks of the operator.
    requests: Vec<Request>,
    methods: Vec<MethodView<'a>>,
    fields: Vec<FieldView<'a>>,
    client_fields: Vec<FieldView<'a>>,
    actions: Vec<ActionView<'a>>,
    scopes: Vec<ScopeView<'a>>,
    installed_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct ApprovalView<'a> {
    digest: &'a str,
    by: &'a str,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct GuideView<'a> {
    text: &'a str,
    url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct MethodView<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'static str,
    help: Option<GuideView<'a>>,
    fields: Vec<FieldView<'a>>,
}

#[derive(Debug, Serialize)]
struct FieldView<'a> {
    key: &'a str,
    label: &'a str,
    help: &'a str,
    kind: &'static str,
    choices: Vec<&'a str>,
    pattern: Option<&'a str>,
    example: Option<&'a str>,
    default: Option<&'a str>,
    required: bool,
    secret: bool,
    advanced: bool,
}

#[derive(Debug, Serialize)]
struct ActionView<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
    access: jackfield_model::manifest::Access,
    /// Sets of scopes of which one is needed.
    any_of: &'a [Vec<String>],
}

#[derive(Debug, Serialize)]
struct ScopeView<'a> {
    id: &'a str,
    title: &'a str,
    description: &'a str,
    implies: &'a [String],
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
