//! Where sentences come from: the files that come with the host, and an operator's folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use fluent_bundle::{FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::{ENGLISH, Language};

/// Tag and text of every file that comes with the host.
const BUILT_IN: &[(&str, &str)] = &[
    (ENGLISH, include_str!("../../languages/en/language.ftl")),
    (ENGLISH, include_str!("../../languages/en/page.ftl")),
    (ENGLISH, include_str!("../../languages/en/connect.ftl")),
    (ENGLISH, include_str!("../../languages/en/manage.ftl")),
    (ENGLISH, include_str!("../../languages/en/admin.ftl")),
    (ENGLISH, include_str!("../../languages/en/mail.ftl")),
    ("de", include_str!("../../languages/de/language.ftl")),
    ("de", include_str!("../../languages/de/page.ftl")),
    ("de", include_str!("../../languages/de/connect.ftl")),
    ("de", include_str!("../../languages/de/manage.ftl")),
    ("de", include_str!("../../languages/de/admin.ftl")),
    ("de", include_str!("../../languages/de/mail.ftl")),
];

/// Why a language could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// The folder or a file of it.
    #[error("the languages in {path} cannot be read")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its name.
    #[error("`{0}` is no language tag: name the folder like `fr` or `pt-BR`")]
    Tag(String),
    /// Its text.
    #[error("{place}: {fault}: write sentences as `key = text`, see projectfluent.org")]
    Text {
        /// Which file.
        place: String,
        /// What is wrong.
        fault: String,
    },
}

/// The languages that come with the host, English first.
pub(super) fn built_in() -> Result<Vec<Language>, LanguageError> {
    let mut all: Vec<Language> = vec![];
    for (tag, text) in BUILT_IN {
        add(&mut all, tag, "built in", (*text).to_owned())?;
    }
    Ok(all)
}

/// Adds a folder of languages; sentences of a language that is there already take the place of its own.
pub(super) fn add_folder(all: &mut Vec<Language>, folder: &Path) -> Result<(), LanguageError> {
    for language in entries(folder)? {
        let tag = language.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in entries(&language)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "ftl")) {
            let text =
                fs::read_to_string(&file).map_err(|source| LanguageError::Read { path: file.clone(), source })?;
            add(all, &tag, &file.display().to_string(), text)?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LanguageError> {
    let failed = |source| LanguageError::Read { path: folder.to_owned(), source };
    let mut found = vec![];
    for entry in fs::read_dir(folder).map_err(failed)? {
        found.push(entry.map_err(failed)?.path());
    }
    found.sort();
    Ok(found)
}

fn add(all: &mut Vec<Language>, tag: &str, place: &str, text: String) -> Result<(), LanguageError> {
    let resource = FluentResource::try_new(text).map_err(|(_, faults)| LanguageError::Text {
        place: place.to_owned(),
        fault: faults.first().map(ToString::to_string).unwrap_or_default(),
    })?;
    if let Some(language) = all.iter_mut().find(|language| language.tag == tag) {
        language.bundle.add_resource_overriding(resource);
        return Ok(());
    }
    let id: LanguageIdentifier = tag.parse().map_err(|_| LanguageError::Tag(tag.chars().take(40).collect()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // The marks around values would show in titles, mails and search; values here are short and of the same direction.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    all.push(Language { tag: tag.to_owned(), bundle });
    Ok(())
}
