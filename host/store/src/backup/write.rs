//! Making a backup, piece by piece, of a store that is in use.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{BackupError, COMPONENT, END, End, HEAD, Head, PIECE, RECORDS};
use crate::{
    components::Components,
    engine::{Pair, Snapshot},
    schema::FORMAT,
    seal::Sealer,
    store::Store,
};

/// A backup on its way: what `next` answers, one after the other, is the file.
pub struct Backup {
    sealer: Sealer,
    snapshot: Box<dyn Snapshot>,
    components: Components,
    digests: VecDeque<String>,
    head: Option<Head>,
    counted: End,
    part: Part,
}

enum Part {
    Records,
    Components,
    Ended,
}

impl Store {
    /// Begins a backup of everything as it is now; changes go on meanwhile and are not in it.
    pub async fn backup(&self, made_at: Timestamp) -> Result<Backup, BackupError> {
        let before = listed(self.components()).await?;
        let snapshot = self.core().engine.snapshot().await?;
        let now = listed(self.components()).await?;
        // A connector removed in between may still be among the records.
        if let Some(gone) = before.iter().find(|digest| !now.contains(digest)) {
            return Err(BackupError::Removed(gone.clone()));
        }
        let head = Head { format: FORMAT, made_at, software: env!("CARGO_PKG_VERSION").to_owned() };
        Ok(Backup {
            sealer: self.core().keys.sealer()?,
            snapshot,
            components: self.components().clone(),
            digests: now.into(),
            head: Some(head),
            counted: End { records: 0, components: 0 },
            part: Part::Records,
        })
    }
}

impl Backup {
    /// The next bytes; none at the end. Without the last of them a backup is refused as cut short.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        if let Some(head) = self.head.take() {
            let frame = self.sealer.frame(json(HEAD, &head), false)?;
            return Ok(Some([self.sealer.header(), &frame].concat()));
        }
        match self.part {
            Part::Records => {
                if let Some(pairs) = self.snapshot.next().await? {
                    self.records(&pairs).map(Some)
                } else {
                    self.part = Part::Components;
                    Ok(Some(Vec::new()))
                }
            }
            Part::Components => {
                if let Some(digest) = self.digests.pop_front() {
                    self.component(digest).await.map(Some)
                } else {
                    self.part = Part::Ended;
                    Ok(Some(self.sealer.frame(json(END, &self.counted), true)?))
                }
            }
            Part::Ended => Ok(None),
        }
    }

    fn records(&mut self, pairs: &[Pair]) -> Result<Vec<u8>, BackupError> {
        let mut out = Vec::new();
        let mut plain = vec![RECORDS];
        for (key, value) in pairs {
            if plain.len() > PIECE {
                out.extend(self.sealer.frame(std::mem::replace(&mut plain, vec![RECORDS]), false)?);
            }
            // Both fit: an engine takes no longer ones.
            plain.extend(u16::try_from(key.len()).unwrap_or(u16::MAX).to_be_bytes());
            plain.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
            plain.extend_from_slice(key);
            plain.extend_from_slice(value);
            self.counted.records += 1;
        }
        if plain.len() > 1 {
            out.extend(self.sealer.frame(plain, false)?);
        }
        Ok(out)
    }

    async fn component(&mut self, digest: String) -> Result<Vec<u8>, BackupError> {
        let (components, wanted) = (self.components.clone(), digest.clone());
        let read = tokio::task::spawn_blocking(move || components.get(&wanted)).await;
        let read = read.map_err(|_| BackupError::Removed(digest.clone()))?;
        let bytes = read?.ok_or_else(|| BackupError::Removed(digest.clone()))?;
        let mut out = Vec::with_capacity(bytes.len());
        for piece in bytes.chunks(PIECE) {
            out.extend(self.sealer.frame([&[COMPONENT], digest.as_bytes(), piece].concat(), false)?);
        }
        self.counted.components += 1;
        Ok(out)
    }
}

fn json(kind: u8, value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = vec![kind];
    // Numbers, times and text: none of it can fail.
    bytes.extend(serde_json::to_vec(value).unwrap_or_default());
    bytes
}

async fn listed(components: &Components) -> Result<Vec<String>, BackupError> {
    let components = components.clone();
    let listed = tokio::task::spawn_blocking(move || components.list()).await;
    listed.unwrap_or_else(|_| Err(std::io::ErrorKind::Interrupted.into())).map_err(BackupError::Folder)
}
