//! Across tools: a harmful tool's server uses the person it was sent to take an account of an honest tool (COAT), or to slip
//! one of its own in (CORF).

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_TYPE, ORIGIN};
use jackfield_tests::browser::Landing;
use url::Url;

use super::scene::{Coming, GITHUB_CLIENT, Scene, parameter, with};
use super::{Entry, Outcome, attack};

pub(super) fn attacks() -> Vec<Entry> {
    vec![
        attack!(Never, "COAT: an honest tool's code under the harmful tool's state", code_under_harmful_state),
        attack!(Never, "COAT: an honest tool asked to send the code to the harmful tool", code_to_harmful_address),
        attack!(Never, "COAT: a victim's code under a state of the attacker's", code_under_attackers_state),
        attack!(Never, "COAT: between two clients of one connector", between_clients),
        attack!(Never, "COAT: an honest tool's code carried to the harmful tool's address", carried_over),
        attack!(Never, "CORF: an attacker's code at the honest tool, under the harmful tool's state", attackers_code),
        attack!(Never, "CORF: an attacker's whole callback in a victim's browser", whole_callback),
        attack!(Never, "CORF: the same while the victim has a request of their own", whole_callback_beside_own),
        attack!(Never, "CORF: an attacker's code without a state", without_state),
        attack!(Never, "CORF: a guessed state", guessed_state),
        attack!(Never, "CORF: a forged refusal at the honest tool ends nothing", forged_refusal),
        attack!(Never, "CORF: the form of a link, sent from another site", form_from_elsewhere),
    ]
}

/// The honest tool's authorization request, as the harmful server makes it.
fn forged_request(scene: &Scene, redirect_uri: &str, state: &str) -> Result<()> {
    let pairs = [("client_id", GITHUB_CLIENT), ("redirect_uri", redirect_uri), ("state", state), ("scope", "repo")];
    scene.lead_astray(&Url::parse_with_params("https://github.com/login/oauth/authorize", pairs)?);
    Ok(())
}

/// The victim goes to the harmful tool's server, is sent on to the honest tool's, and agrees there.
async fn astray(scene: &Scene, redirect_uri: &str, state: Option<&str>) -> Result<Coming> {
    let mut going = scene.going(&scene.acme, "victim").await?;
    let own = parameter(&going.asked, "state")?;
    forged_request(scene, redirect_uri, state.unwrap_or(&own))?;
    scene.at_github("victim");
    let callback = match going.browser.open(going.asked.as_str()).await? {
        Landing::Left(callback) => callback,
        Landing::Page(page) => {
            let form = page.form()?.press("Authorize")?;
            going.browser.submit(&page, &form).await?.left()?
        }
    };
    Ok(Coming { session: going.session, browser: going.browser, callback })
}

async fn code_under_harmful_state(scene: &Scene) -> Outcome {
    let coming = astray(scene, &scene.github_callback, None).await?;
    ensure!(coming.callback.path().contains("/github/") && parameter(&coming.callback, "code").is_ok());
    scene.refused(&coming.browser, &coming.callback).await
}

async fn code_to_harmful_address(scene: &Scene) -> Outcome {
    let coming = astray(scene, &scene.acme.client.1, None).await?;
    // The honest provider knows its one address, and says so there.
    ensure!(parameter(&coming.callback, "code").is_err(), "{}", coming.callback);
    scene.refused(&coming.browser, &coming.callback).await
}

async fn code_under_attackers_state(scene: &Scene) -> Outcome {
    let attacker = scene.going_to_github(&scene.acme.tenant, "attacker").await?;
    let state = parameter(&attacker.asked, "state")?;
    let coming = astray(scene, &scene.github_callback, Some(&state)).await?;
    scene.refused(&coming.browser, &coming.callback).await?;
    // Spoilt for the attacker too: what was brought once is over.
    scene.refused(&attacker.browser, &coming.callback).await
}

async fn between_clients(scene: &Scene) -> Outcome {
    let mut going = scene.going(&scene.acme, "victim").await?;
    let state = parameter(&going.asked, "state")?;
    let redirect_uri = scene.beta.client.1.as_str();
    let pairs = [("client_id", "client-of-honest"), ("redirect_uri", redirect_uri), ("state", &state)];
    scene.lead_astray(&Url::parse_with_params(&format!("{}/authorize", super::scene::issuer("honest")), pairs)?);
    let callback = going.browser.open(going.asked.as_str()).await?.left()?;
    ensure!(callback.as_str().starts_with(redirect_uri), "{callback}");
    scene.refused(&going.browser, &callback).await
}

async fn carried_over(scene: &Scene) -> Outcome {
    let going = scene.going(&scene.acme, "victim").await?;
    let github = scene.going_to_github(&scene.acme.tenant, "victim").await?;
    let stolen = scene.consent_at_github(github).await?;
    // The code under its own state, at the address the harmful tool is called back at.
    let mut moved = stolen.callback.clone();
    moved.set_path(Url::parse(&scene.acme.client.1)?.path());
    scene.refused(&going.browser, &moved).await?;
    scene.refused(&stolen.browser, &moved).await
}

async fn attackers_code(scene: &Scene) -> Outcome {
    let attacker = scene.going_to_github(&scene.acme.tenant, "attacker").await?;
    let code = parameter(&scene.consent_at_github(attacker).await?.callback, "code")?;
    let mut victim = scene.going(&scene.acme, "victim").await?;
    let state = parameter(&victim.asked, "state")?;
    let forged = Url::parse_with_params(&scene.github_callback, [("code", code), ("state", state)])?;
    scene.lead_astray(&forged);
    let callback = victim.browser.open(victim.asked.as_str()).await?.left()?;
    scene.refused(&victim.browser, &callback).await
}

async fn whole_callback(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.acme, "attacker", "mallory").await?;
    scene.refused(&scene.stage.browser(), &attacker.callback).await
}

async fn whole_callback_beside_own(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.acme, "attacker", "mallory").await?;
    let victim = scene.going(&scene.acme, "victim").await?;
    scene.refused(&victim.browser, &attacker.callback).await?;
    ensure!(scene.at(&scene.acme.tenant, &victim.session).await? == "open");
    Ok(())
}

async fn without_state(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.acme, "attacker", "mallory").await?;
    let victim = scene.going(&scene.acme, "victim").await?;
    for callback in [with(&attacker.callback, "state", None), with(&attacker.callback, "state", Some(""))] {
        scene.refused(&victim.browser, &callback).await?;
    }
    Ok(())
}

async fn guessed_state(scene: &Scene) -> Outcome {
    let attacker = scene.coming(&scene.acme, "attacker", "mallory").await?;
    let victim = scene.going(&scene.acme, "victim").await?;
    let own = parameter(&victim.asked, "state")?;
    let shorter = own.get(..own.len() - 1).unwrap_or_default();
    for guess in [&"A".repeat(43), shorter, &own.to_lowercase(), &format!("{own}A"), "null", "%00"] {
        scene.refused(&victim.browser, &with(&attacker.callback, "state", Some(guess))).await?;
    }
    Ok(())
}

async fn forged_refusal(scene: &Scene) -> Outcome {
    let github = scene.going_to_github(&scene.acme.tenant, "victim").await?;
    let evil = scene.going(&scene.acme, "victim").await?;
    let state = parameter(&evil.asked, "state")?;
    let forged = Url::parse_with_params(&scene.github_callback, [("error", "access_denied"), ("state", &state)])?;
    scene.refused(&github.browser, &forged).await?;
    ensure!(scene.at(&scene.acme.tenant, &github.session).await? == "open", "the honest tool's session is over");
    Ok(())
}

async fn form_from_elsewhere(scene: &Scene) -> Outcome {
    let (_, link) = scene.link(&scene.acme.tenant, "openid-connect", "attacker").await?;
    let page = scene.stage.browser().open(&link).await?.page()?;
    let form = page.form()?.encoded();
    for origin in
        ["https://evil.example.com", "null", "http://connect.example.com", "https://connect.example.com.evil.example"]
    {
        let request =
            Request::post("/").header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(ORIGIN, origin);
        let request = request.header("sec-fetch-site", "cross-site").header("accept", "text/html");
        let answer = scene.stage.wire.send(&Url::parse(&link)?, request.body(Bytes::from(form.clone()))?).await?;
        ensure!(answer.status().is_client_error(), "{origin}: {}", answer.status());
        ensure!(!answer.headers().contains_key("set-cookie"), "{origin}: a request was begun");
    }
    Ok(())
}
