//! Installed connectors: a manifest kept with the digest of the component it came from, and what was approved.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{approval::Request, manifest::Manifest};

/// Which engine a component runs on, chosen at install by what it imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ComponentClass")]
pub enum Class {
    /// Imports only `jackfield:*`: provably without ambient power.
    Pure,
    /// Its toolchain imports WASI, which is served with nothing granted.
    GuestRuntime,
}

/// An installed connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connector {
    /// Stable name.
    pub name: String,
    /// SHA-256 of the component, lower-case hex.
    pub digest: String,
    /// Size of the component in bytes.
    pub size: u64,
    /// The engine it runs on.
    pub class: Class,
    /// What it declares, read once at install.
    pub manifest: Manifest,
    /// Optional hook interfaces it exports.
    pub hooks: BTreeSet<String>,
    /// What the operator approved; none before approval, and then nothing runs.
    pub approval: Option<Approval>,
    /// When it was installed.
    pub installed_at: Timestamp,
}

/// A connector without its manifest: its component, and whether that may run. For looking at all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Stable name.
    pub name: String,
    /// SHA-256 of the component, lower-case hex.
    pub digest: String,
    /// The engine it runs on.
    pub class: Class,
    /// Whether it may run.
    pub is_approved: bool,
}

/// An operator's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The requests as they were shown.
    pub requests: Vec<Request>,
    /// The digest they belong to.
    pub digest: String,
    /// Who approved: an API key's id, or `operator` on the command line.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Connector {
    /// The same without its manifest.
    pub fn brief(&self) -> Brief {
        let (name, digest) = (self.name.clone(), self.digest.clone());
        Brief { name, digest, class: self.class, is_approved: self.is_approved() }
    }

    /// Whether it may run: approved, for this very component, and for all it asks.
    pub fn is_approved(&self) -> bool {
        let asked = crate::approval::requests(&self.manifest);
        self.approval.as_ref().is_some_and(|approval| {
            let same = approval.requests.len() == asked.len()
                && approval.requests.iter().zip(&asked).all(|(one, other)| one.asks_for(other));
            approval.digest == self.digest && same
        })
    }
}
