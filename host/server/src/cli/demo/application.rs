//! The demo's application: the small web site that asks for connections and to which people come back.
//!
//! It does what any application does: makes a connect session with its API key, sends the person to the link, and
//! completes the session in the name of the person who is signed in to it.

use std::{
    collections::HashMap,
    future::IntoFuture as _,
    net::Ipv4Addr,
    sync::{Arc, OnceLock},
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    extract::{Query, State},
    response::Html,
    routing::get,
};
use maud::{DOCTYPE, html};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::cli::{host::Host, output::text};

/// Who is signed in to the application, by the application's own id.
pub(super) const END_USER: &str = "demo-person";

/// The application while it runs.
pub(super) struct Application {
    url: String,
    host: Arc<OnceLock<Host>>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Application {
    /// Opens a port on loopback. It can do nothing before it is given a host.
    pub(super) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let host = Arc::new(OnceLock::new());
        let router = Router::new()
            .route("/connected", get(connected))
            .route("/by-hand", get(by_hand))
            .with_state(Arc::clone(&host));
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async move {
            // An error means that the sender is gone, which is a stop as well.
            let _gone = stopped.await;
        };
        let task = tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(until).into_future());
        Ok(Self { url, host, stop, task })
    }

    /// Where people come back to.
    pub(super) fn return_url(&self) -> String {
        format!("{}/connected", self.url)
    }

    /// Where they come back to when somebody plays the application by hand.
    pub(super) fn by_hand_url(&self) -> String {
        format!("{}/by-hand", self.url)
    }

    /// Gives it the host and its API key.
    pub(super) fn trust(&self, host: Host) {
        // Given once, by the story.
        let _again = self.host.set(host);
    }

    /// The host, asked with the application's key.
    pub(super) fn host(&self) -> Result<&Host> {
        self.host.get().context("the application has no key yet")
    }

    /// Asks for a connection; the session's id and the link for the person.
    pub(super) async fn session(&self, connector: &str, actions: &[&str]) -> Result<(String, String)> {
        let body = json!({
            "connector": connector, "actions": actions, "end_user": END_USER, "return_url": self.return_url(),
        });
        let made = self.host()?.post(&["v1", "connect-sessions"], &body).await?;
        Ok((text(&made, "/id"), text(&made, "/url")))
    }

    pub(super) async fn stop(self) {
        let _gone = self.stop.send(());
        let _ended = self.task.await;
    }
}

/// Where a person arrives after connecting, signed in here as they were before.
async fn connected(
    State(host): State<Arc<OnceLock<Host>>>,
    Query(query): Query<HashMap<String, String>>,
) -> Html<String> {
    let said = match complete(&host, &query).await {
        Ok(connection) => {
            let account = text(&connection, "/account/label");
            format!("Connected as {account}. The connection's id is {}.", text(&connection, "/id"))
        }
        Err(error) => format!("Not connected: {error:#}"),
    };
    page(&said)
}

/// Where a person arrives whose session is completed by hand.
async fn by_hand(Query(query): Query<HashMap<String, String>>) -> Html<String> {
    page(&match (query.get("ticket"), query.get("error")) {
        (Some(ticket), _) => format!("Complete the session within two minutes, with TICKET={ticket}"),
        (None, Some(error)) => format!("Not connected: {error}"),
        (None, None) => "This is not how a person comes back.".to_owned(),
    })
}

fn page(said: &str) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "The demo's application" } }
            body style="font:1rem/1.5 system-ui;max-width:36rem;margin:4rem auto;padding:0 1rem" {
                h1 { "The demo's application" }
                p { (said) }
            }
        }
    };
    Html(page.into_string())
}

async fn complete(host: &OnceLock<Host>, query: &HashMap<String, String>) -> Result<Value> {
    let host = host.get().context("the application has no key yet")?;
    let given = |name: &str| query.get(name).map(String::as_str);
    if let Some(error) = given("error") {
        anyhow::bail!("{error}");
    }
    let (session, ticket) = given("session").zip(given("ticket")).context("this is not how a person comes back")?;
    let body = json!({ "ticket": ticket, "end_user": END_USER });
    Ok(host.post(&["v1", "connect-sessions", session, "complete"], &body).await?)
}
