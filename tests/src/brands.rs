//! Five brands on one host, each at its own host name: set up through the API, as an operator would.

use anyhow::{Context, Result, ensure};
use http::Method;
use serde_json::{Value, json};

use crate::host::{Tenant, TestHost};
use crate::pictures::png;

/// A brand, and everything that is its own.
#[derive(Debug, Clone, Copy)]
pub struct Brand {
    /// The name people know it by.
    pub name: &'static str,
    /// One word for it, in host names and addresses.
    pub word: &'static str,
    /// Its colour on light ground.
    pub accent: &'static str,
    /// Its colour on dark ground.
    pub accent_dark: &'static str,
    /// Its languages, the first for who asks for none.
    pub languages: &'static [&'static str],
    /// Its letters.
    pub typeface: &'static str,
}

/// One product under five brands.
pub const BRANDS: [Brand; 5] = [
    Brand {
        name: "Integromat",
        word: "integromat",
        accent: "#0b64c0",
        accent_dark: "#7ab8ff",
        languages: &["en", "de"],
        typeface: "system",
    },
    Brand {
        name: "Make",
        word: "make",
        accent: "#6d00cc",
        accent_dark: "#b488ff",
        languages: &["en"],
        typeface: "rounded",
    },
    Brand {
        name: "Boost.space Integrator",
        word: "boostspace",
        accent: "#a83a12",
        accent_dark: "#ffa98a",
        languages: &["de", "en"],
        typeface: "system",
    },
    Brand {
        name: "Ibexa Connect",
        word: "ibexa",
        accent: "#ae1164",
        accent_dark: "#ff8cc0",
        languages: &["en", "de"],
        typeface: "serif",
    },
    Brand {
        name: "Axelor Connect",
        word: "axelor",
        accent: "#00695c",
        accent_dark: "#5cc9bb",
        languages: &["de"],
        typeface: "system",
    },
];

/// A brand whose tenant is there.
#[derive(Debug, Clone)]
pub struct Branded {
    /// The brand.
    pub brand: Brand,
    /// Its tenant.
    pub tenant: Tenant,
    /// Where its pages have the logo and the favicon.
    pub pictures: [String; 2],
}

impl Brand {
    /// The host name of its pages.
    pub fn host(&self) -> String {
        format!("{}.localhost", self.word)
    }

    /// Where its application takes people back.
    pub fn return_url(&self) -> String {
        format!("https://app.{}.example/connected", self.word)
    }

    /// What the operator writes into its tenant.
    pub fn settings(&self) -> Value {
        let word = self.word;
        json!({
            "host": self.host(),
            "colours": { "accent": self.accent, "accent_dark": self.accent_dark },
            "typeface": self.typeface,
            "links": {
                "support": format!("mailto:help@{word}.example"),
                "terms": format!("https://{word}.example/terms"),
                "privacy": format!("https://{word}.example/privacy"),
                "imprint": format!("https://{word}.example/imprint"),
            },
            "sender": { "name": self.name, "address": format!("connections@{word}.example") },
            "languages": self.languages,
            "origins": [format!("https://app.{word}.example")],
            "sign_in_url": format!("https://app.{word}.example/sign-in"),
        })
    }

    /// What may be seen where it is shown, and nowhere else.
    pub fn marks(&self) -> Vec<String> {
        let mut marks =
            vec![self.host(), format!("{}.example", self.word), self.accent.to_owned(), self.accent_dark.to_owned()];
        // "Make" begins sentences too.
        if self.name != "Make" {
            marks.push(self.name.to_owned());
        }
        marks
    }
}

impl Branded {
    /// Sets one brand up.
    pub async fn set_up(host: &TestHost, brand: Brand) -> Result<Self> {
        let body = json!({ "name": brand.name, "return_urls": [brand.return_url()] });
        let made = host.post(host.operator(), "/v1/tenants", body).await?;
        let id = made.text("/id")?;
        let permissions = ["connect", "read", "proxy", "lease"];
        let wanted = json!({ "name": "application", "tenant": id, "permissions": permissions });
        let key = host.post(host.operator(), "/v1/api-keys", wanted).await?.text("/key")?;
        let path = format!("/v1/tenants/{id}");
        let changed =
            host.api(host.operator(), Method::PATCH, &path, Some(json!({ "brand": brand.settings() }))).await?;
        ensure!(changed.status.is_success(), "{}: {}", brand.name, changed.json);
        host.put_file(&id, "logo", &png(240, 60, brand.accent)).await?;
        let kept = host.put_file(&id, "favicon", &png(32, 32, brand.accent)).await?;
        let pictures = [kept.text("/brand_files/logo/path")?, kept.text("/brand_files/favicon/path")?];
        Ok(Self { brand, tenant: Tenant { id, key }, pictures })
    }

    /// Makes a connect session for a person; answers its link.
    pub async fn link(&self, host: &TestHost, connector: &str, actions: &[&str], end_user: &str) -> Result<String> {
        let wanted = json!({
            "connector": connector, "actions": actions, "end_user": end_user, "return_url": self.brand.return_url(),
        });
        let made = host.post(&self.tenant.key, "/v1/connect-sessions", wanted).await?;
        ensure!(made.status.is_success(), "no session: {}", made.json);
        made.text("/url")
    }

    /// Registers a client of its own; answers its id and its redirect URI.
    pub async fn client(&self, host: &TestHost, connector: &str, fields: Value) -> Result<(String, String)> {
        let wanted = json!({
            "connector": connector, "tenant": self.tenant.id, "client_id": format!("{}-client", self.brand.word),
            "client_secret": format!("{}-secret", self.brand.word), "fields": fields,
        });
        let made = host.post(host.operator(), "/v1/clients", wanted).await?;
        ensure!(made.status.is_success(), "no client: {}", made.json);
        Ok((made.text("/id")?, made.text("/redirect_uri")?))
    }
}

/// Sets all five up on one host.
pub async fn five(host: &TestHost) -> Result<Vec<Branded>> {
    let mut all = Vec::new();
    for brand in BRANDS {
        all.push(Branded::set_up(host, brand).await.with_context(|| brand.name)?);
    }
    Ok(all)
}

/// Fails where something that was shown under one brand carries a mark of another, of the host's own name, or of its maker.
pub fn only_of(brand: &Brand, own_name: &str, place: &str, shown: &str) -> Result<()> {
    let lower = shown.to_lowercase();
    ensure!(
        !lower.contains("jackfield"),
        "{place} of {} names the software: {}",
        brand.name,
        around(shown, "jackfield")
    );
    ensure!(!shown.contains(own_name), "{place} of {} names the host: {}", brand.name, around(shown, own_name));
    for other in BRANDS.iter().filter(|other| other.word != brand.word) {
        for mark in other.marks() {
            let told = || format!("{place} of {} shows `{mark}` of {}", brand.name, other.name);
            ensure!(!lower.contains(&mark.to_lowercase()), "{}: {}", told(), around(shown, &mark));
        }
    }
    Ok(())
}

/// What stands around a mark.
fn around(shown: &str, mark: &str) -> String {
    let at = shown.to_lowercase().find(&mark.to_lowercase()).unwrap_or_default();
    let before: String = shown.get(..at).unwrap_or_default().chars().rev().take(80).collect();
    let after: String = shown.get(at..).unwrap_or_default().chars().take(120).collect();
    format!("…{}{after}…", before.chars().rev().collect::<String>())
}
