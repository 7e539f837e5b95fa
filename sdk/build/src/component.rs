//! Wraps a core module into a component, checked and written where others find it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io, process};

use wit_component::{ComponentEncoder, DecodedWasm};

use crate::cargo::Module;
use crate::{Artifact, BuildError};

/// The interface that makes a component a connector.
const CONNECTOR: &str = "jackfield:connector/connector@";

/// Makes the component of a module and writes it into a folder, whole or not at all.
pub(crate) fn write(module: &Module, folder: &Path) -> Result<Artifact, BuildError> {
    let core = fs::read(&module.path).map_err(file(&module.path))?;
    let fault = |source| BuildError::Component { name: module.name.clone(), source };
    let component = encode(&core).map_err(fault)?;
    if !exports_connector(&component).map_err(fault)? {
        return Err(BuildError::NoConnector { name: module.name.clone() });
    }
    let path = folder.join(format!("{}.wasm", module.name));
    replace(&path, &component).map_err(file(&path))?;
    Ok(Artifact { name: module.name.clone(), path, size: component.len() as u64 })
}

fn encode(core: &[u8]) -> anyhow::Result<Vec<u8>> {
    ComponentEncoder::default().module(core)?.validate(true).encode()
}

fn exports_connector(component: &[u8]) -> anyhow::Result<bool> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else { return Ok(false) };
    let Some(world) = resolve.worlds.get(world) else { return Ok(false) };
    Ok(world.exports.keys().any(|key| resolve.name_world_key(key).starts_with(CONNECTOR)))
}

/// Writes beside and renames: somebody may be reading the old one, or building the same.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let beside = path.with_extension(format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

fn file(path: &Path) -> impl Fn(io::Error) -> BuildError {
    let path: PathBuf = path.to_owned();
    move |source| BuildError::File { path: path.clone(), source }
}
