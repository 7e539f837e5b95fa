//! The host examined by itself: key ring, store, disk, egress, clock, and the redirect URIs to register.

mod reach;

use std::path::Path;

use jackfield_model::{id::ClientId, secret::Secret};
use jackfield_store::{KeyRing, Purpose};
use serde::{Deserialize, Serialize};

use super::Service;
use crate::descriptors::{ADVICE, Descriptors};

/// Below this much room the next backup or component may not fit.
const LITTLE_ROOM: u64 = 256 * 1024 * 1024;
/// The longest nonce answered.
const NONCE_LIMIT: usize = 64;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// Not as it should be; `todo` says what to do.
    Failed,
    /// Nothing to check, or nobody to ask.
    Skipped,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What kind of check: `key-ring`, `store`, `disk`, `descriptors`, `connector`, `egress`, `metadata-address`, `clock`, `mail`, `redirect-uri`.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found, a sentence.
    pub said: String,
    /// What to do, where it failed.
    pub todo: Option<String>,
}

impl Check {
    /// As it should be.
    pub fn ok(name: &str, said: impl Into<String>) -> Self {
        Self { name: name.to_owned(), outcome: Outcome::Ok, said: said.into(), todo: None }
    }

    /// Not as it should be.
    pub fn failed(name: &str, said: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { name: name.to_owned(), outcome: Outcome::Failed, said: said.into(), todo: Some(todo.into()) }
    }

    /// Not looked at.
    pub fn skipped(name: &str, said: impl Into<String>) -> Self {
        Self { name: name.to_owned(), outcome: Outcome::Skipped, said: said.into(), todo: None }
    }
}

/// A client and the address to register for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Its connector.
    pub connector: String,
    /// Our id of it.
    pub client: ClientId,
    /// What the provider must know, exactly as it stands.
    pub redirect_uri: String,
}

/// What the host found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Where browsers reach the host, as it is told.
    pub public_url: String,
    /// Where browsers reach the pages of tenants with a host name of their own.
    pub sites: Vec<String>,
    /// Every check.
    pub checks: Vec<Check>,
    /// The redirect URIs to register.
    pub redirect_uris: Vec<Register>,
}

impl Service {
    /// Looks at everything this host can look at by itself. Asks each approved provider's origin one `HEAD /`.
    pub async fn diagnose(&self) -> Diagnosis {
        let settings = &self.parts.settings;
        let mut checks = vec![self.ring_check().await, self.store_check(), room_check(&settings.data_dir)];
        checks.push(descriptors_check(settings.descriptors));
        checks.extend(self.connector_checks().await);
        checks.push(self.mail_check().await);
        checks.extend(self.reach_checks().await);
        let clients = self.clients().await.unwrap_or_default();
        let mut redirect_uris = Vec::new();
        for client in clients {
            // A store that does not answer is a failed check above.
            let Ok(redirect_uri) = self.redirect_uri(&client).await else { continue };
            redirect_uris.push(Register { connector: client.connector, client: client.id, redirect_uri });
        }
        let sites = self.sites().await.unwrap_or_default();
        Diagnosis {
            public_url: self.parts.settings.public_url.to_string(),
            sites: sites.into_iter().map(String::from).collect(),
            checks,
            redirect_uris,
        }
    }

    /// What only this host answers to a nonce: whoever hears it through the public URL was led here.
    /// None for what is no nonce.
    pub fn answer_nonce(&self, nonce: &str) -> Option<Secret> {
        let plain =
            !nonce.is_empty() && nonce.len() <= NONCE_LIMIT && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
        plain.then(|| Secret::new(self.store().keyed_hash(Purpose::Nonce, nonce)))
    }

    /// Whether browsers reach this host over TLS.
    pub fn is_secure(&self) -> bool {
        self.parts.settings.public_url.scheme() == "https"
    }

    async fn ring_check(&self) -> Check {
        const NAME: &str = "key-ring";
        let path = self.parts.settings.keyring.clone();
        let shown = path.display().to_string();
        let loaded = tokio::task::spawn_blocking(move || KeyRing::load(&path)).await;
        let status = self.store().key_ring_status().await;
        match (loaded, status) {
            (Ok(Ok(ring)), Ok(status)) if ring.primary() == status.primary && status.unreadable == 0 => Check::ok(
                NAME,
                format!(
                    "{shown} is there, only its owner reads it, and it fits the store (primary {}).",
                    ring.primary()
                ),
            ),
            (Ok(Ok(ring)), Ok(status)) if ring.primary() != status.primary => Check::failed(
                NAME,
                format!(
                    "{shown} has another primary key ({}) than the running host ({}).",
                    ring.primary(),
                    status.primary
                ),
                "Restart the host if you changed the ring; put the right ring back if you did not.",
            ),
            (Ok(Ok(_)), Ok(status)) => Check::failed(
                NAME,
                format!("{} keys of the store cannot be read.", status.unreadable),
                "Restore a backup: those keys are damaged, and what they sealed cannot be opened.",
            ),
            (Ok(Ok(_)), Err(error)) => {
                Check::failed(NAME, format!("The store does not answer: {error}."), "See the log.")
            }
            (Ok(Err(error)), _) => Check::failed(
                NAME,
                format!("{error}."),
                "Put it back from your copy before the host restarts: without it nothing in the store can be opened.",
            ),
            (Err(_), _) => Check::skipped(NAME, "The host is ending."),
        }
    }

    fn store_check(&self) -> Check {
        match self.store().health() {
            jackfield_store::Health::Healthy => Check::ok("store", "The store reads and takes changes."),
            jackfield_store::Health::ReadOnly(fault) => Check::failed(
                "store",
                format!("The store takes no more changes: {fault}."),
                "Make room on its disk, then restart the host; if it stays, restore a backup.",
            ),
        }
    }

    async fn mail_check(&self) -> Check {
        const NAME: &str = "mail";
        let Some(mailer) = &self.parts.mailer else {
            return Check::skipped(NAME, "No mail server is set (`mail.host`): nobody is mailed.");
        };
        match mailer.try_connection().await {
            Ok(()) => Check::ok(NAME, format!("The mail server {} takes us.", mailer.place())),
            Err(_) => Check::failed(
                NAME,
                format!("The mail server {} does not answer, or does not take us.", mailer.place()),
                "Check `mail.host`, `mail.port`, `mail.tls`, `mail.user` and the password; mails wait meanwhile, for five days.",
            ),
        }
    }

    async fn connector_checks(&self) -> Vec<Check> {
        let told = self.health().await.problems;
        let about = told.into_iter().filter(|problem| problem.starts_with("the connector"));
        about
            .map(|problem| {
                Check::failed("connector", format!("{problem}."), "Install it again: `jackfield connector install`.")
            })
            .collect()
    }
}

fn room_check(data: &Path) -> Check {
    match rustix::fs::statvfs(data) {
        Ok(disk) => judge_room(disk.f_bavail.saturating_mul(disk.f_frsize), &data.display().to_string()),
        Err(error) => Check::failed(
            "disk",
            format!("{} cannot be looked at: {error}.", data.display()),
            "Set `data_dir` to a folder this user may use.",
        ),
    }
}

fn judge_room(free: u64, place: &str) -> Check {
    let said = format!("{} MiB are free where {place} is.", free / (1024 * 1024));
    if free < LITTLE_ROOM {
        Check::failed("disk", said, "Make room: a full disk stops every change until the host is restarted.")
    } else {
        Check::ok("disk", said)
    }
}

fn descriptors_check(descriptors: Descriptors) -> Check {
    const NAME: &str = "descriptors";
    let said = format!(
        "{} connections and files may be open, and {} callers are served at once.",
        descriptors.count(),
        descriptors.callers()
    );
    if descriptors.are_few() { Check::failed(NAME, said, ADVICE) } else { Check::ok(NAME, said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_fails() {
        assert_eq!(judge_room(LITTLE_ROOM, "x").outcome, Outcome::Ok);
        assert_eq!(judge_room(LITTLE_ROOM - 1, "x").outcome, Outcome::Failed);
    }
}
