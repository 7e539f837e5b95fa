//! What every engine must do, run against each of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::sync::Arc;

use super::{Batch, Engine, EngineError, Expect, Health, KEY_LIMIT, Scan, VALUE_LIMIT};

fn put(key: &str, value: &str) -> Batch {
    Batch { checks: vec![], writes: vec![(key.into(), Some(value.into()))], counts: vec![] }
}

fn scan(prefix: &str, after: Option<&str>, limit: usize, backwards: bool) -> Scan {
    Scan { prefix: prefix.into(), after: after.map(Into::into), limit, backwards }
}

async fn keys(engine: &dyn Engine, asked: Scan) -> Vec<String> {
    let pairs = engine.scan(asked).await.unwrap();
    pairs.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect()
}

/// Runs every promise of the trait over a fresh engine.
pub(crate) async fn run(engine: Arc<dyn Engine>) {
    assert_eq!(engine.health(), Health::Healthy);
    reads_what_was_written(&*engine).await;
    scans_in_order(&*engine).await;
    scans_a_long_stretch_whole(&*engine).await;
    changes_all_or_nothing(&*engine).await;
    refuses_what_is_too_large(&*engine).await;
    a_snapshot_is_of_one_moment(&*engine).await;
    counts_with_the_batch_or_not_at_all(&*engine).await;
    lets_one_of_many_win(engine).await;
}

async fn counts_with_the_batch_or_not_at_all(engine: &dyn Engine) {
    let counted = |more: i64, checks: Vec<(Vec<u8>, Expect)>| Batch {
        checks,
        writes: vec![("counted".into(), Some(b"x".to_vec()))],
        counts: vec![("number".into(), more)],
    };
    engine.commit(counted(3, vec![])).await.unwrap();
    engine.commit(counted(-1, vec![])).await.unwrap();
    let refused = engine.commit(counted(5, vec![("counted".into(), Expect::Absent)])).await;
    assert_eq!(refused, Err(EngineError::Conflict));
    let number = engine.get(b"number").await.unwrap().and_then(|bytes| super::number(&bytes));
    assert_eq!(number, Some(2));
    // Ended and counted at once, it begins anew; counted twice at once, both count.
    let twice = vec![("number".into(), 1), ("number".into(), 4)];
    let anew = Batch { checks: vec![], writes: vec![("number".into(), None)], counts: twice };
    engine.commit(anew).await.unwrap();
    let number = engine.get(b"number").await.unwrap().and_then(|bytes| super::number(&bytes));
    assert_eq!(number, Some(5));
    let gone = vec![("counted".into(), None), ("number".into(), None)];
    engine.commit(Batch { checks: vec![], writes: gone, counts: vec![] }).await.unwrap();
}

async fn reads_what_was_written(engine: &dyn Engine) {
    assert_eq!(engine.get(b"a").await.unwrap(), None);
    engine.commit(put("a", "1")).await.unwrap();
    engine.commit(put("a", "2")).await.unwrap();
    assert_eq!(engine.get(b"a").await.unwrap(), Some(b"2".to_vec()));
    engine.commit(Batch { checks: vec![], writes: vec![("a".into(), None)], counts: vec![] }).await.unwrap();
    assert_eq!(engine.get(b"a").await.unwrap(), None);
    let twice = vec![("a".into(), Some(b"1".to_vec())), ("a".into(), None)];
    engine.commit(Batch { checks: vec![], writes: twice, counts: vec![] }).await.unwrap();
    assert_eq!(engine.get(b"a").await.unwrap(), None, "the last write of a key wins");
}

async fn scans_in_order(engine: &dyn Engine) {
    for key in ["s/3", "s/1", "t/1", "s/2", "s0", "r/9"] {
        engine.commit(put(key, key)).await.unwrap();
    }
    assert_eq!(keys(engine, scan("s/", None, 9, false)).await, ["s/1", "s/2", "s/3"]);
    assert_eq!(keys(engine, scan("s/", None, 2, true)).await, ["s/3", "s/2"]);
    assert_eq!(keys(engine, scan("s/", Some("s/1"), 9, false)).await, ["s/2", "s/3"]);
    assert_eq!(keys(engine, scan("s/", Some("s/3"), 1, true)).await, ["s/2"]);
    assert_eq!(keys(engine, scan("s/", Some("zzz"), 9, false)).await, [""; 0], "a cursor from elsewhere stays inside");
    assert_eq!(keys(engine, scan("s/", Some("a"), 9, false)).await, ["s/1", "s/2", "s/3"]);
    assert_eq!(keys(engine, scan("s/", Some("zzz"), 9, true)).await, ["s/3", "s/2", "s/1"]);
    assert_eq!((engine.count(b"s/").await.unwrap(), engine.count(b"none/").await.unwrap()), (3, 0));
    assert_eq!(keys(engine, scan("none/", None, 9, false)).await, [""; 0]);
    assert_eq!(keys(engine, scan("", None, 9, false)).await.len(), 6);
}

async fn scans_a_long_stretch_whole(engine: &dyn Engine) {
    let name = |number: usize| format!("w/{number:02}");
    let writes = (0..50).map(|number| (name(number).into_bytes(), Some(vec![]))).collect();
    engine.commit(Batch { checks: vec![], writes, counts: vec![] }).await.unwrap();
    let forwards: Vec<String> = (0..50).map(name).collect();
    let backwards: Vec<String> = (0..50).rev().map(name).collect();
    for limit in [0, 1, 15, 16, 17, 33, 49, 50, 51, usize::MAX] {
        let count = limit.min(50);
        assert_eq!(keys(engine, scan("w/", None, limit, false)).await, forwards[..count], "{limit}");
        assert_eq!(keys(engine, scan("w/", None, limit, true)).await, backwards[..count], "{limit}");
    }
    assert_eq!(keys(engine, scan("w/", Some("w/09"), 20, false)).await, forwards[10..30]);
    assert_eq!(keys(engine, scan("w/", Some("w/40"), 20, true)).await, backwards[10..30]);
    let gone = (0..50).map(|number| (name(number).into_bytes(), None)).collect();
    engine.commit(Batch { checks: vec![], writes: gone, counts: vec![] }).await.unwrap();
}

async fn a_snapshot_is_of_one_moment(engine: &dyn Engine) {
    let number = |number: usize| format!("n/{number:04}");
    for at in (0..1000).step_by(2) {
        engine.commit(put(&number(at), "then")).await.unwrap();
    }
    let everything = engine.scan(scan("", None, usize::MAX, false)).await.unwrap();
    let mut snapshot = engine.snapshot().await.unwrap();
    let mut seen = snapshot.next().await.unwrap().unwrap();
    // Behind the reader, ahead of it, in its way: changed, made, taken away, and changed twice.
    for at in 0..1000 {
        engine.commit(put(&number(at), "now")).await.unwrap();
    }
    engine.commit(put(&number(998), "later")).await.unwrap();
    let gone = (500..1000).map(|at| (number(at).into_bytes(), None)).collect();
    engine.commit(Batch { checks: vec![], writes: gone, counts: vec![] }).await.unwrap();
    engine.commit(put("zzz", "now")).await.unwrap();
    while let Some(pairs) = snapshot.next().await.unwrap() {
        seen.extend(pairs);
    }
    assert_eq!(seen, everything);
    assert!(snapshot.next().await.unwrap().is_none());
    assert_eq!(engine.get(b"n/0000").await.unwrap(), Some(b"now".to_vec()));
}

async fn changes_all_or_nothing(engine: &dyn Engine) {
    engine.commit(put("c", "v1:x")).await.unwrap();
    let cases = [
        (Expect::Absent, false),
        (Expect::Equals(b"v1".to_vec()), false),
        (Expect::Equals(b"v1:x".to_vec()), true),
        (Expect::StartsWith(b"v2".to_vec()), false),
        (Expect::StartsWith(b"v1".to_vec()), true),
    ];
    for (expect, holds) in cases {
        let writes = vec![("d".into(), Some(b"1".to_vec())), ("e".into(), Some(b"1".to_vec()))];
        let batch = Batch { checks: vec![("c".into(), expect.clone())], writes, counts: vec![] };
        let wanted = if holds { Ok(()) } else { Err(EngineError::Conflict) };
        assert_eq!(engine.commit(batch).await, wanted, "{expect:?}");
        assert_eq!(engine.get(b"d").await.unwrap().is_some(), holds);
        assert_eq!(engine.get(b"e").await.unwrap().is_some(), holds);
        engine
            .commit(Batch { checks: vec![], writes: vec![("d".into(), None), ("e".into(), None)], counts: vec![] })
            .await
            .unwrap();
    }
    let missing =
        Batch { checks: vec![("nothing".into(), Expect::StartsWith(vec![]))], writes: vec![], counts: vec![] };
    assert_eq!(engine.commit(missing).await, Err(EngineError::Conflict));
    // Of what starts with a key: there, gone, and made or gone by what was handed over just before.
    let bare = || Batch { checks: vec![("f/".into(), Expect::NothingBelow)], writes: vec![], counts: vec![] };
    assert_eq!(engine.commit(bare()).await, Ok(()));
    engine.commit(put("f/1", "1")).await.unwrap();
    assert_eq!(engine.commit(bare()).await, Err(EngineError::Conflict));
    let gone = || Batch { checks: vec![], writes: vec![("f/1".into(), None)], counts: vec![] };
    let (removed, then) = tokio::join!(engine.commit(gone()), engine.commit(bare()));
    assert_eq!((removed, then), (Ok(()), Ok(())));
    let (made, then) = tokio::join!(engine.commit(put("f/2", "1")), engine.commit(bare()));
    assert_eq!((made, then), (Ok(()), Err(EngineError::Conflict)));
    engine.commit(Batch { checks: vec![], writes: vec![("f/2".into(), None)], counts: vec![] }).await.unwrap();
}

async fn refuses_what_is_too_large(engine: &dyn Engine) {
    let value =
        |bytes: usize| Batch { checks: vec![], writes: vec![("big".into(), Some(vec![7; bytes]))], counts: vec![] };
    engine.commit(value(VALUE_LIMIT)).await.unwrap();
    let refused = engine.commit(value(VALUE_LIMIT + 1)).await;
    assert_eq!(refused, Err(EngineError::TooLarge { bytes: VALUE_LIMIT + 1, limit: VALUE_LIMIT }));
    assert_eq!(engine.get(b"big").await.unwrap().unwrap().len(), VALUE_LIMIT);
    assert!(engine.commit(put(&"k".repeat(KEY_LIMIT + 1), "")).await.is_err());
}

async fn lets_one_of_many_win(engine: Arc<dyn Engine>) {
    engine.commit(put("counter", "0")).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let engine = Arc::clone(&engine);
        tasks.spawn(async move {
            for _ in 0..8 {
                while increment(&*engine).await == Err(EngineError::Conflict) {}
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(engine.get(b"counter").await.unwrap(), Some(b"128".to_vec()));
}

async fn increment(engine: &dyn Engine) -> Result<(), EngineError> {
    let old = engine.get(b"counter").await?.unwrap();
    let count: u32 = std::str::from_utf8(&old).unwrap().parse().unwrap();
    let new = (count + 1).to_string().into_bytes();
    let checks = vec![("counter".into(), Expect::Equals(old))];
    engine.commit(Batch { checks, writes: vec![("counter".into(), Some(new))], counts: vec![] }).await
}

#[tokio::test]
async fn an_engine_without_files_keeps_every_promise() {
    run(Arc::new(super::memory::Memory::default())).await;
}
