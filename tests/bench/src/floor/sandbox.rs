//! The floor of verify: wasmtime with the settings that were found to be best, the contract's imports answered at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use wasmtime::component::{Component, HasSelf, InstancePre, Linker, Resource, ResourceTable};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Store};

mod bindings {
    #![allow(
        missing_docs,
        unreachable_pub,
        clippy::all,
        clippy::pedantic,
        clippy::allow_attributes_without_reason,
        reason = "generated; the documentation is in wit/"
    )]
    wasmtime::component::bindgen!({
        world: "full",
        path: "../../wit",
        imports: { default: async | trappable },
        exports: { default: async },
        with: { "jackfield:connector/http.connection": super::Handle },
    });
}

use bindings::exports::jackfield::connector::connector::GuestIndices;
use bindings::jackfield::connector::{http, log, manifest_types, signing, types};

/// As the host has it.
const KEPT_RESIDENT: usize = 512 * 1024;
const TICK: Duration = Duration::from_millis(10);

/// The connection a call works on.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Handle;

/// What one instance's imports know.
pub(crate) struct State {
    table: ResourceTable,
    values: Arc<BTreeMap<String, String>>,
    answer: Arc<Vec<u8>>,
}

/// An engine and what components may import.
pub(crate) struct Raw {
    /// The engine.
    pub(crate) engine: Engine,
    /// The imports.
    pub(crate) linker: Linker<State>,
}

/// A component ready to be called.
pub(crate) struct Callee {
    pre: InstancePre<State>,
    indices: GuestIndices,
    values: Arc<BTreeMap<String, String>>,
    answer: Arc<Vec<u8>>,
}

impl Raw {
    /// Starts the engine; a thread moves its epochs on for as long as the process lives.
    pub(crate) fn start() -> Result<Self> {
        let mut config = compiling();
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(128)
            .linear_memory_keep_resident(KEPT_RESIDENT)
            .table_keep_resident(64 * 1024)
            .pagemap_scan(Enabled::Auto);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        bindings::Full::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
        tick(engine.clone());
        Ok(Self { engine, linker })
    }

    /// Compiles and links a component.
    pub(crate) fn callee(&self, component: &[u8], values: BTreeMap<String, String>, answer: Vec<u8>) -> Result<Callee> {
        let pre = self.linker.instantiate_pre(&Component::new(&self.engine, component)?)?;
        let indices = GuestIndices::new(&pre)?;
        Ok(Callee { pre, indices, values: Arc::new(values), answer: Arc::new(answer) })
    }
}

/// What decides the machine code.
pub(crate) fn compiling() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true).epoch_interruption(true).cranelift_opt_level(OptLevel::Speed);
    config.concurrency_support(false);
    config
}

#[allow(clippy::disallowed_methods, reason = "an epoch is a length of time")]
fn tick(engine: Engine) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(TICK);
            engine.increment_epoch();
        }
    });
}

impl Callee {
    /// One call in a fresh instance.
    pub(crate) async fn verify(&self) -> Result<()> {
        let state =
            State { table: ResourceTable::new(), values: Arc::clone(&self.values), answer: Arc::clone(&self.answer) };
        let mut store = Store::new(self.pre.engine(), state);
        store.epoch_deadline_async_yield_and_update(1);
        let instance = self.pre.instantiate_async(&mut store).await?;
        let guest = self.indices.load(&mut store, &instance)?;
        let handle = store.data_mut().table.push(Handle)?;
        let account = guest.call_verify(&mut store, handle).await?;
        account.map(drop).map_err(|failure| anyhow!("{}: {}", failure.code, failure.message))
    }
}

type Sent = wasmtime::Result<Result<types::Response, types::SendError>>;
type Signed = wasmtime::Result<Result<u32, types::Failure>>;

impl State {
    fn answered(&self) -> types::Response {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        types::Response { status: 200, headers, body: self.answer.to_vec() }
    }
}

impl http::HostConnection for State {
    async fn send(&mut self, _: Resource<Handle>, _request: types::Request) -> Sent {
        Ok(Ok(self.answered()))
    }

    async fn granted_scopes(&mut self, _: Resource<Handle>) -> wasmtime::Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn config(&mut self, _: Resource<Handle>, key: String) -> wasmtime::Result<Option<String>> {
        Ok(self.values.get(&key).cloned())
    }

    async fn auth_method(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok("header".to_owned())
    }

    async fn drop(&mut self, connection: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl http::Host for State {
    async fn fetch(&mut self, _request: types::Request) -> Sent {
        Ok(Ok(self.answered()))
    }
}

impl log::Host for State {
    async fn write(&mut self, _level: log::Level, _message: String) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl types::Host for State {}
impl manifest_types::Host for State {}

fn unused<T>() -> wasmtime::Result<T> {
    Err(wasmtime::Error::msg("verify signs nothing"))
}

impl signing::Host for State {
    async fn sha256(&mut self, _: types::Template, _: signing::Encoding) -> Signed {
        unused()
    }

    async fn hmac(&mut self, _: String, _: types::Hole, _: types::Template, _: signing::Encoding) -> Signed {
        unused()
    }

    async fn jwt(
        &mut self,
        _: String,
        _: types::Hole,
        _: Vec<(String, types::Template)>,
        _: Vec<(String, types::Template)>,
    ) -> Signed {
        unused()
    }

    async fn oauth1(&mut self, _: String, _: Option<String>) -> Signed {
        unused()
    }

    async fn aws_sigv4(&mut self, _: String, _: String) -> Signed {
        unused()
    }
}
