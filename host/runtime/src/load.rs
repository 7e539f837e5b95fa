//! Loaded components: linked once a version, instantiated once a call.

use std::{collections::HashMap, sync::Arc};

use jackfield_model::connector::Class;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::{
    bindings::exports::jackfield::connector::{connector, discover, revoke, token_request, token_response},
    engine::Engines,
    imports,
    limits::Limits,
    state::CallState,
};

/// A component ready to be instantiated.
pub(crate) struct Loaded {
    pub(crate) class: Class,
    pub(crate) pre: InstancePre<CallState>,
    pub(crate) exports: Exports,
    /// Room for calls of this connector at the same time.
    pub(crate) slots: Semaphore,
    /// Room for calls of all connectors together.
    pub(crate) room: Arc<Semaphore>,
}

/// Where its functions are; hooks only where it exports them.
pub(crate) struct Exports {
    pub(crate) connector: connector::GuestIndices,
    pub(crate) token_request: Option<token_request::GuestIndices>,
    pub(crate) token_response: Option<token_response::GuestIndices>,
    pub(crate) revoke: Option<revoke::GuestIndices>,
    pub(crate) discover: Option<discover::GuestIndices>,
}

/// What each class of component may import.
pub(crate) struct Linkers {
    pure: Linker<CallState>,
    guest_runtime: Linker<CallState>,
    room: Arc<Semaphore>,
}

impl Linkers {
    pub(crate) fn new(engines: &Engines) -> wasmtime::Result<Self> {
        let mut pure = Linker::new(engines.of(Class::Pure));
        imports::link(&mut pure)?;
        let mut guest_runtime = Linker::new(engines.of(Class::GuestRuntime));
        imports::link(&mut guest_runtime)?;
        wasmtime_wasi::p2::add_to_linker_async(&mut guest_runtime)?;
        Ok(Self { pure, guest_runtime, room: Arc::clone(engines.room()) })
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
        let slots = Semaphore::new(usize::try_from(limits.calls_at_once).unwrap_or(1));
        Ok(Loaded { class, pre, exports, slots, room: Arc::clone(&self.room) })
    }
}

/// Everything loaded, by digest.
pub(crate) type Table = HashMap<String, Arc<Loaded>>;
