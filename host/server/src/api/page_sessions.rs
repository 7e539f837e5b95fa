//! `/v1/page-sessions`: links that sign people in to the pages.

use axum::extract::State;
use jackfield_model::person::{Person, Role};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller::{Connect, ForHost, ForTenant},
    describe::{About, Routes, Tag},
    json::Json,
    problem::Problem,
    reply::{Created, created},
};
use crate::service::{NewPageSession, PageSessionError, Service, SignInLink};

/// Whom to sign in to a tenant's pages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPageSession")]
struct Create {
    /// What they are there.
    #[serde(default)]
    role: TenantRole,
    /// The application's own id of the person, 1 to 200 characters.
    #[schemars(example = &"user-42")]
    person: String,
    /// What they are called, shown on the pages.
    #[schemars(example = &"Ada")]
    name: Option<String>,
    /// The page they go on to; their connections where it is left out.
    #[schemars(example = &"/connections")]
    to: Option<String>,
    /// What the sign-in page handed on as `begun`, where the person came from there. The link then works in that browser
    /// only and does not ask; without it the person is asked whether it is theirs.
    #[schemars(example = &"c7be1ed902fb8dd4d48997c6452f5d7e509fbcdbe2808b16bcf4edce4c07d14e")]
    begun: Option<String>,
}

/// What somebody is to a tenant's pages.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum TenantRole {
    /// Sees their own connections and the shared ones.
    #[default]
    EndUser,
    /// Sees all connections of the tenant, and looks after its brand, clients and webhooks.
    Administrator,
}

/// Which operator to sign in to the host's pages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewOperatorSession")]
struct CreateForOperator {
    /// Who, as the audit log will name them: 1 to 200 characters.
    #[schemars(example = &"grace")]
    person: String,
}

/// A link that signs somebody in, once.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SignInLink")]
struct LinkView {
    /// Send the person's browser there.
    #[schemars(extend("format" = "uri"), example = &"https://connect.example.com/sign-in/5mXw")]
    url: String,
    /// When it stops working.
    expires_at: Timestamp,
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::PageSessions)
        .post(
            "/v1/page-sessions",
            create,
            About::new(
                "createPageSession",
                "Sign a person in to a tenant's pages",
                "Answers a link that works once, for five minutes. The application vouches for who the person is.",
            )
            .refuses::<PageSessionError>(),
        )
        .post(
            "/v1/operator-sessions",
            create_for_operator,
            About::new(
                "createOperatorSession",
                "Sign an operator in to the host's pages",
                "Answers a link that works once, for five minutes, and asks whoever follows it.",
            )
            .refuses::<PageSessionError>(),
        )
}

async fn create(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Created<LinkView>, Problem> {
    let role = match asked.role {
        TenantRole::EndUser => Role::EndUser,
        TenantRole::Administrator => Role::Administrator,
    };
    let person = Person { role, tenant: Some(by.tenant), subject: asked.person, name: asked.name };
    let new = NewPageSession { person, to: asked.to, begun: asked.begun };
    Ok(answer(service.offer_sign_in(new, &by.caller.name()).await?))
}

async fn create_for_operator(
    State(service): State<Service>,
    by: ForHost,
    Json(asked): Json<CreateForOperator>,
) -> Result<Created<LinkView>, Problem> {
    let person = Person { role: Role::Operator, tenant: None, subject: asked.person, name: None };
    let new = NewPageSession { person, to: None, begun: None };
    Ok(answer(service.offer_sign_in(new, &by.caller.name()).await?))
}

fn answer(link: SignInLink) -> Created<LinkView> {
    created(link.url.clone(), LinkView { url: link.url, expires_at: link.expires_at })
}
