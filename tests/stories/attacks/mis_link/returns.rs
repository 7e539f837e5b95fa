//! Where people and messages go back to: no other address, no other window, and no other account under the same connection.

use anyhow::ensure;
use http::StatusCode;
use jackfield_tests::host::RETURN_URL;
use serde_json::{Value, json};

use super::scene::{Scene, parameter};
use super::{Entry, Outcome, attack};

pub(super) fn attacks() -> Vec<Entry> {
    vec![
        attack!(Never, "return: addresses that are almost the registered one", almost_registered),
        attack!(Never, "return: another address said in the query of link and callback", said_in_the_query),
        attack!(Never, "return: windows that were not registered hear nothing", unregistered_openers),
        attack!(Never, "return: a window named in the query is not told", opener_in_the_query),
        attack!(Never, "reauthorize: another person's connection", anothers_connection),
    ]
}

async fn session(scene: &Scene, more: Value) -> anyhow::Result<jackfield_tests::host::Answer> {
    let mut wanted = json!({
        "connector": "openid-connect", "actions": crate::stage::ACTIONS, "end_user": "victim", "return_url": RETURN_URL,
    });
    wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    scene.stage.host.post(&scene.acme.tenant.key, "/v1/connect-sessions", wanted).await
}

async fn almost_registered(scene: &Scene) -> Outcome {
    let near = [
        "https://app.example.com/connected/../evil",
        "https://app.example.com/connected/",
        "https://app.example.com/connected?next=//evil.example",
        "https://app.example.com/connected#@evil.example",
        "https://app.example.com\\@evil.example/connected",
        "https://app.example.com@evil.example/connected",
        "https://app.example.com.evil.example/connected",
        "https://app.example.com:8443/connected",
        "http://app.example.com/connected",
        "HTTPS://APP.EXAMPLE.COM/connected",
        "https://app.example.com/connected\u{0}",
        "https://app.example.com/connected\r\nx: y",
        "https://app。example。com/connected",
        "//app.example.com/connected",
        "javascript:alert(1)//https://app.example.com/connected",
        "data:text/html,x",
    ];
    for url in near {
        let refused = session(scene, json!({ "return_url": url })).await?;
        ensure!(refused.status == StatusCode::UNPROCESSABLE_ENTITY, "{url}: {} {}", refused.status, refused.json);
    }
    Ok(())
}

async fn said_in_the_query(scene: &Scene) -> Outcome {
    let made = session(scene, json!({})).await?;
    let more = "return_url=https://evil.example/&redirect_uri=https://evil.example/&next=https://evil.example/";
    let link = format!("{}?{more}", made.text("/url")?);
    let mut coming = scene.consent(scene.going_by(made.text("/id")?, &link).await?, "victim").await?;
    ensure!(parameter(&coming.callback, "code").is_ok());
    let query = format!("{}&{more}", coming.callback.query().unwrap_or_default());
    coming.callback.set_query(Some(&query));
    let back = scene.accepted(&coming).await?;
    ensure!(back.as_str().starts_with(&format!("{RETURN_URL}?")) && !back.as_str().contains("evil"), "{back}");
    Ok(())
}

async fn unregistered_openers(scene: &Scene) -> Outcome {
    scene.change(&scene.acme.tenant, json!({ "brand": { "origins": ["https://app.example.com"] } })).await?;
    let others = [
        "*",
        "null",
        "",
        "https://evil.example.com",
        "https://app.example.com.evil.example",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://user@app.example.com",
        "https://*.example.com",
        "app.example.com",
        "javascript:alert(1)",
    ];
    for origin in others {
        let refused = session(scene, json!({ "opener_origin": origin })).await?;
        ensure!(refused.status.is_client_error(), "{origin}: {} {}", refused.status, refused.json);
    }
    ensure!(session(scene, json!({ "opener_origin": "https://app.example.com" })).await?.status.is_success());
    Ok(())
}

async fn opener_in_the_query(scene: &Scene) -> Outcome {
    let made = session(scene, json!({})).await?;
    let link = format!("{}?opener_origin=https://evil.example&opener=https://evil.example", made.text("/url")?);
    let page = scene.stage.browser().open(&link).await?.page()?;
    ensure!(!page.body.contains("https://evil.example\""), "{}", page.body);
    ensure!(
        page.headers
            .get("content-security-policy")
            .is_some_and(|policy| { policy.to_str().is_ok_and(|policy| policy.contains("frame-ancestors 'none'")) })
    );
    Ok(())
}

async fn anothers_connection(scene: &Scene) -> Outcome {
    // Made by the right person, and ended again at the end: what is counted is what the attack makes.
    let owner = scene.stage.party("owner").await?;
    let made = scene.stage.connect(&owner, "victim", "victim").await?;
    let (id, version) = (made.text("/id")?, made.json["version"].clone());
    let path = format!("/v1/connections/{id}");
    let again = |end_user: &str| json!({ "end_user": end_user, "return_url": RETURN_URL });
    let refused = scene.stage.host.post(&owner.tenant.key, &format!("{path}/reauthorize"), again("attacker")).await?;
    ensure!(refused.code() == "other-end-user", "{} {}", refused.status, refused.json);
    let foreign =
        scene.stage.host.post(&scene.acme.tenant.key, &format!("{path}/reauthorize"), again("victim")).await?;
    ensure!(foreign.status == StatusCode::NOT_FOUND, "{} {}", foreign.status, foreign.json);
    // The right person's link, at whose end another account is signed in; and finished by another person.
    for (login, end_user, code) in [("mallory", "victim", "other-account"), ("victim", "attacker", "other-end-user")] {
        let link = scene.stage.host.post(&owner.tenant.key, &format!("{path}/reauthorize"), again("victim")).await?;
        let going = scene.going_by(link.text("/id")?, &link.text("/url")?).await?;
        let back = scene.accepted(&scene.consent(going, login).await?).await?;
        scene.not_completed(&owner.tenant, &back, end_user, code).await?;
    }
    let now = scene.stage.host.get(&owner.tenant.key, &path).await?;
    ensure!(now.json["account"]["id"] == "victim" && now.json["version"] == version, "{}", now.json);
    ensure!(scene.stage.connections(&owner.tenant).await? == 1);
    Ok(())
}
