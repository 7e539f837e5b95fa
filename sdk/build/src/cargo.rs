//! Runs cargo: what there is to build, and the modules it makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use crate::toolchain::{TARGET, Toolchain};
use crate::{BuildError, BuildRequest, Progress, Source};

/// Set by an outer cargo or rustup, or meant for native code: each would make the inner cargo build something else.
const CONFUSING: &[&str] = &[
    "CARGO",
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_TARGET_DIR",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

/// Small and whole: passed on the command line, so that a crate outside this workspace gets it too.
const PROFILE: &[&str] = &[
    "profile.release.opt-level=\"s\"",
    "profile.release.lto=true",
    "profile.release.codegen-units=1",
    "profile.release.panic=\"abort\"",
    "profile.release.strip=true",
    "profile.release.debug=false",
    "profile.release.incremental=false",
];

/// What one run of cargo is to do.
pub(crate) struct Plan {
    /// Where cargo runs.
    pub(crate) folder: PathBuf,
    /// Where it compiles.
    pub(crate) target: PathBuf,
    /// The ids of the packages whose modules are wanted.
    packages: Vec<String>,
    /// The arguments that select them.
    selection: Vec<String>,
}

/// A core module that cargo made.
pub(crate) struct Module {
    /// The package's or example's name.
    pub(crate) name: String,
    /// Its file.
    pub(crate) path: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
}

/// One line of cargo's messages, as far as it is of use here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    crate_types: Vec<String>,
}

/// A program with nothing around it that an outer cargo left there.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    for name in CONFUSING {
        command.env_remove(name);
    }
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Result<Output, BuildError> {
    command.output().map_err(|source| BuildError::NoProgram {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    })
}

/// Finds the packages asked for.
pub(crate) fn plan(request: &BuildRequest) -> Result<Plan, BuildError> {
    let folder = match &request.source {
        Source::Folder(folder) => folder,
        Source::Packages { workspace, .. } | Source::Examples { workspace, .. } => workspace,
    };
    let folder = folder.canonicalize().map_err(|source| BuildError::File { path: folder.clone(), source })?;
    let metadata = metadata(&folder)?;
    let (packages, selection) = select(&request.source, &metadata, &folder)?;
    let target = request.target.clone().unwrap_or_else(|| metadata.target_directory.join("connectors"));
    Ok(Plan { folder, target, packages, selection })
}

fn metadata(folder: &Path) -> Result<Metadata, BuildError> {
    if !folder.join("Cargo.toml").is_file() {
        return Err(BuildError::NoPackage { folder: folder.to_owned() });
    }
    let output = run(command("cargo", folder).args(["metadata", "--format-version=1", "--no-deps"]))?;
    let unreadable = |output| BuildError::Manifest { folder: folder.to_owned(), output };
    if !output.status.success() {
        return Err(unreadable(last_lines(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| unreadable(error.to_string()))
}

type Selection = (Vec<String>, Vec<String>);

fn select(source: &Source, metadata: &Metadata, folder: &Path) -> Result<Selection, BuildError> {
    let id_of = |name: &String| {
        let found = metadata.packages.iter().find(|package| package.name == *name);
        let missing = || BuildError::UnknownPackage { folder: folder.to_owned(), name: name.clone() };
        found.map(|package| package.id.clone()).ok_or_else(missing)
    };
    match source {
        Source::Folder(_) => {
            let here = metadata.packages.iter().find(|package| package.manifest_path.parent() == Some(folder));
            let package = here.ok_or_else(|| BuildError::NoPackage { folder: folder.to_owned() })?;
            Ok((vec![package.id.clone()], vec!["--lib".into(), "-p".into(), package.name.clone()]))
        }
        Source::Packages { names, .. } => {
            let ids = names.iter().map(id_of).collect::<Result<_, _>>()?;
            let packages = names.iter().flat_map(|name| ["-p".to_owned(), name.clone()]);
            Ok((ids, ["--lib".to_owned()].into_iter().chain(packages).collect()))
        }
        Source::Examples { package, .. } => {
            Ok((vec![id_of(package)?], vec!["--examples".into(), "-p".into(), package.clone()]))
        }
    }
}

/// Compiles, and lists the modules made.
pub(crate) fn compile(plan: &Plan, toolchain: &Toolchain, progress: Progress) -> Result<Vec<Module>, BuildError> {
    let mut cargo = command("cargo", &plan.folder);
    cargo.args(["build", "--release", "--target", TARGET, "--message-format=json-render-diagnostics"]);
    cargo.arg("--target-dir").arg(&plan.target).args(&plan.selection);
    cargo.args(PROFILE.iter().flat_map(|setting| ["--config", setting]));
    toolchain.apply(&mut cargo);
    if progress == Progress::Terminal {
        cargo.stderr(Stdio::inherit());
    }
    let output = run(&mut cargo)?;
    if !output.status.success() {
        return Err(BuildError::Compile { output: last_lines(&output.stderr) });
    }
    let modules = modules(&output.stdout, &plan.packages);
    if modules.is_empty() {
        return Err(BuildError::NoModule { what: plan.selection.last().cloned().unwrap_or_default() });
    }
    Ok(modules)
}

fn modules(messages: &[u8], packages: &[String]) -> Vec<Module> {
    let lines = messages.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Message>(line).ok());
    messages.filter(|message| packages.contains(&message.package_id)).filter_map(module).collect()
}

fn module(message: Message) -> Option<Module> {
    let target = message.target.filter(|_| message.reason == "compiler-artifact")?;
    let path = message.filenames.into_iter().find(|path| path.extension().is_some_and(|end| end == "wasm"))?;
    if !target.crate_types.iter().any(|kind| kind == "cdylib") {
        return None;
    }
    let example = target.kind.iter().any(|kind| kind == "example");
    let name = if example { target.name } else { target.name.replace('_', "-") };
    Some(Module { name, path })
}

/// Enough of a program's output to act on.
pub(crate) fn last_lines(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(60);
    lines.get(start..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests;
