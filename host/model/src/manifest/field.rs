//! Fields: values that people and operators type.

use serde::{Deserialize, Serialize};

use crate::pattern::Pattern;

/// A value somebody types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own, answered yes or no in the contract")]
pub struct Field {
    /// Lower-case letters, digits and underscores.
    pub key: String,
    /// Its label.
    pub label: String,
    /// What to type, and where to find it.
    pub help: String,
    /// What may be typed.
    pub kind: FieldKind,
    /// The whole value must match.
    pub pattern: Option<Pattern>,
    /// An example.
    pub example: Option<String>,
    /// Taken when nothing is typed.
    pub default: Option<String>,
    /// Shown before the input and put before the value.
    pub prefix: String,
    /// Shown after the input and put after the value.
    pub suffix: String,
    /// Whether something must be typed.
    pub required: bool,
    /// Sealed, never shown again.
    pub secret: bool,
    /// Never shown.
    pub hidden: bool,
    /// Under advanced settings.
    pub advanced: bool,
    /// Shown only then.
    pub visible_when: Option<Condition>,
    /// Said beside the input.
    pub warning: Option<String>,
}

/// What may be typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An e-mail address.
    Email,
    /// One label of a host name.
    HostLabel,
    /// Any public https URL: an any-host field.
    BaseUrl,
    /// A URL the operator chooses.
    Url,
    /// One of these.
    Choice(Vec<Choice>),
    /// Several lines.
    MultiLine,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is kept.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// True when the field has one of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The field's key.
    pub field: String,
    /// Any of these.
    pub one_of: Vec<String>,
}
