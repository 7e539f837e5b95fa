//! What an application knows of its connections by what was acknowledged, and how the host is held to it after a kill.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};
use http::Method;
use serde_json::Value;

use crate::load::Application;

/// How a connection got its credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A token that was typed.
    Token,
    /// Tokens of a person's consent, refreshed by rotation.
    Rotating,
}

/// What was acknowledged of a connection.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) version: u64,
    /// The number of the newest access token that was leased.
    pub(crate) issued: u64,
    /// Whether a kill cut its last refresh off, and nothing came of it since.
    pub(crate) cut_off: bool,
}

/// What was asked and not answered.
#[derive(Debug)]
pub(crate) enum Pending {
    Create { end_user: String },
    Connect { end_user: String },
    Rename { id: String, name: String },
    Refresh { id: String },
    Delete { id: String },
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) known: BTreeMap<String, Known>,
    pub(crate) deleted: BTreeSet<String>,
    pub(crate) pending: Option<Pending>,
    /// How many refreshes a kill left in doubt.
    pub(crate) doubted: u64,
}

impl Ledger {
    pub(crate) fn living(&self) -> impl Iterator<Item = (&String, &Known)> {
        self.known.iter()
    }

    pub(crate) fn living_of(&self, kind: Kind) -> impl Iterator<Item = (&String, &Known)> {
        self.known.iter().filter(move |(_, known)| known.kind == kind)
    }

    pub(crate) fn gone(&mut self, id: &str) {
        self.known.remove(id);
        self.deleted.insert(id.to_owned());
    }
}

impl Application {
    /// Holds the host to what was acknowledged; an error names what was lost.
    pub(crate) async fn reconcile(&mut self) -> Result<()> {
        self.settle_pending().await?;
        let ids: Vec<String> = self.ledger.known.keys().cloned().collect();
        for id in ids {
            let shown = self.show(&id).await?;
            let known = self.ledger.known.get_mut(&id).expect("a connection of its own");
            ensure!(shown["name"] == known.name, "{id} was renamed to {}: {shown}", known.name);
            let version = shown["version"].as_u64().unwrap_or_default();
            // The host itself refreshes where a kill left the outcome open and the provider allows it.
            ensure!(version >= known.version, "{id} had version {}: {shown}", known.version);
            known.version = version;
            ensure!(shown["status"] == "active", "{id} worked, and nothing was under way: {shown}");
        }
        for id in self.ledger.deleted.iter().rev().take(20) {
            let shown = self.api(Method::GET, &format!("/v1/connections/{id}"), None).await?;
            ensure!(shown.status == 404, "{id} was deleted and is there: {}", shown.json);
        }
        Ok(())
    }

    /// What was asked and not answered has happened or has not, and never twice or by half.
    #[allow(clippy::too_many_lines, reason = "an arm a deed")]
    async fn settle_pending(&mut self) -> Result<()> {
        let Some(pending) = self.ledger.pending.take() else { return Ok(()) };
        match pending {
            Pending::Create { end_user } => {
                let again = self.create_as(&end_user).await?;
                let named = again.code() == "idempotency-unanswered";
                ensure!(again.status == 201 || named, "the same request again: {} {}", again.status, again.json);
                let found = self.of_person(&end_user).await?;
                ensure!(found.len() == 1, "{} connections by one idempotency key", found.len());
                let id = found[0]["id"].as_str().unwrap_or_default();
                if named {
                    // It is there, and whoever asked is told which it is.
                    ensure!(again.json["detail"].as_str().is_some_and(|told| told.contains(id)), "{}", again.json);
                    ensure!(self.remove(id).await?.status.is_success(), "{id} cannot be deleted");
                    self.ledger.deleted.insert(id.to_owned());
                    return Ok(());
                }
                self.created(&again, Kind::Token)
            }
            Pending::Connect { end_user } => {
                let found = self.of_person(&end_user).await?;
                ensure!(found.len() <= 1, "{} connections by one consent", found.len());
                let Some(made) = found.first() else { return Ok(()) };
                let (id, status) = (made["id"].as_str().unwrap_or_default(), &made["status"]);
                ensure!(status == "active" || status == "pending", "made by half: {made}");
                ensure!(self.remove(id).await?.status.is_success(), "{id} cannot be deleted");
                self.ledger.deleted.insert(id.to_owned());
                Ok(())
            }
            Pending::Rename { id, name } => {
                let shown = self.show(&id).await?;
                let known = self.ledger.known.get_mut(&id).expect("a connection of its own");
                ensure!(shown["name"] == name || shown["name"] == known.name, "neither old nor new: {shown}");
                shown["name"].as_str().unwrap_or_default().clone_into(&mut known.name);
                Ok(())
            }
            Pending::Refresh { id } => self.settle_refresh(&id).await,
            Pending::Delete { id } => {
                let shown = self.api(Method::GET, &format!("/v1/connections/{id}"), None).await?;
                if shown.status != 404 {
                    ensure!(self.remove(&id).await?.status.is_success(), "{id} cannot be deleted");
                }
                self.ledger.gone(&id);
                Ok(())
            }
        }
    }

    /// The new token is in use, the old one is, or the connection says that the rotation may be lost; then it has served.
    async fn settle_refresh(&mut self, id: &str) -> Result<()> {
        let shown = self.show(id).await?;
        let known = self.ledger.known.get_mut(id).expect("a connection of its own");
        let version = shown["version"].as_u64().unwrap_or_default();
        ensure!(version >= known.version, "{} became {shown}", known.version);
        known.cut_off = version == known.version;
        known.version = version;
        match shown["status"].as_str() {
            Some("active") => Ok(()),
            Some("uncertain") => {
                ensure!(shown["failure"]["code"] == "refresh-uncertain", "it does not say why: {shown}");
                self.ledger.doubted += 1;
                ensure!(self.remove(id).await?.status.is_success(), "{id} cannot be deleted");
                self.ledger.gone(id);
                Ok(())
            }
            _ => bail!("a refresh that was cut off left {shown}"),
        }
    }

    async fn show(&self, id: &str) -> Result<Value> {
        let shown = self.api(Method::GET, &format!("/v1/connections/{id}"), None).await?;
        ensure!(shown.status == 200, "{id} was acknowledged and is gone: {}", shown.json);
        Ok(shown.json)
    }

    async fn of_person(&self, end_user: &str) -> Result<Vec<Value>> {
        let path = format!("/v1/connections?end_user={end_user}");
        let listed = self.api(Method::GET, &path, None).await?;
        Ok(listed.json["items"].as_array().cloned().unwrap_or_default())
    }
}
