//! Finds a way to compile for WebAssembly: the target of the active toolchain, else what rustup can add, else Debian's pair
//! of a compiler and its own source.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::BuildError;
use crate::cargo::{command, last_lines, run};

/// The target: no files, no clocks, no sockets, so that a component imports the contract and nothing else.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler from Debian's package `rustc-web`. Only there do compiler and source always match.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// A way that works on this machine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The active toolchain has the target's standard library.
    Active,
    /// Debian's compiler builds the standard library from its own source, driven by the ordinary cargo.
    Debian {
        /// The linker's name.
        linker: String,
    },
}

impl Toolchain {
    /// Sets what cargo needs for this way.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        let Self::Debian { linker } = self else { return };
        cargo.env("RUSTC", DEBIAN_RUSTC).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        // Building the standard library is an unstable feature of cargo and rustc; this opens it on stable ones.
        cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
    }
}

/// Finds a way for the crate in a folder, whose `rust-toolchain.toml` may choose the toolchain.
pub(crate) fn find(folder: &Path) -> Result<Toolchain, BuildError> {
    if active_has_target(folder) {
        return Ok(Toolchain::Active);
    }
    let rustup = match rustup_adds(folder) {
        Ok(()) if active_has_target(folder) => return Ok(Toolchain::Active),
        Ok(()) => "rustup added the target to a toolchain that is not the active one".to_owned(),
        Err(reason) => format!("rustup cannot add the target: {reason}"),
    };
    debian(folder).map_err(|debian| BuildError::NoToolchain { tried: format!("{rustup}; {debian}") })
}

fn active_has_target(folder: &Path) -> bool {
    let printed = print(folder, "rustc", &["--print", "target-libdir", "--target", TARGET]);
    printed.is_some_and(|libraries| PathBuf::from(libraries).is_dir())
}

fn rustup_adds(folder: &Path) -> Result<(), String> {
    let output =
        run(command("rustup", folder).args(["target", "add", TARGET])).map_err(|_| "there is no rustup".to_owned())?;
    if output.status.success() {
        return Ok(());
    }
    Err(last_lines(&output.stderr).lines().last().unwrap_or("no reason given").trim().to_owned())
}

/// Debian's pair, or what is missing of it.
fn debian(folder: &Path) -> Result<Toolchain, String> {
    let sysroot = print(folder, DEBIAN_RUSTC, &["--print", "sysroot"]).ok_or("there is no /usr/bin/rustc")?;
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
    if !source.is_file() {
        return Err("/usr/bin/rustc has no source of its standard library beside it".to_owned());
    }
    let version = print(folder, DEBIAN_RUSTC, &["--version", "--verbose"]).unwrap_or_default();
    let names = linkers(&version);
    let linker = names.iter().find(|name| print(folder, name, &["--version"]).is_some());
    let linker = linker.ok_or_else(|| format!("there is no {}", names.join(" and no ")))?;
    Ok(Toolchain::Debian { linker: linker.clone() })
}

/// The linkers that may fit a compiler, best first: the one of its own LLVM, then the unversioned one.
fn linkers(version: &str) -> Vec<String> {
    let llvm = version.lines().find_map(|line| line.strip_prefix("LLVM version: ")?.split('.').next());
    llvm.map(|major| format!("wasm-ld-{major}")).into_iter().chain(["wasm-ld".to_owned()]).collect()
}

/// What a program prints, where it runs and succeeds.
fn print(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = run(command(program, folder).args(arguments)).ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linker_is_the_one_of_the_compilers_llvm() {
        let version = "rustc 1.96.0\nbinary: rustc\nLLVM version: 22.1.8";
        assert_eq!(linkers(version), ["wasm-ld-22", "wasm-ld"]);
        assert_eq!(linkers("rustc 1.96.0"), ["wasm-ld"]);
    }

    #[test]
    fn debians_compiler_is_told_to_build_its_standard_library() {
        let mut cargo = Command::new("cargo");
        Toolchain::Debian { linker: "wasm-ld-22".to_owned() }.apply(&mut cargo);
        assert!(cargo.get_args().any(|argument| argument == "-Zbuild-std=std,panic_abort"));
        assert!(cargo.get_envs().any(|(name, value)| name == "RUSTC" && value == Some(DEBIAN_RUSTC.as_ref())));
    }
}
