//! Compiling, in a process of its own with limits: the compiler cannot be cancelled, so it is a process that can be ended.

use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{ExitCode, ExitStatus, Stdio},
    time::Duration,
};

use jackfield_model::connector::Class;
use rlimit::Resource;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
};
use wasmtime::Engine;

use crate::{engine::config, limits::Limits};

/// The program that compiles: it calls `worker` and does nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiler {
    /// The program, usually this one.
    pub program: PathBuf,
    /// What makes it the compiler, usually `compile-worker`.
    pub args: Vec<OsString>,
}

/// A component that was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The compiler's process did not start or broke off its pipes.
    #[error("the compiler's process cannot be used: {0}")]
    Process(#[from] io::Error),
    /// The compiler looked at it and said no.
    #[error("the component cannot be compiled: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// It took longer than `compile_wall_s`.
    #[error("compiling took longer than {seconds} s: raise `limits.compile_wall_s`, or make the component smaller")]
    TookTooLong {
        /// The limit.
        seconds: u64,
    },
    /// The process ended without an answer, as one does that reaches a limit of memory or processor time.
    #[error(
        "the compiler ended with {status}: it needs more than `limits.compile_memory_bytes` or `limits.compile_cpu_s`, or the component breaks it"
    )]
    Ended {
        /// How.
        status: ExitStatus,
    },
    /// More machine code than is kept.
    #[error(
        "the machine code has more than {limit} bytes: raise `limits.compiled_bytes`, or make the component smaller"
    )]
    TooLarge {
        /// The limit.
        limit: u64,
    },
}

/// The first line the worker reads; the component follows.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    class: Class,
    memory_bytes: u64,
    cpu_s: u64,
}

const DONE: u8 = 0;
const REFUSED: u8 = 1;

impl Compiler {
    /// Compiles a component for an engine of a class.
    pub(crate) async fn compile(
        &self,
        component: &[u8],
        class: Class,
        limits: &Limits,
    ) -> Result<Vec<u8>, CompileError> {
        let order = Order { class, memory_bytes: limits.compile_memory_bytes, cpu_s: limits.compile_cpu_s };
        let seconds = limits.compile_wall_s;
        let mut child = self.start()?;
        let work = converse(&mut child, &order, component, limits.compiled_bytes);
        let answer = tokio::time::timeout(Duration::from_secs(seconds), work).await;
        let Ok(answer) = answer else {
            child.kill().await?;
            return Err(CompileError::TookTooLong { seconds });
        };
        let answer = answer?;
        if answer.len() as u64 > limits.compiled_bytes {
            child.kill().await?;
            return Err(CompileError::TooLarge { limit: limits.compiled_bytes });
        }
        let status = child.wait().await?;
        match answer.split_first() {
            Some((&DONE, code)) if status.success() => Ok(code.to_vec()),
            Some((&REFUSED, reason)) => Err(CompileError::Refused {
                reason: jackfield_model::failure::plain(&String::from_utf8_lossy(reason), 400),
            }),
            _ => Err(CompileError::Ended { status }),
        }
    }

    /// Without our environment and our terminal: it needs neither, and a component that broke it should find neither.
    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command.spawn()
    }
}

async fn converse(child: &mut Child, order: &Order, component: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    if let Some(mut input) = child.stdin.take() {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        input.write_all(&line).await?;
        // A worker that ended early is found out by its silence.
        let sent = input.write_all(component).await;
        if let Err(error) = sent
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            return Err(error);
        }
        input.shutdown().await.ok();
    }
    if let Some(output) = child.stdout.take() {
        output.take(limit.saturating_add(2)).read_to_end(&mut answer).await?;
    }
    Ok(answer)
}

/// The compiler's process: reads an order and a component, limits itself, answers with machine code or a reason.
pub fn worker(input: impl Read, mut output: impl Write) -> ExitCode {
    let (mark, bytes) = match work(input) {
        Ok(code) => (DONE, code),
        Err(error) => (REFUSED, error.to_string().into_bytes()),
    };
    let written = output.write_all(&[mark]).and_then(|()| output.write_all(&bytes)).and_then(|()| output.flush());
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error("the order cannot be read: {0}")]
    Order(#[from] io::Error),
    #[error("the order is no order: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("{}", with_causes(.0))]
    Compiler(wasmtime::Error),
}

fn with_causes(error: &wasmtime::Error) -> String {
    format!("{error:#}")
}

fn work(input: impl Read) -> Result<Vec<u8>, WorkError> {
    let mut input = BufReader::new(input);
    let mut line = String::new();
    input.by_ref().take(4096).read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line)?;
    restrain(&order)?;
    let mut component = Vec::new();
    input.read_to_end(&mut component)?;
    let engine = Engine::new(&config(order.class)).map_err(WorkError::Compiler)?;
    engine.precompile_component(&component).map_err(WorkError::Compiler)
}

/// Memory, processor time, no files, no core dump with a component in it.
fn restrain(order: &Order) -> io::Result<()> {
    rlimit::setrlimit(Resource::AS, order.memory_bytes, order.memory_bytes)?;
    rlimit::setrlimit(Resource::CPU, order.cpu_s, order.cpu_s)?;
    rlimit::setrlimit(Resource::FSIZE, 0, 0)?;
    rlimit::setrlimit(Resource::CORE, 0, 0)
}
