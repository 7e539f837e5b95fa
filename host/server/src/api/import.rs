//! `/v1/connections/import`: a connection from tokens that somebody else obtained.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_model::{id::ClientId, secret::Secret};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    caller::{Connect, ForTenant},
    describe::{About, Routes, Tag},
    json::{Json, optional_secret, optional_set, secret, secrets, set},
    once::Making,
    problem::Problem,
    reply::{Created, Tagged, created},
    view::connection::ConnectionView,
};
use crate::service::{GivenTokens, ImportError, NewImport};

/// A connection to be, with tokens that exist already.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewImport")]
struct Import {
    /// What it connects to.
    #[schemars(example = &"github")]
    connector: String,
    /// The auth method the tokens were obtained by: one with a person's consent.
    #[schemars(example = &"oauth-app")]
    method: String,
    /// The registration they were obtained with; left out, the one the tenant connects with. Others refresh nothing.
    client: Option<ClientId>,
    /// What people call it; left out, the connector's own name for it.
    #[schemars(example = &"GitHub of octocat")]
    name: Option<String>,
    /// The person it belongs to, by the application's own id; left out where the whole tenant uses it.
    #[schemars(example = &"user-42")]
    end_user: Option<String>,
    /// What it is for: ids of the connector's actions.
    #[serde(default, deserialize_with = "set")]
    #[schemars(example = ["list-repositories"])]
    actions: BTreeSet<String>,
    /// The fields of the connector and the method, the secret ones too.
    #[serde(default, deserialize_with = "secrets")]
    #[schemars(example = json!({}))]
    fields: BTreeMap<String, Secret>,
    /// The tokens and what is known of them.
    tokens: Tokens,
}

/// Tokens that exist already, and what is known of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportedTokens")]
struct Tokens {
    /// The access token.
    #[serde(deserialize_with = "secret")]
    access_token: Secret,
    /// The refresh token. Whoever had it before must not use it any more: most providers give out a new one for it, and
    /// take a second use for theft.
    #[serde(default, deserialize_with = "optional_secret")]
    refresh_token: Option<Secret>,
    /// When the access token ends; left out, the provider's refusal says so.
    expires_at: Option<Timestamp>,
    /// What was granted; left out, what the actions need.
    #[serde(default, deserialize_with = "optional_set")]
    #[schemars(example = ["repo"])]
    scopes: Option<BTreeSet<String>>,
    /// When the tokens were obtained.
    obtained_at: Option<Timestamp>,
    /// When the person consented: the permission's own end counts from here.
    consented_at: Option<Timestamp>,
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::Connections).post(
        "/v1/connections/import",
        import,
        About::new(
            "importConnection",
            "Import tokens that exist",
            "Makes a connection of tokens that were obtained elsewhere, and verifies it. Working tokens are left alone; the \
             refresh token is used only where the access token is over or refused. What does not work for now is kept as \
             `failing` with the reason. What the provider refuses for good is answered as `tokens-dead`, and nothing of it \
             is kept; where it gave newer tokens first, the connection stays with them, as `needs-reauthorization`.",
        )
        .refuses::<ImportError>(),
    )
}

async fn import(
    Making(service): Making,
    by: ForTenant<Connect>,
    Json(asked): Json<Import>,
) -> Result<Tagged<Created<ConnectionView<'static>>>, Problem> {
    let Tokens { access_token, refresh_token, expires_at, scopes, obtained_at, consented_at } = asked.tokens;
    let new = NewImport {
        tenant: by.tenant,
        connector: asked.connector,
        method: asked.method,
        client: asked.client,
        name: asked.name,
        end_user: asked.end_user,
        actions: asked.actions,
        fields: asked.fields,
        tokens: GivenTokens { access_token, refresh_token, expires_at, scopes, obtained_at, consented_at },
    };
    let connection = Box::pin(service.import(new, &by.caller.name())).await?;
    let made = created(format!("/v1/connections/{}", connection.id), ConnectionView::from(&connection));
    Ok(Tagged::of(service.entity_tag(&connection), made))
}
