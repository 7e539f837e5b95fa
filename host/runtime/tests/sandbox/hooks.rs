//! The token hooks: plans filled behind the guest's back, responses seen only as placeholders.

use http::Response;
use jackfield_model::{plan::Hole, secret::Secret};
use jackfield_runtime::{CallError, Holes, Hook, Limits, Occasion};

use crate::{component::hooked, host::Sandbox};

/// Both token hooks. `exchange` answers a plan without a body for the URL at 600; `refresh` fails; `read` runs `read`.
fn component(url: &str, read: &str) -> Vec<u8> {
    let length = url.len();
    hooked(&format!(
        r#"(data (i32.const 512) "POST") (data (i32.const 600) "{url}") (data (i32.const 700) "{}") (data (i32.const 760) "jfph-09090909090909090909090909090909")
        (data (i32.const 1032) "\00\02\00\00\04\00\00\00\58\02\00\00\{length:02x}\00\00\00")
        (data (i32.const 3072) "\00\00\00\00\00\00\00\00\bc\02\00\00\25\00\00\00")
        (data (i32.const 3584) "\00\00\00\00\00\00\00\00\f8\02\00\00\25\00\00\00")
        (func (export "jackfield:connector/token-request@0.1.0#exchange") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "jackfield:connector/token-request@0.1.0#refresh") (param i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
        (func (export "jackfield:connector/token-response@0.1.0#read") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) {read})"#,
        "jfph-00000000000000000000000000000000"
    ))
}

#[tokio::test]
async fn a_plan_is_filled_only_within_what_was_declared() {
    let sandbox = Sandbox::new(Limits::default());
    let plans = async |url: &str| {
        let context = sandbox.context(&component(url, "unreachable"), Hook::TokenRequest).await;
        sandbox.runtime.token_request(context, Occasion::Exchange).await.result.unwrap()
    };
    let mut holes = Holes::new();
    holes.secret(Hole::ClientSecret, Secret::new("s".into()), &["https://id.example.com".parse().unwrap()]);
    let filled = plans("https://id.example.com/token").await.fill(&holes).unwrap();
    assert_eq!(filled.request.uri(), "https://id.example.com/token");
    for (url, rule) in [
        ("https://id.example.com/admin", "request-not-declared"),
        ("https://evil.example/token", "origin-not-declared"),
        ("https://10.0.0.1/token", "private-address"),
    ] {
        assert_eq!(plans(url).await.fill(&holes).unwrap_err().rule, rule);
    }
}

async fn read(read: &str) -> Result<String, CallError> {
    let sandbox = Sandbox::new(Limits::default());
    let context = sandbox.context(&component("https://id.example.com/token", read), Hook::TokenResponse).await;
    let response = Response::new(br#"{"access_token":"at-0123456789abcdef"}"#.to_vec());
    let outcome = sandbox.runtime.token_response(context, Occasion::Exchange, &response, &[]).await;
    outcome.result.map(|tokens| tokens.access_token.expose().to_owned())
}

fn rule(error: &CallError) -> &'static str {
    let CallError::Denied { denial, .. } = error else { panic!("{error}") };
    denial.rule
}

#[tokio::test]
async fn a_placeholder_it_was_shown_becomes_the_token_and_a_forged_one_nothing() {
    assert_eq!(read("(i32.const 3584)").await.unwrap(), "at-0123456789abcdef");
    assert_eq!(rule(&read("(i32.const 3072)").await.unwrap_err()), "placeholder-forged");
}

#[tokio::test]
async fn a_placeholder_in_the_log_is_refused() {
    let writes = "(call $log (i32.const 1) (i32.const 0) (i32.const 0) (local.get 8) (local.get 9)) (i32.const 3584)";
    assert_eq!(rule(&read(writes).await.unwrap_err()), "placeholder-forged");
}

#[tokio::test]
async fn a_hook_reaches_no_network() {
    let sends = r"(call $fetch (i32.const 512) (i32.const 4) (i32.const 600) (i32.const 28) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096))
        (call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.load (i32.const 4104)) (i32.load (i32.const 4108))) (i32.const 3584)";
    let sandbox = Sandbox::new(Limits::default());
    let context = sandbox.context(&component("https://id.example.com/token", sends), Hook::TokenResponse).await;
    let outcome = sandbox
        .runtime
        .token_response(context, Occasion::Exchange, &Response::new(b"{\"access_token\":\"x\"}".to_vec()), &[])
        .await;
    assert_eq!(outcome.log.lines[0].text, "request-not-declared");
    assert!(sandbox.network.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_hook_the_component_does_not_export_is_named() {
    let sandbox = Sandbox::new(Limits::default());
    let context = sandbox.context(&component("https://id.example.com/token", "unreachable"), Hook::Revoke).await;
    assert_eq!(rule(&sandbox.runtime.revoke_plans(context, None).await.result.unwrap_err()), "hook-missing");
}
