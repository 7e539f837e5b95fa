//! Replays and two tabs: what worked once, what belongs to another tab, and what was taken from another person's answer.

use anyhow::{Context, ensure};
use futures::future::join_all;
use http::StatusCode;
use jackfield_tests::scene::returned;
use serde_json::json;
use url::Url;

use super::scene::{Scene, binding, parameter, target, with};
use super::{Entry, Outcome, attack};

pub(super) fn attacks() -> Vec<Entry> {
    vec![
        attack!(Never, "replay: a callback a second time", callback_twice),
        attack!(Never, "replay: a callback eight times at once", callbacks_at_once),
        attack!(Never, "replay: a callback after its ten minutes", late_callback),
        attack!(Never, "replay: a ticket that another start replaced", replaced_ticket),
        attack!(InVain, "replay: an attacker's code in the victim's answer", injected_code),
        attack!(InVain, "replay: the same at a server that forgot PKCE", injected_code_without_pkce),
        attack!(InVain, "replay: a code of an earlier session", older_code),
        attack!(InVain, "replay: a ticket eight times at once, at a server that refuses", tickets_at_once),
        attack!(Never, "two tabs: states under each other's cookie", crossed_cookies),
        attack!(InVain, "two tabs: codes under each other's state", crossed_codes),
        attack!(Never, "two tabs: tickets of each other's sessions", crossed_tickets),
        attack!(Never, "two tabs: a session's ticket under another session's name", other_session),
    ]
}

async fn callback_twice(scene: &Scene) -> Outcome {
    let coming = scene.coming(&scene.acme, "victim", "victim").await?;
    scene.accepted(&coming).await?;
    scene.refused(&coming.browser, &coming.callback).await?;
    scene.refused(&scene.stage.browser(), &coming.callback).await
}

async fn callbacks_at_once(scene: &Scene) -> Outcome {
    let coming = scene.coming(&scene.acme, "victim", "victim").await?;
    let (name, value) = binding(&coming.browser)?;
    let (target, cookie) = (target(&coming.callback), format!("{name}={value}"));
    let answers = join_all((0..8).map(|_| scene.raw("127.0.0.1", &target, &cookie))).await;
    let taken = answers.iter().flatten().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
    ensure!(taken == 1, "it was taken {taken} times");
    Ok(())
}

async fn late_callback(scene: &Scene) -> Outcome {
    let coming = scene.coming(&scene.acme, "victim", "victim").await?;
    scene.stage.host.clock.advance(jiff::SignedDuration::from_mins(10));
    let refused = scene.refused(&coming.browser, &coming.callback).await;
    scene.stage.host.clock.advance(-jiff::SignedDuration::from_mins(10));
    refused?;
    scene.refused(&coming.browser, &coming.callback).await
}

async fn replaced_ticket(scene: &Scene) -> Outcome {
    let (session, link) = scene.link(&scene.acme.tenant, "openid-connect", "victim").await?;
    let first = scene.consent(scene.going_by(session.clone(), &link).await?, "mallory").await?;
    let first = scene.accepted(&first).await?;
    let second = scene.consent(scene.going_by(session, &link).await?, "victim").await?;
    scene.accepted(&second).await?;
    scene.not_completed(&scene.acme.tenant, &first, "victim", "ticket-refused").await
}

async fn injected_code(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.beta, "attacker", "mallory").await?;
    let victim = scene.coming(&scene.beta, "victim", "victim").await?;
    let code = parameter(&attacker.callback, "code")?;
    let back = scene.bring(&victim.browser, &with(&victim.callback, "code", Some(&code))).await?.left()?;
    scene.not_completed(&scene.beta.tenant, &back, "victim", "needs-reauthorization").await
}

/// Where nobody checks the verifier, the nonce of the ID token is still another request's.
async fn injected_code_without_pkce(scene: &Scene) -> Outcome {
    let careless = scene.stage.party("careless").await?;
    scene.stage.servers.forget_pkce("careless");
    let attacker = scene.coming(&careless, "attacker", "mallory").await?;
    let victim = scene.coming(&careless, "victim", "victim").await?;
    let code = parameter(&attacker.callback, "code")?;
    let back = scene.bring(&victim.browser, &with(&victim.callback, "code", Some(&code))).await?.left()?;
    scene.not_completed(&careless.tenant, &back, "victim", "provider-refused").await?;
    ensure!(scene.stage.connections(&careless.tenant).await? == 0, "a connection was made");
    Ok(())
}

async fn older_code(scene: &Scene) -> Outcome {
    let older = scene.coming(&scene.beta, "victim", "victim").await?;
    let newer = scene.coming(&scene.beta, "victim", "victim").await?;
    let code = parameter(&older.callback, "code")?;
    let back = scene.bring(&newer.browser, &with(&newer.callback, "code", Some(&code))).await?.left()?;
    scene.not_completed(&scene.beta.tenant, &back, "victim", "needs-reauthorization").await
}

async fn tickets_at_once(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.beta, "attacker", "mallory").await?;
    let victim = scene.coming(&scene.beta, "victim", "victim").await?;
    let code = parameter(&attacker.callback, "code")?;
    let back = scene.bring(&victim.browser, &with(&victim.callback, "code", Some(&code))).await?.left()?;
    let before = scene.redeemed();
    let complete = || scene.stage.host.complete(&scene.beta.tenant, &back, "victim");
    for answer in join_all((0..8).map(|_| complete())).await {
        ensure!(answer?.status.is_client_error(), "one went through");
    }
    ensure!(scene.redeemed() == before + 1, "the code was shown {} times", scene.redeemed() - before);
    Ok(())
}

async fn crossed_cookies(scene: &Scene) -> Outcome {
    let left = scene.coming(&scene.acme, "victim", "victim").await?;
    let right = scene.coming(&scene.acme, "attacker", "mallory").await?;
    let ((left_name, left_value), (right_name, right_value)) = (binding(&left.browser)?, binding(&right.browser)?);
    for (callback, cookie) in [
        (&left.callback, format!("{left_name}={right_value}")),
        (&right.callback, format!("{left_name}={left_value}; {right_name}={left_value}")),
    ] {
        let answer = scene.raw("127.0.0.1", &target(callback), &cookie).await?;
        ensure!(answer.status == StatusCode::BAD_REQUEST, "{}", answer.status);
    }
    Ok(())
}

async fn crossed_codes(scene: &Scene) -> Outcome {
    let left = scene.coming(&scene.beta, "victim", "victim").await?;
    let right = scene.coming(&scene.beta, "victim", "mallory").await?;
    let codes = [parameter(&left.callback, "code")?, parameter(&right.callback, "code")?];
    for (coming, code) in [(&left, &codes[1]), (&right, &codes[0])] {
        let back = scene.bring(&coming.browser, &with(&coming.callback, "code", Some(code))).await?.left()?;
        scene.not_completed(&scene.beta.tenant, &back, "victim", "needs-reauthorization").await?;
    }
    Ok(())
}

async fn crossed_tickets(scene: &Scene) -> Outcome {
    let left = scene.accepted(&scene.coming(&scene.acme, "victim", "victim").await?).await?;
    let right = scene.accepted(&scene.coming(&scene.acme, "attacker", "mallory").await?).await?;
    for (into, from) in [(&left, &right), (&right, &left)] {
        let swapped = with(into, "ticket", Some(&parameter(from, "ticket")?));
        for end_user in ["victim", "attacker"] {
            let answer = scene.stage.host.complete(&scene.acme.tenant, &swapped, end_user).await?;
            ensure!(answer.status == StatusCode::FORBIDDEN, "{} {}", answer.status, answer.json);
        }
    }
    Ok(())
}

async fn other_session(scene: &Scene) -> Outcome {
    let back = scene.accepted(&scene.coming(&scene.acme, "victim", "victim").await?).await?;
    let ticket = returned(&back).remove("ticket").context("a ticket")?;
    let (open, _) = scene.link(&scene.acme.tenant, "openid-connect", "victim").await?;
    let path = format!("/v1/connect-sessions/{open}/complete");
    let body = json!({ "ticket": ticket, "end_user": "victim" });
    let answer = scene.stage.host.post(&scene.acme.tenant.key, &path, body).await?;
    ensure!(answer.status.is_client_error(), "{} {}", answer.status, answer.json);
    let elsewhere = Url::parse("https://app.example.com/connected?session=ses_none&ticket=x")?;
    let nowhere = scene.stage.host.complete(&scene.acme.tenant, &elsewhere, "victim").await?;
    ensure!(nowhere.status.is_client_error(), "{}", nowhere.status);
    Ok(())
}
