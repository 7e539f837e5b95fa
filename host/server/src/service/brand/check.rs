//! What a brand must meet before it is kept; every fault at once, each saying what to do.

use std::collections::BTreeSet;

use jackfield_model::{
    brand::{
        Brand, Colour, Colours, DARK_GROUNDS, HostName, LEAST_CONTRAST, LIGHT_GROUNDS, Links, Sender, Typeface,
        is_mailbox,
    },
    origin::{Origin, Scheme},
};
use url::Url;

use super::BrandChange;
use crate::service::{FieldFault, FieldRule};

/// The longest name of a sender, in characters.
const SENDER_LIMIT: usize = 120;
/// The longest URL, in bytes.
const URL_LIMIT: usize = 1000;
/// How many applications a tenant may have.
const ORIGINS_LIMIT: usize = 50;

/// What the host's settings allow.
pub(super) struct Rules<'a> {
    /// Where browsers reach the host itself.
    pub(super) public: &'a Url,
    /// Whether applications may be on plain HTTP on this machine.
    pub(super) loopback: bool,
    /// The languages the host has.
    pub(super) languages: &'a [&'a str],
    /// Whether the tenant has a font file.
    pub(super) has_font: bool,
}

/// Checks one brand and gathers what is wrong with it.
struct Checking<'a> {
    rules: &'a Rules<'a>,
    faults: Vec<FieldFault>,
}

/// The brand as far as it is sound, without files, and every fault.
pub(super) fn check(change: &BrandChange, rules: &Rules<'_>) -> (Brand, Vec<FieldFault>) {
    let mut checking = Checking { rules, faults: Vec::new() };
    let brand = Brand {
        host: checking.host(given(change.host.as_ref())),
        colours: Colours {
            accent: checking.colour("accent", given(change.accent.as_ref()), ("light", &LIGHT_GROUNDS)),
            accent_dark: checking.colour("accent_dark", given(change.accent_dark.as_ref()), ("dark", &DARK_GROUNDS)),
        },
        typeface: checking.typeface(change.typeface),
        links: checking.links(&change.links),
        sender: checking.sender(change.sender.as_ref()),
        languages: checking.languages(&change.languages),
        origins: checking.origins(&change.origins),
        sign_in_url: checking.url("sign_in_url", given(change.sign_in_url.as_ref())),
        ..Brand::default()
    };
    (brand, checking.faults)
}

/// What was said; a field of a form that was left empty says nothing.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// As much of a wrong value as its refusal repeats.
fn short(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).take(100).collect()
}

impl Checking<'_> {
    fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(FieldFault { key: format!("brand.{field}"), rule: FieldRule::Form, message: message.into() });
    }

    fn host(&mut self, text: Option<&str>) -> Option<HostName> {
        let name: HostName = match text?.parse() {
            Ok(name) => name,
            Err(error) => {
                self.fault("host", format!("{error}"));
                return None;
            }
        };
        if self.rules.public.host_str() == Some(name.as_str()) {
            let message = format!("`{name}` is this host's own name: give the tenant another, or leave it out");
            self.fault("host", message);
        } else if self.rules.public.scheme() == "http" && !name.as_str().ends_with(".localhost") {
            let message = format!(
                "browsers reach this host over plain HTTP, so only names below `localhost` may be used: `{name}` needs a \
                 `public_url` with https"
            );
            self.fault("host", message);
        }
        Some(name)
    }

    fn colour(&mut self, field: &str, text: Option<&str>, (dress, grounds): (&str, &[Colour])) -> Option<Colour> {
        let field = format!("colours.{field}");
        let colour: Colour = match text?.parse() {
            Ok(colour) => colour,
            Err(error) => {
                self.fault(&field, format!("{error}"));
                return None;
            }
        };
        let contrast = colour.contrast_on(grounds);
        if contrast < LEAST_CONTRAST {
            // Cut off, not rounded: 4.4999 is not 4.50.
            let contrast = (contrast * 100.0).floor() / 100.0;
            let nearest = colour.readable_on(grounds);
            let message = format!(
                "{colour} has a contrast of {contrast:.2} to 1 on {dress} ground, and people need {LEAST_CONTRAST} to read it: \
                 the nearest of its hue that reads is {nearest}"
            );
            self.fault(&field, message);
        }
        Some(colour)
    }

    fn typeface(&mut self, typeface: Typeface) -> Typeface {
        if typeface == Typeface::Own && !self.rules.has_font {
            self.fault("typeface", "`own` is the tenant's font file: upload the font first");
        }
        typeface
    }

    fn links(&mut self, links: &Links) -> Links {
        Links {
            support: self.support(given(links.support.as_ref())),
            terms: self.url("links.terms", given(links.terms.as_ref())),
            privacy: self.url("links.privacy", given(links.privacy.as_ref())),
            imprint: self.url("links.imprint", given(links.imprint.as_ref())),
        }
    }

    fn support(&mut self, text: Option<&str>) -> Option<String> {
        let text = text?;
        match text.strip_prefix("mailto:") {
            Some(address) if is_mailbox(address) => Some(text.to_owned()),
            Some(_) => {
                let message = format!("`{}` is no address to write to: write mailto:help@example.com", short(text));
                self.fault("links.support", message);
                None
            }
            None => self.url("links.support", Some(text)),
        }
    }

    fn url(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let text = text?;
        if text.len() <= URL_LIMIT && self.is_web(Url::parse(text).ok().as_ref()) {
            return Some(text.to_owned());
        }
        self.fault(field, format!("`{}` cannot be linked to: give a whole URL that begins with https://", short(text)));
        None
    }

    /// Whether a URL is one of the web; plain HTTP only to this machine, where the operator allows that.
    fn is_web(&self, url: Option<&Url>) -> bool {
        let Some(origin) = url.and_then(|url| Origin::of(url).ok()) else { return false };
        let local = origin.host() == "localhost"
            || origin.host().ends_with(".localhost")
            || origin.address().is_some_and(|address| address.is_loopback());
        origin.scheme() == Scheme::Https || (self.rules.loopback && local)
    }

    fn sender(&mut self, sender: Option<&Sender>) -> Option<Sender> {
        let sender = sender?;
        let (name, address) = (sender.name.trim(), sender.address.trim());
        if !(1..=SENDER_LIMIT).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            let message = format!("a sender's name is one line of 1 to {SENDER_LIMIT} characters");
            self.fault("sender.name", message);
        }
        if !is_mailbox(address) {
            let message = format!("`{}` is no mail address: write it like connections@example.com", short(address));
            self.fault("sender.address", message);
        }
        Some(Sender { name: name.to_owned(), address: address.to_owned() })
    }

    fn languages(&mut self, tags: &[String]) -> Vec<String> {
        let mut languages: Vec<String> = Vec::new();
        for tag in tags.iter().map(|tag| tag.trim()) {
            let known = self.rules.languages.iter().find(|known| known.eq_ignore_ascii_case(tag));
            match known {
                Some(known) if languages.iter().any(|one| one == known) => {
                    self.fault("languages", format!("`{known}` is there twice"));
                }
                Some(known) => languages.push((*known).to_owned()),
                None => {
                    let all = self.rules.languages.join(", ");
                    self.fault("languages", format!("this host does not speak `{}`: it has {all}", short(tag)));
                }
            }
        }
        languages
    }

    fn origins(&mut self, texts: &[String]) -> BTreeSet<Origin> {
        let mut origins = BTreeSet::new();
        for text in texts.iter().map(|text| text.trim()) {
            match Url::parse(text).ok().filter(is_bare).as_ref() {
                Some(url) if self.is_web(Some(url)) => origins.extend(Origin::of(url)),
                _ => {
                    let message = format!(
                        "`{}` is no origin: write scheme, host and port and nothing behind them, like https://app.example.com",
                        short(text)
                    );
                    self.fault("origins", message);
                }
            }
        }
        if origins.len() > ORIGINS_LIMIT {
            self.fault("origins", format!("a tenant has at most {ORIGINS_LIMIT} origins"));
        }
        origins
    }
}

fn is_bare(url: &Url) -> bool {
    url.path() == "/" && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests;
