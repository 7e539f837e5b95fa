//! The sandbox: connectors compiled apart, run one call at a time, bounded in everything, without a secret or a socket.
//!
//! A component is inspected and compiled (`Runtime::prepare`), loaded once (`Runtime::load`, or by the first call after
//! `Runtime::resume`) and called with a context settled beforehand (`CallContext`). Every request goes through one gate
//! (`egress`) to a `Sender` of the server's.

mod aside;
mod bindings;
mod breaker;
mod cache;
mod call;
mod call_clock;
pub mod compile;
mod context;
mod convert;
pub mod egress;
mod engine;
mod guest_log;
mod hook;
mod imports;
mod inspect;
mod install;
mod limits;
mod load;
mod memory;
mod plan;
mod redact;
mod room;
mod runtime;
mod search;
mod sender;
mod signatures;
mod slots;
mod spent;
mod state;
mod stop;
mod table;
mod turn;
mod verbs;
mod waited;

pub use breaker::BreakerSettings;
pub use cache::CacheKey;
pub use call::{CallError, Outcome};
pub use compile::{CompileError, Compiler};
pub use context::{CallContext, CallInput};
pub use convert::Verified;
pub use egress::{Denial, EgressSettings};
pub use engine::{EngineDescription, PoolSettings, WASMTIME};
pub use guest_log::{GuestLog, LogLevel, LogLine};
pub use hook::{Hook, Occasion};
pub use inspect::{CONTRACT, CONTRACT_VERSION, HOOKS, InspectError, Inspected};
pub use install::{Faults, InstallError, Prepared};
pub use jackfield_model::mask::{MASK, Masker};
pub use limits::{Limit, Limits};
pub use plan::{Filled, Holes, Planned};
pub use redact::{Random, ReadTokens};
pub use runtime::{LoadError, Runtime, RuntimeSettings, StartError};
pub use sender::{Outbound, SendError, Sender};
pub use table::Source;
