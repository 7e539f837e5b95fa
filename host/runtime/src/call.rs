//! One call into a guest: a fresh store and instance, every bound in place, everything dropped behind it.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use jackfield_model::{failure::Failure, id::TenantId};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use wasmtime::{
    Store, Trap, UpdateDeadline,
    component::{Instance, ResourceTableError},
};

use crate::{
    aside::aside,
    egress::Denial,
    guest_log::{GuestLog, LogLevel},
    limits::{Limit, Limits},
    load::Loaded,
    state::CallState,
    stop::Stop,
    turn::Turn,
    waited::Waited,
};

/// Why a call of a guest brought no answer. Each names the connector and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It is not loaded: removed, never installed here, or not to be loaded any more.
    #[error("the connector `{connector}` is not loaded")]
    NotLoaded {
        /// Its name.
        connector: String,
    },
    /// Its breaker is open.
    #[error(
        "the connector `{connector}` failed repeatedly and is left alone until {until}; an operator may try sooner"
    )]
    Open {
        /// Its name.
        connector: String,
        /// Until when.
        until: Timestamp,
    },
    /// It answered with a failure.
    #[error("the connector `{connector}` says: {failure}")]
    Guest {
        /// Its name.
        connector: String,
        /// What it said.
        failure: Failure,
    },
    /// A rule forbids what it did.
    #[error("the connector `{connector}` was refused: {denial}")]
    Denied {
        /// Its name.
        connector: String,
        /// The rule.
        denial: Denial,
    },
    /// It passed a bound.
    #[error("the connector `{connector}` {limit}")]
    Limit {
        /// Its name.
        connector: String,
        /// The bound.
        limit: Limit,
    },
    /// It broke.
    #[error("the connector `{connector}` broke: {text}{}", Said(.panic))]
    Trap {
        /// Its name.
        connector: String,
        /// The trap.
        text: String,
        /// What it wrote about it, where it wrote something.
        panic: Option<String>,
    },
}

struct Said<'a>(&'a Option<String>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |said| write!(out, "; it wrote: {said}"))
    }
}

impl CallError {
    /// A stable name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotLoaded { .. } => "not-loaded",
            Self::Open { .. } => "breaker-open",
            Self::Guest { .. } => "guest",
            Self::Denied { .. } => "denied",
            Self::Limit { .. } => "limit",
            Self::Trap { .. } => "trap",
        }
    }

    /// Whether others left it no room: nothing is wrong with the component, and it may find some in a moment.
    pub fn is_for_want_of_room(&self) -> bool {
        matches!(self, Self::Limit { limit: Limit::MemoryTotal | Limit::CallsAtOnce | Limit::Turns, .. })
    }

    /// Whether it speaks against the component itself, so that the breaker counts it.
    pub(crate) fn is_fault(&self) -> bool {
        match self {
            Self::Trap { .. } => true,
            Self::Limit { limit, .. } => limit.is_its_own(),
            _ => false,
        }
    }
}

/// What a call brought, and what it wrote meanwhile.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The answer.
    pub result: Result<T, CallError>,
    /// The bounded log of this call.
    pub log: GuestLog,
}

/// How a call ended without an answer, before it is put into words.
#[derive(Debug)]
pub(crate) enum Ended {
    Stop(Stop),
    Trap(String),
}

impl Ended {
    /// Names the connector; a trap takes along what the guest wrote last about it.
    pub(crate) fn of(self, connector: &str, log: &GuestLog) -> CallError {
        let connector = connector.to_owned();
        match self {
            Self::Stop(Stop::Limit(limit)) => CallError::Limit { connector, limit },
            Self::Stop(Stop::Denied(denial)) => CallError::Denied { connector, denial },
            Self::Trap(text) => CallError::Trap { connector, text, panic: last_words(log) },
        }
    }
}

/// The last few loud lines: a panic is one line, a traceback several.
fn last_words(log: &GuestLog) -> Option<String> {
    let loud: Vec<&str> =
        log.lines.iter().filter(|line| line.level >= LogLevel::Warn).map(|line| line.text.as_str()).collect();
    let last = loud.get(loud.len().saturating_sub(4)..).unwrap_or_default();
    if last.is_empty() { None } else { Some(jackfield_model::failure::plain(&last.join(" / "), 600)) }
}

impl From<wasmtime::Error> for Ended {
    fn from(error: wasmtime::Error) -> Self {
        if let Some(stop) = error.downcast_ref::<Stop>() {
            return Self::Stop(stop.clone());
        }
        if error.downcast_ref::<Trap>() == Some(&Trap::StackOverflow) {
            return Self::Stop(Stop::Limit(Limit::Stack));
        }
        if let Some(ResourceTableError::Full) = error.downcast_ref() {
            return Self::Stop(Stop::Limit(Limit::Handles));
        }
        let text = format!("{error:#}");
        match limit_in(&text) {
            Some(limit) => Self::Stop(Stop::Limit(limit)),
            None => Self::Trap(jackfield_model::failure::plain(&brief(&error), 300)),
        }
    }
}

/// Bounds that wasmtime itself keeps and tells only in words; a test meets each.
pub(crate) fn limit_in(text: &str) -> Option<Limit> {
    let known = [
        ("fuel allocated for hostcalls", Limit::HostCallBytes),
        ("store handle limit exceeded", Limit::Handles),
        ("resource limit exceeded", Limit::Instances),
        ("memory has a minimum byte size", Limit::Memory),
        ("has a minimum element size", Limit::Tables),
        ("defined memories count", Limit::Instances),
        ("defined tables count", Limit::Instances),
        ("in the pooling allocator", Limit::Instances),
    ];
    known.into_iter().find(|(words, _)| text.contains(words)).map(|(_, limit)| limit)
}

/// The trap itself, without the frames above it.
fn brief(error: &wasmtime::Error) -> String {
    error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), ToString::to_string)
}

/// Makes a store with every bound of a call.
pub(crate) fn store(loaded: &Loaded, state: CallState) -> Store<CallState> {
    let limits = Arc::clone(&state.limits);
    let mut store = Store::new(loaded.pre.engine(), state);
    store.limiter(|state| &mut state.tally);
    store.set_hostcall_fuel(usize::try_from(limits.host_call_bytes).unwrap_or(usize::MAX));
    store.set_max_component_handles(usize::try_from(limits.handles).unwrap_or(usize::MAX));
    store.set_epoch_deadline(1);
    let (turn, long) = (store.data().turn.clone(), Arc::clone(&loaded.long));
    let head_start = loaded.habit.head_start();
    store.epoch_deadline_callback(move |_store| {
        let computed = head_start.saturating_add(turn.spent.so_far());
        Ok(UpdateDeadline::YieldCustom(1, turn.after(computed, &long)))
    });
    store
}

/// Instantiates the component in its store.
pub(crate) async fn instantiate(loaded: &Loaded, store: &mut Store<CallState>) -> wasmtime::Result<Instance> {
    loaded.pre.instantiate_async(store).await
}

/// Lets a call in, and waits for its work, within the time and the processor time it may take. What is not done by then is
/// dropped, store and all.
pub(crate) async fn bounded<T: Send>(
    loaded: &Loaded,
    limits: &Limits,
    tenant: Option<TenantId>,
    (waited, turn): (&Waited, &Turn),
    work: impl Future<Output = wasmtime::Result<T>> + Send,
) -> Result<T, Ended> {
    let over = |limit| Ended::Stop(Stop::Limit(limit));
    let begun = Instant::now();
    let until = begun + limits.wall();
    let slots = loaded.slots.of_tenant(tenant);
    let admitted = async { (slots.acquire().await, loaded.room.enter(&loaded.share, tenant).await) };
    let _place = timeout_at(until, admitted).await.map_err(|_elapsed| over(Limit::CallsAtOnce))?;
    let queued = begun.elapsed();
    let most = || limits.cpu().saturating_add(turn.spent.for_providers());
    let done = timeout_at(until, aside(turn.during(work), loaded.habit.is_long(), &turn.spent, most)).await;
    loaded.habit.computed(turn.spent.total());
    match done {
        Ok(Some(answer)) => Ok(answer?),
        Ok(None) => Err(over(Limit::Cpu)),
        Err(_elapsed) => Err(over(overdue(limits.wall() / 2, queued, turn.waited(), waited.passed()))),
    }
}

/// What kept a call from ending in time, which is no fault of its own where it waited for as long as `much`: for a place, for
/// its turns, for its provider.
fn overdue(much: Duration, queued: Duration, turns: Duration, provider: Duration) -> Limit {
    if queued >= much {
        Limit::CallsAtOnce
    } else if queued + turns >= much {
        Limit::Turns
    } else if queued + turns + provider >= much {
        Limit::Provider
    } else {
        Limit::Wall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_blamed_for_its_own_time_only() {
        for (waited, limit) in [
            ([0, 0, 0], Limit::Wall),
            ([10, 10, 9], Limit::Wall),
            ([0, 0, 30], Limit::Provider),
            ([0, 29, 1], Limit::Provider),
            ([0, 30, 0], Limit::Turns),
            ([10, 20, 30], Limit::Turns),
            ([30, 0, 0], Limit::CallsAtOnce),
        ] {
            let [queued, turns, provider] = waited.map(Duration::from_secs);
            assert_eq!(overdue(Duration::from_secs(30), queued, turns, provider), limit, "{waited:?}");
        }
        assert!(Limit::Wall.is_its_own() && !Limit::Turns.is_its_own());
    }
}
