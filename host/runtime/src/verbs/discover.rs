//! The `discover` call: what a fresh connection can point at.

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
        targets
            .iter()
            .try_for_each(|target| running.without_secrets(target))
            .map_err(|denial| running.denied(denial))?;
        Ok(targets)
    }
}

impl Running {
    /// A target is stored and shown: nothing in it may be part of a secret, however a provider wrote it.
    fn without_secrets(&self, target: &Target) -> Result<(), Denial> {
        let texts = [&target.id, &target.label, &target.description].into_iter();
        for text in texts.chain(target.fields.iter().flat_map(|(key, value)| [key, value])) {
            if *self.context.masker.text(text) != **text {
                let message = format!(
                    "`{}` put part of a secret into a target: its author keeps to what the provider means to be public",
                    shown(&self.context.connector)
                );
                return Err(Denial::new("secret-in-target", message));
            }
        }
        Ok(())
    }
}
