//! Running a row: a tenant and an issuer of its own, the attempt, what the host made of it, and the honest attempt after it.

use std::time::Duration;

use anyhow::Result;
use http::Method;
use jackfield_tests::doubles::hostile::{Endpoint, NAME};
use jackfield_tests::host::Answer;
use serde_json::{Value, json};

use super::row::{Class, Row};
use crate::stage::{Party, Stage, secret_of};

/// How long a provider is waited for here, in milliseconds: enough for an honest one on a busy machine.
const PATIENCE: u64 = 4000;
/// No attempt may take longer, with all the waits that may follow each other in it.
const LIMIT: Duration = Duration::from_mins(1);

/// The stage, and how rows are run on it.
pub(super) struct Runner {
    stage: Stage,
}

/// What came of an attempt.
struct Came {
    class: Result<Class, String>,
    /// What was said about it: every text of it is for people.
    said: Value,
    retry_after: Option<u64>,
}

impl Runner {
    pub(super) async fn set() -> Result<Self> {
        let stage = Stage::set(None, |config| {
            config.api.requests_per_minute = 0;
            config.timeouts.token_ms = PATIENCE;
            config.timeouts.metadata_ms = PATIENCE;
            config.timeouts.connect_ms = 2 * PATIENCE;
            config.limits.request_ms = PATIENCE;
            config.limits.wall_ms = 3 * PATIENCE;
        });
        Ok(Self { stage: stage.await? })
    }

    /// Names that were asked for and addresses that were wanted, other than the provider's at its one port.
    pub(super) fn elsewhere(&self) -> Vec<String> {
        let network = &self.stage.network;
        let names = network.asked().into_iter().filter(|name| name != NAME);
        let strayed = network.strayed();
        let plain = network.wanted().into_iter().filter(|wanted| wanted.port() != 443);
        names.chain(strayed.into_iter().chain(plain).map(|address| address.to_string())).collect()
    }

    /// One row; an error says what did not hold.
    pub(super) async fn run(&self, number: usize, row: &Row) -> Result<(), String> {
        let issuer = format!("row-{number}");
        let party = self.stage.party(&issuer).await.map_err(|error| format!("{error:#}"))?;
        let attempt = tokio::time::timeout(LIMIT, self.attempt(&party, row));
        let came = attempt.await.map_err(|_| "it hung".to_owned())?.map_err(|error| format!("{error:#}"))?;
        self.stage.servers.disarm(&issuer);
        let class = came.class.clone().map_err(|other| format!("no class: {other}"))?;
        if class != row.class {
            return Err(format!("{class:?} instead of {:?}: {}", row.class, came.said));
        }
        if row.wait.is_some() && came.retry_after != row.wait {
            return Err(format!("it waits {:?} instead of {:?}: {}", came.retry_after, row.wait, came.said));
        }
        self.fit_for_people(&party, &came.said)?;
        let times = self.stage.servers.asked(&issuer, row.on).len();
        if row.once && times != 1 {
            return Err(format!("a request with a secret in it arrived {times} times"));
        }
        if row.lasts {
            return Ok(());
        }
        let honest =
            self.stage.connect(&party, "u-2", "alice").await.map_err(|error| format!("after it: {error:#}"))?;
        if honest.json["status"] == "active" { Ok(()) } else { Err(format!("after it: {}", honest.json)) }
    }

    async fn attempt(&self, party: &Party, row: &Row) -> Result<Came> {
        match row.on {
            Endpoint::Refresh => self.refresh(party, row).await,
            Endpoint::Revoke => self.revoke(party, row).await,
            Endpoint::Metadata => self.begin(party, row).await,
            _ => {
                self.stage.servers.arm(&party.issuer, row.on, row.deed.clone());
                let answer = self.stage.connect(party, "u-1", "alice").await?;
                Ok(if answer.status.is_success() { of_connection(&answer) } else { of_problem(&answer) })
            }
        }
    }

    async fn refresh(&self, party: &Party, row: &Row) -> Result<Came> {
        let id = self.stage.connect(party, "u-1", "alice").await?.text("/id")?;
        self.stage.servers.arm(&party.issuer, row.on, row.deed.clone());
        let answer = self.ask(party, &format!("/v1/connections/{id}/refresh")).await?;
        let shown = self.stage.host.get(&party.tenant.key, &format!("/v1/connections/{id}")).await?;
        let mut came = of_problem(&answer);
        came.class = match (shown.json["status"].as_str(), answer.status.as_u16()) {
            (Some("active"), 200) if shown.json["version"] == 2 => Ok(Class::Works),
            (Some("uncertain"), _) => Ok(Class::Uncertain),
            (Some("needs-reauthorization"), _) => Ok(Class::Reauthorize),
            (Some("active"), _) => came.class,
            (status, _) => Err(format!("{status:?} {}", came.said)),
        };
        Ok(came)
    }

    async fn revoke(&self, party: &Party, row: &Row) -> Result<Came> {
        let id = self.stage.connect(party, "u-1", "alice").await?.text("/id")?;
        self.stage.servers.arm(&party.issuer, row.on, row.deed.clone());
        let path = format!("/v1/connections/{id}");
        let answer = self.stage.host.api(&party.tenant.key, Method::DELETE, &path, None).await?;
        let gone = self.stage.host.get(&party.tenant.key, &path).await?;
        let class = match answer.json["revocation"]["outcome"].as_str() {
            _ if gone.status != 404 => Err(format!("it is still there: {}", gone.json)),
            Some("revoked") => Ok(Class::Works),
            Some("queued") => Ok(Class::Down),
            Some("unsupported" | "failed") => Ok(Class::Refused),
            other => Err(format!("{other:?} {}", answer.json)),
        };
        Ok(Came { class, said: answer.json, retry_after: None })
    }

    /// Metadata is asked for where a person goes on from the page.
    async fn begin(&self, party: &Party, row: &Row) -> Result<Came> {
        self.stage.servers.arm(&party.issuer, row.on, row.deed.clone());
        let (_, link) = self.stage.link(party, "u-1").await?;
        let mut browser = self.stage.browser();
        let page = browser.open(&link).await?.page()?;
        let after = browser.submit(&page, &page.form()?).await?.page()?;
        let class = match after.status.as_u16() {
            200 => Ok(Class::Works),
            502 => Ok(Class::Down),
            422 => Ok(Class::Misconfigured),
            other => Err(other.to_string()),
        };
        Ok(Came { class, said: json!(after.text()?), retry_after: None })
    }

    async fn ask(&self, party: &Party, path: &str) -> Result<Answer> {
        self.stage.host.post(&party.tenant.key, path, json!({})).await
    }

    /// Every text is one a person can read, and holds nothing that the issuer or we keep secret.
    fn fit_for_people(&self, party: &Party, said: &Value) -> Result<(), String> {
        let mut secrets = self.stage.servers.secrets(&party.issuer);
        secrets.push(secret_of(&party.issuer));
        let mut texts = Vec::new();
        gather(said, &mut texts);
        for text in texts {
            let turned = |c: char| ('\u{2028}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
            if text.chars().any(|c| (c.is_control() && c != '\n') || turned(c)) || text.len() > 6000 {
                return Err(format!("not fit for a person: {text:?}"));
            }
            if let Some(secret) = secrets.iter().find(|secret| text.contains(secret.as_str())) {
                return Err(format!("{secret} is told: {text:?}"));
            }
        }
        Ok(())
    }
}

fn gather<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(list) => list.iter().for_each(|inner| gather(inner, texts)),
        Value::Object(members) => members.values().for_each(|inner| gather(inner, texts)),
        _ => {}
    }
}

/// A refusal's class, by its code.
fn of_problem(answer: &Answer) -> Came {
    let class = match answer.code() {
        "provider-down" => Ok(Class::Down),
        "try-later" => Ok(Class::Later),
        "misconfigured" => Ok(Class::Misconfigured),
        "needs-reauthorization" => Ok(Class::Reauthorize),
        "provider-refused" => Ok(Class::Refused),
        _ => Err(format!("{} {}", answer.status, answer.json)),
    };
    let retry_after = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    Came { class, said: answer.json.clone(), retry_after }
}

/// The class of a connection that was made, by what its first check met.
fn of_connection(answer: &Answer) -> Came {
    let advice = answer.json["verification"]["failure"]["advice"].as_str();
    let class = match (answer.json["status"].as_str(), advice) {
        (Some("active"), None) => Ok(Class::Works),
        (Some("failing"), Some("provider-down")) => Ok(Class::Down),
        (Some("failing"), Some("retry")) => Ok(Class::Later),
        (Some("failing"), Some("misconfigured" | "insufficient-scope")) => Ok(Class::Misconfigured),
        (Some("needs-reauthorization"), Some("reauthorize")) => Ok(Class::Reauthorize),
        (Some("failing"), Some(_)) => Ok(Class::Refused),
        _ => Err(answer.json.to_string()),
    };
    let retry_after = answer.json["verification"]["failure"]["retry_after"].as_u64();
    Came { class, said: answer.json.clone(), retry_after }
}
