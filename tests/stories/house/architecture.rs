//! The map against the land: who depends on whom, what READMEs name, and how each source file begins.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

/// The longest a source file may be, in lines.
const LONGEST: usize = 400;

/// Which crates of the house each of them may use; a crate that is not listed uses none but the ones for writing connectors.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("jackfield-auth", &["jackfield-model"]),
    ("jackfield-store", &["jackfield-model", "jackfield-suite"]),
    ("jackfield-runtime", &["jackfield-model"]),
    (
        "jackfield-server",
        &[
            "jackfield-auth",
            "jackfield-build",
            "jackfield-demo",
            "jackfield-model",
            "jackfield-runtime",
            "jackfield-store",
        ],
    ),
    (
        "jackfield-tests",
        &[
            "jackfield-build",
            "jackfield-demo",
            "jackfield-model",
            "jackfield-parsers",
            "jackfield-server",
            "jackfield-store",
            "jackfield-suite",
        ],
    ),
    ("jackfield-parsers", &["jackfield-auth", "jackfield-model", "jackfield-store"]),
    ("jackfield-fuzz", &["jackfield-parsers"]),
    ("jackfield-bench", &["jackfield-build", "jackfield-model", "jackfield-runtime", "jackfield-store"]),
    ("jackfield-sdk", &["jackfield-sdk-macros"]),
    ("jackfield-model", &[]),
];

/// What a connector or a guest, wherever it is, may use of the house.
const FOR_CONNECTORS: &[&str] = &["jackfield-sdk"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below `folder` that `wanted` picks by name; built, fetched and hidden folders left out.
pub(crate) fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            found.extend(files(&entry.path(), wanted));
        } else if kind.is_file() && wanted(&name) {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

pub(crate) fn is(name: &str, kind: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == kind)
}

struct Crate {
    name: String,
    uses: BTreeSet<String>,
}

fn crates() -> Vec<Crate> {
    let manifests = files(&root(), &|name| name == "Cargo.toml");
    manifests.iter().filter_map(|path| read_crate(path)).collect()
}

fn read_crate(path: &Path) -> Option<Crate> {
    let manifest: Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let targets = manifest.get("target").and_then(|targets| targets.as_table());
    let tables = targets.into_iter().flat_map(|targets| targets.values());
    let tables = tables.filter_map(|target| target.as_table()).chain([&manifest]);
    let uses = tables.flat_map(dependencies).collect();
    Some(Crate { name, uses })
}

fn dependencies(table: &Table) -> Vec<String> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|kind| table.get(*kind)?.as_table())
        .flat_map(|dependencies| dependencies.iter())
        .map(|(key, how)| how.get("package").and_then(|name| name.as_str()).unwrap_or(key).to_owned())
        .collect()
}

#[test]
fn crates_see_only_whom_they_may() {
    let crates = crates();
    assert!(crates.len() >= 8, "the walk found {} crates", crates.len());
    for one in &crates {
        let may_use = MAY_USE.iter().find(|(name, _)| *name == one.name);
        let may_use = may_use.map_or(FOR_CONNECTORS, |(_, may_use)| may_use);
        let own = one.uses.iter().filter(|name| name.starts_with("jackfield-"));
        let beyond: Vec<_> = own.filter(|name| !may_use.contains(&name.as_str())).collect();
        assert!(beyond.is_empty(), "{} may not use {beyond:?}", one.name);
    }
}

/// What no source below a folder of the server may name: `service` decides without HTTP, `api` acts through `service`.
const NEVER_NAMES: [(&str, &[&str]); 3] = [
    ("host/server/src/service", &["axum", "crate::api", "crate::pages"]),
    ("host/server/src/api", &["jackfield_store", "jackfield_runtime"]),
    ("host/server/src/pages", &["jackfield_store", "jackfield_runtime"]),
];

#[test]
fn inside_the_server_each_layer_sees_only_the_next() {
    for (folder, never) in NEVER_NAMES {
        let sources = files(&root().join(folder), &|name| is(name, "rs"));
        assert!(!sources.is_empty(), "{folder} has no source");
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let named: Vec<_> = code.filter(|line| never.iter().any(|name| line.contains(name))).collect();
            assert!(named.is_empty(), "{} names what it may not: {named:?}", source.display());
        }
    }
}

#[derive(Deserialize)]
struct Deny {
    bans: Bans,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    wrappers: BTreeSet<String>,
}

fn bans() -> Vec<Ban> {
    let text = fs::read_to_string(root().join(".cargo/deny.toml")).unwrap();
    toml::from_str::<Deny>(&text).unwrap().bans.deny
}

#[test]
fn only_wrappers_use_a_wrapped_crate() {
    for ban in bans() {
        for one in crates() {
            let may = ban.wrappers.contains(&one.name) || !one.uses.contains(&ban.name);
            assert!(may, "{} may not use {}: see .cargo/deny.toml", one.name, ban.name);
        }
    }
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[test]
fn nothing_reaches_a_wrapped_crate_by_way_of_another() {
    let lock: Lock = toml::from_str(&fs::read_to_string(root().join("Cargo.lock")).unwrap()).unwrap();
    for ban in bans() {
        let uses = |one: &&Locked| one.dependencies.iter().any(|name| name.split(' ').next() == Some(&ban.name));
        let parents: Vec<_> = lock.package.iter().filter(uses).map(|one| &one.name).collect();
        let beyond: Vec<_> = parents.iter().filter(|name| !ban.wrappers.contains(**name)).collect();
        assert!(beyond.is_empty(), "{beyond:?} use {}: see .cargo/deny.toml", ban.name);
        let stale: Vec<_> = ban.wrappers.iter().filter(|name| !parents.contains(name)).collect();
        assert!(stale.is_empty(), "{stale:?} no longer use {}: take them out of .cargo/deny.toml", ban.name);
    }
}

#[test]
fn every_path_a_readme_names_exists() {
    let root = root();
    let readmes = files(&root, &|name| is(name, "md"));
    assert!(!readmes.is_empty(), "the walk found no README");
    let mut gone = Vec::new();
    for readme in readmes.iter().chain([&root.join(".github/SECURITY.md")]) {
        let text = fs::read_to_string(readme).unwrap();
        let folder = readme.parent().unwrap();
        let links = links(&text).into_iter().filter(|link| !folder.join(link).exists());
        let quoted = quoted_paths(&text, &root).into_iter();
        let quoted = quoted.filter(|path| !root.join(path).exists() && !folder.join(path).exists());
        gone.extend(links.chain(quoted).map(|path| format!("{}: {path}", readme.display())));
    }
    assert!(gone.is_empty(), "named but not there:\n{}", gone.join("\n"));
}

/// The targets of Markdown links that lead into the repository, without their anchors.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
        .map(str::to_owned)
        .collect()
}

/// What stands in single backticks and reads as a path from the root of the repository: nothing but path characters, and a first
/// folder that the root has.
fn quoted_paths(text: &str, root: &Path) -> Vec<String> {
    let in_path = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
    let prose = text.split("```").step_by(2);
    let quoted = prose.flat_map(|part| part.split('`').skip(1).step_by(2));
    quoted
        .filter(|path| path.chars().all(in_path))
        .filter(|path| path.split_once('/').is_some_and(|(first, _)| !first.is_empty() && root.join(first).is_dir()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_source_file_says_what_it_is_for_and_is_short() {
    let sources = files(&root(), &|name| is(name, "rs"));
    assert!(sources.len() > 20, "the walk found {} source files", sources.len());
    for source in sources {
        let text = fs::read_to_string(&source).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin by saying what it is for", source.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines, of {LONGEST}", source.display());
    }
}

#[test]
fn no_module_is_an_attic() {
    let attics = ["util", "utils", "helper", "helpers", "common", "shared", "misc"];
    let sources = files(&root(), &|name| attics.iter().any(|attic| name == format!("{attic}.rs")));
    assert!(sources.is_empty(), "name it for what it does: {sources:?}");
}
