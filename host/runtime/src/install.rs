//! Installing: a component is looked at, compiled apart, and its manifest read twice in a store that denies everything.

use std::{collections::BTreeSet, fmt, sync::Arc};

use jackfield_model::{
    connector::Class,
    failure::plain,
    manifest::{self as model, Fault, Manifest},
};

use crate::{
    bindings::jackfield::connector::manifest_types as wit,
    call::{CallError, bounded, instantiate, store},
    convert,
    egress::Denial,
    guest_log::LogBook,
    hook::Hook,
    inspect::Inspected,
    load::Loaded,
    runtime::{LoadError, Runtime},
    state::CallState,
    stop::Stop,
};

/// What an install found; kept with the digest, and read from there ever after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// SHA-256 of the component, lower-case hex.
    pub digest: String,
    /// Its size in bytes.
    pub size: u64,
    /// The engine it runs on.
    pub class: Class,
    /// What it declares.
    pub manifest: Manifest,
    /// Optional hook interfaces it exports.
    pub hooks: BTreeSet<String>,
}

/// A component that does not install.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// It cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its manifest cannot be read.
    #[error("the manifest cannot be read: {0}")]
    Manifest(#[source] CallError),
    /// Two readings differ.
    #[error("the manifest changes between runs: it must not depend on anything but the component's own bytes")]
    Unstable,
    /// What it declares is wrong, or more than this host runs.
    #[error("the manifest does not hold:{0}")]
    Faults(Faults),
}

impl InstallError {
    /// Whether nothing is wrong with the component, and other calls left its reading no room.
    pub fn is_for_want_of_room(&self) -> bool {
        matches!(self, Self::Manifest(error) if error.is_for_want_of_room())
    }
}

/// The longest manifest, in bytes as it is kept: it is read whole whenever its connector is shown or used.
const MANIFEST_BYTES: usize = 512 * 1024;
/// The most faults that are told, and the most characters of one: a manifest may have as many as it likes, of any length.
const MOST_FAULTS: usize = 50;
const FAULT: usize = 400;

/// Every fault of a manifest, one a line; of very many, the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.iter().take(MOST_FAULTS).map(|fault| plain(&fault.to_string(), FAULT));
        told.try_for_each(|fault| write!(out, "\n  {fault}"))?;
        match self.0.len().checked_sub(MOST_FAULTS) {
            None | Some(0) => Ok(()),
            Some(further) => write!(out, "\n  and {further} more"),
        }
    }
}

impl Runtime {
    /// Looks at a component, compiles it, reads its manifest and checks it as a whole. Keeps nothing but the machine code, and
    /// of what does not install nothing.
    pub async fn prepare(&self, component: &[u8]) -> Result<Prepared, InstallError> {
        let inspected = self.inspect(component).map_err(LoadError::from)?;
        let digest = inspected.digest.clone();
        let prepared = self.read(component, inspected).await;
        if prepared.is_err() && !self.is_loaded(&digest) {
            // Left behind it would do no harm: it is named by what it was made from.
            let _left = self.cache.remove(&digest);
        }
        prepared
    }

    async fn read(&self, component: &[u8], inspected: Inspected) -> Result<Prepared, InstallError> {
        let mut faults = hooks_not_run(&inspected.hooks);
        let compiled = self.compiled(component, &inspected).await?;
        let loaded = self.link(&compiled, inspected.class)?;
        if let Some(hook) = inspected.hooks.iter().find(|hook| !loaded.exports.have(hook)) {
            let reason = format!("the hook `{hook}` lacks a function of the contract");
            return Err(LoadError::Unlinkable { reason }.into());
        }
        let first = self.read_manifest(&loaded).await.map_err(InstallError::Manifest)?;
        let second = self.read_manifest(&loaded).await.map_err(InstallError::Manifest)?;
        if first != second {
            return Err(InstallError::Unstable);
        }
        match convert::manifest(first) {
            Ok(manifest) => {
                faults.extend(too_long(&manifest));
                faults.extend(model::check(&manifest, &inspected.hooks));
                if faults.is_empty() {
                    return Ok(Prepared {
                        digest: inspected.digest,
                        size: inspected.size,
                        class: inspected.class,
                        manifest,
                        hooks: inspected.hooks,
                    });
                }
            }
            Err(met) => faults.extend(met),
        }
        Err(InstallError::Faults(Faults(faults)))
    }

    /// Reads the manifest in a fresh store without a context: every import is denied.
    async fn read_manifest(&self, loaded: &Loaded) -> Result<wit::Manifest, CallError> {
        let name = "being installed";
        let book = LogBook::new(name, &self.limits, Arc::default());
        let state = CallState::new(None, loaded, &Arc::clone(&self.limits), &self.sender, book.clone());
        let (waited, turn) = (state.waited.clone(), state.turn.clone());
        let work = async {
            let mut store = store(loaded, state);
            let instance = instantiate(loaded, &mut store).await?;
            loaded.exports.check(&mut store, &instance).map_err(|error| Stop::Denied(other_types(&error)))?;
            loaded.exports.connector.load(&mut store, &instance)?.call_manifest(&mut store).await
        };
        bounded(loaded, &self.limits, None, (&waited, &turn), work).await.map_err(|ended| ended.of(name, &book.take()))
    }
}

fn too_long(manifest: &Manifest) -> Option<Fault> {
    let size = serde_json::to_vec(manifest).map_or(0, |json| json.len());
    let message = format!("has {size} bytes and at most {MANIFEST_BYTES} are kept: its author says less in it");
    (size > MANIFEST_BYTES).then(|| Fault { place: "manifest".to_owned(), message })
}

fn other_types(error: &wasmtime::Error) -> Denial {
    let message = format!(
        "a function it exports has other types than the contract's: {}; its author builds it with the SDK of this version",
        plain(&format!("{error:#}"), 200)
    );
    Denial::new("contract-types", message)
}

fn hooks_not_run(hooks: &BTreeSet<String>) -> Vec<Fault> {
    let missing = hooks.iter().filter(|hook| !Hook::runs(hook));
    let fault = |hook: &String| Fault {
        place: format!("hook `{hook}`"),
        message: "is part of the contract and not run by this host yet".into(),
    };
    missing.map(fault).collect()
}
