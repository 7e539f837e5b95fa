//! Health: what an operator's probe needs to know.

use super::Service;

/// How the host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether it can serve.
    pub ready: bool,
    /// `ok` or `read-only`.
    pub store: &'static str,
    /// The engine's version.
    pub engine: String,
    /// How many connectors are ready to run.
    pub connectors: usize,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
}

impl Service {
    /// Looks at store, engine and connectors.
    pub async fn health(&self) -> Health {
        let mut problems = Vec::new();
        let writable = self.store().health() == jackfield_store::Health::Healthy;
        if !writable {
            problems.push(
                "the store takes no more changes after an error, a full disk perhaps: make room, then restart"
                    .to_owned(),
            );
        }
        if self.is_stopping() {
            problems.push("the host is stopping".to_owned());
        }
        let mut running = 0;
        match self.store().connectors().briefs().await {
            Err(error) => problems.push(format!("the store does not answer: {error}")),
            Ok(listed) => {
                for connector in listed.items.iter().filter(|connector| connector.is_approved) {
                    if self.parts.runtime.is_loaded(&connector.digest) {
                        running += 1;
                    } else {
                        problems.push(format!("the connector `{}` is approved and not loaded", connector.name));
                    }
                }
            }
        }
        Health {
            ready: problems.is_empty(),
            store: if writable { "ok" } else { "read-only" },
            engine: self.parts.runtime.describe().wasmtime.to_owned(),
            connectors: running,
            problems,
        }
    }
}
