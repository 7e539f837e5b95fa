//! Opening: with the right keys, the wrong ones, and none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

use std::{fs, path::Path, sync::Arc};

use super::sample;
use crate::{
    Change, KeyRing, KeyRingError, OpenError, Opened, Purpose, Store,
    components::Components,
    engine::{Engine, Scan, memory::Memory},
};

async fn everything(engine: &dyn Engine) -> Vec<(Vec<u8>, Vec<u8>)> {
    engine.scan(Scan { prefix: vec![], after: None, limit: 10_000, backwards: false }).await.unwrap()
}

async fn reopen(engine: &Arc<Memory>, folder: &Path, ring: KeyRing) -> Result<Store, OpenError> {
    let components = Components::open(&folder.join("components")).unwrap();
    Store::over(Arc::clone(engine) as Arc<dyn Engine>, components, ring).await
}

async fn filled(ring: KeyRing) -> (Store, Arc<Memory>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Memory::default());
    let store = reopen(&engine, folder.path(), ring).await.unwrap();
    let mut change = Change::new();
    store.connections().create(&mut change, &sample::connection(1), &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    (store, engine, folder)
}

async fn opens(store: &Store) -> bool {
    let opened = store.connections().open(sample::tenant_id(1), sample::connection_id(1)).await.unwrap().unwrap();
    sample::refresh_token(&opened.1.unwrap()) == "rt"
}

#[tokio::test]
async fn another_ring_is_refused_and_nothing_is_written() {
    let (store, engine, folder) = filled(KeyRing::generate().unwrap()).await;
    let before = everything(&*engine).await;
    drop(store);
    let Err(error) = reopen(&engine, folder.path(), KeyRing::generate().unwrap()).await else { panic!("opened") };
    assert!(matches!(error, OpenError::MissingKey(_)));
    assert!(error.to_string().contains("put the right key ring back"), "{error}");
    assert_eq!(everything(&*engine).await, before);
}

#[tokio::test]
async fn a_key_with_the_right_id_and_wrong_bytes_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring");
    let ring = KeyRing::create(&path, &folder.path().join("data")).unwrap();
    let (store, engine, _components) = filled(ring).await;
    let before = everything(&*engine).await;
    drop(store);
    let text = fs::read_to_string(&path).unwrap();
    let (other, last) = (folder.path().join("other"), text.trim_end().len() - "\nend 1".len() - 1);
    let digit = if text.as_bytes().get(last) == Some(&b'0') { "1" } else { "0" };
    fs::write(&other, format!("{}{digit}\nend 1\n", text.get(..last).unwrap())).unwrap();
    let mode = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o400);
    fs::set_permissions(&other, mode).unwrap();
    let Err(error) = reopen(&engine, folder.path(), KeyRing::load(&other).unwrap()).await else { panic!("opened") };
    assert!(matches!(error, OpenError::WrongKey(_)), "{error}");
    assert_eq!(everything(&*engine).await, before);
    assert!(opens(&reopen(&engine, folder.path(), KeyRing::load(&path).unwrap()).await.unwrap()).await);
}

#[tokio::test]
async fn foreign_records_and_newer_formats_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ring = || KeyRing::generate().unwrap();
    let foreign = Arc::new(Memory::holding([(b"a".to_vec(), b"b".to_vec())]));
    assert!(matches!(reopen(&foreign, folder.path(), ring()).await, Err(OpenError::Foreign)));
    let newer = Arc::new(Memory::holding([(b"meta/format".to_vec(), vec![2])]));
    assert!(matches!(reopen(&newer, folder.path(), ring()).await, Err(OpenError::Format(2))));
}

#[tokio::test]
async fn rotating_the_ring_keeps_records_hashes_and_the_cache_key() {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::generate().unwrap();
    let first = ring.primary();
    let (store, engine, _components) = filled(sample::ring_from(&ring, folder.path())).await;
    let (hash, cache) = (store.keyed_hash(Purpose::ApiKey, "k"), store.cache_key());
    drop(store);

    let both = ring.with_new_primary().unwrap();
    let second = both.primary();
    let store = reopen(&engine, folder.path(), sample::ring_from(&both, folder.path())).await.unwrap();
    assert!(opens(&store).await);
    let status = store.key_ring_status().await.unwrap();
    assert_eq!((status.primary, status.wrapped.get(&first), status.wrapped.get(&second)), (second, Some(&3), Some(&0)));
    assert_eq!(store.rewrap().await.unwrap(), 3);
    assert_eq!(store.rewrap().await.unwrap(), 0);
    let status = store.key_ring_status().await.unwrap();
    assert_eq!((status.wrapped.get(&first), status.wrapped.get(&second)), (Some(&0), Some(&3)));
    drop(store);

    // The first key can go now.
    let path = folder.path().join("both");
    both.save(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().filter(|line| !line.contains(&first.to_string()));
    let kept = lines.collect::<Vec<_>>().join("\n") + "\n";
    let only = folder.path().join("second");
    fs::write(&only, kept.replace("end 2", "end 1")).unwrap();
    fs::set_permissions(&only, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o400)).unwrap();
    let store = reopen(&engine, folder.path(), KeyRing::load(&only).unwrap()).await.unwrap();
    assert!(opens(&store).await);
    assert_eq!((store.keyed_hash(Purpose::ApiKey, "k"), *store.cache_key()), (hash, *cache));
}

#[tokio::test]
async fn a_damaged_data_key_keeps_out_nobody_but_its_tenant() {
    let ring = KeyRing::generate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (store, engine, _components) = filled(sample::ring_from(&ring, folder.path())).await;
    let mut other = sample::connection(1);
    other.tenant = sample::tenant_id(2);
    let mut change = Change::new();
    store.connections().create(&mut change, &other, &sample::tokens("rt")).await.unwrap();
    store.commit(change).await.unwrap();
    drop(store);
    let prefix = format!("data-key/{}/", other.tenant).into_bytes();
    let found = engine.scan(Scan { prefix, after: None, limit: 1, backwards: false }).await.unwrap();
    let writes = found.into_iter().map(|(key, _)| (key, Some(b"damaged".to_vec()))).collect();
    engine.commit(crate::engine::Batch { checks: vec![], writes, counts: vec![] }).await.unwrap();
    let store = reopen(&engine, folder.path(), ring).await.unwrap();
    assert!(opens(&store).await);
    assert!(store.connections().open(other.tenant, other.id).await.is_err());
    assert_eq!(store.key_ring_status().await.unwrap().unreadable, 1);
}

#[tokio::test]
async fn a_new_ring_is_made_only_where_there_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let (data, path) = (folder.path().join("data"), folder.path().join("keyring"));
    assert!(!Store::exists(&data));
    let Opened::Created(ring) = Store::key_ring(&data, &path).unwrap() else { panic!("found") };
    let store = Store::open(&data, ring).await.unwrap();
    let hash = store.keyed_hash(Purpose::State, "s");
    assert!(Store::exists(&data));
    let second = Store::open(&data, KeyRing::load(&path).unwrap()).await;
    assert!(matches!(second, Err(OpenError::Engine(crate::EngineOpenError::Locked(_)))));
    drop(store);

    let Opened::Found(ring) = Store::key_ring(&data, &path).unwrap() else { panic!("created") };
    assert_eq!(Store::open(&data, ring).await.unwrap().keyed_hash(Purpose::State, "s"), hash);

    let text = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let error = Store::key_ring(&data, &path).unwrap_err();
    assert!(matches!(error, KeyRingError::MissingForStore { .. }));
    assert!(error.to_string().contains("put the ring back"), "{error}");
    assert!(!path.exists(), "no ring was made");

    fs::write(&path, text.get(..40).unwrap()).unwrap();
    fs::set_permissions(&path, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o400)).unwrap();
    assert!(matches!(Store::key_ring(&data, &path), Err(KeyRingError::Malformed { .. })));
    assert!(matches!(Store::open(&data, KeyRing::generate().unwrap()).await, Err(OpenError::MissingKey(_))));
}
