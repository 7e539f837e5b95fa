//! A link sent to a victim (COSF): whatever the victim does with it, the attacker gets nothing, and nothing is the victim's.

use anyhow::{Context, Result, ensure};
use http::StatusCode;
use jackfield_tests::host::RETURN_URL;
use serde_json::json;
use url::Url;

use super::scene::{Scene, binding, target};
use super::{Entry, Outcome, attack};

pub(super) fn attacks() -> Vec<Entry> {
    vec![
        attack!(Never, "COSF: the victim follows the attacker's link to the end", whole_link),
        attack!(Never, "COSF: the same at a tool with a page of its own", whole_link_at_github),
        attack!(Never, "COSF: the attacker's request to the provider, sent to the victim", request_only),
        attack!(Never, "COSF: the same while the victim has a request of their own", request_beside_own),
        attack!(Never, "COSF: the attacker's cookie planted from a sibling's name", planted_cookie),
        attack!(Never, "COSF: the attacker's cookie put into the victim's browser", fixed_cookie),
        attack!(Never, "COSF: a key typed at the attacker's link", typed_key),
        attack!(Never, "COSF: a service picked and a key typed at the attacker's link", picked_service),
        attack!(Never, "COSF: the attacker finishes what the victim began, without the ticket", without_ticket),
        attack!(Never, "COSF: the attacker opens the link again after the victim consented", opened_again),
        attack!(Never, "the victim's own way back, with the attacker's name", other_names),
    ]
}

async fn whole_link(scene: &Scene) -> Outcome {
    let victim = scene.coming(&scene.acme, "attacker", "victim").await?;
    let back = scene.accepted(&victim).await?;
    scene.not_completed(&scene.acme.tenant, &back, "victim", "other-end-user").await
}

async fn whole_link_at_github(scene: &Scene) -> Outcome {
    let going = scene.going_to_github(&scene.acme.tenant, "attacker").await?;
    scene.at_github("victim");
    let back = scene.accepted(&scene.consent_at_github(going).await?).await?;
    scene.not_completed(&scene.acme.tenant, &back, "victim", "other-end-user").await
}

async fn request_only(scene: &Scene) -> Outcome {
    let attacker = scene.going(&scene.acme, "attacker").await?;
    let mut victim = scene.halting();
    let callback = victim.open(attacker.asked.as_str()).await?.left()?;
    scene.refused(&victim, &callback).await?;
    // The code is lost to the attacker too, whose browser has the cookie.
    scene.refused(&attacker.browser, &callback).await
}

async fn request_beside_own(scene: &Scene) -> Outcome {
    let attacker = scene.going(&scene.acme, "attacker").await?;
    let mut victim = scene.going(&scene.acme, "victim").await?;
    let callback = victim.browser.open(attacker.asked.as_str()).await?.left()?;
    scene.refused(&victim.browser, &callback).await
}

async fn planted_cookie(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.acme, "attacker", "mallory").await?;
    let (name, value) = binding(&attacker.browser)?;
    let plain = name.strip_prefix("__Host-").context("the cookie's name keeps other hosts from setting it")?;
    let planted = [
        format!("{plain}={value}"),
        format!("__host-{plain}={value}"),
        format!("__Secure-{plain}={value}"),
        format!("{name}x={value}"),
    ];
    for cookie in planted {
        let again = scene.coming(&scene.acme, "attacker", "mallory").await?;
        let (own, own_value) = binding(&again.browser)?;
        let cookie = cookie.replace(&name, &own).replace(plain, &own["__Host-".len()..]).replace(&value, &own_value);
        let answer = scene.raw("127.0.0.1", &target(&again.callback), &cookie).await?;
        ensure!(answer.status == StatusCode::BAD_REQUEST, "{cookie}: {}", answer.status);
    }
    Ok(())
}

async fn fixed_cookie(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.acme, "attacker", "mallory").await?;
    let mut victim = scene.stage.browser();
    victim.jar = attacker.browser.jar.clone();
    let back = victim.open(attacker.callback.as_str()).await?.left()?;
    scene.not_completed(&scene.acme.tenant, &back, "victim", "other-end-user").await
}

/// What a victim types at the attacker's link, up to the way back.
async fn typed(scene: &Scene, link: &str) -> Result<Url> {
    let mut victim = scene.stage.browser();
    let page = victim.open(link).await?.page()?;
    let form = page
        .form()?
        .fill("field.base_url", "https://api.example.com")?
        .fill("field.token", "the-victims-own-key-0123")?;
    victim.submit(&page, &form).await?.page()?.link("Continue to")
}

async fn typed_key(scene: &Scene) -> Outcome {
    let (session, link) = scene.stage.host.session(&scene.acme.tenant, "api-token", &["read"], "attacker").await?;
    let back = typed(scene, &link).await?;
    scene.not_completed(&scene.acme.tenant, &back, "victim", "other-end-user").await?;
    guessed(scene, &session).await
}

async fn picked_service(scene: &Scene) -> Outcome {
    let wanted = json!({ "connectors": [{ "connector": "api-token", "actions": ["read"] }], "end_user": "attacker", "return_url": RETURN_URL });
    let made = scene.stage.host.post(&scene.acme.tenant.key, "/v1/connect-sessions", wanted).await?;
    let back = typed(scene, &format!("{}?service=api-token", made.text("/url")?)).await?;
    scene.not_completed(&scene.acme.tenant, &back, "victim", "other-end-user").await?;
    guessed(scene, &made.text("/id")?).await
}

/// The attacker's own application call for their own session, with everything but the ticket.
async fn guessed(scene: &Scene, session: &str) -> Outcome {
    let path = format!("/v1/connect-sessions/{session}/complete");
    for ticket in ["", "A", &"A".repeat(43), session] {
        let body = json!({ "ticket": ticket, "end_user": "attacker" });
        let answer = scene.stage.host.post(&scene.acme.tenant.key, &path, body).await?;
        ensure!(answer.status.is_client_error(), "{ticket:?}: {} {}", answer.status, answer.json);
    }
    Ok(())
}

async fn without_ticket(scene: &Scene) -> Outcome {
    let victim = scene.coming(&scene.acme, "attacker", "victim").await?;
    scene.accepted(&victim).await?;
    guessed(scene, &victim.session).await
}

async fn opened_again(scene: &Scene) -> Outcome {
    let (session, link) = scene.link(&scene.acme.tenant, "openid-connect", "attacker").await?;
    let victim = scene.consent(scene.going_by(session.clone(), &link).await?, "victim").await?;
    let victims_back = scene.accepted(&victim).await?;
    // The attacker goes through with the same link: from then on the victim's ticket is over.
    let attacker = scene.consent(scene.going_by(session, &link).await?, "mallory").await?;
    scene.accepted(&attacker).await?;
    scene.not_completed(&scene.acme.tenant, &victims_back, "attacker", "ticket-refused").await
}

async fn other_names(scene: &Scene) -> Outcome {
    let victim = scene.coming(&scene.acme, "victim", "victim").await?;
    let back = scene.accepted(&victim).await?;
    for name in ["attacker", "Victim", "victim ", " victim", "victim\u{200b}", "ѵictim", "VICTIM", ""] {
        let answer = scene.stage.host.complete(&scene.acme.tenant, &back, name).await?;
        ensure!(answer.status.is_client_error(), "{name:?}: {} {}", answer.status, answer.json);
    }
    Ok(())
}
