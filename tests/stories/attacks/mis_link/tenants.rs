//! Across tenants: what belongs to one of them, brought to another's host name or finished with another's key.

use anyhow::{Context, ensure};
use http::StatusCode;
use jackfield_tests::host::Answer;
use jackfield_tests::scene::returned;
use serde_json::json;

use super::scene::{Scene, binding, target};
use super::{Entry, Outcome, attack};

/// Beta's own host name.
const BETAS: &str = "beta.localhost";

pub(super) fn attacks() -> Vec<Entry> {
    vec![
        attack!(Never, "tenants: a callback at another tenant's host name", callback_elsewhere),
        attack!(Never, "tenants: a link at another tenant's host name", link_elsewhere),
        attack!(Never, "tenants: a ticket with another tenant's key", ticket_of_another),
        attack!(Never, "tenants: a ticket with a key that may not connect", key_without_permission),
        attack!(Never, "tenants: a ticket without a key", no_key),
    ]
}

/// What is answered at Beta's own host name, which it has for as long as that takes.
async fn at_betas(scene: &Scene, target: &str, cookies: &str) -> anyhow::Result<Answer> {
    scene.change(&scene.beta.tenant, json!({ "brand": { "host": BETAS } })).await?;
    let answer = scene.raw(BETAS, target, cookies).await;
    scene.change(&scene.beta.tenant, json!({ "brand": {} })).await?;
    answer
}

async fn callback_elsewhere(scene: &Scene) -> Outcome {
    let coming = scene.coming(&scene.acme, "victim", "victim").await?;
    let (name, value) = binding(&coming.browser)?;
    let answer = at_betas(scene, &target(&coming.callback), &format!("{name}={value}")).await?;
    ensure!(answer.status == StatusCode::BAD_REQUEST, "{}", answer.status);
    // And it is over for the right place too.
    scene.refused(&coming.browser, &coming.callback).await
}

async fn link_elsewhere(scene: &Scene) -> Outcome {
    let (_, link) = scene.link(&scene.acme.tenant, "openid-connect", "victim").await?;
    let path = url::Url::parse(&link)?.path().to_owned();
    let answer = at_betas(scene, &path, "").await?;
    ensure!(answer.status.is_client_error(), "{}", answer.status);
    Ok(())
}

async fn ticket_of_another(scene: &Scene) -> Outcome {
    let back = scene.accepted(&scene.coming(&scene.acme, "victim", "victim").await?).await?;
    let answer = scene.stage.host.complete(&scene.beta.tenant, &back, "victim").await?;
    ensure!(answer.status == StatusCode::NOT_FOUND, "{} {}", answer.status, answer.json);
    Ok(())
}

async fn key_without_permission(scene: &Scene) -> Outcome {
    let back = scene.accepted(&scene.coming(&scene.acme, "victim", "victim").await?).await?;
    let wanted = json!({ "name": "reader", "tenant": scene.acme.tenant.id, "permissions": ["read", "proxy", "lease"] });
    let host = &scene.stage.host;
    let key = host.post(host.operator(), "/v1/api-keys", wanted).await?.text("/key")?;
    let reader = jackfield_tests::host::Tenant { key, ..scene.acme.tenant.clone() };
    let answer = host.complete(&reader, &back, "victim").await?;
    ensure!(answer.status == StatusCode::FORBIDDEN, "{} {}", answer.status, answer.json);
    Ok(())
}

async fn no_key(scene: &Scene) -> Outcome {
    let back = scene.accepted(&scene.coming(&scene.acme, "victim", "victim").await?).await?;
    let said = returned(&back);
    let path = format!("/v1/connect-sessions/{}/complete", said.get("session").context("a session")?);
    let body = json!({ "ticket": said.get("ticket"), "end_user": "victim" });
    for key in ["", "jf_nobody", "null", &scene.acme.tenant.id] {
        let answer = scene.stage.host.post(key, &path, body.clone()).await?;
        ensure!(answer.status == StatusCode::UNAUTHORIZED, "{key:?}: {} {}", answer.status, answer.json);
    }
    Ok(())
}
