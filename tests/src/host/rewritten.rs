//! A store whose records were changed behind its back: through its own doors, or taken out by a backup, changed there, and put back.

use anyhow::{Context, Result};
use jackfield_server::clock::Clock;
use jackfield_store::{KeyRing, Store, reading};

use super::TestHost;

/// How a frame of records begins.
const RECORDS: u8 = b'r';

impl TestHost {
    /// Stops it, lets `change` have its store, and starts it again.
    pub async fn between<T>(&mut self, change: impl AsyncFnOnce(&Store) -> Result<T>) -> Result<T> {
        self.stop().await?;
        let store = Store::open(&self.config.data_dir, KeyRing::load(&self.config.keyring)?).await?;
        let changed = change(&store).await?;
        drop(store);
        self.start_again().await?;
        Ok(changed)
    }

    /// Stops it, lets `change` have each key and its value, and starts it again on what came of that.
    pub async fn rewrite(&mut self, mut change: impl FnMut(&str, &mut Vec<u8>)) -> Result<()> {
        self.stop().await?;
        let ring = || KeyRing::load(&self.config.keyring);
        let store = Store::open(&self.config.data_dir, ring()?).await?;
        let mut backup = store.backup(self.clock.now()).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = backup.next().await? {
            bytes.extend(piece);
        }
        drop((backup, store));
        let mut frames = Vec::new();
        for frame in reading::frames(&ring()?, &bytes)? {
            let records = frame.first() == Some(&RECORDS);
            frames.push(if records {
                rewritten(&frame, &mut change).context("a frame of records")?
            } else {
                frame.to_vec()
            });
        }
        let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let file = self.folder.path().join("rewritten.backup");
        std::fs::write(&file, reading::backup(&ring()?, &frames)?)?;
        let data = self.folder.path().join("rewritten");
        Store::restore(&file, &data, ring()?).await?;
        self.config.data_dir = data;
        Ok(self.start_again().await?)
    }
}

/// `length of key 2 | length of value 4 | key | value`, many of them.
fn rewritten(frame: &[u8], change: &mut impl FnMut(&str, &mut Vec<u8>)) -> Option<Vec<u8>> {
    let (kind, mut rest) = frame.split_first()?;
    let mut changed = vec![*kind];
    while !rest.is_empty() {
        let (key_length, after) = rest.split_first_chunk::<2>()?;
        let (value_length, after) = after.split_first_chunk::<4>()?;
        let (key, after) = after.split_at_checked(u16::from_be_bytes(*key_length).into())?;
        let (value, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*value_length)).ok()?)?;
        let mut value = value.to_vec();
        change(std::str::from_utf8(key).ok()?, &mut value);
        changed.extend_from_slice(key_length);
        changed.extend(u32::try_from(value.len()).ok()?.to_be_bytes());
        changed.extend_from_slice(key);
        changed.extend(value);
        rest = after;
    }
    Some(changed)
}
