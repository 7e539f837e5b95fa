//! First calls: a start maps nothing, whoever calls first has the component loaded, and whatever else goes on meanwhile.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Waker},
};

use jackfield_model::connector::{Brief, Class};
use jackfield_runtime::{CallError, Hook, Limits, Runtime, Source};
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::{
    component::{ALICE, verifying},
    host::{Sandbox, now, seconds_on, settings},
};

fn component() -> Vec<u8> {
    verifying("(call $drop (local.get $connection)) (i32.const 1024)", ALICE)
}

/// Where components come from, and how often that was asked.
#[derive(Default)]
struct Shelf {
    bytes: Mutex<Option<Vec<u8>>>,
    asked: AtomicUsize,
}

impl Shelf {
    fn holding(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { bytes: Mutex::new(Some(bytes)), asked: AtomicUsize::new(0) })
    }

    fn source(self: &Arc<Self>) -> Source {
        let own = Arc::clone(self);
        Arc::new(move |_| {
            own.asked.fetch_add(1, Ordering::Relaxed);
            own.bytes.lock().unwrap().clone().ok_or_else(|| io::Error::other("it is gone"))
        })
    }
}

/// A sandbox that was stopped after a component was loaded, started again.
async fn started_again(component: &[u8]) -> Sandbox {
    let first = Sandbox::new(Limits::default());
    first.runtime.load(component).await.unwrap();
    let Sandbox { runtime, network, cache } = first;
    drop(runtime);
    let runtime = Runtime::start(settings(cache.path().to_owned(), Limits::default()), network.clone()).unwrap();
    Sandbox { runtime, network, cache }
}

fn brief(sandbox: &Sandbox, component: &[u8]) -> Brief {
    sandbox.connector(component).brief()
}

async fn verified(sandbox: &Sandbox, component: &[u8], at: Timestamp) -> Result<String, CallError> {
    let context = sandbox.context_at(component, Hook::Verify, at);
    sandbox.runtime.verify(context).await.result.map(|verified| verified.account.id)
}

fn is_not_loaded(result: &Result<String, CallError>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == "not-loaded")
}

/// The files of a cache, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

/// Changes the last byte of every file.
fn damage(folder: &Path) {
    for (name, mut bytes) in files(folder) {
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

/// How many pieces of files below a folder this process has mapped.
fn mapped(folder: &Path) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().filter(|line| line.contains(folder.to_str().unwrap())).count()
}

#[tokio::test]
async fn a_start_maps_nothing_until_the_first_call() {
    let component = component();
    let sandbox = started_again(&component).await;
    let (brief, shelf) = (brief(&sandbox, &component), Shelf::holding(component.clone()));
    assert!(sandbox.runtime.resume(std::slice::from_ref(&brief), &shelf.source()).await.unwrap().is_empty());
    assert!(sandbox.runtime.is_loaded(&brief.digest), "calls find it");
    assert_eq!(mapped(sandbox.cache.path()), 0);

    assert_eq!(verified(&sandbox, &component, now()).await.unwrap(), "alice");
    let after_one = mapped(sandbox.cache.path());
    assert!(after_one > 0);
    assert_eq!(verified(&sandbox, &component, now()).await.unwrap(), "alice");
    assert_eq!(mapped(sandbox.cache.path()), after_one);
    assert_eq!(shelf.asked.load(Ordering::Relaxed), 0, "nothing was compiled again");
}

#[tokio::test]
async fn what_has_no_code_is_named_and_what_is_not_approved_never_runs() {
    let component = component();
    let sandbox = started_again(&component).await;
    let shelf = Shelf::holding(component.clone());
    let waits = Brief { is_approved: false, ..brief(&sandbox, &component) };
    let lacks = Brief { digest: "ab".repeat(32), ..brief(&sandbox, &component) };
    let other_class = Brief { class: Class::GuestRuntime, ..waits.clone() };
    let kept = files(sandbox.cache.path());
    let missing = sandbox.runtime.resume(&[waits.clone(), lacks.clone()], &shelf.source()).await.unwrap();
    assert_eq!(missing, [lacks.digest].into());
    assert!(!sandbox.runtime.is_loaded(&waits.digest));
    assert!(is_not_loaded(&verified(&sandbox, &component, now()).await));
    assert_eq!(files(sandbox.cache.path()), kept, "approving it later compiles nothing");
    // Code of another class is no code for it, and nobody's.
    let missing = sandbox.runtime.resume(&[other_class], &shelf.source()).await.unwrap();
    assert_eq!(missing, [waits.digest].into());
    assert!(files(sandbox.cache.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_at_once_compile_damaged_code_once() {
    let component = component();
    let sandbox = Arc::new(started_again(&component).await);
    let (brief, shelf) = (brief(&sandbox, &component), Shelf::holding(component.clone()));
    let good = files(sandbox.cache.path());
    damage(sandbox.cache.path());
    sandbox.runtime.resume(&[brief], &shelf.source()).await.unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let (sandbox, component) = (Arc::clone(&sandbox), component.clone());
        calls.spawn(async move { verified(&sandbox, &component, now()).await });
    }
    assert!(calls.join_all().await.into_iter().all(|account| account.unwrap() == "alice"));
    assert_eq!(shelf.asked.load(Ordering::Relaxed), 1);
    assert_eq!(files(sandbox.cache.path()), good, "compiled again");
}

#[tokio::test]
async fn what_cannot_be_loaded_is_left_alone_and_tried_again_later() {
    let component = component();
    let sandbox = started_again(&component).await;
    let (brief, shelf) = (brief(&sandbox, &component), Arc::new(Shelf::default()));
    damage(sandbox.cache.path());
    sandbox.runtime.resume(std::slice::from_ref(&brief), &shelf.source()).await.unwrap();
    for at in [now(), seconds_on(1), seconds_on(59)] {
        assert!(is_not_loaded(&verified(&sandbox, &component, at).await));
        assert!(!sandbox.runtime.is_loaded(&brief.digest), "and health says so");
        assert_eq!(shelf.asked.load(Ordering::Relaxed), 1, "nobody tries at {at}");
    }
    assert!(is_not_loaded(&verified(&sandbox, &component, seconds_on(60)).await));
    assert_eq!(shelf.asked.load(Ordering::Relaxed), 2);
    *shelf.bytes.lock().unwrap() = Some(component.clone());
    assert_eq!(verified(&sandbox, &component, seconds_on(120)).await.unwrap(), "alice");
    assert!(sandbox.runtime.is_loaded(&brief.digest));
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_the_next_one_to_load() {
    let component = component();
    let sandbox = started_again(&component).await;
    let (brief, shelf) = (brief(&sandbox, &component), Shelf::holding(component.clone()));
    damage(sandbox.cache.path());
    sandbox.runtime.resume(&[brief], &shelf.source()).await.unwrap();
    {
        let given_up = std::pin::pin!(verified(&sandbox, &component, now()));
        assert!(given_up.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(verified(&sandbox, &component, now()).await.unwrap(), "alice");
}

#[tokio::test]
async fn what_waits_can_be_replaced_and_forgotten() {
    let component = component();
    let sandbox = started_again(&component).await;
    let (brief, shelf) = (brief(&sandbox, &component), Shelf::holding(component.clone()));
    sandbox.runtime.resume(std::slice::from_ref(&brief), &shelf.source()).await.unwrap();
    // Approved again before anybody called: loaded there and then.
    assert!(sandbox.runtime.load_cached(&brief.digest, brief.class).await.unwrap());
    assert!(mapped(sandbox.cache.path()) > 0);
    sandbox.runtime.forget(&brief.digest).unwrap();
    assert!(is_not_loaded(&verified(&sandbox, &component, now()).await));
    assert!(files(sandbox.cache.path()).is_empty());
}

#[tokio::test]
async fn what_is_removed_while_it_loads_leaves_nothing() {
    let component = component();
    let sandbox = Arc::new(started_again(&component).await);
    let brief = brief(&sandbox, &component);
    damage(sandbox.cache.path());
    // The operator removes it at the very moment its bytes are asked for.
    let (host, bytes) = (Arc::downgrade(&sandbox), component.clone());
    let removing: Source = Arc::new(move |digest| {
        host.upgrade().unwrap().runtime.forget(digest).unwrap();
        Ok(bytes.clone())
    });
    sandbox.runtime.resume(&[brief], &removing).await.unwrap();
    assert_eq!(verified(&sandbox, &component, now()).await.unwrap(), "alice", "a call on its way ends as it would");
    assert!(is_not_loaded(&verified(&sandbox, &component, now()).await));
    assert!(files(sandbox.cache.path()).is_empty(), "no machine code of what is removed");
}
