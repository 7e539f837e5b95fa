//! What a running host still holds in its memory when its work is done: read from outside, as whoever is root there could.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;

use http::Method;
use jackfield_tests::process::Process;
use jackfield_tests::suite::Suite;
use regex::bytes::Regex;
use serde_json::json;

use crate::yard::Yard;

/// How much is read at a time; two stretches share as many bytes as the longest text has.
const STRETCH: usize = 1 << 20;
const SHARED: usize = 256;

/// Looks for tokens and the client's secret in a host that refreshed and leased and then did other things. What is found are buffers
/// of the network, which their libraries give back unwiped: the counts are told, and may not grow with what was done.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "reads the memory of another process, which takes root or its parent: part of `make soak`"]
async fn what_is_left_of_a_secret_in_memory_when_its_work_is_done() {
    let mut suite = Suite::named("memory-residue");
    let yard = Yard::lay().await;
    let host = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    let key = yard.tenant.key.clone();
    let made = yard.connect(&host.url, "strict", "u-1").await.unwrap();
    assert!(made.status.is_success(), "{}", made.json);
    let id = made.text("/id").unwrap();
    let mut leased = Vec::new();
    for _ in 0..3 {
        let refreshed = host.api(&key, Method::POST, &format!("/v1/connections/{id}/refresh"), Some(&json!({}))).await;
        assert_eq!(refreshed.unwrap().status, 200);
        let lease =
            host.api(&key, Method::POST, &format!("/v1/connections/{id}/lease"), Some(&json!({}))).await.unwrap();
        leased.push(lease.text("/credential/token").unwrap());
    }
    // Other work, with which buffers that are free are used again.
    for _ in 0..200 {
        assert_eq!(host.api(&key, Method::GET, "/v1/connections", None).await.unwrap().status, 200);
    }
    let shown: Vec<String> =
        yard.issuer.tokens().log().all().iter().filter_map(|request| request.form_value("refresh_token")).collect();
    assert_eq!(shown.len(), 3);
    let Some(memory) = Memory::of(&host) else {
        panic!("the memory of the host cannot be read here: run it as root");
    };
    suite.check("its memory was read", memory.0.iter().map(Vec::len).sum::<usize>() > STRETCH);
    let client = vec!["jack-secret".to_owned()];
    for (what, texts) in [("refresh-tokens", &shown), ("access-tokens", &leased), ("client-secret", &client)] {
        let places: Vec<String> = texts.iter().flat_map(|text| memory.around(text)).collect();
        suite.figure(what, places.len());
        // Buffers of the network that were given back and not used again since; no copy a request.
        suite.check(format!("{what}: {places:#?}"), places.len() <= 4 * texts.len());
    }
    suite.finish();
    host.kill().await.unwrap();
}

/// The writable memory of a process, a stretch each.
struct Memory(Vec<Vec<u8>>);

impl Memory {
    /// None where the kernel lets nobody read it.
    fn of(host: &Process) -> Option<Self> {
        let id = host.id().unwrap().as_raw_nonzero();
        let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).ok()?;
        let memory = match File::open(format!("/proc/{id}/mem")) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return None,
            other => other.unwrap(),
        };
        let (mut stretches, nothing) = (Vec::new(), vec![0; STRETCH + SHARED]);
        for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let (mut at, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
            // Address space that is only reserved, as the pool's, cannot be read and is passed over.
            if to - at > 1 << 30 {
                continue;
            }
            while at < to {
                let mut bytes = vec![0; STRETCH + SHARED];
                let Ok(read) = memory.read_at(&mut bytes, at) else { break };
                bytes.truncate(read);
                // What nobody wrote to holds nothing.
                if bytes != nothing[..read] {
                    stretches.push(bytes);
                }
                at += STRETCH as u64;
            }
        }
        Some(Self(stretches))
    }

    /// What stands around each place where a text is.
    fn around(&self, text: &str) -> Vec<String> {
        let text = Regex::new(&regex::escape(text)).unwrap();
        let mut places = Vec::new();
        for stretch in &self.0 {
            for found in text.find_iter(stretch).filter(|found| found.start() < STRETCH) {
                let (from, to) = (found.start().saturating_sub(60), (found.end() + 20).min(stretch.len()));
                places.push(stretch[from..to].escape_ascii().to_string());
            }
        }
        places
    }
}
