//! Requests that nobody thought of, made from the description by a tool that knows nothing else of us, with the keys of two
//! tenants and of the operator: no answer is a fault of ours, each is as described, and none shows what is another tenant's.

use std::path::Path;
use std::process::{Output, Stdio};

use http::Method;
use jackfield_tests::components::workspace;
use jackfield_tests::host::{Tenant, TestHost};
use jackfield_tests::suite::{Slice, Suite};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::stage::{SERVICE, Stage};

/// A tenant with something of everything, and what only it may see.
struct Party {
    tenant: Tenant,
    word: &'static str,
    ids: Vec<String>,
    connections: Vec<String>,
    cursor: String,
}

impl Party {
    async fn settle(stage: &Stage, word: &'static str) -> Self {
        let tenant = stage.host.tenant(&format!("canary-tenant-{word}")).await.unwrap();
        let token = format!("canary-token-of-{word}-0123456789");
        stage.api.accept(&token, &format!("canary-account-{word}"));
        let (mut ids, mut connections) = (Vec::new(), Vec::new());
        let post = async |path: &str, body: Value| stage.host.post(&tenant.key, path, body).await.unwrap();
        for number in 0..4 {
            let fields = json!({
                "base_url": SERVICE, "token": token, "verify_path": "/me", "account_pointer": "/id",
            });
            let body = json!({
                "connector": "api-token", "method": "header", "fields": fields,
                "name": format!("canary-name-{word}-{number}"), "end_user": format!("canary-user-{word}"),
            });
            let made = post("/v1/connections?allow_duplicate=true", body).await;
            connections.extend(made.text("/id"));
        }
        assert!(!connections.is_empty(), "no connection was made");
        let hook = json!({ "url": format!("https://hooks.example.com/canary-hook-{word}"), "events": [] });
        ids.push(post("/v1/webhooks", hook).await.text("/id").unwrap());
        let (session, _) =
            stage.host.session(&tenant, "api-token", &["read"], &format!("canary-user-{word}")).await.unwrap();
        ids.push(session);
        let contact = json!({ "email": format!("canary-mail-{word}@example.com") });
        let path = format!("/v1/contacts/canary-user-{word}");
        stage.host.api(&tenant.key, Method::PUT, &path, Some(contact)).await.unwrap();
        let page = stage.host.get(&tenant.key, "/v1/connections?limit=1").await.unwrap();
        let cursor = page.json["next"].as_str().unwrap_or_default().to_owned();
        ids.extend(connections.clone());
        ids.push(tenant.id.clone());
        Self { tenant, word, ids, connections, cursor }
    }

    /// Texts that only this tenant may see.
    fn own(&self) -> Vec<String> {
        let word = self.word;
        let said = ["tenant", "name", "account", "hook", "mail"].map(|what| format!("canary-{what}-{word}"));
        said.into_iter().chain([format!("canary-token-of-{word}")]).chain(self.ids.clone()).collect()
    }

    /// A judge that finds nothing anywhere would be none: this tenant's own things are told to be another's.
    async fn is_found_out(&self, host: &TestHost, folder: &Path) -> Result<(), String> {
        let (own, none) = (self.own(), json!({}));
        let run = Run {
            key: &self.tenant.key,
            tenant: None,
            phases: "fuzzing",
            paths: r"^/v1/connections/\{id\}$",
            examples: 40,
            known: &self.known(),
            ended: &none,
            hidden: &own,
        };
        match told(&run.done(host, folder).await).1 {
            Err(found) if found.contains("another tenant's") => Ok(()),
            other => Err(format!("it found {other:?}")),
        }
    }

    /// What can be asked for by name: ids under their prefix, the rest under the names of parameters.
    fn known(&self) -> Value {
        let of = |prefix: &str| -> Vec<&String> { self.ids.iter().filter(|id| id.starts_with(prefix)).collect() };
        let mut known = json!({ "end_user": [format!("canary-user-{}", self.word)], "cursor": [self.cursor] });
        for prefix in ["conn", "whk", "ses", "ten"] {
            known[prefix] = json!(of(&format!("{prefix}_")));
        }
        known
    }

    /// What of it can be read, as it is now: all of it, since no two refusals are the same.
    async fn read(&self, host: &TestHost) -> Vec<Value> {
        let mut paths: Vec<String> = self.connections.iter().map(|id| format!("/v1/connections/{id}")).collect();
        paths.extend([format!("/v1/contacts/canary-user-{}", self.word), "/v1/webhooks".to_owned()]);
        let mut all = Vec::new();
        for path in paths {
            let answer = host.get(&self.tenant.key, &path).await.unwrap();
            assert_eq!(answer.status, 200, "{path} of {}: {}", self.word, answer.json);
            all.push(answer.json);
        }
        all
    }
}

/// Both parties' names, one list each.
fn both(one: &Value, other: &Value) -> Value {
    let mut all = one.clone();
    for (name, values) in other.as_object().unwrap() {
        all[name].as_array_mut().unwrap().extend(values.as_array().unwrap().clone());
    }
    all
}

/// Nothing of what was read differs; else what does, as it was and as it is.
fn unchanged(before: &[Value], now: &[Value]) -> Result<(), String> {
    let pairs = before.iter().zip(now).filter(|(was, is)| was != is);
    let found: Vec<String> = pairs.map(|(was, is)| format!("was {was}\nis {is}")).collect();
    if found.is_empty() && before.len() == now.len() { Ok(()) } else { Err(found.join("\n")) }
}

/// One run of the tool.
struct Run<'a> {
    key: &'a str,
    /// Of the operator's key: the tenant it speaks for.
    tenant: Option<&'a str>,
    phases: &'a str,
    /// Which operations, by their paths.
    paths: &'a str,
    examples: u32,
    known: &'a Value,
    /// What may be ended: never what the story looks at afterwards.
    ended: &'a Value,
    hidden: &'a [String],
}

impl Run<'_> {
    async fn done(&self, host: &TestHost, folder: &Path) -> Output {
        let (packages, own) =
            (workspace().join("target/peers/schemathesis"), workspace().join("tests/peers/schemathesis"));
        assert!(packages.join("schemathesis").is_dir(), "schemathesis is not installed: run `make setup`");
        let served = host.get("", "/openapi.json").await.unwrap();
        std::fs::write(folder.join("openapi.json"), &served.body).unwrap();
        let mut command = Command::new("python3");
        command.args(["-B", "-c", "from schemathesis.cli import schemathesis; schemathesis()", "--config-file"]);
        command.arg(own.join("schemathesis.toml")).args(["run", "openapi.json", "--url", &host.url().unwrap()]);
        command.args(["--seed", "20261122", "--generation-database", "none", "--no-shrink", "--warnings", "off"]);
        // One worker: two threads that read Python's own source at once break CPython 3.11 (python/cpython#106905).
        command.args(["--continue-on-failure", "--workers", "1", "--phases", self.phases]);
        command.args([
            "--max-examples",
            &self.examples.to_string(),
            "-H",
            &format!("Authorization: Bearer {}", self.key),
        ]);
        command.args(["--include-path-regex", self.paths]);
        if let Some(tenant) = self.tenant {
            command.args(["-H", &format!("jackfield-tenant: {tenant}")]);
        }
        command.env("PYTHONPATH", std::env::join_paths([packages, own]).unwrap()).env("SCHEMATHESIS_HOOKS", "hooks");
        command.env("KNOWN", self.known.to_string()).env("ENDED", self.ended.to_string());
        command.env("FOREIGN", json!(self.hidden).to_string());
        command.current_dir(folder).stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap()
    }
}

/// How many requests a run made, and what it found.
fn told(output: &Output) -> (u64, Result<(), String>) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let generated = out.lines().find_map(|line| line.trim().split_once(" generated")).map(|(count, _)| count);
    let cases = generated.and_then(|count| count.replace(',', "").parse().ok()).unwrap_or(0);
    let from = out.find("FAILURES").or_else(|| out.find("ERRORS")).unwrap_or(0);
    let found: String = out.get(from..).unwrap_or_default().chars().take(6000).collect();
    (cases, if output.status.success() && cases > 0 { Ok(()) } else { Err(format!("{found}\n{err}")) })
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::too_many_lines, reason = "one table of callers")]
async fn requests_nobody_thought_of_break_nothing_and_show_nothing_of_another_tenant() {
    let mut suite = Suite::named("schemathesis");
    let stage = Stage::quiet().await;
    let (acme, borealis) = (Party::settle(&stage, "acme").await, Party::settle(&stage, "borealis").await);
    let known = both(&acme.known(), &borealis.known());
    let examples = Slice::asked().of(3, 340);
    let everything = "^/";
    let tenants =
        Slice::asked().of("^/v1/(connections|connect-sessions|contacts|messages|page-sessions|webhooks)", everything);
    let folder = TempDir::new().unwrap();
    let mut before = borealis.read(&stage.host).await;
    let (mut requests, none) = (0, json!({}));
    let runs = [
        (
            "a tenant's key, the bounds of each schema",
            &acme.tenant.key,
            None,
            "coverage,fuzzing",
            tenants,
            borealis.own(),
        ),
        ("the other tenant's key", &borealis.tenant.key, None, "fuzzing", everything, acme.own()),
        (
            "the operator's key",
            &stage.host.operator().to_owned(),
            Some(acme.tenant.id.as_str()),
            "fuzzing",
            everything,
            vec![],
        ),
    ];
    for (name, key, tenant, phases, paths, hidden) in runs {
        let ended = match key {
            key if key == &acme.tenant.key => borealis.known(),
            key if key == &borealis.tenant.key => acme.known(),
            _ => none.clone(),
        };
        let run = Run { key, tenant, phases, paths, examples, known: &known, ended: &ended, hidden: &hidden };
        let (cases, held) = told(&run.done(&stage.host, folder.path()).await);
        requests += cases;
        suite.case(name, held);
        if key == &acme.tenant.key {
            suite.case("what is another tenant's is as it was", unchanged(&before, &borealis.read(&stage.host).await));
            before = acme.read(&stage.host).await;
        }
        // Before the operator's turn, who may end tenants and keys.
        if key == &borealis.tenant.key {
            suite.case("what is the first tenant's is as it was", unchanged(&before, &acme.read(&stage.host).await));
            suite.case("a leak would be found", borealis.is_found_out(&stage.host, folder.path()).await);
        }
    }
    suite.figure("cases", requests);
    suite.finish();
}
