//! The `discover` call: what a fresh connection can point at.

use std::sync::Arc;

use jackfield_model::target::Target;
use tracing::Instrument;

use super::{Running, refused};
use crate::{
    call::{CallError, Outcome, instantiate, store},
    context::CallContext,
    convert,
    egress::{Denial, shown},
    hook::Hook,
    imports::ConnectionHandle,
    runtime::Runtime,
    search::searched,
    state::CallState,
};

impl Runtime {
    /// Asks the hook for the targets of a connection whose credential is placed as for `verify`.
    pub async fn discover(&self, context: CallContext) -> Outcome<Vec<Target>> {
        match self.begin(Hook::Discover, context).await {
            Ok((running, state)) => {
                let result = self.ask_targets(&running, state).instrument(running.span()).await;
                self.end(&running, result)
            }
            Err(error) => refused(error),
        }
    }

    async fn ask_targets(&self, running: &Running, state: CallState) -> Result<Vec<Target>, CallError> {
        let loaded = &running.loaded;
        let indices = loaded.exports.discover.as_ref().ok_or_else(|| running.missing(Hook::Discover))?;
        let work = async {
            let mut store = store(loaded, state);
            let instance = instantiate(loaded, &mut store).await?;
            let guest = indices.load(&mut store, &instance)?;
            let handle = store.data_mut().table.push(ConnectionHandle)?;
            guest.call_targets(&mut store, handle).await
        };
        let targets = running.said(running.bounded(&self.limits, work).await)?;
        let targets = convert::targets(targets).map_err(|denial| running.denied(denial))?;
        running.without_secrets(targets).await.map_err(|denial| running.denied(denial))
    }
}

impl Running {
    /// A target is stored and shown: nothing in it may be part of a secret, however a provider wrote it.
    async fn without_secrets(&self, targets: Vec<Target>) -> Result<Vec<Target>, Denial> {
        let (masker, turns) =
            (Arc::clone(&self.context.masker), self.loaded.searching.of_tenant(Some(self.context.tenant)));
        let bytes = targets.iter().flat_map(texts).map(String::len).sum();
        let search = move || {
            let shows = targets.iter().flat_map(texts).any(|text| *masker.text(text) != **text);
            if shows { None } else { Some(targets) }
        };
        let found = searched(bytes, turns, search).await.flatten();
        found.ok_or_else(|| {
            let message = format!(
                "`{}` put part of a secret into a target: its author keeps to what the provider means to be public",
                shown(&self.context.connector)
            );
            Denial::new("secret-in-target", message)
        })
    }
}

fn texts(target: &Target) -> impl Iterator<Item = &String> {
    let told = [&target.id, &target.label, &target.description].into_iter();
    told.chain(target.fields.iter().flat_map(|(key, value)| [key, value]))
}
