//! The host's figures: what was counted since it started, and how it stands now.

use super::{Service, StoreError};
use crate::metrics::{Metrics, Standing};

impl Service {
    /// Where things are counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether the figures are shown to whoever asks, without a key.
    pub fn shows_figures_to_everybody(&self) -> bool {
        self.parts.settings.open_metrics
    }

    /// All figures as text. Looks up what is not counted: by keys and indexes, never by walking connections.
    pub async fn figures(&self) -> Result<String, StoreError> {
        let due = self.store().connections().first_due().await?;
        let overdue = due.map_or(0, |due| self.now().duration_since(due).as_secs().max(0));
        let waiting = i64::try_from(self.rounds.busy()).unwrap_or(i64::MAX);
        Ok(self.metrics.written(Standing { connections: self.store().connection_count(), waiting, overdue }))
    }
}
