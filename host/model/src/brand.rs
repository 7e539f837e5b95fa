//! Brands: how a tenant's pages and mails look, whose name they carry, and where they live.

mod colour;
mod host_name;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::origin::Origin;

pub use colour::{Colour, ColourError, LEAST_CONTRAST};
pub use host_name::{HostName, HostNameError};

/// A tenant's brand. Everything is optional; what is left out is neutral, and never another's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brand {
    /// The host name of its pages, links and callbacks; none: those of the host itself.
    pub host: Option<HostName>,
    /// Its colours.
    pub colours: Colours,
    /// The letters of its pages.
    pub typeface: Typeface,
    /// The picture beside its name.
    pub logo: Option<Picture>,
    /// The picture of its browser tabs.
    pub favicon: Option<Picture>,
    /// A font file of its own, used where `typeface` is `own`.
    pub font: Option<Picture>,
    /// Where a person finds help and the small print.
    pub links: Links,
    /// Whose name its mails carry.
    pub sender: Option<Sender>,
    /// The languages its pages and mails are offered in, by tag (BCP 47); the first is the one for who asks for none of them.
    /// Empty: every language the host has, English first.
    pub languages: Vec<String>,
    /// The origins of the tenant's applications: they may frame the service picker and hear how connecting went.
    pub origins: BTreeSet<Origin>,
    /// Where a person signs in who has no session on the pages: the application's own page, which sends them back.
    pub sign_in_url: Option<String>,
}

/// The colours of a brand; each is checked for contrast when it is saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Colours {
    /// Buttons and links on light ground.
    pub accent: Option<Colour>,
    /// Buttons and links on dark ground.
    pub accent_dark: Option<Colour>,
}

/// The letters of a brand's pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Typeface {
    /// The reader's own system font.
    #[default]
    System,
    /// Round letters without serifs, of the reader's system.
    Rounded,
    /// Letters with serifs, of the reader's system.
    Serif,
    /// The font file the tenant uploaded.
    Own,
}

/// A file of a brand that the host serves: kept apart, found by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// SHA-256 of its bytes, in lower-case hex.
    pub digest: String,
    /// Its media type, as its first bytes say it.
    pub media_type: String,
}

/// Where a person finds help and the small print: whole https URLs, or `mailto:` for support.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Links {
    /// Who helps.
    pub support: Option<String>,
    /// Terms of use.
    pub terms: Option<String>,
    /// How personal data is handled.
    pub privacy: Option<String>,
    /// Who is responsible.
    pub imprint: Option<String>,
}

/// Whose name a mail carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
}
