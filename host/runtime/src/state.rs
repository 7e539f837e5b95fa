//! What one instance's host side holds: the call it serves and what it has used up. Made for a call, dropped with it.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use tokio::{io::AsyncWrite, sync::Semaphore};
use wasmtime::component::{HasData, ResourceTable};
use wasmtime_wasi::{
    WasiCtx, WasiCtxView, WasiView,
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

use crate::{
    call_clock::CallClock,
    context::CallContext,
    egress::Denial,
    guest_log::{LogBook, LogLevel},
    limits::{Limit, Limits, Tally},
    load::Loaded,
    redact::forbid,
    sender::Sender,
    signatures::Signatures,
    stop::Stop,
    turn::Turn,
    waited::Waited,
};

/// Random bytes a guest runtime gets at once.
const RANDOM_BYTES: u64 = 64 * 1024;

/// The host side of an instance.
pub(crate) struct CallState {
    /// None while the manifest is read: then every import is denied.
    pub(crate) context: Option<Arc<CallContext>>,
    pub(crate) sender: Arc<dyn Sender>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) log: LogBook,
    pub(crate) tally: Tally,
    pub(crate) table: ResourceTable,
    pub(crate) signatures: Signatures,
    /// Its turn among calls that compute for long.
    pub(crate) turn: Turn,
    /// Room for searching its answers for secrets.
    pub(crate) searching: Arc<Semaphore>,
    /// Whether placeholders are about, which may stand in no text a guest writes.
    pub(crate) placeholders: bool,
    /// What was spent on its provider.
    pub(crate) waited: Waited,
    requests_left: u32,
    host_calls_left: u32,
    begun: Instant,
    /// Made when a guest runtime first asks; no other component has the imports.
    wasi: Option<WasiCtx>,
}

impl CallState {
    pub(crate) fn new(
        context: Option<Arc<CallContext>>,
        loaded: &Loaded,
        limits: &Arc<Limits>,
        sender: &Arc<dyn Sender>,
        log: LogBook,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(usize::try_from(limits.handles).unwrap_or(usize::MAX));
        let turn = Turn::default();
        let searching = loaded.searching.of_tenant(context.as_ref().map(|context| context.tenant));
        Self {
            context,
            sender: Arc::clone(sender),
            limits: Arc::clone(limits),
            tally: Tally::new(limits, loaded.class, loaded.holder.begin()),
            table,
            signatures: Signatures::default(),
            searching,
            placeholders: false,
            waited: Waited::of(&turn.spent),
            turn,
            requests_left: limits.requests,
            host_calls_left: limits.host_calls,
            begun: Instant::now(),
            wasi: None,
            log,
        }
    }

    /// Begins a call from the guest: counted, and denied while the manifest is read.
    pub(crate) fn enter(&mut self, what: &str) -> wasmtime::Result<Arc<CallContext>> {
        self.host_calls_left = self.host_calls_left.checked_sub(1).ok_or(Stop::Limit(Limit::HostCalls))?;
        let denied = || {
            let message = format!(
                "`{what}` was called while the manifest was read: a manifest is data and depends on nothing; the connector's author moves the call into a hook"
            );
            Stop::Denied(Denial::new("manifest-pure", message))
        };
        Ok(self.context.clone().ok_or_else(denied)?)
    }

    /// Counts a request, whatever comes of it. False where there were enough.
    pub(crate) fn count_request(&mut self) -> bool {
        let left = self.requests_left.checked_sub(1);
        self.requests_left = left.unwrap_or(0);
        left.is_some()
    }
}

/// Nothing is granted: no file, environment, argument or address; what is written goes to the bounded log.
fn wasi(log: &LogBook, clock: CallClock) -> WasiCtx {
    let mut builder = WasiCtx::builder();
    builder.stdout(Output(log.clone(), LogLevel::Info)).stderr(Output(log.clone(), LogLevel::Warn));
    builder.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false).max_random_size(RANDOM_BYTES);
    builder.monotonic_clock(clock).wall_clock(clock);
    builder.build()
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let ctx = self.wasi.get_or_insert_with(|| wasi(&self.log, CallClock::of(self.context.as_deref(), self.begun)));
        WasiCtxView { ctx, table: &mut self.table }
    }
}

/// Names the state as what the imports work on.
pub(crate) struct Imports;

impl HasData for Imports {
    type Data<'a> = &'a mut CallState;
}

/// Standard output of a guest runtime: into the bounded log.
#[derive(Clone)]
struct Output(LogBook, LogLevel);

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let text = String::from_utf8_lossy(&bytes);
        forbid("standard output", &text).map_err(|denial| StreamError::Trap(Stop::Denied(denial).into()))?;
        text.lines().filter(|line| !line.trim().is_empty()).for_each(|line| self.0.write(self.1, line));
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(8 * 1024)
    }
}

#[async_trait::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}
