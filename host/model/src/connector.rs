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

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;
    use crate::sample;

    #[test]
    fn it_is_approved_for_its_own_component_and_for_all_it_asks_in_whatever_words() {
        let manifest = sample::manifest();
        let approval = Approval {
            requests: crate::approval::requests(&manifest),
            digest: "ab".repeat(32),
            by: "operator".into(),
            at: Timestamp::UNIX_EPOCH,
        };
        let connector = Connector {
            name: manifest.name.clone(),
            digest: approval.digest.clone(),
            size: 1,
            class: Class::Pure,
            manifest,
            hooks: BTreeSet::new(),
            approval: None,
            installed_at: Timestamp::UNIX_EPOCH,
        };
        let approved = |change: &dyn Fn(&mut Approval)| {
            let mut approval = approval.clone();
            change(&mut approval);
            Connector { approval: Some(approval), ..connector.clone() }.is_approved()
        };
        assert!(!connector.is_approved());
        assert!(approved(&|_| {}));
        assert!(approved(&|approval| approval.requests[0].sentence = "In other words.".into()));
        assert!(!approved(&|approval| approval.digest = "cd".repeat(32)));
        assert!(!approved(&|approval| approval.requests[0].subject.push('x')));
        let last = |approval: &mut Approval| approval.requests.pop();
        assert!(!approved(&|approval| drop(last(approval))), "it asks for more than was approved");
        assert!(!approved(&|approval| approval.requests.extend(last(&mut approval.clone()))), "and for less");
    }
}
