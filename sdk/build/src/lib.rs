//! Turns a connector's crate into a component: the one function that the command line, the demo and the tests share.
//!
//! [`build`] runs cargo for `wasm32-unknown-unknown`, which knows no files, clocks or sockets, and wraps each module it
//! makes into a component. It finds a toolchain by itself, or says what to type.

mod cargo;
mod component;
mod error;
mod toolchain;

use std::path::PathBuf;

pub use error::BuildError;

/// What to build, and where to.
#[derive(Debug, Clone)]
pub struct BuildRequest {
    /// The crates.
    pub source: Source,
    /// Where to compile and to leave the components. `None`: `connectors` inside the target folder of the workspace, so
    /// that it never waits for the lock of a native build.
    pub target: Option<PathBuf>,
    /// What a person sees of it.
    pub progress: Progress,
}

/// Which crates.
#[derive(Debug, Clone)]
pub enum Source {
    /// The package in this folder.
    Folder(PathBuf),
    /// Packages of the workspace in a folder, by name, all in one run of cargo.
    Packages {
        /// The workspace's folder.
        workspace: PathBuf,
        /// The packages' names.
        names: Vec<String>,
    },
    /// Every example of a package that is a `cdylib`.
    Examples {
        /// The workspace's folder.
        workspace: PathBuf,
        /// The package's name.
        package: String,
    },
}

/// What a person sees while cargo runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing; a failure carries cargo's last lines.
    Quiet,
    /// Cargo's own output, on standard error.
    Terminal,
}

/// A component that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The name of the package or of the example.
    pub name: String,
    /// The component's file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

impl BuildRequest {
    /// The package in a folder, quietly, into its own target folder.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::Folder(path.into()))
    }

    /// Packages of a workspace, quietly, into its target folder.
    pub fn packages<'a>(workspace: impl Into<PathBuf>, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names = names.into_iter().map(str::to_owned).collect();
        Self::new(Source::Packages { workspace: workspace.into(), names })
    }

    /// The examples of a package, quietly, into the workspace's target folder.
    pub fn examples(workspace: impl Into<PathBuf>, package: &str) -> Self {
        Self::new(Source::Examples { workspace: workspace.into(), package: package.to_owned() })
    }

    /// With cargo's output on standard error.
    #[must_use]
    pub fn on_terminal(mut self) -> Self {
        self.progress = Progress::Terminal;
        self
    }

    fn new(source: Source) -> Self {
        Self { source, target: None, progress: Progress::Quiet }
    }
}

/// Builds components, sorted by name. Slow: it compiles; unchanged crates take about a second.
///
/// # Errors
/// No toolchain, no such package, code that does not compile, or a crate that exports no connector; each says what to do.
pub fn build(request: &BuildRequest) -> Result<Vec<Artifact>, BuildError> {
    let plan = cargo::plan(request)?;
    let toolchain = toolchain::find(&plan.folder)?;
    let modules = cargo::compile(&plan, &toolchain, request.progress)?;
    let folder = plan.target.join("components");
    let mut artifacts =
        modules.iter().map(|module| component::write(module, &folder)).collect::<Result<Vec<_>, _>>()?;
    artifacts.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(artifacts)
}
