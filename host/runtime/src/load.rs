//! Loaded components: linked once a version, instantiated once a call.

use std::sync::Arc;

use jackfield_model::connector::Class;
use tokio::sync::Semaphore;
use wasmtime::{
    AsContextMut,
    component::{Component, Instance, InstancePre, Linker},
};

use crate::{
    bindings::exports::jackfield::connector::{connector, discover, revoke, token_request, token_response},
    engine::Engines,
    imports,
    limits::Limits,
    memory::{Holder, Memory},
    room::{Room, Share},
    slots::Slots,
    state::CallState,
    turn::Habit,
};

/// A component ready to be instantiated.
pub(crate) struct Loaded {
    pub(crate) class: Class,
    pub(crate) pre: InstancePre<CallState>,
    pub(crate) exports: Exports,
    /// Room for calls of this connector at the same time.
    pub(crate) slots: Slots,
    /// Room for calls of all connectors together, and what this one has of it.
    pub(crate) room: Arc<Room>,
    pub(crate) share: Share,
    /// What its calls hold of the memory of all.
    pub(crate) holder: Arc<Holder>,
    /// Room for searching large answers for secrets: one of a tenant's at a time, so that others' come between.
    pub(crate) searching: Slots,
    /// Room for calls that compute for long, of all connectors together, and whether this one's do.
    pub(crate) long: Arc<Semaphore>,
    pub(crate) habit: Habit,
}

/// Where its functions are; hooks only where it exports them.
pub(crate) struct Exports {
    pub(crate) connector: connector::GuestIndices,
    pub(crate) token_request: Option<token_request::GuestIndices>,
    pub(crate) token_response: Option<token_response::GuestIndices>,
    pub(crate) revoke: Option<revoke::GuestIndices>,
    pub(crate) discover: Option<discover::GuestIndices>,
}

impl Exports {
    /// Whether a hook that the component exports has the functions of the contract.
    pub(crate) fn have(&self, hook: &str) -> bool {
        match hook {
            "token-request" => self.token_request.is_some(),
            "token-response" => self.token_response.is_some(),
            "revoke" => self.revoke.is_some(),
            "discover" => self.discover.is_some(),
            _ => true,
        }
    }

    /// Looks at every function's type: a wrong one is said at install, not by the first call.
    pub(crate) fn check(&self, mut store: impl AsContextMut, instance: &Instance) -> wasmtime::Result<()> {
        let store = &mut store;
        self.connector.load(&mut *store, instance)?;
        if let Some(hook) = &self.token_request {
            hook.load(&mut *store, instance)?;
        }
        if let Some(hook) = &self.token_response {
            hook.load(&mut *store, instance)?;
        }
        if let Some(hook) = &self.revoke {
            hook.load(&mut *store, instance)?;
        }
        if let Some(hook) = &self.discover {
            hook.load(&mut *store, instance)?;
        }
        Ok(())
    }
}

/// What each class of component may import.
pub(crate) struct Linkers {
    pure: Linker<CallState>,
    guest_runtime: Linker<CallState>,
    room: Arc<Room>,
    memory: Arc<Memory>,
    long: Arc<Semaphore>,
}

impl Linkers {
    pub(crate) fn new(engines: &Engines) -> wasmtime::Result<Self> {
        let mut pure = Linker::new(engines.of(Class::Pure));
        imports::link(&mut pure)?;
        let mut guest_runtime = Linker::new(engines.of(Class::GuestRuntime));
        imports::link(&mut guest_runtime)?;
        wasmtime_wasi::p2::add_to_linker_async(&mut guest_runtime)?;
        let (room, memory, long) = (engines.room(), engines.memory(), engines.long());
        let (room, memory, long) = (Arc::clone(room), Arc::clone(memory), Arc::clone(long));
        Ok(Self { pure, guest_runtime, room, memory, long })
    }

    fn of(&self, class: Class) -> &Linker<CallState> {
        match class {
            Class::Pure => &self.pure,
            Class::GuestRuntime => &self.guest_runtime,
        }
    }

    /// Links a component: every import found and of the right type, every export the contract needs there.
    pub(crate) fn load(&self, component: &Component, class: Class, limits: &Limits) -> wasmtime::Result<Loaded> {
        let pre = self.of(class).instantiate_pre(component)?;
        let exports = Exports {
            connector: connector::GuestIndices::new(&pre)?,
            token_request: token_request::GuestIndices::new(&pre).ok(),
            token_response: token_response::GuestIndices::new(&pre).ok(),
            revoke: revoke::GuestIndices::new(&pre).ok(),
            discover: discover::GuestIndices::new(&pre).ok(),
        };
        let slots = Slots::of(limits.calls_at_once);
        let (room, share, long) = (Arc::clone(&self.room), Share::default(), Arc::clone(&self.long));
        let (holder, searching) = (self.memory.holder(), Slots::of(1));
        Ok(Loaded { class, pre, exports, slots, room, share, holder, searching, long, habit: Habit::default() })
    }
}
