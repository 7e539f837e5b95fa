//! Words: every sentence that people read on pages and in mails, by key and language.
//!
//! The sentences are Fluent files below `languages/`: a folder a language, a file an area. What a language lacks is said in English.

mod pile;

use std::{fmt, path::Path, sync::Arc};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jackfield_model::language;

pub use pile::LanguageError;

type Bundle = FluentBundle<FluentResource>;

/// The language every sentence exists in.
pub const ENGLISH: &str = "en";

/// A language and its sentences.
struct Language {
    tag: String,
    bundle: Bundle,
}

/// Every language this host speaks.
#[derive(Clone)]
pub struct Languages {
    english: Arc<Language>,
    all: Arc<Vec<Arc<Language>>>,
}

/// The sentences of one language.
#[derive(Clone)]
pub struct Words {
    language: Arc<Language>,
    english: Arc<Language>,
}

impl Languages {
    /// The languages that come with the host, and those in a folder: `<tag>/<area>.ftl` each.
    pub fn load(folder: Option<&Path>) -> Result<Self, LanguageError> {
        let mut all = pile::built_in()?;
        if let Some(folder) = folder {
            pile::add_folder(&mut all, folder)?;
        }
        let all: Vec<Arc<Language>> = all.into_iter().map(Arc::new).collect();
        let english = all.first().cloned().ok_or_else(|| LanguageError::Tag(ENGLISH.to_owned()))?;
        Ok(Self { english, all: Arc::new(all) })
    }

    /// The tags of all languages, English first.
    pub fn tags(&self) -> Vec<&str> {
        self.all.iter().map(|language| language.tag.as_str()).collect()
    }

    /// The language somebody reads who asks for `wanted` (an `Accept-Language` header or a tag), among those `offered`;
    /// nothing offered means all. Where none fits, the first that is offered.
    pub fn words(&self, wanted: &str, offered: &[String]) -> Words {
        let there: Vec<&str> = if offered.is_empty() {
            self.tags()
        } else {
            let known = |tag: &&String| self.all.iter().any(|language| language.tag == **tag);
            offered.iter().filter(known).map(String::as_str).collect()
        };
        let tag = language::choose(wanted, &there);
        let language = self.all.iter().find(|language| Some(language.tag.as_str()) == tag).unwrap_or(&self.english);
        Words { language: Arc::clone(language), english: Arc::clone(&self.english) }
    }
}

impl Words {
    /// The tag of the language, for `lang`.
    pub fn language(&self) -> &str {
        &self.language.tag
    }

    /// The sentence of a key.
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// The sentence of a key with values in it. Values are text and never markup.
    pub fn tell(&self, key: &str, values: &[(&str, Value)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.fluent());
        }
        self.language.say(key, &args).or_else(|| self.english.say(key, &args)).unwrap_or_else(|| key.to_owned())
    }

    /// The sentence of a key that only some of a family have, such as a status without advice.
    pub fn perhaps(&self, key: &str) -> Option<String> {
        let args = FluentArgs::new();
        self.language.say(key, &args).or_else(|| self.english.say(key, &args))
    }
}

impl Language {
    fn say(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut faults = vec![];
        let said = self.bundle.format_pattern(pattern, Some(args), &mut faults);
        faults.is_empty().then(|| said.into_owned())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Words({})", self.language.tag)
    }
}

impl fmt::Debug for Languages {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Languages({:?})", self.tags())
    }
}

/// A value in a sentence.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number, which decides between singular and plural.
    Number(i64),
}

impl Value {
    fn fluent(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::from(text.as_str()),
            // Beyond 2^53 a number on a page would be rounded; no page counts that far.
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests;
