//! Disks and processes that have no more: ENOSPC, EIO and EMFILE wherever the host writes, syncs, accepts or connects. What cannot be
//! kept is refused, what was acknowledged is there after the next start, and a host that only lacks a file descriptor goes on.

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

use crate::forgetful::Forgetful;
use crate::yard::{SERVICE, Yard};

/// `ENOSPC` and `EIO` of Linux.
const ERRORS: [(&str, i32); 2] = [("ENOSPC", 28), ("EIO", 5)];
/// What of a file can fail.
const OPERATIONS: [&str; 2] = ["write", "fsync"];
/// Fewer descriptors than any process has open, and as many as it may ever need.
const NONE_MORE: u64 = 3;
const PLENTY: u64 = 1024;
/// How many changes are asked for while something fails.
const CHANGES: usize = 12;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "part of make soak: needs root and /dev/fuse"]
async fn every_write_and_every_sync_may_fail() {
    let mut suite = Suite::named("disk-faults-at-each-write");
    let disk = Forgetful::mount().await;
    let yard = Yard::lay().await;
    disk.take_in(&yard.host.folder().join("data"));
    // What the changes need when nothing fails is how many points there are.
    let process = serve(&yard, &disk).await.unwrap();
    disk.mend();
    let kept = change(&process, &yard, "healthy").await;
    let points: Vec<u64> = OPERATIONS.iter().map(|operation| disk.counted(operation)).collect();
    process.kill().await.unwrap();
    suite.check("the control: everything is acknowledged when nothing fails", kept.acknowledged.len() == CHANGES / 2);
    let step = Slice::asked().of(3, 1);
    for (operation, points) in OPERATIONS.into_iter().zip(points) {
        for (word, errno) in ERRORS {
            for point in (1..=points).step_by(step) {
                let held = at_point(&yard, &disk, (operation, point, errno)).await;
                if held.is_err() {
                    // The next point begins with a store that is whole.
                    disk.empty();
                    disk.take_in(&yard.host.folder().join("data"));
                }
                let held = held.map_err(|wrong| format!("{wrong:#}"));
                suite.case(format!("{word} at {operation} {point} of {points}"), held);
            }
        }
    }
    suite.finish();
}

/// One fault: no false acknowledgement, a clean refusal, and a store that opens when the fault is gone.
async fn at_point(yard: &Yard, disk: &Forgetful, (operation, point, errno): (&str, u64, i32)) -> Result<()> {
    let process = serve(yard, disk).await?;
    disk.fail(operation, point, errno);
    let asked = change(&process, yard, &format!("{operation}-{point}-{errno}")).await;
    let ready = process.api("", Method::GET, "/readyz", None).await?;
    if asked.refused.is_empty() {
        ensure!(ready.status == 200, "everything went well, and it is not ready: {}", ready.json);
    } else {
        ensure!(ready.status == 503 && ready.json["store"] == "read-only", "{}", ready.json);
        let wrong = asked.refused.iter().find(|code| *code != "store-read-only");
        ensure!(wrong.is_none(), "refused with {wrong:?}");
    }
    process.kill().await?;
    disk.mend();
    disk.cut(Some(point));
    let again = serve(yard, disk).await?;
    for (id, name, wanted) in &asked.acknowledged {
        let shown = again.api(&yard.tenant.key, Method::GET, &format!("/v1/connections/{id}"), None).await?;
        ensure!(shown.status == 200, "{id} was acknowledged and is gone");
        // What was refused because its sync failed may be there all the same.
        let kept = shown.json["name"] == *name || shown.json["name"] == *wanted;
        ensure!(kept, "{id} was acknowledged as {name}: {}", shown.json);
    }
    let healthy = change(&again, yard, "again").await;
    ensure!(healthy.refused.is_empty(), "it does not recover: {:?}", healthy.refused);
    again.kill().await
}

/// What became of the changes that were asked for.
#[derive(Default)]
struct Asked {
    /// Ids, names, and the names that were asked for last.
    acknowledged: Vec<(String, String, String)>,
    /// The codes of refusals.
    refused: Vec<String>,
}

/// Makes connections and gives them other names.
async fn change(process: &Process, yard: &Yard, round: &str) -> Asked {
    let mut asked = Asked::default();
    let key = &yard.tenant.key;
    for number in 0..CHANGES / 2 {
        let body = wanted(yard, &format!("{round}-{number}"));
        let made = process.api(key, Method::POST, "/v1/connections", Some(&body)).await.unwrap();
        let Ok(id) = made.text("/id") else {
            asked.refused.push(made.code().to_owned());
            continue;
        };
        let (name, wanted) = (made.text("/name").unwrap(), format!("Name {number}"));
        let body = json!({ "name": wanted });
        let renamed = process.api(key, Method::PATCH, &format!("/v1/connections/{id}"), Some(&body)).await.unwrap();
        if renamed.status == 200 {
            asked.acknowledged.push((id, wanted.clone(), wanted));
        } else {
            asked.acknowledged.push((id, name, wanted));
            asked.refused.push(renamed.code().to_owned());
        }
    }
    asked
}

fn wanted(yard: &Yard, end_user: &str) -> Value {
    let token = format!("token-of-{end_user}-0123456789abcdef");
    yard.api.accept(&token, end_user);
    let fields = json!({ "base_url": format!("https://{SERVICE}"), "token": token, "verify_path": "/me",
        "account_pointer": "/id" });
    json!({ "connector": "api-token", "method": "header", "end_user": end_user, "fields": fields })
}

async fn serve(yard: &Yard, disk: &Forgetful) -> Result<Process> {
    let mut more = toml::Table::new();
    let at = |name: &str| toml::Value::String(yard.host.folder().join(name).display().to_string());
    more.insert("data_dir".into(), toml::Value::String(disk.data().display().to_string()));
    more.insert("keyring".into(), at("data.keyring"));
    more.insert("operator_key".into(), at("data.operator-key"));
    Starting::spawn(crate::PROGRAM, yard.host.folder(), &yard.placed(), more)?.ready().await
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
    suite.check("a full disk acknowledges nothing", full.acknowledged.is_empty());
    suite.check("a full disk is said", full.refused.iter().all(|code| code == "store-read-only"));
    for path in ["/v1/connections", "/v1/audit"] {
        let read = process.api(&yard.tenant.key, Method::GET, path, None).await.unwrap();
        let told = read.status == 200 || read.code() == "store-read-only";
        let held = if told { Ok(()) } else { Err(read.json.to_string()) };
        suite.case(format!("a full disk is read, or said: {path}"), held);
    }
    process.kill().await.unwrap();
    let again = Process::serve(crate::PROGRAM, yard.host.folder(), &yard.placed()).await.unwrap();
    for (id, name, _) in &before.acknowledged {
        let shown = again.api(&yard.tenant.key, Method::GET, &format!("/v1/connections/{id}"), None).await.unwrap();
        suite.check(format!("{id} is there"), shown.status == 200 && shown.json["name"] == *name);
    }
    suite.check("it takes changes again", change(&again, yard, "after").await.refused.is_empty());
    again.kill().await.unwrap();
}
