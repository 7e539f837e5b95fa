//! A host that starts on a store in which something cannot be read.

use jackfield_server::clock::Clock;
use jackfield_store::JournalEntry;

use crate::front::Fronted;

/// An answer of a refresh that has its outcome is dropped at the start. Where nobody can say whether it has, it stays: the
/// connection may come back out of a backup, and the answer may hold the only token that is still good.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_connection_cannot_be_read_keeps_no_host_from_starting_and_is_kept() {
    let mut scene = Fronted::start().await;
    let (damaged, sound) = (scene.connect("alice").await, scene.connect("bob").await);
    let (tenant, sent_at) = (scene.tenant.id.parse().unwrap(), scene.host.clock.now());
    let entry = |id: &str, from_version| JournalEntry {
        tenant,
        connection: id.parse().unwrap(),
        token: String::new(),
        from_version,
        attempt: 1,
        sent_at,
    };
    // Neither is needed any more as soon as its connection can be asked.
    let (first, second) = (entry(&damaged, 0), entry(&sound, 0));
    let later = entry(&damaged, u64::MAX);
    let kept = scene.host.between(async |store| {
        store.journal().append(&later, b"{}").await?;
        Ok(store.journal().pending().await?.items.len())
    });
    assert_eq!(kept.await.unwrap(), 1);
    let rewritten = scene.host.rewrite(|key, value| {
        if key.starts_with("connection/") && key.ends_with(&damaged) {
            value.truncate(value.len() / 2);
        }
    });
    rewritten.await.unwrap();
    let left = scene.host.between(async |store| {
        store.journal().append(&first, b"{}").await?;
        store.journal().append(&second, b"{}").await?;
        Ok(())
    });
    left.await.unwrap();
    assert_eq!(scene.lease(&sound, 0).await.status, 200, "the host works for everybody else");
    let found = scene.host.between(async |store| Ok(store.journal().pending().await?.items)).await.unwrap();
    let mut found: Vec<_> = found.into_iter().map(|pending| pending.entry).collect();
    found.sort_by_key(|entry| entry.from_version);
    assert_eq!(found, [first, later]);
}
