//! What is measured with: connectors, built by the function everybody uses, and as many that differ as are wanted.

use anyhow::{Context, Result, ensure};
use jackfield_build::{BuildRequest, build};

use crate::report::workspace;

/// The name of the connector that is varied, inside its component.
const NAME: &str = "api-token";

/// The bytes of a bundled connector.
pub(crate) fn component(name: &str) -> Result<Vec<u8>> {
    let package = format!("jackfield-{name}");
    let built = build(&BuildRequest::packages(workspace(), [package.as_str()]))?;
    let found = built.into_iter().find(|artifact| artifact.name == package);
    Ok(std::fs::read(found.with_context(|| format!("{package} was not built"))?.path)?)
}

/// The same connector under a name of its own: another component with another digest, which does the same.
pub(crate) fn variant(component: &[u8], number: usize) -> Result<Vec<u8>> {
    let name = format!("v{number:08}");
    ensure!(name.len() == NAME.len(), "a name of another length moves everything behind it");
    let mut bytes = component.to_vec();
    let mut changed = 0;
    for at in 1..bytes.len() - NAME.len() {
        // The contract's own word stands in the types, behind its length.
        let is_name = bytes[at..].starts_with(NAME.as_bytes()) && usize::from(bytes[at - 1]) != NAME.len();
        if is_name {
            bytes[at..at + NAME.len()].copy_from_slice(name.as_bytes());
            changed += 1;
        }
    }
    ensure!(changed > 0, "the component does not say its name");
    Ok(bytes)
}
