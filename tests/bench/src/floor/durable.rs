//! The floor of every change: sled with the durability it lacks, one thread that writes a group and syncs it once.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use tokio::sync::oneshot;

use crate::load::Dice;

/// As the store has it.
const SEGMENT: usize = 4 * 1024 * 1024;
const CACHE: u64 = 64 * 1024 * 1024;
const GROUP: usize = 64;

type Job = (Vec<u8>, Vec<u8>, oneshot::Sender<()>);

/// So many records of so many bytes a second, from so many writers; each is there after as many commits as `commits` says.
pub(crate) fn rate(folder: &Path, writers: usize, bytes: usize, commits: usize, length: Duration) -> Result<f64> {
    let (sender, thread) = writer(folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let begun = Instant::now();
    let until = begun + length;
    let done = runtime.block_on(async {
        let writing: Vec<_> =
            (0..writers).map(|writer| tokio::spawn(write(sender.clone(), writer, (bytes, commits), until))).collect();
        let mut done = 0;
        for one in writing {
            done += one.await??;
        }
        anyhow::Ok(done)
    })?;
    let rate = done as f64 / begun.elapsed().as_secs_f64();
    drop(sender);
    thread.join().map_err(|_| anyhow!("the writer panicked"))??;
    Ok(rate)
}

async fn write(
    queue: mpsc::Sender<Job>,
    writer: usize,
    (bytes, commits): (usize, usize),
    until: Instant,
) -> Result<u64> {
    let mut dice = Dice::of(writer);
    let mut done = 0;
    while Instant::now() < until {
        let record: Vec<u8> = std::iter::repeat_with(|| dice.below(256) as u8).take(bytes).collect();
        for commit in 0..commits {
            let (sender, answer) = oneshot::channel();
            queue.send((format!("record/{writer:06}/{done:012}/{commit}").into_bytes(), record.clone(), sender))?;
            answer.await?;
        }
        done += 1;
    }
    Ok(done)
}

fn writer(folder: &Path) -> Result<(mpsc::Sender<Job>, JoinHandle<Result<()>>)> {
    let database = sled::Config::new().path(folder).cache_capacity(CACHE).segment_size(SEGMENT).open()?;
    let data = File::options().read(true).write(true).open(folder.join("db"))?;
    let (sender, jobs) = mpsc::channel::<Job>();
    let thread = std::thread::spawn(move || {
        while let Ok(first) = jobs.recv() {
            let mut waiting = Vec::with_capacity(GROUP);
            let mut next = Some(first);
            while let Some((key, value, answer)) = next {
                database.insert(key, value)?;
                waiting.push(answer);
                next = if waiting.len() < GROUP { jobs.try_recv().ok() } else { None };
            }
            database.flush()?;
            data.sync_data()?;
            for answer in waiting {
                // Whoever asked may have gone.
                let _ = answer.send(());
            }
        }
        Ok(())
    });
    Ok((sender, thread))
}
