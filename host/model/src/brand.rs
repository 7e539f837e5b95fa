//! Brands: how a tenant's pages and mails look, whose name they carry, and where they live.

mod colour;
mod file;
mod host_name;
mod mailbox;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::origin::Origin;

pub use colour::{Colour, ColourError, DARK_GROUNDS, LEAST_CONTRAST, LIGHT_GROUNDS};
pub use file::{FILE_LIMIT, FileFault, examine};
pub use host_name::{HostName, HostNameError};
pub use mailbox::is_mailbox;

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

impl Colours {
    /// Buttons and links on light ground; none where the brand has no colour.
    pub fn on_light(self) -> Option<Colour> {
        self.accent.or(self.accent_dark).map(|colour| colour.readable_on(&LIGHT_GROUNDS))
    }

    /// Buttons and links on dark ground: made of the other where only that one was given.
    pub fn on_dark(self) -> Option<Colour> {
        self.accent_dark.or(self.accent).map(|colour| colour.readable_on(&DARK_GROUNDS))
    }
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

/// Which file of a brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BrandFile {
    /// The picture beside its name.
    Logo,
    /// The picture of its browser tabs.
    Favicon,
    /// The font file of its own.
    Font,
}

impl BrandFile {
    /// Its word, as paths have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Favicon => "favicon",
            Self::Font => "font",
        }
    }
}

impl Brand {
    /// One of its files.
    pub fn file(&self, which: BrandFile) -> Option<&Picture> {
        match which {
            BrandFile::Logo => self.logo.as_ref(),
            BrandFile::Favicon => self.favicon.as_ref(),
            BrandFile::Font => self.font.as_ref(),
        }
    }

    /// Puts a file in place of an earlier one, or takes it away; answers the digest that nothing of the brand names any more.
    /// Without its font, the brand's letters are the reader's own.
    pub fn set_file(&mut self, which: BrandFile, file: Option<Picture>) -> Option<String> {
        if which == BrandFile::Font && file.is_none() && self.typeface == Typeface::Own {
            self.typeface = Typeface::System;
        }
        let place = match which {
            BrandFile::Logo => &mut self.logo,
            BrandFile::Favicon => &mut self.favicon,
            BrandFile::Font => &mut self.font,
        };
        let old = std::mem::replace(place, file)?;
        let named = self.files().any(|file| file.digest == old.digest);
        (!named).then_some(old.digest)
    }

    /// Every file it names.
    pub fn files(&self) -> impl Iterator<Item = &Picture> {
        [&self.logo, &self.favicon, &self.font].into_iter().flatten()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn file(digest: &str) -> Picture {
        Picture { digest: digest.into(), media_type: "image/png".into() }
    }

    #[test]
    fn a_file_is_let_go_when_nothing_of_the_brand_names_it() {
        let mut brand = Brand { typeface: Typeface::Own, ..Brand::default() };
        assert_eq!(brand.set_file(BrandFile::Logo, Some(file("a"))), None);
        assert_eq!(brand.set_file(BrandFile::Favicon, Some(file("a"))), None);
        assert_eq!(brand.set_file(BrandFile::Logo, Some(file("b"))), None, "the favicon names it still");
        assert_eq!(brand.set_file(BrandFile::Favicon, Some(file("a"))), None, "the same again");
        assert_eq!(brand.set_file(BrandFile::Favicon, None), Some("a".into()));
        assert_eq!(brand.set_file(BrandFile::Font, None), None);
        assert_eq!(brand.typeface, Typeface::System, "letters that are not there any more");
    }

    #[test]
    fn one_colour_serves_both_grounds() {
        let colours = Colours { accent: "#6d00cc".parse().ok(), accent_dark: None };
        assert_eq!(colours.on_light(), colours.accent);
        assert!(colours.on_dark().is_some_and(|dark| dark.contrast_on(&DARK_GROUNDS) >= LEAST_CONTRAST));
        assert_eq!(Colours::default().on_dark(), None);
    }
}
