//! Tools that know nothing of Jackfield agree with its description: a validator takes it, a generator makes a client of it, and a
//! program that speaks through nothing else does what applications do.

use std::path::Path;
use std::process::Stdio;

use http::Method;
use jackfield_tests::components::workspace;
use jackfield_tests::host::TestHost;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::stage::{SERVICE, Stage, TOKEN};

/// The machine's Python with the packages that `make setup` installs and the folder where the client goes.
fn python(folder: &Path) -> Command {
    let packages = workspace().join("target/peers/generated-client");
    let installed = packages.join("openapi_python_client").is_dir();
    assert!(installed, "the generator of clients is not installed: run `make setup`");
    let path = std::env::join_paths([packages.as_path(), folder]).unwrap();
    let mut command = Command::new("python3");
    command.arg("-B").env("PYTHONPATH", path).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What a command wrote on standard output; everything it said is in the failure of one that fails.
async fn done(command: &mut Command) -> String {
    let output = command.output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    out.into_owned()
}

/// Writes what the host serves into a folder; answers the file's name.
async fn description(host: &TestHost, folder: &Path) -> &'static str {
    let served = host.get("", "/openapi.json").await.unwrap();
    std::fs::write(folder.join("openapi.json"), &served.body).unwrap();
    "openapi.json"
}

/// Generates the client in a folder; whatever the generator warns of is a failure.
async fn generate(folder: &Path, description: &str) {
    let config = workspace().join("tests/peers/generated-client/config.yaml");
    let mut generator = python(folder);
    generator.args(["-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]);
    generator.args(["--path", description, "--output-path", "jackfield_client", "--config"]).arg(config);
    done(&mut generator).await;
}

/// Runs the program through the client in the folder; answers its summary.
async fn run(stage: &Stage, folder: &Path) -> Value {
    let mut program = python(folder);
    program.arg(workspace().join("tests/peers/generated-client/program.py"));
    program.envs([("JACKFIELD_URL", stage.host.url().unwrap().as_str()), ("JACKFIELD_API_KEY", stage.host.operator())]);
    program.envs([("TENANT_NAME", "Borealis"), ("SERVICE_URL", SERVICE), ("SERVICE_TOKEN", TOKEN)]);
    serde_json::from_str(&done(&mut program).await).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_finds_nothing_wrong_with_the_description() {
    let stage = Stage::set().await;
    let folder = TempDir::new().unwrap();
    let description = description(&stage.host, folder.path()).await;
    let mut validator = python(folder.path());
    validator.args(["-m", "openapi_spec_validator", "--schema", "3.1", description]);
    let said = done(&mut validator).await;
    assert!(said.contains("OK"), "{said}");

    // One that takes everything would be no judge.
    std::fs::write(
        folder.path().join("wrong.json"),
        r#"{ "openapi": "3.1.0", "info": { "title": "x" }, "paths": {} }"#,
    )
    .unwrap();
    let mut validator = python(folder.path());
    validator.args(["-m", "openapi_spec_validator", "--schema", "3.1", "wrong.json"]);
    assert!(!validator.output().await.unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_does_its_work_through_a_generated_client() {
    let stage = Stage::set().await;
    let host = &stage.host;
    let folder = TempDir::new().unwrap();
    let description = description(host, folder.path()).await;
    generate(folder.path(), description).await;
    let told = run(&stage, folder.path()).await;

    let operator = async |path: &str| host.get(host.operator(), path).await.unwrap().json;
    let tenant = told["tenant"].as_str().unwrap();
    assert_eq!(operator(&format!("/v1/tenants/{tenant}")).await["name"], "Borealis");
    let keys = operator("/v1/api-keys").await;
    let key = keys["items"].as_array().unwrap().iter().find(|key| key["id"] == told["key"]).unwrap();
    assert_eq!((&key["tenant"], &key["name"]), (&told["tenant"], &json!("application")));

    check_connections(&stage, tenant, &told).await;
    check_refusals(&told);
    let session = &told["session"];
    assert_eq!((&session["stage"], &session["lives"]), (&json!("open"), &json!(1800)), "{session}");
    let link = session["link"].as_str().unwrap();
    assert!(link.starts_with(&host.url().unwrap()), "{link}");
}

/// One connection is left, and the host says of it what the program was told.
async fn check_connections(stage: &Stage, tenant: &str, told: &Value) {
    let read = async |path: &str| crate::stage::as_operator_for(&stage.host, tenant, Method::GET, path).await;
    let (first, second) = (told["first"].as_str().unwrap(), told["second"].as_str().unwrap());
    assert_eq!((&told["replayed"], &told["listed"]), (&json!(true), &json!([first, second])));
    let left = read("/v1/connections").await.json;
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "{left}");
    let shown = read(&format!("/v1/connections/{first}")).await.json;
    assert_eq!((&shown["name"], &shown["account"]["id"]), (&told["renamed"], &told["account"]), "{shown}");
    assert_eq!((&shown["status"], &told["account"]), (&json!("active"), &json!("api.example.com:alice")), "{shown}");
    assert_eq!(read(&format!("/v1/connections/{second}")).await.code(), "not-found");

    let used = &told["used"];
    assert_eq!((&used["accepted"], &used["token"]), (&json!(true), &json!(TOKEN)));
    let permissions = read(&format!("/v1/connections/{first}/permissions")).await.json;
    assert_eq!((&permissions["limited"], &permissions["note"]), (&used["limited"], &used["note"]));
    let actions = permissions["actions"].as_array().unwrap();
    assert!(!actions.is_empty(), "{permissions}");
    for action in actions {
        assert_eq!(used["actions"][action["id"].as_str().unwrap()], action["allowed"]);
    }
    let timeline = read(&format!("/v1/connections/{first}/timeline")).await.json;
    let kinds: Vec<&Value> = timeline["items"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(json!(kinds), used["timeline"]);
}

/// Refusals arrive typed, with the code to decide by and what to do.
fn check_refusals(told: &Value) {
    let removed = &told["removed"];
    assert_eq!(removed["uses"], json!(["Monthly invoices"]));
    for (refusal, status, code) in [
        (&told["late"], 412, "stale"),
        (&removed["kept"], 409, "connection-used"),
        (&removed["gone"], 404, "not-found"),
    ] {
        assert_eq!((&refusal["status"], &refusal["code"]), (&json!(status), &json!(code)), "{refusal}");
    }
    assert!(removed["kept"]["detail"].as_str().unwrap().contains("force=true"), "{removed}");
}
