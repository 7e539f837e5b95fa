//! Both languages say everything, and everything the code says is there.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{Languages, Words};

fn languages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("languages")
}

/// Key and the names of the values in it, of every sentence of a language.
fn sentences(tag: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in fs::read_dir(languages().join(tag)).unwrap() {
        let mut key = String::new();
        for line in fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if let Some((start, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|first: char| first.is_ascii_lowercase()))
            {
                key = start.to_owned();
                assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is said twice in {tag}");
            }
            let names = line
                .split('$')
                .skip(1)
                .map(|rest| rest.split(|end: char| !end.is_ascii_alphanumeric() && end != '-').next().unwrap());
            found.entry(key.clone()).or_default().extend(names.map(str::to_owned));
        }
    }
    found
}

#[test]
fn german_is_complete_and_takes_the_same_values() {
    let (english, german) = (sentences("en"), sentences("de"));
    assert!(english.len() > 20);
    assert_eq!(english, german);
}

#[test]
fn every_key_of_the_code_is_there() {
    let english = sentences("en");
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        for call in ["words.say(\"", "words.tell(\"", "words.tell(\n"] {
            for rest in text.split(call).skip(1) {
                let rest = if call.ends_with('"') { Some(rest) } else { rest.trim_start().strip_prefix('"') };
                // A key that is put together is one of a family, which its own tests name.
                let Some(key) = rest.and_then(|rest| rest.split('"').next()) else { continue };
                assert!(english.contains_key(key), "{}: `{key}` is not in languages/en", path.display());
            }
        }
    }
}

fn words(wanted: &str, offered: &[&str]) -> Words {
    let offered: Vec<String> = offered.iter().map(|tag| (*tag).to_owned()).collect();
    Languages::load(None).unwrap().words(wanted, &offered)
}

#[test]
fn a_brand_decides_what_is_offered() {
    assert_eq!(words("de", &[]).language(), "de");
    assert_eq!(words("de", &["en"]).language(), "en");
    assert_eq!(words("fr", &["de", "en"]).language(), "de");
    assert_eq!(words("de", &["xx"]).language(), "en");
}

#[test]
fn values_are_text() {
    let said = words("en", &[]).tell("page-title", &[("title", "<b>".into()), ("brand", "{ $x }".into())]);
    assert_eq!(said, "<b> · { $x }");
}

#[test]
fn a_folder_adds_a_language_and_english_fills_in() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("fr")).unwrap();
    fs::write(folder.path().join("fr/page.ftl"), "page-title = { $title } — { $brand }\n").unwrap();
    let languages = Languages::load(Some(folder.path())).unwrap();
    assert_eq!(languages.tags(), ["en", "de", "fr"]);
    let french = languages.words("fr-CA", &[]);
    assert_eq!(french.tell("page-title", &[("title", "a".into()), ("brand", "b".into())]), "a — b");
    assert_eq!(french.say("page-skip"), words("en", &[]).say("page-skip"));
}

#[test]
fn a_bad_file_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("fr")).unwrap();
    fs::write(folder.path().join("fr/page.ftl"), "= nothing\n").unwrap();
    assert!(Languages::load(Some(folder.path())).unwrap_err().to_string().contains("fr/page.ftl"));
    fs::rename(folder.path().join("fr"), folder.path().join("not a tag")).unwrap();
    fs::write(folder.path().join("not a tag/page.ftl"), "a = b\n").unwrap();
    assert!(Languages::load(Some(folder.path())).unwrap_err().to_string().contains("no language tag"));
}
