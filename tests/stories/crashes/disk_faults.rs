//! Disks and processes that have no more: ENOSPC, EIO and EMFILE wherever the host writes, syncs, accepts or connects. What cannot be
//! kept is refused, what was acknowledged is there after the next start, and a host that only lacks a file descriptor goes on.

use std::collections::BTreeSet;
use std::net::TcpStream;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jackfield_tests::process::{Process, Starting};
use jackfield_tests::suite::{Slice, Suite};
use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
use serde_json::{Value, json};

use crate::deeds::{Deed, Stage, Trace, change, install};
use crate::forgetful::Forgetful;
use crate::yard::Yard;

/// `ENOSPC` and `EIO` of Linux.
const ERRORS: [(&str, i32); 2] = [("ENOSPC", 28), ("EIO", 5)];
/// What of a file or a folder can fail.
const OPERATIONS: [&str; 5] = ["write", "fsync", "create", "truncate", "rename"];
/// Fewer descriptors than any process has open, and as many as it may ever need.
const NONE_MORE: u64 = 3;
const PLENTY: u64 = 1024;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "part of make soak: needs root and /dev/fuse"]
async fn every_write_and_every_sync_may_fail() {
    let mut suite = Suite::named("disk-faults-at-each-write");
    let disk = Forgetful::mount().await;
    let yard = Yard::lay().await;
    let stage = Stage { yard: &yard, disk: &disk };
    for deed in Deed::ALL {
        disk.take_in(yard.host.folder());
        let points = points(&stage, deed, &mut suite).await;
        let mut refused = 0;
        for (operation, points) in OPERATIONS.into_iter().zip(points) {
            suite.figure(&format!("{deed:?}_{operation}").to_lowercase(), points);
            for (word, errno) in ERRORS {
                for point in spread(points) {
                    if deed != Deed::Changes {
                        disk.take_in(yard.host.folder());
                    }
                    let held = at_point(&stage, deed, (operation, point, errno)).await;
                    if held.is_err() {
                        // The next point begins with a store that is whole.
                        disk.take_in(yard.host.folder());
                    }
                    refused += held.as_ref().map_or(0, usize::clone);
                    let held = held.map(drop).map_err(|wrong| format!("{wrong:#}"));
                    suite.case(format!("{deed:?}, {word} at {operation} {point} of {points}"), held);
                }
            }
        }
        suite.figure(&format!("{deed:?}_refused").to_lowercase(), refused);
        suite.check(format!("{deed:?}, faults are met"), refused > 0);
    }
    suite.check("no spent refresh token was shown", yard.issuer.ended() == 0);
    suite.finish();
}

/// Every point; in the short slice three of them, the first and the last among them.
fn spread(points: u64) -> BTreeSet<u64> {
    let most = Slice::asked().of(points.min(3), points);
    (0..most).map(|place| 1 + place * (points - 1) / (most - 1).max(1)).collect()
}

/// How often each operation is needed when nothing fails: that is how many points there are.
async fn points(stage: &Stage<'_>, deed: Deed, suite: &mut Suite) -> Vec<u64> {
    let process = serve(stage.yard, stage.disk).await.unwrap();
    let ids = deed.begin(stage, &process, "healthy").await.unwrap();
    stage.disk.mend();
    let asked = deed.ask(stage, &process, "healthy", &ids).await;
    let points = OPERATIONS.iter().map(|operation| stage.disk.counted(operation)).collect();
    let whole = asked.refused.is_empty() && asked.acknowledged() > 0;
    let held = if whole { Ok(()) } else { Err(format!("{:?}", asked.refused)) };
    suite.case(format!("{deed:?}, the control: all of it is acknowledged when nothing fails"), held);
    for trace in &asked.traces {
        let held = trace.stands(stage, &process).await.map_err(|wrong| format!("{wrong:#}"));
        suite.case(format!("{deed:?}, the control: it stands"), held);
    }
    process.kill().await.unwrap();
    points
}

/// One fault: no false acknowledgement, a clean refusal, and a store that opens when the fault is gone. How much was refused.
async fn at_point(stage: &Stage<'_>, deed: Deed, (operation, point, errno): (&str, u64, i32)) -> Result<usize> {
    let round = format!("{operation}-{point}-{errno}");
    let process = serve(stage.yard, stage.disk).await?;
    let ids = deed.begin(stage, &process, &round).await?;
    stage.disk.fail(operation, point, errno);
    let asked = deed.ask(stage, &process, &round, &ids).await;
    let ready = process.api("", Method::GET, "/readyz", None).await?;
    let read_only = ready.status == 503 && ready.json["store"] == "read-only";
    if asked.refused.is_empty() || deed != Deed::Changes {
        ensure!(ready.status == 200 || !asked.refused.is_empty() && read_only, "{}", ready.json);
    } else {
        ensure!(read_only, "{}", ready.json);
    }
    let wrong = asked.refused.iter().find(|refused| !deed.is_clean(refused));
    ensure!(wrong.is_none(), "refused with {wrong:?}");
    process.kill().await?;
    stage.disk.mend();
    stage.disk.cut(Some(point));
    let again = serve(stage.yard, stage.disk).await?;
    for trace in &asked.traces {
        trace.stands(stage, &again).await?;
    }
    let ids = deed.begin(stage, &again, &format!("{round}-again")).await?;
    let healthy = deed.ask(stage, &again, &format!("{round}-again"), &ids).await;
    ensure!(healthy.refused.is_empty(), "it does not recover: {:?}", healthy.refused);
    again.kill().await?;
    Ok(asked.refused.len())
}

async fn serve(yard: &Yard, disk: &Forgetful) -> Result<Process> {
    let folder = yard.host.folder();
    Starting::spawn(crate::PROGRAM, folder, &yard.placed(), disk.settings(folder))?.ready().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_file_descriptors_goes_on_when_there_are_some_again() {
    let mut suite = Suite::named("disk-faults");
    let yard = Yard::lay().await;
    let process = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    for round in 0..Slice::asked().of(3, 50) {
        let made = yard.connect(&process.url, "strict", &format!("person-{round}")).await.unwrap();
        let path = format!("/v1/connections/{}", made.text("/id").unwrap());
        suite.case(format!("EMFILE at accept, round {round}"), starved_at_accept(&process, &yard, &path).await);
        let held = starved_at_connect(&process, &yard, &path).await;
        suite.case(format!("EMFILE at connect, round {round}"), held.map_err(|wrong| format!("{wrong:#}")));
    }
    suite.check("no spent refresh token was shown", yard.issuer.ended() == 0);
    process.terminate().unwrap();
    suite.check("it stops when it is told to", process.ended().await.unwrap().success());
    full_disk(&mut suite, &yard).await;
    suite.finish();
}

fn allow(process: &Process, descriptors: u64) {
    // Its own highest limit stays, which is inherited from this process.
    let most = Rlimit { current: Some(descriptors), maximum: getrlimit(Resource::Nofile).maximum };
    prlimit(Some(process.id().unwrap()), Resource::Nofile, most).unwrap();
}

/// Callers and no descriptor for any of them: once there are some again, everybody is answered.
async fn starved_at_accept(process: &Process, yard: &Yard, path: &str) -> Result<(), String> {
    allow(process, NONE_MORE);
    let address = process.url.strip_prefix("http://").unwrap();
    let callers: Vec<TcpStream> = (0..32).map(|_| TcpStream::connect(address).unwrap()).collect();
    drop(callers);
    allow(process, PLENTY);
    let shown = process.api(&yard.tenant.key, Method::GET, path, None).await.map_err(|error| error.to_string())?;
    if shown.status == 200 { Ok(()) } else { Err(shown.json.to_string()) }
}

/// A caller who is connected and no descriptor for the provider: it is known that nothing was sent, so nothing is in doubt.
async fn starved_at_connect(process: &Process, yard: &Yard, path: &str) -> Result<()> {
    let stream = tokio::net::TcpStream::connect(process.url.strip_prefix("http://").unwrap()).await?;
    let (mut caller, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = |method: Method, path: String| {
        let request = Request::builder().method(method).uri(path).header("host", "host.test");
        let request = request.header("authorization", format!("Bearer {}", yard.tenant.key));
        request.body(Full::new(Bytes::new())).unwrap()
    };
    // Let in now, and served by what it has open from here on.
    let shown = caller.send_request(request(Method::GET, path.to_owned())).await?;
    let _read = shown.into_body().collect().await?;
    allow(process, NONE_MORE);
    caller.ready().await?;
    let refused = caller.send_request(request(Method::POST, format!("{path}/refresh"))).await;
    allow(process, PLENTY);
    let (parts, body) = refused?.into_parts();
    let said: Value = serde_json::from_slice(&body.collect().await?.to_bytes())?;
    driver.abort();
    ensure!(parts.status.is_server_error() && said["code"].is_string(), "it was answered {}: {said}", parts.status);
    let shown = process.api(&yard.tenant.key, Method::GET, path, None).await?;
    ensure!(shown.json["status"] == "active" && shown.json["version"] == 1, "{}", shown.json);
    let lease = process.api(&yard.tenant.key, Method::POST, &format!("{path}/lease"), Some(&json!({}))).await?;
    ensure!(lease.status == 200, "{}", lease.json);
    Ok(())
}

/// Without a byte of disk: refused, said, and whole after the next start.
async fn full_disk(suite: &mut Suite, yard: &Yard) {
    let process = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    let before = change(&process, yard, "before").await;
    process.fill_disk().unwrap();
    let full = change(&process, yard, "full").await;
    suite.check("a full disk acknowledges nothing", full.acknowledged() == 0);
    suite.check(
        "a full disk is said",
        !full.refused.is_empty() && full.refused.iter().all(|code| code == "store-read-only"),
    );
    // With nothing to be said of the component: it is the disk that does not take it.
    let refused = install(&process, yard).await.refused;
    let held = if refused == ["store-unavailable"] { Ok(()) } else { Err(format!("{refused:?}")) };
    suite.case("a full disk keeps no connector, and is said", held);
    for path in ["/v1/connections", "/v1/audit"] {
        let read = process.api(&yard.tenant.key, Method::GET, path, None).await.unwrap();
        let told = read.status == 200 || read.code() == "store-read-only";
        let held = if told { Ok(()) } else { Err(read.json.to_string()) };
        suite.case(format!("a full disk is read, or said: {path}"), held);
    }
    process.kill().await.unwrap();
    let again = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    for trace in &before.traces {
        let Trace::Named { id, name, .. } = trace else { continue };
        let shown = again.api(&yard.tenant.key, Method::GET, &format!("/v1/connections/{id}"), None).await.unwrap();
        suite.check(format!("{id} is there"), shown.status == 200 && shown.json["name"] == *name);
    }
    suite.check("it takes changes again", change(&again, yard, "after").await.refused.is_empty());
    suite.check("it installs again", install(&again, yard).await.refused.is_empty());
    again.kill().await.unwrap();
}
