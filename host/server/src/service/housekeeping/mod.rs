//! Housekeeping: what has to happen without anybody asking, a duty a file. A round begins what is due and never waits
//! for a provider it has nothing to do with.

mod rounds;
mod set_back;
mod upkeep;

use jackfield_store::StoreError;
use jiff::SignedDuration;

use super::{Service, once::KEPT_HOURS};

pub(super) use rounds::{Place, Rounds, host_of};
pub(super) use set_back::LastRound;

/// A finished session answers "used" for this long before it is forgotten.
const SESSIONS_STAY: SignedDuration = SignedDuration::from_hours(24);

impl Service {
    /// One round of everything. What asks a provider goes on in tasks; `rest` waits for them.
    pub async fn tick(&self) -> Result<(), StoreError> {
        // Another replica may have changed them.
        self.learn_habits().await?;
        self.look_after_connections().await?;
        self.look_after_the_rest().await?;
        self.retry_revocations().await?;
        self.send_messages().await
    }

    /// What is over is forgotten, and a step that is left undone tried again.
    pub async fn look_after_the_rest(&self) -> Result<(), StoreError> {
        let now = self.now();
        self.store().authorizations().sweep(now).await?;
        self.store().sessions().sweep(now - SESSIONS_STAY).await?;
        self.store().page_sessions().sweep(now).await?;
        self.store().idempotency().sweep(now - SignedDuration::from_hours(KEPT_HOURS)).await?;
        self.rates.sweep(now);
        self.end_choices_over().await?;
        self.take_left_steps().await?;
        self.store().contacts().sweep().await?;
        self.store().tenants().sweep().await
    }
}
