//! Load: so many connections, each asking again as soon as it was answered. The requests are bytes and the answers are hardly
//! looked at, so that what asks costs little beside what answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Writes the next request of one connection, seeing the body of the last answer.
pub(crate) type Script = Box<dyn FnMut(&mut Vec<u8>, &[u8]) + Send>;
/// Makes the script of each connection.
pub(crate) type Scripts = Arc<dyn Fn(usize) -> Script + Send + Sync>;

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// Answers a second.
    pub(crate) rate: f64,
}

/// The head of an answer.
pub(crate) struct Head {
    /// Its status.
    pub(crate) status: u16,
    /// How long it is itself.
    pub(crate) bytes: usize,
    /// How long its body is.
    pub(crate) body: usize,
}

/// Asks for as long as it is told; any answer that is no success ends it.
pub(crate) fn run(address: SocketAddr, connections: usize, length: Duration, scripts: &Scripts) -> Result<Outcome> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, connections);
    let begun = Instant::now();
    let until = begun + length;
    let working: Vec<_> = (0..threads)
        .map(|thread| {
            let own: Vec<Script> =
                (0..connections).filter(|number| number % threads == thread).map(|number| scripts(number)).collect();
            std::thread::spawn(move || ask(address, own, until))
        })
        .collect();
    let mut answers = 0;
    for thread in working {
        answers += thread.join().map_err(|_| anyhow!("a thread that asks panicked"))??;
    }
    ensure!(answers > 0, "nothing was answered");
    Ok(Outcome { rate: answers as f64 / begun.elapsed().as_secs_f64() })
}

fn ask(address: SocketAddr, scripts: Vec<Script>, until: Instant) -> Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let asking: Vec<_> = scripts.into_iter().map(|script| tokio::spawn(again(address, script, until))).collect();
        let mut answers = 0;
        for one in asking {
            answers += one.await??;
        }
        Ok(answers)
    })
}

async fn again(address: SocketAddr, mut script: Script, until: Instant) -> Result<u64> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut request, mut read, mut answers) = (Vec::new(), Vec::with_capacity(80 * 1024), 0);
    let mut last = 0..0;
    while Instant::now() < until {
        request.clear();
        script(&mut request, &read[last]);
        stream.write_all(&request).await?;
        last = answer(&mut stream, &mut read).await?;
        answers += 1;
    }
    Ok(answers)
}

async fn answer(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<std::ops::Range<usize>> {
    read.clear();
    let mut known: Option<Head> = None;
    loop {
        if known.is_none() {
            known = head(read)?;
        }
        if let Some(head) = &known {
            let end = head.bytes + head.body;
            if read.len() >= end {
                let body = head.bytes..end;
                if !(200..300).contains(&head.status) {
                    bail!("answered {}: {}", head.status, String::from_utf8_lossy(&read[body]));
                }
                return Ok(body);
            }
        }
        ensure!(stream.read_buf(read).await? > 0, "the connection was closed");
    }
}

/// Reads the head of an answer, if all of it is there.
pub(crate) fn head(read: &[u8]) -> Result<Option<Head>> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&read[..end])?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).context("a status line")?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let body = match length {
        Some(body) => body,
        None if status == 204 => 0,
        None => bail!("an answer without its length: {text}"),
    };
    Ok(Some(Head { status, bytes: end + 4, body }))
}

/// Numbers that need to be no better than different.
pub(crate) struct Dice(u64);

impl Dice {
    /// The row of numbers of one connection.
    pub(crate) fn of(number: usize) -> Self {
        Self(number as u64 * 0x9E37_79B9 + 0x2545_F491)
    }

    /// One below a limit (xorshift).
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Requests that are always the same.
pub(crate) fn same(request: String) -> Scripts {
    Arc::new(move |_| {
        let request = request.clone();
        Box::new(move |out, _| out.extend_from_slice(request.as_bytes()))
    })
}
