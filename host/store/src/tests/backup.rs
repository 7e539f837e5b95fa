//! Backups: of one moment, whole or refused, and back into a store that opens.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::sample::{self, at, ring_from};
use crate::{BadBackup, Change, KeyRing, OpenError, RestoreError, Store};

struct Filled {
    folder: tempfile::TempDir,
    store: Store,
    ring: KeyRing,
    component: String,
}

impl Filled {
    /// A real store with a connection, more records than one read takes, and a component of several pieces.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::generate().unwrap();
        let store = Store::open(&folder.path().join("data"), ring_from(&ring, folder.path())).await.unwrap();
        let mut change = Change::new();
        store.tenants().insert(&mut change, &sample::tenant()).unwrap();
        let connection = sample::connection(1);
        store.connections().create(&mut change, &connection, &sample::tokens("rt-kept")).await.unwrap();
        store.commit(change).await.unwrap();
        for number in 0..500 {
            let mut change = Change::new();
            store.timeline().append(&mut change, &sample::event(&connection, number)).unwrap();
            store.commit(change).await.unwrap();
        }
        let component = store.components().put(&vec![7; 600 * 1024]).unwrap();
        Self { folder, store, ring, component }
    }

    async fn back_up(&self) -> Vec<u8> {
        let mut backup = self.store.backup(at(1)).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(more) = backup.next().await.unwrap() {
            bytes.extend(more);
        }
        bytes
    }

    fn keep(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("backup");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn ring(&self) -> KeyRing {
        ring_from(&self.ring, self.folder.path())
    }
}

fn left(data: &Path) -> bool {
    data.join("records").exists() || data.join("components").exists() || data.join("restoring").exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_backed_up_comes_back_and_nothing_later() {
    let filled = Filled::new().await;
    let mut backup = filled.store.backup(at(1)).await.unwrap();
    let mut bytes = backup.next().await.unwrap().unwrap();
    // The backup has begun: this is too late for it.
    let mut change = Change::new();
    let late = sample::connection(2);
    filled.store.connections().create(&mut change, &late, &sample::tokens("rt-late")).await.unwrap();
    filled.store.commit(change).await.unwrap();
    while let Some(more) = backup.next().await.unwrap() {
        bytes.extend(more);
    }
    let file = filled.keep(&bytes);
    let verified = Store::verify_backup(&file, &filled.ring).unwrap();
    assert_eq!((verified.components, verified.made_at), (1, at(1)));
    assert!(verified.records > 500 && verified.key == filled.ring.primary().to_string());
    let data = filled.folder.path().join("elsewhere");
    assert_eq!(Store::restore(&file, &data, filled.ring()).await.unwrap(), verified);
    let store = Store::open(&data, filled.ring()).await.unwrap();
    let tenant = sample::tenant().id;
    let (connection, credential) = store.connections().open(tenant, sample::connection_id(1)).await.unwrap().unwrap();
    assert_eq!(connection.record, sample::connection(1));
    assert_eq!(sample::refresh_token(&credential.unwrap()), "rt-kept");
    assert!(store.connections().get(tenant, late.id).await.unwrap().is_none());
    assert_eq!(store.timeline().list(tenant, connection.id, None, 1000).await.unwrap().items.len(), 500);
    assert_eq!(store.components().get(&filled.component).unwrap().unwrap().len(), 600 * 1024);
    assert!(!data.join("restoring").exists());
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!text.contains("rt-kept") && !text.contains(&tenant.to_string()), "nothing of it can be read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_with_records_is_never_replaced() {
    let filled = Filled::new().await;
    let file = filled.keep(&filled.back_up().await);
    let data = filled.folder.path().join("data");
    let refused = Store::restore(&file, &data, filled.ring()).await.unwrap_err();
    assert!(matches!(refused, RestoreError::HoldsRecords(_)), "{refused}");
    let other = filled.folder.path().join("other");
    drop(Store::open(&other, KeyRing::generate().unwrap()).await.unwrap());
    let refused = Store::restore(&file, &other, filled.ring()).await.unwrap_err();
    assert!(matches!(refused, RestoreError::HoldsRecords(_)), "a new store has records too: {refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_not_whole_or_not_ours_changes_nothing() {
    let filled = Filled::new().await;
    let bytes = filled.back_up().await;
    let data = filled.folder.path().join("elsewhere");
    let mut cuts: Vec<usize> = (0..bytes.len()).step_by(bytes.len() / 40).collect();
    cuts.extend([1, 88, 89, 93, bytes.len() - 1]);
    for cut in cuts {
        let file = filled.keep(&bytes[..cut]);
        let refused = Store::restore(&file, &data, filled.ring()).await.unwrap_err();
        assert!(matches!(refused, RestoreError::Bad(BadBackup::Cut)), "cut at {cut}: {refused}");
    }
    for place in (0..bytes.len()).step_by(bytes.len() / 40).chain([8, 20, 60, 89, bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x55;
        let refused = Store::restore(&filled.keep(&changed), &data, filled.ring()).await.unwrap_err();
        assert!(matches!(refused, RestoreError::Bad(_)), "changed at {place}: {refused}");
    }
    let longer = [bytes.as_slice(), b"more"].concat();
    assert!(Store::verify_backup(&filled.keep(&longer), &filled.ring).is_err());
    let foreign = Store::verify_backup(&filled.keep(b"a diary"), &filled.ring).unwrap_err();
    assert!(matches!(foreign, BadBackup::Foreign), "{foreign}");
    let mut newer = bytes.clone();
    newer[8] = 2;
    let newer = Store::verify_backup(&filled.keep(&newer), &filled.ring).unwrap_err();
    assert!(matches!(newer, BadBackup::Version(2)), "{newer}");
    let other = KeyRing::generate().unwrap();
    let refused = Store::restore(&filled.keep(&bytes), &data, other).await.unwrap_err();
    assert!(matches!(refused, RestoreError::Bad(BadBackup::UnknownKey(_))), "{refused}");
    assert!(!left(&data), "a refused restore left something behind");
    Store::restore(&filled.keep(&bytes), &data, filled.ring()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_cut_off_is_run_again_and_nothing_begins_beside_what_it_left() {
    let filled = Filled::new().await;
    let file = filled.keep(&filled.back_up().await);
    let data = filled.folder.path().join("elsewhere");
    let growing = data.join("restoring");
    let restored = Store::restore(&file, &data, filled.ring()).await.unwrap();
    for cut in ["while it grew", "between its two moves"] {
        if cut == "while it grew" {
            fs::remove_dir_all(data.join("records")).unwrap();
            fs::rename(data.join("components"), &growing).unwrap();
        } else {
            fs::create_dir(&growing).unwrap();
            fs::rename(data.join("records"), growing.join("records")).unwrap();
        }
        let begun = Store::open(&data, filled.ring()).await.map(drop);
        assert!(matches!(begun, Err(OpenError::RestoreCutOff(_))), "{cut}: {begun:?}");
        assert!(!data.join("records").exists(), "{cut}");
        assert_eq!(Store::restore(&file, &data, filled.ring()).await.unwrap(), restored, "{cut}");
        assert!(!growing.exists(), "{cut}");
        let store = Store::open(&data, filled.ring()).await.unwrap();
        assert_eq!(store.components().get(&filled.component).unwrap().unwrap().len(), 600 * 1024, "{cut}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_whose_second_move_fails_takes_the_first_one_back() {
    let filled = Filled::new().await;
    let file = filled.keep(&filled.back_up().await);
    let data = filled.folder.path().join("elsewhere");
    // Something lies where the records are to go, that is no store; and a restore was cut off before.
    fs::create_dir_all(data.join("records/lost+found")).unwrap();
    fs::create_dir(data.join("restoring")).unwrap();
    let failed = Store::restore(&file, &data, filled.ring()).await.unwrap_err();
    assert!(matches!(failed, RestoreError::Io { .. }), "{failed}");
    fs::remove_dir_all(data.join("records")).unwrap();
    assert!(!left(&data), "an error takes back what was moved");
    Store::restore(&file, &data, filled.ring()).await.unwrap();
}
