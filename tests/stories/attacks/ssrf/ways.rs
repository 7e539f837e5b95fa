//! The ways in by which a URL reaches the host: typed, redirected to, resolved anew, announced by an issuer or by the
//! operator's own identity provider, a webhook's, a call's through the proxy.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use jackfield_tests::host::Answer;
use jackfield_tests::network::PUBLIC;
use serde_json::Value;
use url::{Host, Url};

use super::meant;
use super::scene::{PROVIDER, Scene};

/// Every way, with its name.
pub(super) const WAYS: [(&str, Way); 7] = [
    ("direct", Way::Direct),
    ("redirect", Way::Redirect),
    ("rebinding", Way::Rebinding),
    ("oauth-endpoint", Way::Endpoint),
    ("webhook", Way::Webhook),
    ("sign-in", Way::SignIn),
    ("proxy", Way::Proxy),
];

/// A way in.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Direct,
    Redirect,
    Rebinding,
    Endpoint,
    Webhook,
    SignIn,
    Proxy,
}

/// What is said of something that is not sent.
const SAID: [&str; 8] = [
    "must be one line",
    "which is no public address",
    "must be a whole https URL",
    "must not carry a user name",
    "is no plain URL",
    "no whole URL",
    "belongs to another service",
    "has no fragment",
];

impl Way {
    /// Leads the host to a URL; an error where it was not refused by name.
    pub(super) async fn lead(self, scene: &Scene, row: usize, url: &str) -> Result<(), String> {
        match self {
            Self::Direct => direct(scene, url).await,
            Self::Redirect => redirect(scene, row, url).await,
            Self::Rebinding => rebinding(scene, row, url).await,
            Self::Endpoint => endpoint(scene, row, url).await,
            Self::Webhook => webhook(scene, url).await,
            Self::SignIn => sign_in(scene, row, url).await,
            Self::Proxy => proxy(scene, row, url).await,
        }
    }
}

async fn direct(scene: &Scene, url: &str) -> Result<(), String> {
    let answer = scene.connect(url.trim_end_matches("/x"), "/me").await;
    if answer.status.is_client_error() {
        return says_why(&answer);
    }
    failed_for(&answer.json, &["private-address"])
}

/// A connection's check, an issuer's metadata, a token endpoint or a webhook answers with a redirect, which none follows.
async fn redirect(scene: &Scene, row: usize, url: &str) -> Result<(), String> {
    scene.lead(row, url);
    let there = format!("https://{PROVIDER}/go/{row}");
    match row % 4 {
        0 => {
            let checked = scene.connect(&format!("https://{PROVIDER}"), &format!("/go/{row}")).await;
            failed_for(&checked.json, &["status-301", "status-302", "status-307"])
        }
        1 => {
            scene.issuer(&there).await;
            told(&scene.machine().await, "where its metadata should be")
        }
        2 => {
            scene.issuer(&format!("https://{PROVIDER}/moved-{row}")).await;
            told(&scene.machine().await, "it is a redirect")
        }
        _ => {
            scene.hook(&there).await;
            let failure = scene.try_hook().await;
            if failure == "redirected" { Ok(()) } else { Err(format!("the webhook: {failure}")) }
        }
    }
}

/// A name with a good address while it is checked for the first time, and one inside from then on; and one with both at once.
async fn rebinding(scene: &Scene, row: usize, url: &str) -> Result<(), String> {
    let (turning, both) = (format!("r{row}.rebind.test"), format!("b{row}.rebind.test"));
    let inside = meant(url);
    scene.network.answer(&turning, [vec![PUBLIC], vec![inside]]);
    let order = if row.is_multiple_of(2) { vec![PUBLIC, inside] } else { vec![inside, PUBLIC] };
    scene.network.answer(&both, [order]);
    if !row.is_multiple_of(8) {
        for (name, expected) in
            [(&turning, Value::Null), (&turning, "private-address".into()), (&both, "private-address".into())]
        {
            scene.hook(&format!("https://{name}/hook")).await;
            let failure = scene.try_hook().await;
            if failure != expected {
                return Err(format!("{name}: {failure}"));
            }
        }
        return Ok(());
    }
    let first = scene.connect(&format!("https://{turning}"), "/me").await;
    if first.json["status"] != "active" {
        return Err(format!("the first answer was good: {}", first.json));
    }
    let path = format!("/v1/connections/{}/verify", first.text("/id").unwrap());
    let again = scene.host.post(&scene.tenant.key, &path, Value::Object(serde_json::Map::new())).await.unwrap();
    failed_for(&again.json, &["private-address"])?;
    failed_for(&scene.connect(&format!("https://{both}"), "/me").await.json, &["private-address"])
}

/// The issuer an operator types, and an endpoint that a good issuer announces.
async fn endpoint(scene: &Scene, row: usize, url: &str) -> Result<(), String> {
    let typed = scene.issuer(url).await;
    if typed.status == StatusCode::OK {
        said(&scene.machine().await)?;
    } else {
        says_why(&typed)?;
    }
    scene.lead(row, url);
    let good = scene.issuer(&format!("https://{PROVIDER}/{row}")).await;
    if good.status != StatusCode::OK {
        return Err(format!("a good issuer was refused: {}", good.json));
    }
    said(&scene.machine().await)
}

async fn webhook(scene: &Scene, url: &str) -> Result<(), String> {
    let changed = scene.hook(url).await;
    if changed.status.is_client_error() {
        return says_why(&changed);
    }
    let named = Url::parse(url).is_ok_and(|url| matches!(url.host(), Some(Host::Domain(_))));
    let failure = scene.try_hook().await;
    if named && failure == "private-address" { Ok(()) } else { Err(format!("it was tried: {failure}")) }
}

/// An endpoint that the operator's identity provider announces: nobody is sent there, and it is asked for nothing. The person
/// is told that signing in does not work, the log why.
async fn sign_in(scene: &Scene, row: usize, url: &str) -> Result<(), String> {
    scene.lead(row, url);
    let (begun, cookie) = scene.begin_identity(row).await;
    let answer = match begun.headers.get(LOCATION) {
        None => begun,
        Some(asked) => {
            let asked = asked.to_str().unwrap_or_default();
            if !asked.starts_with(&format!("https://{PROVIDER}/token?")) {
                return Err(format!("somebody is sent to {asked}"));
            }
            scene.finish_identity(asked, &cookie).await
        }
    };
    let why = scene.log.last_with("signed nobody in");
    let named = SAID.iter().any(|sentence| why.contains(sentence));
    if answer.status == StatusCode::BAD_GATEWAY && named { Ok(()) } else { Err(format!("{} {why}", answer.status)) }
}

/// A call through the proxy: sent on by the provider, at an address in place of a path, to an origin of the caller's choice,
/// and with a connection that was made for the address although its check failed.
async fn proxy(scene: &Scene, row: usize, url: &str) -> Result<(), String> {
    scene.lead(row, url);
    let moved = scene.call(&scene.connection, &format!("go/{row}"), None).await;
    if !moved.status.is_redirection() {
        return Err(format!("the redirect is not the caller's: {} {}", moved.status, moved.json));
    }
    for place in [url, url.trim_start_matches("https:"), url.trim_start_matches("https://")] {
        let answer = scene.call(&scene.connection, &encoded(place), None).await;
        if !answer.status.is_client_error() {
            return Err(format!("{place:?} as a path: {} {}", answer.status, answer.json));
        }
    }
    if let Ok(origin) = HeaderValue::from_bytes(url.trim_end_matches("/x").as_bytes()) {
        let answer = scene.call(&scene.connection, "me", Some(&origin)).await;
        let said = answer.json.to_string();
        if !answer.status.is_client_error() || !(said.contains("no origin") || said.contains("names one thing")) {
            return Err(format!("as an origin: {} {said}", answer.status));
        }
    }
    let made = scene.connect(url.trim_end_matches("/x"), "/me").await;
    match made.text("/id") {
        Ok(id) => told(&scene.call(&id, "x", None).await, "which is no public address"),
        Err(_) => says_why(&made),
    }
}

/// What can stand in a path, with all else encoded.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'!'..=b'~' if !b"#?\\\"<>^`{|}".contains(&byte) => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// Refused before anything was asked for, and the field it stood in says why.
fn says_why(answer: &Answer) -> Result<(), String> {
    let field = answer.json["errors"][0]["field"].as_str().unwrap_or_default();
    let places = ["base_url", "issuer", "url"];
    if places.iter().any(|place| field.ends_with(place)) { said(answer) } else { Err(answer.json.to_string()) }
}

/// Refused, with one of the sentences that name a rule.
fn said(answer: &Answer) -> Result<(), String> {
    let text = answer.json.to_string();
    let named = SAID.iter().any(|sentence| text.contains(sentence));
    if answer.status.is_client_error() && named { Ok(()) } else { Err(format!("{} {text}", answer.status)) }
}

/// Refused with this sentence.
fn told(answer: &Answer, sentence: &str) -> Result<(), String> {
    let text = answer.json.to_string();
    if !answer.status.is_success() && text.contains(sentence) {
        Ok(())
    } else {
        Err(format!("{} {text}", answer.status))
    }
}

/// The connection failed its check for one of these reasons.
fn failed_for(connection: &Value, reasons: &[&str]) -> Result<(), String> {
    let code = connection["verification"]["failure"]["code"].as_str().unwrap_or_default();
    if reasons.contains(&code) { Ok(()) } else { Err(connection.to_string()) }
}
