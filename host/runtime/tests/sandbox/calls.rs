//! Verify: the credential placed by the host, the answer masked, every refusal named.

use http::Response;
use jackfield_runtime::{CallError, Hook, Limits};

use crate::{
    component::{ALICE, verifying},
    host::{Sandbox, TOKEN, now},
};

const TEXTS: &str = r#"(data (i32.const 512) "GET") (data (i32.const 528) "https://api.example.com/user") (data (i32.const 600) "https://evil.example/user") (data (i32.const 650) "https://id.example.com/me") (data (i32.const 700) "https://169.254.169.254/latest")"#;

/// Sends to the URL at `url`, writes the whole answer to the log, and answers `alice`.
fn sending(url: i32, length: i32) -> Vec<u8> {
    let body = format!(
        r"(call $send (local.get $connection) (i32.const 512) (i32.const 3) (i32.const {url}) (i32.const {length}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096))
        ;; result<response, send-error> at 4096: body at +16 when it is a response, the denial's texts when it is not
        (if (i32.eqz (i32.load8_u (i32.const 4096)))
            (then (call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.load (i32.const 4112)) (i32.load (i32.const 4116))))
            (else (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.load (i32.const 4104)) (i32.load (i32.const 4108)))))
        (call $drop (local.get $connection))
        (i32.const 1024)"
    );
    verifying(&body, &format!("{TEXTS}{ALICE}"))
}

async fn verified(component: &[u8], sandbox: &Sandbox) -> (Result<String, CallError>, Vec<String>) {
    let context = sandbox.context(component, Hook::Verify).await;
    let outcome = sandbox.runtime.verify(context).await;
    (outcome.result.map(|verified| verified.account.id), outcome.log.lines.into_iter().map(|line| line.text).collect())
}

#[tokio::test]
async fn the_host_places_the_credential_and_the_guest_never_sees_it() {
    let sandbox = Sandbox::new(Limits::default());
    let echo =
        format!(r#"{{"authorization":"Bearer {TOKEN}","hex":"{}"}}"#, data_encoding::HEXLOWER.encode(TOKEN.as_bytes()));
    sandbox.answer(Response::builder().status(200).header("x-echo", TOKEN).body(echo.into_bytes()).unwrap());
    let (account, log) = verified(&sending(528, 28), &sandbox).await;
    assert_eq!(account.unwrap(), "alice");
    assert_eq!(log, [r#"{"authorization":"Bearer [masked]","hex":"[masked]"}"#]);
    assert_eq!(*sandbox.network.sent.lock().unwrap(), [format!("GET https://api.example.com/user Bearer {TOKEN}")]);
}

#[tokio::test]
async fn a_request_elsewhere_is_refused_and_nothing_is_sent() {
    let sandbox = Sandbox::new(Limits::default());
    for (url, length, rule) in
        [(600, 25, "origin-not-declared"), (650, 25, "credential-origin"), (700, 30, "private-address")]
    {
        let (account, log) = verified(&sending(url, length), &sandbox).await;
        assert_eq!(account.unwrap(), "alice");
        assert_eq!(log, [rule]);
    }
    assert!(sandbox.network.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_judged_again_and_one_elsewhere_comes_back_bare() {
    let sandbox = Sandbox::new(Limits::default());
    let redirect = |to: &str| Response::builder().status(302).header("location", to).body(b"moved".to_vec()).unwrap();
    sandbox.answer(redirect("/user?again=1"));
    sandbox.answer(redirect("https://evil.example/user"));
    let (_, log) = verified(&sending(528, 28), &sandbox).await;
    assert_eq!(log, ["moved"]);
    assert_eq!(sandbox.network.sent.lock().unwrap().len(), 2);

    sandbox.answer(redirect("/admin"));
    let (_, log) = verified(&sending(528, 28), &sandbox).await;
    assert_eq!(log, ["request-not-declared"]);
    assert_eq!(sandbox.network.sent.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_packed_answer_is_not_handed_on() {
    let sandbox = Sandbox::new(Limits::default());
    sandbox.answer(Response::builder().header("content-encoding", "gzip").body(b"x".to_vec()).unwrap());
    let (_, log) = verified(&sending(528, 28), &sandbox).await;
    assert_eq!(log.len(), 1);
    assert!(!log[0].contains('x'), "{log:?}");
}

#[tokio::test]
async fn an_unapproved_or_unloaded_connector_does_not_run() {
    let sandbox = Sandbox::new(Limits::default());
    let component = sending(528, 28);
    let mut unapproved = sandbox.connector(&component);
    unapproved.approval = None;
    assert_eq!(sandbox.settle(&unapproved, Hook::Verify, now()).unwrap_err().rule, "not-approved");
    let mut upgraded = sandbox.connector(&component);
    upgraded.digest = "00".repeat(32);
    assert_eq!(sandbox.settle(&upgraded, Hook::Verify, now()).unwrap_err().rule, "not-approved");

    let context = sandbox.context(&component, Hook::Verify).await;
    sandbox.runtime.unload(&sandbox.connector(&component).digest);
    let outcome = sandbox.runtime.verify(context).await;
    assert_eq!(outcome.result.unwrap_err().kind(), "not-loaded");
}

#[tokio::test]
async fn a_context_for_one_function_serves_no_other() {
    let sandbox = Sandbox::new(Limits::default());
    let context = sandbox.context(&sending(528, 28), Hook::TokenRequest).await;
    let error = sandbox.runtime.verify(context).await.result.unwrap_err();
    assert!(matches!(error, CallError::Denied { ref denial, .. } if denial.rule == "wrong-context"), "{error}");
}

#[test]
fn calls_can_be_awaited_anywhere() {
    fn sendable<T: Send>(_: &T) {}
    let sandbox = Sandbox::new(Limits::default());
    let future = async {
        let context = sandbox.context(b"", Hook::Verify).await;
        sandbox.runtime.verify(context).await
    };
    sendable(&future);
}
