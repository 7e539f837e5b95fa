//! Mixed-up issuers: an answer of one server taken for another's, and metadata that mixes two.

use anyhow::ensure;
use jackfield_tests::browser::Landing;
use jackfield_tests::doubles::hostile::{Deed, Endpoint};
use serde_json::json;
use url::Url;

use super::scene::{Scene, issuer, parameter, with};
use super::{Entry, Outcome, attack};

pub(super) fn attacks() -> Vec<Entry> {
    vec![
        attack!(Never, "mix-up: an answer of another issuer", other_issuer),
        attack!(Never, "mix-up: an answer of no issuer, where one is announced", no_issuer),
        attack!(Never, "mix-up: issuers that differ in a letter", almost_the_issuer),
        attack!(Never, "mix-up: the issuer named twice", issuer_twice),
        attack!(Never, "mix-up: a refusal of another issuer", refusal_of_another),
        attack!(Never, "mix-up: the harmful server sends on to the honest one's consent", sent_on),
        attack!(
            InVain,
            "mix-up: an honest server's code brought to the harmful one's address",
            code_at_harmful_address
        ),
        attack!(Never, "mix-up: metadata of the harmful issuer with the honest consent page", mixed_metadata),
        attack!(InVain, "mix-up: an ID token of the harmful issuer that says it is the honest one's", borrowed_name),
    ]
}

async fn each_refused(scene: &Scene, issuers: &[Option<&str>]) -> Outcome {
    for other in issuers {
        let coming = scene.coming(&scene.beta, "victim", "victim").await?;
        scene.refused(&coming.browser, &with(&coming.callback, "iss", *other)).await?;
        // And the right answer is no longer waited for.
        scene.refused(&coming.browser, &coming.callback).await?;
    }
    Ok(())
}

async fn other_issuer(scene: &Scene) -> Outcome {
    each_refused(scene, &[Some(&issuer("evil")), Some("https://evil.example.com")]).await
}

async fn no_issuer(scene: &Scene) -> Outcome {
    each_refused(scene, &[None, Some("")]).await
}

async fn almost_the_issuer(scene: &Scene) -> Outcome {
    let own = issuer("honest");
    let (slash, upper, port) = (format!("{own}/"), own.to_uppercase(), own.replace("/honest", ":443/honest"));
    let (dotted, cut) = (own.replace(".test", ".test."), own.trim_end_matches('t').to_owned());
    each_refused(scene, &[Some(&slash), Some(&upper), Some(&port), Some(&dotted), Some(&cut)]).await
}

async fn issuer_twice(scene: &Scene) -> Outcome {
    for first in [true, false] {
        let coming = scene.coming(&scene.beta, "victim", "victim").await?;
        let mut twice = with(&coming.callback, "iss", first.then_some(&issuer("evil")));
        twice.query_pairs_mut().append_pair("iss", &issuer("honest"));
        if !first {
            twice.query_pairs_mut().append_pair("iss", &issuer("evil"));
        }
        scene.refused(&coming.browser, &twice).await?;
    }
    Ok(())
}

async fn refusal_of_another(scene: &Scene) -> Outcome {
    let coming = scene.coming(&scene.beta, "victim", "victim").await?;
    let refusal = with(&with(&coming.callback, "code", None), "error", Some("access_denied"));
    scene.refused(&coming.browser, &with(&refusal, "iss", Some(&issuer("evil")))).await
}

/// The client's redirect URI is registered at one server only, so the other one sends no code there.
async fn sent_on(scene: &Scene) -> Outcome {
    let mut going = scene.going(&scene.acme, "victim").await?;
    for client in ["client-of-honest", "client-of-evil"] {
        let asked = with(&going.asked, "client_id", Some(client));
        let mut to = Url::parse(&format!("{}/authorize", issuer("honest")))?;
        to.set_query(asked.query());
        scene.lead_astray(&to);
        match going.browser.open(going.asked.as_str()).await? {
            Landing::Page(page) => ensure!(page.url.path() == "/honest/authorize", "{}", page.url),
            Landing::Left(url) => anyhow::bail!("a code was sent to {url}"),
        }
    }
    Ok(())
}

/// Even if it came there: it is redeemed where the request said, by nobody who knows it.
async fn code_at_harmful_address(scene: &Scene) -> Outcome {
    let victim = scene.coming(&scene.beta, "victim", "victim").await?;
    let code = parameter(&victim.callback, "code")?;
    let coming = scene.coming(&scene.acme, "victim", "victim").await?;
    let before = scene.stage.servers.asked("honest", Endpoint::Token).len();
    let back = scene.bring(&coming.browser, &with(&coming.callback, "code", Some(&code))).await?.left()?;
    scene.not_completed(&scene.acme.tenant, &back, "victim", "needs-reauthorization").await?;
    ensure!(scene.stage.servers.asked("honest", Endpoint::Token).len() == before, "the honest server was asked");
    Ok(())
}

async fn mixed_metadata(scene: &Scene) -> Outcome {
    let mixed = scene.stage.party("mixed").await?;
    scene.stage.servers.arm(
        "mixed",
        Endpoint::Metadata,
        Deed::edit(|metadata| {
            metadata["authorization_endpoint"] = json!(format!("{}/authorize", issuer("honest")));
        }),
    );
    let mut going = scene.going(&mixed, "victim").await?;
    ensure!(going.asked.path() == "/honest/authorize", "{}", going.asked);
    // The honest server knows neither this client nor its address.
    let landed = going.browser.open(going.asked.as_str()).await?.page()?;
    ensure!(landed.url.path() == "/honest/authorize", "{}", landed.url);
    ensure!(
        scene.stage.connections(&mixed.tenant).await? == 0
            && scene.stage.servers.asked("mixed", Endpoint::Token).is_empty()
    );
    Ok(())
}

async fn borrowed_name(scene: &Scene) -> Outcome {
    let coming = scene.coming(&scene.acme, "victim", "victim").await?;
    let back = scene.accepted(&coming).await?;
    scene.stage.servers.arm("evil", Endpoint::Token, Deed::claims(|claims| claims["iss"] = json!(issuer("honest"))));
    scene.not_completed(&scene.acme.tenant, &back, "victim", "provider-refused").await
}
