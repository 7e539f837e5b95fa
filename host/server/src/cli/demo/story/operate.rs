//! The operator's part: install, look at what is asked for, approve; a tenant, a client, a key.

use anyhow::{Context as _, Result};
use jackfield_model::secret::Secret;
use serde_json::{Value, json};
use url::Url;

use crate::cli::{
    approval,
    connector::install::{install, read},
    demo::{playbill::Playbill, scenery::Scenery},
    host::Host,
    output::text,
};

/// What the rest stands on.
pub(super) struct Grounds {
    /// The tenant's id.
    pub(super) tenant: String,
}

/// Installs and approves both connectors.
pub(super) async fn install_all(scenery: &Scenery, playbill: &mut Playbill) -> Result<()> {
    let host = scenery.operator()?;
    for artifact in &scenery.components {
        let (name, digest, answer) = install(&host, read(&artifact.path)?).await?;
        let short: String = digest.chars().take(12).collect();
        let sentence =
            format!("Installed {name} (sha256 {short}…), compiled in a worker of its own. Nothing of it runs yet.");
        playbill.tell("installed", &sentence);
        let requests = approval::requests(&answer);
        playbill.add(&approval::shown(requests));
        approval::approve(&host, &name, &digest).await?;
        let sentence = format!("The operator approved these {} things for {name}; now it may run.", requests.len());
        playbill.tell("approved", &sentence);
    }
    Ok(())
}

/// Makes a tenant and registers a client for it, on both sides.
pub(super) async fn prepare(scenery: &Scenery, playbill: &mut Playbill) -> Result<Grounds> {
    let host = scenery.operator()?;
    let body =
        json!({ "name": "Demo", "return_urls": [scenery.application.return_url(), scenery.application.by_hand_url()] });
    let tenant = text(&host.post(&["v1", "tenants"], &body).await?, "/id");
    let client = scenery.provider.client();
    let body = json!({
        "connector": "openid-connect",
        "tenant": tenant,
        "client_id": client.id,
        "client_secret": client.secret.expose(),
        "fields": { "issuer": scenery.provider.issuer() },
    });
    let made = host.post(&["v1", "clients"], &body).await?;
    let redirect = text(&made, "/redirect_uri");
    scenery.provider.register_client(&client.id, &client.secret, &[Url::parse(&redirect)?])?;
    playbill.tell(
        "prepared",
        &format!(
            "Made the tenant {tenant} and a client for it, whose redirect URI {redirect} is registered at the provider."
        ),
    );
    Ok(Grounds { tenant })
}

/// The application's own key: it speaks for the tenant and cannot operate the host.
pub(super) async fn application_key(scenery: &Scenery, playbill: &mut Playbill, tenant: &str) -> Result<Host> {
    let permissions = ["connect", "read", "proxy", "lease"];
    let body = json!({ "name": "the demo's application", "tenant": tenant, "permissions": permissions });
    let mut made = scenery.operator()?.post(&["v1", "api-keys"], &body).await?;
    let key = match made.get_mut("key").map(Value::take) {
        Some(Value::String(key)) => Some(Secret::new(key)),
        _ => None,
    };
    let key = key.context("the host answered without the key it made")?;
    scenery.lend(&key)?;
    let may = permissions.join(", ");
    playbill.tell("key", &format!("Gave the application an API key for that tenant: it may {may}."));
    Ok(Host::new(scenery.host_url(), key, None)?)
}
