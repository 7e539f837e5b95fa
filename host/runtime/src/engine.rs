//! The engines, one a class of component, and the clock that interrupts their guests.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::Duration,
};

use jackfield_model::connector::Class;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::{limits::Limits, memory::Memory, room::Room, turn};

/// How often a running guest is interrupted to yield.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// Memory kept mapped in a pooled slot, so that its next use faults no pages. Without page map scanning the host
/// would clear all of it every time, so nothing is kept.
const KEPT_RESIDENT: usize = 512 * 1024;

/// Memories and tables of a pooled component: the pool has that many for every instance, so that none can use up
/// another's. One of each is usual.
const MEMORIES: u32 = 4;
const TABLES: u32 = 8;

/// How many calls of pure components may be on their way at once, over all connectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoolSettings {
    /// Instances the pool has room for. Each reserves address space, not memory.
    pub instances: u32,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self { instances: 128 }
    }
}

/// What the engines are, for `health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EngineDescription {
    /// The line of wasmtime this host is built with.
    pub wasmtime: &'static str,
    /// Whether pooled memory is cleared by scanning the page map (Linux 6.7 and later).
    pub pagemap_scan: bool,
    /// Instances the pool has room for.
    pub pool_instances: u32,
}

/// The line of wasmtime in use; a test compares it with the lock file.
pub const WASMTIME: &str = "48.0.8";

/// One engine a class.
pub(crate) struct Engines {
    pure: Engine,
    guest_runtime: Engine,
    description: EngineDescription,
    room: Arc<Room>,
    memory: Arc<Memory>,
    long: Arc<Semaphore>,
    _ticker: Ticker,
}

impl Engines {
    pub(crate) fn start(pool: PoolSettings, limits: &Limits) -> wasmtime::Result<Self> {
        let (pure, pagemap_scan) = match pooled(pool, limits, true) {
            Ok(engine) => (engine, true),
            Err(_unsupported) => (pooled(pool, limits, false)?, false),
        };
        let guest_runtime = Engine::new(&self::config(Class::GuestRuntime))?;
        let ticker = Ticker::start(vec![pure.clone(), guest_runtime.clone()])?;
        let description = EngineDescription { wasmtime: WASMTIME, pagemap_scan, pool_instances: pool.instances };
        tracing::info!(wasmtime = WASMTIME, pagemap_scan, pool = pool.instances, "the sandbox is ready");
        let room = Arc::new(Room::of(usize::try_from(pool.instances).unwrap_or(1)));
        let memory = Memory::of(limits.memory_total_bytes);
        Ok(Self { pure, guest_runtime, description, room, memory, long: turn::room(), _ticker: ticker })
    }

    pub(crate) fn of(&self, class: Class) -> &Engine {
        match class {
            Class::Pure => &self.pure,
            Class::GuestRuntime => &self.guest_runtime,
        }
    }

    /// Room for instances, over all connectors: who finds none waits, within the time of the call.
    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.room
    }

    /// Memory of the guests of both engines.
    pub(crate) fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Room for calls that compute for long, over all connectors.
    pub(crate) fn long(&self) -> &Arc<Semaphore> {
        &self.long
    }

    pub(crate) fn description(&self) -> &EngineDescription {
        &self.description
    }
}

/// What decides the machine code; the compiler's process uses the very same, without the pool.
pub(crate) fn config(class: Class) -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.epoch_interruption(true);
    config.cranelift_opt_level(OptLevel::Speed);
    config.wasm_backtrace_max_frames(NonZeroUsize::new(8));
    match class {
        Class::Pure => config.concurrency_support(false),
        Class::GuestRuntime => config.wasm_component_model_async(true),
    };
    config
}

fn pooled(pool: PoolSettings, limits: &Limits, pagemap_scan: bool) -> wasmtime::Result<Engine> {
    let mut config = config(Class::Pure);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling(pool, limits, pagemap_scan)));
    Engine::new(&config)
}

/// Reserves address space for every instance at its largest; how much of it may be in use at once, `Memory` decides.
fn pooling(pool: PoolSettings, limits: &Limits, pagemap_scan: bool) -> PoolingAllocationConfig {
    let memory = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX);
    let elements = usize::try_from(limits.table_elements).unwrap_or(usize::MAX);
    let kept = if pagemap_scan { KEPT_RESIDENT } else { 0 };
    let mut config = PoolingAllocationConfig::new();
    config
        .total_component_instances(pool.instances)
        .total_core_instances(pool.instances.saturating_mul(limits.instances))
        .total_memories(pool.instances.saturating_mul(MEMORIES))
        .total_tables(pool.instances.saturating_mul(TABLES))
        .total_stacks(pool.instances)
        .max_core_instances_per_component(limits.instances)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_memories_per_module(MEMORIES)
        .max_tables_per_module(TABLES)
        .table_elements(elements)
        .max_memory_size(memory.next_multiple_of(64 * 1024))
        .linear_memory_keep_resident(kept)
        .table_keep_resident(kept.min(64 * 1024))
        .pagemap_scan(if pagemap_scan { Enabled::Yes } else { Enabled::No });
    config
}

/// A thread that moves the epochs on; it ends when this is dropped.
struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(engines: Vec<Engine>) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let tick = move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engines.iter().for_each(Engine::increment_epoch);
            }
        };
        let thread = std::thread::Builder::new().name("jackfield-epochs".into()).spawn(tick)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A thread that only counts cannot have panicked; if it did, there is nothing left to stop.
            let _ended = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn the_version_shown_is_the_one_locked() {
        let lock = include_str!("../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"wasmtime\"\nversion = \"{WASMTIME}\"")));
    }

    #[test]
    fn the_compilers_settings_fit_the_engines() {
        let engines = Engines::start(PoolSettings { instances: 4 }, &Limits::default()).unwrap();
        for class in [Class::Pure, Class::GuestRuntime] {
            let compiler = Engine::new(&config(class)).unwrap();
            assert_eq!(hash(&compiler), hash(engines.of(class)), "{class:?}");
        }
        assert_ne!(hash(engines.of(Class::Pure)), hash(engines.of(Class::GuestRuntime)));
    }

    fn hash(engine: &Engine) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        hasher.finish()
    }
}
