//! Further steps of an exchange: each a flight like a refresh, so its answer is sealed before it is read and a crash loses nothing.
//!
//! The token of the step before is stored and serves meanwhile. A step that fails leaves it in place and is tried again:
//! with the waits of a failed refresh, at start-up, and when a caller needs a token that lasts longer.

use std::borrow::Cow;

use jackfield_model::{
    connection::{Connection, RefreshState},
    manifest::{OAuth2, RefreshRules, Rotation},
};
use jackfield_store::StoreError;

use super::{Service, resolve::Party};

impl Party {
    /// The step that follows one; none when all are taken.
    pub(super) fn step_after(&self, step: u32) -> Option<u32> {
        self.method.kind.oauth2().and_then(|oauth2| oauth2.request.step_after(step))
    }

    /// What a failure means: showing an access token for the next step spends nothing, so its loss is no lost rotation.
    pub(super) fn refresh_rules<'a>(&self, oauth2: &'a OAuth2) -> Cow<'a, RefreshRules> {
        match self.connection.step {
            None => Cow::Borrowed(&oauth2.refresh),
            Some(_) => Cow::Owned(RefreshRules { rotation: Rotation::None, ..oauth2.refresh.clone() }),
        }
    }
}

impl Service {
    /// Takes the steps that are left, one after the other; stops at the first that fails, which is told in the timeline.
    pub(super) async fn take_steps(&self, stored: &Connection, by: &str) {
        let mut at = stored.clone();
        while at.step.is_some() {
            match self.refresh_from(&at, at.first_token(), by).await {
                // Each stored step counts the version up; anything else is no progress.
                Ok(after) if after.version > at.version => at = after,
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(connection = %at.id, %error, "a further step of an exchange did not succeed, and is tried again");
                    return;
                }
            }
        }
    }

    /// Takes up the steps that a failure or a crash left, where their wait is over.
    pub(super) async fn take_left_steps(&self) -> Result<(), StoreError> {
        for connection in self.store().connections().refreshing().await?.items {
            let waits = match connection.refresh {
                RefreshState::Idle => false,
                RefreshState::Waiting { until, .. } | RefreshState::Unknown { until: Some(until), .. } => {
                    until > self.now()
                }
                // Under way, or settled by others.
                RefreshState::Refreshing { .. } | RefreshState::Unknown { until: None, .. } => true,
            };
            if connection.step.is_some() && !waits && connection.status.is_usable() {
                let service = self.clone();
                self.tasks.spawn(async move { Box::pin(service.take_steps(&connection, "host")).await });
            }
        }
        Ok(())
    }
}
