//! Targets: what a fresh connection can point at, such as one of several sites or a data centre.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The provider's id.
    pub id: String,
    /// What a person recognises it by.
    pub label: String,
    /// In a sentence; may be empty.
    pub description: String,
    /// Connection fields that choosing it sets.
    pub fields: BTreeMap<String, String>,
}

/// Whether a connection points at a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Targeting {
    /// Its connector knows no targets, or they are not found out yet.
    #[default]
    None,
    /// A person has to choose.
    Open {
        /// Among these.
        choices: Vec<Target>,
    },
    /// One was taken.
    Chosen {
        /// Its id.
        id: String,
        /// What a person recognises it by.
        label: String,
    },
}

impl Targeting {
    /// Whether there is nothing to point at.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The choices a person has to make one of.
    pub fn choices(&self) -> &[Target] {
        match self {
            Self::Open { choices } => choices,
            Self::None | Self::Chosen { .. } => &[],
        }
    }

    /// The id of the one that was taken.
    pub fn chosen(&self) -> Option<&str> {
        match self {
            Self::Chosen { id, .. } => Some(id),
            Self::None | Self::Open { .. } => None,
        }
    }
}
