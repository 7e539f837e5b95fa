//! A person at a real browser: headless Chromium, driven by `ChromeDriver`, with a profile of its own that ends with the story.
#![allow(clippy::indexing_slicing, reason = "a value of JSON that is not there is null")]

mod audit;
mod command;
mod driver;
mod hands;
mod screens;
mod watch;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};

use self::driver::Driver;
use crate::doubles::Double;

/// How a person's browser is set.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    /// Where names lead that are not this machine's own; any other name leads nowhere.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Pages run no script.
    pub without_script: bool,
    /// The languages to ask for, as in `de,en`; English where there is none.
    pub languages: Option<&'static str>,
}

impl Habits {
    /// A browser that finds what these doubles answer for.
    pub fn reaching(doubles: &[&Double]) -> Self {
        let names =
            doubles.iter().flat_map(|double| double.names().iter().map(|name| (name.clone(), double.address())));
        Self { hosts: names.collect(), ..Self::default() }
    }
}

/// A browser with one window, until it is dropped.
pub struct Chrome {
    /// What speaks with it.
    pub client: Client,
    _driver: Driver,
}

impl Chrome {
    /// A browser that finds what these doubles answer for.
    pub async fn reaching(doubles: &[&Double]) -> Result<Self> {
        Self::start(&Habits::reaching(doubles)).await
    }

    /// A browser set in its person's way.
    pub async fn start(habits: &Habits) -> Result<Self> {
        let driver = Driver::start().await?;
        let mut wanted = serde_json::Map::new();
        wanted.insert("acceptInsecureCerts".to_owned(), json!(true));
        wanted.insert("goog:chromeOptions".to_owned(), options(habits, &driver.profile.display().to_string()));
        wanted.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL", "performance": "ALL" }));
        let mut connector = hyper_util::client::legacy::connect::HttpConnector::new();
        connector.enforce_http(true);
        let client = ClientBuilder::new(connector).capabilities(wanted).connect(&driver.url).await;
        let client =
            client.context("Chromium does not start: is the package chromium there, as `make setup` installs it?")?;
        let chrome = Self { client, _driver: driver };
        chrome.size(screens::WIDE).await?;
        Ok(chrome)
    }
}

/// Nothing of Chromium's own goes out, and no name is looked up outside this machine.
fn options(habits: &Habits, profile: &str) -> Value {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--disable-gpu",
        "--no-first-run",
        "--no-default-browser-check",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--ignore-certificate-errors",
    ]
    .map(str::to_owned)
    .into();
    if rustix::process::geteuid().is_root() {
        // Chromium refuses to put root into its sandbox.
        arguments.push("--no-sandbox".to_owned());
    }
    let mut rules: Vec<String> =
        habits.hosts.iter().map(|(name, address)| format!("MAP {name}:443 {address}")).collect();
    rules.push("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost".to_owned());
    arguments.push(format!("--host-resolver-rules={}", rules.join(", ")));
    arguments.push(format!("--user-data-dir={profile}"));
    let settings = json!({
        "intl.accept_languages": habits.languages.unwrap_or("en"),
        "credentials_enable_service": false,
        "profile.default_content_setting_values": {
            "javascript": if habits.without_script { 2 } else { 1 },
        },
    });
    json!({ "args": arguments, "prefs": settings })
}
