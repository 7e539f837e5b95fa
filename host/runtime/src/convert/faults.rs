//! Faults met while a manifest is read: all of them, each with its place.

use jackfield_model::{manifest::Fault, pattern::Pattern, template::Template};

/// The faults so far.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault { place: place.into(), message: message.into() });
    }

    /// Part of the contract, and not run by this host.
    pub(super) fn not_run<T>(&mut self, place: impl Into<String>, what: &str) -> Option<T> {
        self.add(place, format!("{what} is part of the contract and not run by this host yet"));
        None
    }

    /// A value that a later contract names.
    pub(super) fn unknown<T>(&mut self, place: impl Into<String>, value: &str) -> Option<T> {
        self.add(place, format!("`{}` is not known to this host", jackfield_model::failure::plain(value, 80)));
        None
    }

    pub(super) fn template(&mut self, place: impl Into<String>, source: &str) -> Option<Template> {
        Template::new(source).map_err(|error| self.add(place, error.to_string())).ok()
    }

    #[allow(clippy::option_option, reason = "the outer none is a fault, the inner an absent setting")]
    pub(super) fn optional_template(
        &mut self,
        place: impl Into<String>,
        source: Option<&String>,
    ) -> Option<Option<Template>> {
        match source {
            Some(source) => self.template(place, source).map(Some),
            None => Some(None),
        }
    }

    pub(super) fn pattern(&mut self, place: impl Into<String>, source: &str) -> Option<Pattern> {
        Pattern::new(source).map_err(|error| self.add(place, error.to_string())).ok()
    }

    /// No key of `extras` is known to this version of the contract.
    pub(super) fn extras(&mut self, place: &str, extras: &[(String, String)]) {
        for (key, _) in extras {
            self.add(
                format!("{place}.extras"),
                format!("`{}` is no key this host knows: remove it", jackfield_model::failure::plain(key, 80)),
            );
        }
    }

    /// An address a person will click.
    pub(super) fn https(&mut self, place: impl Into<String>, url: Option<&String>) {
        let fine = url.is_none_or(|url| {
            url::Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty())
        });
        if !fine {
            self.add(place, "is not an https URL");
        }
    }

    /// Converts each element, naming its place by index.
    pub(super) fn each<T, U>(
        &mut self,
        place: &str,
        items: Vec<T>,
        mut convert: impl FnMut(&mut Self, &str, T) -> Option<U>,
    ) -> Option<Vec<U>> {
        let converted: Vec<Option<U>> = items
            .into_iter()
            .enumerate()
            .map(|(index, item)| convert(self, &format!("{place}[{index}]"), item))
            .collect();
        converted.into_iter().collect()
    }
}
