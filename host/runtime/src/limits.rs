//! The bounds of a call and of an install: every one configurable, each with a default that an honest connector never meets.

use std::{fmt, time::Duration};

use jackfield_model::connector::Class;
use serde::{Deserialize, Serialize};
use wasmtime::ResourceLimiter;

use crate::{memory::Holding, stop::Stop};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Every bound. Times in milliseconds, sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Processor time of a call: what the guest computes, and what the host does in its name.
    pub cpu_ms: u64,
    /// Time a whole call takes, requests included.
    pub wall_ms: u64,
    /// Time one request takes.
    pub request_ms: u64,
    /// Linear memory, summed over all memories of an instance.
    pub memory_bytes: u64,
    /// The same for components whose toolchain brings a language runtime.
    pub guest_runtime_memory_bytes: u64,
    /// Linear memory of all calls together. A connector's calls never hold more of it than they leave to the others, alone half.
    ///
    /// Of 2 GiB a connector alone may have 1: sixteen calls of 64 MiB, or four with the most that a language runtime may have.
    /// The 128 calls there is room for, of components that begin with one or two MiB, take a tenth of it. It is a twelfth of a
    /// machine with 24 GiB; where there are less than 8, a quarter of them serves.
    pub memory_total_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Core instances, memories and tables of a component, each.
    pub instances: u32,
    /// The same for components whose toolchain brings a language runtime.
    pub guest_runtime_instances: u32,
    /// Handles of the component model, and entries of the host's resource table.
    pub handles: u32,
    /// Calls into the host.
    pub host_calls: u32,
    /// Bytes a guest hands the host in one call.
    pub host_call_bytes: u64,
    /// Requests sent.
    pub requests: u32,
    /// Bytes of one response.
    pub response_bytes: u64,
    /// Lines kept of the log.
    pub log_lines: u32,
    /// Bytes kept of the log.
    pub log_bytes: u64,
    /// Calls of one connector at the same time, for each tenant on its own.
    pub calls_at_once: u32,
    /// Size of a component.
    pub component_bytes: u64,
    /// Processor time the compiler takes, in seconds.
    pub compile_cpu_s: u64,
    /// Time the compiler takes, in seconds.
    pub compile_wall_s: u64,
    /// Address space of the compiler.
    pub compile_memory_bytes: u64,
    /// Size of the machine code made from a component.
    pub compiled_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_ms: 2_000,
            wall_ms: 60_000,
            request_ms: 30_000,
            memory_bytes: 64 * MIB,
            guest_runtime_memory_bytes: 256 * MIB,
            memory_total_bytes: 2048 * MIB,
            table_elements: 100_000,
            instances: 16,
            guest_runtime_instances: 256,
            handles: 256,
            host_calls: 10_000,
            host_call_bytes: 4 * MIB,
            requests: 50,
            response_bytes: 2 * MIB,
            log_lines: 200,
            log_bytes: 64 * KIB,
            calls_at_once: 16,
            component_bytes: 32 * MIB,
            compile_cpu_s: 300,
            compile_wall_s: 300,
            compile_memory_bytes: 6 * 1024 * MIB,
            compiled_bytes: 512 * MIB,
        }
    }
}

impl Limits {
    /// The time a whole call takes at most.
    pub fn wall(&self) -> Duration {
        Duration::from_millis(self.wall_ms)
    }

    /// The processor time a guest may use, with what the host does in its name.
    pub fn cpu(&self) -> Duration {
        Duration::from_millis(self.cpu_ms)
    }

    /// The time one request takes at most.
    pub fn request(&self) -> Duration {
        Duration::from_millis(self.request_ms)
    }

    /// Memory of an instance on an engine.
    pub fn memory_of(&self, class: Class) -> u64 {
        match class {
            Class::Pure => self.memory_bytes,
            Class::GuestRuntime => self.guest_runtime_memory_bytes,
        }
    }

    /// Core instances, memories and tables on an engine, each.
    pub fn instances_of(&self, class: Class) -> u32 {
        match class {
            Class::Pure => self.instances,
            Class::GuestRuntime => self.guest_runtime_instances,
        }
    }
}

/// Which bound a call went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `cpu_ms`.
    Cpu,
    /// `wall_ms`.
    Wall,
    /// `wall_ms`, most of it spent waiting for a provider.
    Provider,
    /// `wall_ms`, most of it spent waiting for other calls that computed.
    Turns,
    /// `memory_bytes` or `guest_runtime_memory_bytes`.
    Memory,
    /// `memory_total_bytes`.
    MemoryTotal,
    /// `table_elements`.
    Tables,
    /// `instances`, for instances, memories or tables.
    Instances,
    /// `handles`.
    Handles,
    /// `host_calls`.
    HostCalls,
    /// `host_call_bytes`.
    HostCallBytes,
    /// `calls_at_once`.
    CallsAtOnce,
    /// The guest's stack.
    Stack,
}

impl Limit {
    /// Whether the component itself is to blame, and not a provider or those who called at the same time.
    pub fn is_its_own(self) -> bool {
        !matches!(self, Self::Provider | Self::Turns | Self::CallsAtOnce | Self::MemoryTotal)
    }

    /// The setting that bounds it; the stack has none.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu_ms",
            Self::Wall | Self::Provider | Self::Turns => "wall_ms",
            Self::Memory => "memory_bytes",
            Self::MemoryTotal => "memory_total_bytes",
            Self::Tables => "table_elements",
            Self::Instances => "instances",
            Self::Handles => "handles",
            Self::HostCalls => "host_calls",
            Self::HostCallBytes => "host_call_bytes",
            Self::CallsAtOnce => "calls_at_once",
            Self::Stack => "stack",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Cpu => "computed for too long",
            Self::Wall => "took too long",
            Self::Provider => "waited for a provider that took too long",
            Self::Turns => "waited for too long while other calls computed",
            Self::Memory => "asked for too much memory",
            Self::MemoryTotal => {
                "found too little memory left beside the calls under way: ask again when some have ended, or let the operator allow them more"
            }
            Self::Tables => "asked for too large a table",
            Self::Instances => "has too many instances, memories or tables",
            Self::Handles => "holds too many handles",
            Self::HostCalls => "called the host too often",
            Self::HostCallBytes => "handed the host too much in one call",
            Self::CallsAtOnce => "has too many calls on their way to begin another",
            Self::Stack => "nested its calls too deeply",
        };
        write!(out, "{what} (limit `{}`)", self.name())
    }
}

/// Sums what an instance holds; each further piece is refused by a trap, not by an answer a guest could ignore.
#[derive(Debug)]
pub(crate) struct Tally {
    memory_left: usize,
    holding: Holding,
    elements_left: usize,
    instances: usize,
}

impl Tally {
    pub(crate) fn new(limits: &Limits, class: Class, holding: Holding) -> Self {
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Self {
            memory_left: size(limits.memory_of(class)),
            holding,
            elements_left: size(limits.table_elements),
            instances: size(limits.instances_of(class).into()),
        }
    }
}

fn take(left: &mut usize, more: usize, limit: Limit) -> wasmtime::Result<bool> {
    *left = left.checked_sub(more).ok_or(Stop::Limit(limit))?;
    Ok(true)
}

impl ResourceLimiter for Tally {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        take(&mut self.memory_left, more, Limit::Memory)?;
        // What is counted stays counted until the call ends, as its memory does.
        let there = self.holding.grow(u64::try_from(more).unwrap_or(u64::MAX));
        if there { Ok(true) } else { Err(Stop::Limit(Limit::MemoryTotal).into()) }
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        take(&mut self.elements_left, desired.saturating_sub(current), Limit::Tables)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;
    use crate::memory::Memory;

    #[test]
    fn memories_are_summed() {
        let limits = Limits { memory_bytes: 100, ..Limits::default() };
        let holder = Memory::of(1 << 20).holder();
        let mut tally = Tally::new(&limits, Class::Pure, holder.begin());
        assert!(tally.memory_growing(0, 60, None).unwrap());
        assert!(tally.memory_growing(0, 40, None).unwrap());
        let error = tally.memory_growing(60, 61, None).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(Stop::Limit(Limit::Memory))));
    }

    #[test]
    fn memories_of_all_calls_are_summed_and_given_back() {
        let (limits, memory) = (Limits::default(), Memory::of(400));
        let holder = memory.holder();
        let begun = || Tally::new(&limits, Class::Pure, holder.begin());
        let (mut one, mut other) = (begun(), begun());
        assert!(one.memory_growing(0, 150, None).unwrap());
        let error = other.memory_growing(0, 60, None).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(Stop::Limit(Limit::MemoryTotal))));
        drop(one);
        assert!(other.memory_growing(0, 60, None).unwrap());
        let mut neighbour = Tally::new(&limits, Class::GuestRuntime, memory.holder().begin());
        assert!(neighbour.memory_growing(0, 160, None).unwrap(), "another connector has its own half of the rest");
    }

    #[test]
    fn limits_are_read_from_settings_and_unknown_ones_refused() {
        let limits: Limits = serde_json::from_str(r#"{"cpu_ms": 50}"#).unwrap();
        assert_eq!(limits, Limits { cpu_ms: 50, ..Limits::default() });
        assert!(serde_json::from_str::<Limits>(r#"{"cpu": 50}"#).is_err());
    }
}
