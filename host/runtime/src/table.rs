//! The table of components that may run: each is loaded already, or waits for the first call that needs it.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::{Arc, PoisonError},
};

use jackfield_model::connector::{Brief, Class};
use jiff::Timestamp;
use tokio::{sync::OnceCell, task::spawn_blocking};

use crate::{
    breaker::later,
    cache::name,
    load::Loaded,
    runtime::{LoadError, Runtime},
};

/// Brings a component from where it is kept, by its digest. May block.
pub type Source = Arc<dyn Fn(&str) -> io::Result<Vec<u8>> + Send + Sync>;

/// For how many seconds nobody tries again what could not be loaded: a call that compiles in vain is an expensive one.
const LEFT_ALONE_S: u32 = 60;

/// Everything that may run, by digest.
pub(crate) type Table = HashMap<String, Slot>;

/// A component in the table.
#[derive(Clone)]
pub(crate) enum Slot {
    /// It is loaded.
    Ready(Arc<Loaded>),
    /// Its first call loads it.
    Waiting(Arc<Waiting>),
}

/// A component that its first call loads: once, however many come together.
pub(crate) struct Waiting {
    class: Class,
    source: Source,
    /// What came of it: the component, or until when it is left alone.
    loaded: OnceCell<Result<Arc<Loaded>, Timestamp>>,
}

impl Slot {
    fn waiting(class: Class, source: &Source) -> Self {
        Self::Waiting(Arc::new(Waiting { class, source: Arc::clone(source), loaded: OnceCell::new() }))
    }

    /// Until when it is left alone, where it could not be loaded.
    fn failed(&self) -> Option<Timestamp> {
        match self {
            Self::Ready(_) => None,
            Self::Waiting(waiting) => waiting.loaded.get()?.as_ref().err().copied(),
        }
    }
}

impl Runtime {
    /// Takes over what a start finds installed. Approved components whose machine code is there wait for their first call;
    /// `source` has their bytes where that is not good any more. Answers the digests of those that have none, to be loaded.
    /// Machine code of nothing that is installed goes: a crash or another engine left it.
    ///
    /// For the start alone: whatever is being installed meanwhile would lose its machine code.
    pub async fn resume(&self, installed: &[Brief], source: &Source) -> io::Result<HashSet<String>> {
        let endings = [Class::Pure, Class::GuestRuntime].map(|class| (class, name("", class, self.engines.of(class))));
        let ending = |class| endings.iter().find(|(of, _)| *of == class).map_or("", |(_, ending)| ending);
        let file = |brief: &Brief| (format!("{}{}", brief.digest, ending(brief.class)), brief.digest.clone());
        let known: HashMap<String, String> = installed.iter().map(file).collect();
        let cache = Arc::clone(&self.cache);
        let missing = spawn_blocking(move || cache.sweep(known)).await.map_err(io::Error::other).flatten()?;
        let waiting = installed.iter().filter(|brief| brief.is_approved && !missing.contains(&brief.digest));
        let slots = waiting.map(|brief| (brief.digest.clone(), Slot::waiting(brief.class, source)));
        self.table.write().unwrap_or_else(PoisonError::into_inner).extend(slots);
        Ok(missing)
    }

    /// Whether calls of a component find it: it is loaded, or will be by the first of them.
    pub fn is_loaded(&self, digest: &str) -> bool {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.get(digest).is_some_and(|slot| slot.failed().is_none())
    }

    /// A component for a call of its connector, loaded now where it waited for that.
    pub(crate) async fn find(&self, digest: &str, connector: &str, now: Timestamp) -> Option<Arc<Loaded>> {
        match self.slot(digest, now)? {
            Slot::Ready(loaded) => Some(loaded),
            Slot::Waiting(waiting) => {
                let load = async || {
                    let loaded = Box::pin(self.load_waiting(digest, &waiting)).await;
                    loaded.map_err(|error| {
                        tracing::error!(connector, %error, "an approved connector could not be made ready");
                        later(now, LEFT_ALONE_S)
                    })
                };
                waiting.loaded.get_or_init(load).await.as_ref().ok().cloned()
            }
        }
    }

    /// A component's place, made anew where its last failure is long enough ago.
    fn slot(&self, digest: &str, now: Timestamp) -> Option<Slot> {
        let found = self.table.read().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()?;
        let is_over = |slot: &Slot| slot.failed().is_some_and(|until| now >= until);
        let anew = match &found {
            Slot::Waiting(waiting) if is_over(&found) => Slot::waiting(waiting.class, &waiting.source),
            _ => return Some(found),
        };
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let slot = table.get_mut(digest)?;
        if is_over(slot) {
            *slot = anew;
        }
        Some(slot.clone())
    }

    /// From its machine code, or compiled again from its component.
    async fn load_waiting(&self, digest: &str, waiting: &Waiting) -> Result<Arc<Loaded>, LoadError> {
        let component = match self.cached(digest, waiting.class).await {
            Some(component) => component,
            None => self.compiled_again(digest, &waiting.source).await?,
        };
        self.link(&component, waiting.class).map(Arc::new)
    }

    async fn compiled_again(&self, digest: &str, source: &Source) -> Result<wasmtime::component::Component, LoadError> {
        let (source, name) = (Arc::clone(source), digest.to_owned());
        let bytes = spawn_blocking(move || source(&name)).await.map_err(io::Error::other).flatten();
        let bytes = bytes.map_err(LoadError::Component)?;
        let compiled = self.compiled(&bytes, &self.inspect(&bytes)?).await;
        if !self.table.read().unwrap_or_else(PoisonError::into_inner).contains_key(digest) {
            // Removed meanwhile: its machine code was, and was put back here. What stays goes at the next start.
            let _left = self.cache.remove(digest);
        }
        compiled
    }
}
