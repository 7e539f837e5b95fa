//! `jackfield keyring rotate` and `retire`: the file first, then whoever has the store.

use anyhow::{Context as _, Result, bail, ensure};
use jackfield_store::{HeldKeyRing, KeyId, KeyRing, Store};
use serde_json::{Value, json};

use super::{super::Stage, Counts, Seen, host_counts, look};
use crate::{config::Config, serve::ServeError};

/// What to do when the file is written and the rest is not done.
const GO_ON: &str = "the ring's file is written, and opens everything; go on with: jackfield keyring rotate --rewrap";

/// Adds a primary key, unless only the rest of an earlier rotation is to be done, and wraps everything under it.
pub(super) async fn rotate(stage: &Stage, config: &Config, only_rewrap: bool) -> Result<()> {
    // Held until whoever has the store has taken what is written.
    let mut file = HeldKeyRing::load(&config.keyring).map_err(ServeError::from)?;
    let ring = || file.ring().map_err(ServeError::from);
    let mut primary = ring()?.primary();
    let seen = look(config, ring()?).await?;
    if matches!(seen, Seen::InUse) {
        // Asked before anything is written: a rotation that the host is not told of waits for its next start.
        stage
            .host()?
            .get(&["v1", "keyring"])
            .await
            .context("the running host uses the key ring and has to be asked")?;
    }
    if !only_rewrap {
        let wider = ring()?.with_new_primary()?;
        primary = wider.primary();
        file.replace(&wider).map_err(ServeError::from)?;
    }
    let rewrapped = match seen {
        Seen::NoStore => 0,
        Seen::Fits(store, _) => rewrap_here(config, store).await.context(GO_ON)?,
        Seen::InUse => {
            let answer = stage.host()?.post_nothing(&["v1", "keyring", "reload"]).await.context(GO_ON)?;
            answer.pointer("/rewrapped").and_then(Value::as_u64).unwrap_or(0)
        }
    };
    let answer = json!({ "keyring": config.keyring, "primary": primary.to_string(), "rewrapped": rewrapped });
    stage.output.result(&answer, |_| {
        format!(
            "The primary key of {} is {primary}; {rewrapped} keys of the store are wrapped anew.\n\
             Keep a copy of the ring elsewhere, and the old one as long as a backup needs it.",
            config.keyring.display()
        )
    });
    Ok(())
}

async fn rewrap_here(config: &Config, store: Store) -> Result<u64> {
    store.take_key_ring(KeyRing::load(&config.keyring).map_err(ServeError::from)?).await.map_err(ServeError::from)?;
    Ok(store.rewrap().await?)
}

/// Takes a key out of the ring that wraps nothing.
pub(super) async fn retire(stage: &Stage, config: &Config, key: KeyId) -> Result<()> {
    // Held until whoever has the store has taken what is written, or the file is again what it was.
    let mut file = HeldKeyRing::load(&config.keyring).map_err(ServeError::from)?;
    let ring = file.ring().map_err(ServeError::from)?;
    let left = file.ring().map_err(ServeError::from)?.without(key)?;
    let in_use = match look(config, file.ring().map_err(ServeError::from)?).await? {
        // A volume that is not mounted looks the same, and the key may be all that opens what is on it.
        Seen::NoStore => bail!(
            "there is no store in {}, so nothing can say what {key} wraps: is that the data folder, and is it mounted?",
            config.data_dir.display()
        ),
        // Held until the file is written, so that no host begins meanwhile.
        Seen::Fits(store, status) => {
            refuse_used(&Counts::of(&status), &ring, key)?;
            file.replace(&left).map_err(ServeError::from)?;
            drop(store);
            retired(stage, config, key);
            return Ok(());
        }
        Seen::InUse => {
            stage.host()?;
            let counts = host_counts(stage).await;
            refuse_used(
                &counts.context("the running host was not reached, or does not say what the key wraps")?,
                &ring,
                key,
            )?;
            true
        }
    };
    file.replace(&left).map_err(ServeError::from)?;
    if in_use && let Err(error) = stage.host()?.post_nothing(&["v1", "keyring", "reload"]).await {
        // The host keeps the ring it has, so the file has to be that ring again.
        file.replace(&ring).map_err(ServeError::from)?;
        return Err(error)
            .context("the running host did not take the ring without that key: the key is in the ring again");
    }
    retired(stage, config, key);
    Ok(())
}

fn retired(stage: &Stage, config: &Config, key: KeyId) {
    let answer = json!({ "keyring": config.keyring, "retired": key.to_string() });
    stage.output.result(&answer, |_| format!("{key} is no longer in {}.", config.keyring.display()));
}

fn refuse_used(counts: &Counts, ring: &KeyRing, key: KeyId) -> Result<()> {
    let wraps = counts.of_key(key);
    ensure!(wraps == 0, "{key} still wraps {wraps} keys of the store: jackfield keyring rotate --rewrap");
    // They could still be of any key.
    ensure!(counts.unreadable == 0, "{} keys of the store cannot be read: restore a backup first", counts.unreadable);
    if counts.primary != ring.primary().to_string() {
        bail!("the running host uses another primary key: jackfield keyring rotate --rewrap");
    }
    Ok(())
}
