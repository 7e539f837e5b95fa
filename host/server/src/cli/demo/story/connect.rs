//! The person's part: opening the link, reading what is asked, consenting or pasting a token.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::cli::{
    demo::{
        browser::{Browser, Page},
        playbill::Playbill,
        scenery::Scenery,
    },
    output::text,
};

/// What the demo's application wants to do with the identity.
pub(super) const ACTIONS: [&str; 3] = ["read-profile", "sign-in", "stay-connected"];

/// Connects by OAuth 2 with PKCE; the connection's id.
pub(super) async fn by_oauth(scenery: &Scenery, playbill: &mut Playbill) -> Result<String> {
    let (session, link) = scenery.application.session("openid-connect", &ACTIONS).await?;
    playbill.tell("link", &format!("The application asked for a connection and got a link for its user: {link}"));
    let mut browser = Browser::new();
    let page = browser.open(&link).await?;
    let form = page.form(|form| form.has("name"))?.with("name", "My identity");
    let consent = browser.submit(&page, &form).await?;
    ensure!(consent.url.as_str().starts_with(scenery.provider.issuer()), "the person should be at the provider by now");
    playbill.tell("consent", "The person read what is asked for, went on, and was sent to the provider's own page.");
    let form = consent.form(|form| form.offers("decision", "allow"))?.with("decision", "allow");
    let back = browser.submit(&consent, &form).await?;
    let connection = arrived(scenery, &session, &back).await?;
    let said = format!(
        "The person allowed it. The code came back, the application completed the session, the tokens were sealed: connected as {}.",
        text(&connection, "/account/label")
    );
    playbill.tell("connected-by-oauth", &said);
    Ok(text(&connection, "/id"))
}

/// Connects by an API token, typed on the host's page; the connection's id.
pub(super) async fn by_token(scenery: &Scenery, playbill: &mut Playbill) -> Result<String> {
    let (session, link) = scenery.application.session("api-token", &["read"]).await?;
    let mut browser = Browser::new();
    let page = browser.open(&link).await?;
    let form = page.form(|form| form.has("field.token"))?;
    let form = form
        .with("name", "My items")
        .with("field.base_url", scenery.provider.api_url())
        .with("field.verify_path", "/whoami")
        .with("field.account_pointer", "/sub")
        .with("field.label_pointer", "/name")
        .with("field.token", scenery.provider.api_token().expose());
    let back = browser.submit(&page, &form).await?;
    let connection = arrived(scenery, &session, &back).await?;
    let said = format!(
        "A second connection, by API token: the person pasted it on the host's page at {}; connected as {}.",
        page.url.origin().ascii_serialization(),
        text(&connection, "/account/label")
    );
    playbill.tell("connected-by-token", &said);
    Ok(text(&connection, "/id"))
}

/// The connection of a session whose person came back to the application.
async fn arrived(scenery: &Scenery, session: &str, page: &Page) -> Result<Value> {
    ensure!(
        page.url.as_str().starts_with(&scenery.application.return_url()),
        "the person is at {} instead of the application",
        page.url.origin().ascii_serialization()
    );
    let host = scenery.application.host()?;
    let session = host.get(&["v1", "connect-sessions", session]).await?;
    let id = session.pointer("/stage/connection").and_then(Value::as_str);
    let id = id.with_context(|| format!("the session was not completed: {}", visible(page)))?;
    let connection = host.get(&["v1", "connections", id]).await?;
    ensure!(
        connection.pointer("/status") == Some(&"active".into()),
        "the connection is {} ({})",
        text(&connection, "/status"),
        text(&connection, "/failure/message")
    );
    Ok(connection)
}

/// What the application's page says.
fn visible(page: &Page) -> String {
    let said = page.text.split_once("<p>").and_then(|(_, rest)| rest.split_once("</p>"));
    said.map_or_else(|| "its page says nothing".to_owned(), |(said, _)| said.to_owned())
}
