//! sled behind the trait: the suite, and what the wrapper adds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

use std::{fs, sync::Arc};

use super::*;
use crate::engine::{Expect, VALUE_LIMIT, suite};

const CACHE: u64 = 8 * 1024 * 1024;

fn put(key: &str, value: Vec<u8>) -> Batch {
    Batch { checks: vec![], writes: vec![(key.into(), Some(value))], counts: vec![] }
}

#[tokio::test(flavor = "multi_thread")]
async fn sled_keeps_every_promise() {
    let folder = tempfile::tempdir().unwrap();
    suite::run(Arc::new(SledEngine::open(&folder.path().join("records"), CACHE).unwrap())).await;
}

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    for round in 0..3u8 {
        let engine = SledEngine::open(&path, CACHE).unwrap();
        for earlier in 0..round {
            assert_eq!(engine.get(&[earlier]).await.unwrap(), Some(vec![earlier; 100]));
        }
        engine
            .commit(Batch { checks: vec![], writes: vec![(vec![round], Some(vec![round; 100]))], counts: vec![] })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_lock_of_sled_s_own_is_waited_for_and_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    drop(SledEngine::open(&path, CACHE).unwrap());
    let held = fs::File::open(path.join("db")).unwrap();
    held.lock().unwrap();
    let Err(error) = SledEngine::open(&path, CACHE) else { panic!("opened twice") };
    assert!(matches!(error, EngineOpenError::Locked(_)), "{error}");
    let opening = std::thread::spawn(move || SledEngine::open(&path, CACHE).map(drop));
    drop(held);
    opening.join().unwrap().unwrap();
}

#[tokio::test]
async fn a_second_open_is_told_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    let first = SledEngine::open(&path, CACHE).unwrap();
    let Err(error) = SledEngine::open(&path, CACHE) else { panic!("opened twice") };
    assert!(matches!(error, EngineOpenError::Locked(_)), "{error}");
    assert!(error.to_string().contains("another process has the store"));
    drop(first);
    assert!(SledEngine::open(&path, CACHE).is_ok());
}

#[tokio::test]
async fn a_torn_snapshot_does_not_keep_the_store_shut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    SledEngine::open(&path, CACHE).unwrap().commit(put("a", b"1".to_vec())).await.unwrap();
    fs::write(path.join("snap.7FFFFFFFFFFFFFFF.generating"), b"torn").unwrap();
    let engine = SledEngine::open(&path, CACHE).unwrap();
    assert_eq!(engine.get(b"a").await.unwrap(), Some(b"1".to_vec()));
    assert!(!path.join("snap.7FFFFFFFFFFFFFFF.generating").exists());
}

#[tokio::test]
async fn full_values_never_leave_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    let engine = SledEngine::open(&path, CACHE).unwrap();
    for round in 0..3u8 {
        for number in 0..60 {
            engine.commit(put(&format!("k/{number:03}"), vec![round; VALUE_LIMIT])).await.unwrap();
        }
    }
    assert_eq!(fs::read_dir(path.join("blobs")).unwrap().count(), 0);
    drop(engine);
    fs::write(path.join("blobs").join("1"), b"x").unwrap();
    assert!(matches!(SledEngine::open(&path, CACHE), Err(EngineOpenError::Blobs(_))));
}

/// What commits one after another while the writer is held up shares a sync, and so a piece.
#[tokio::test]
async fn batches_of_a_piece_see_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(SledEngine::open(&folder.path().join("records"), CACHE).unwrap());
    engine.commit(put("a", b"0".to_vec())).await.unwrap();
    let group = 40u8;
    let batches = (0..group).map(|number| {
        let expect = if number.is_multiple_of(2) { Expect::Equals(b"0".to_vec()) } else { Expect::Absent };
        Batch {
            checks: vec![("a".into(), expect)],
            writes: vec![("a".into(), None), (format!("b{number:02}").into(), Some(vec![number]))],
            counts: vec![("count".into(), 1)],
        }
    });
    let asking: Vec<_> = batches
        .map(|batch| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move { engine.commit(batch).await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in asking {
        answers.push(one.await.unwrap());
    }
    // The first takes `a` away: from then on the even ones find it gone, and the odd ones absent.
    let odd = usize::from(group / 2);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), odd + 1, "{answers:?}");
    assert!(answers.iter().skip(1).step_by(2).all(Result::is_ok), "{answers:?}");
    let counted = engine.get(b"count").await.unwrap().and_then(|bytes| crate::engine::number(&bytes));
    assert_eq!(counted, Some(i64::from(group / 2) + 1));
    assert_eq!(engine.get(b"a").await.unwrap(), None);
    assert_eq!(engine.get(b"b02").await.unwrap(), None, "nothing of a refused batch happens");
    assert_eq!(engine.get(b"b03").await.unwrap(), Some(vec![3]));
}

#[tokio::test]
async fn after_a_panic_in_the_writer_the_store_only_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    let engine = SledEngine::open(&path, CACHE).unwrap();
    engine.commit(put("a", b"1".to_vec())).await.unwrap();
    assert_eq!(engine.writer.panic().await, Some(Err(EngineError::ReadOnly(Fault::Stopped))));
    assert_eq!(engine.commit(put("a", b"2".to_vec())).await, Err(EngineError::ReadOnly(Fault::Stopped)));
    assert_eq!(engine.health(), Health::ReadOnly(Fault::Stopped));
    assert_eq!(engine.get(b"a").await.unwrap(), Some(b"1".to_vec()));
    drop(engine);
    assert_eq!(SledEngine::open(&path, CACHE).unwrap().health(), Health::Healthy);
}

/// A read that fails is worth another try while the store works, and never again once it failed.
#[tokio::test]
async fn a_read_that_fails_after_the_store_did_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let engine = SledEngine::open(&folder.path().join("records"), CACHE).unwrap();
    let broken = || Err::<(), _>(sled::Error::Io(std::io::Error::other("no more")));
    assert_eq!(engine.shared.read(broken), Err(EngineError::Unreadable(Fault::Io)));
    engine.shared.fail(Fault::Corruption);
    assert_eq!(engine.shared.read(broken), Err(EngineError::ReadOnly(Fault::Corruption)));
    let panicked =
        engine.shared.read(|| -> sled::Result<()> { std::panic::resume_unwind(Box::new("asked to by a test")) });
    assert_eq!(panicked, Err(EngineError::ReadOnly(Fault::Corruption)));
}

/// sled's own pages are in order after each change, so that no reader has to write.
#[tokio::test]
async fn a_look_up_after_a_change_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = SledEngine::open(&folder.path().join("records"), CACHE).unwrap();
    for number in 0..300u32 {
        engine.commit(put(&format!("k/{number:05}"), vec![7; 100])).await.unwrap();
        if number % 3 == 2 {
            let writes = vec![(format!("k/{:05}", number / 2).into(), None)];
            engine.commit(Batch { checks: vec![], writes, counts: vec![] }).await.unwrap();
        }
        let scan = Scan { prefix: b"k/".to_vec(), after: None, limit: usize::MAX, backwards: false };
        assert!(!engine.scan(scan).await.unwrap().is_empty());
        assert_eq!(engine.shared.database.flush().unwrap(), 0, "bytes written by the look-ups of round {number}");
    }
}

#[tokio::test]
async fn a_writer_that_is_stuck_keeps_nobody_waiting_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = SledEngine::open(&folder.path().join("records"), CACHE).unwrap();
    engine.commit(put("a", b"1".to_vec())).await.unwrap();
    engine.writer.patience = std::time::Duration::from_millis(20);
    let (release, until) = std::sync::mpsc::channel();
    assert_eq!(engine.writer.hang(until).await, Some(Err(EngineError::ReadOnly(Fault::Io))));
    assert_eq!(engine.commit(put("a", b"2".to_vec())).await, Err(EngineError::ReadOnly(Fault::Io)));
    assert_eq!(engine.health(), Health::ReadOnly(Fault::Io));
    assert_eq!(engine.get(b"a").await.unwrap(), Some(b"1".to_vec()));
    drop(engine);
    drop(release);
}

#[test]
fn garbage_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("conf"), b"this is no configuration of sled, is it?").unwrap();
    assert!(matches!(SledEngine::open(&path, CACHE), Err(EngineOpenError::Damaged { .. })));
    assert_eq!(fs::read(path.join("conf")).unwrap(), b"this is no configuration of sled, is it?");
}

#[test]
fn the_end_of_a_prefix_is_the_next_prefix() {
    assert_eq!(prefix_end(b"a/"), Some(b"a0".to_vec()));
    assert_eq!(prefix_end(&[1, 255]), Some(vec![2]));
    assert_eq!(prefix_end(&[255]), None);
    assert_eq!(prefix_end(b""), None);
}
