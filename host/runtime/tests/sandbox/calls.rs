//! Verify: the credential placed by the host, the answer masked, every refusal named.

use std::time::Duration;

use http::Response;
use jackfield_runtime::{CallError, Hook, Limits};

use crate::{
    component::{ALICE, verifying},
    host::{Sandbox, TOKEN, now},
};

const TEXTS: &str = r#"(data (i32.const 512) "GET") (data (i32.const 528) "https://api.example.com/user") (data (i32.const 600) "https://evil.example/user") (data (i32.const 650) "https://id.example.com/me") (data (i32.const 700) "https://169.254.169.254/latest")"#;

/// Writes a text to the log, each letter as the one behind it: as it is, the log would mask what the guest was shown.
const DISGUISED: &str = "(func $told (param $level i32) (param $at i32) (param $length i32)
    (local $left i32) (local $letter i32)
    (local.set $left (local.get $length))
    (block $done (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (local.set $letter (i32.add (local.get $at) (local.get $left)))
        (i32.store8 (local.get $letter) (i32.add (i32.load8_u (local.get $letter)) (i32.const 1)))
        (br $next)))
    (call $log (local.get $level) (i32.const 0) (i32.const 0) (local.get $at) (local.get $length)))";

/// Sends to the URL at `url`, writes the answer's body and the values of its headers to the log, or what
/// a denial says, and answers `alice`.
fn sending(url: i32, length: i32) -> Vec<u8> {
    let body = format!(
        r"(local $header i32) (local $end i32)
        (call $send (local.get $connection) (i32.const 512) (i32.const 3) (i32.const {url}) (i32.const {length}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096))
        (call $drop (local.get $connection))
        ;; result<response, send-error> at 4096: a response's headers at +8 and body at +16, a denial's texts at +8
        (if (i32.load8_u (i32.const 4096))
            (then (call $told (i32.const 2) (i32.load (i32.const 4104)) (i32.load (i32.const 4108)))
                (call $told (i32.const 2) (i32.load (i32.const 4112)) (i32.load (i32.const 4116)))
                (return (i32.const 1024))))
        (call $told (i32.const 1) (i32.load (i32.const 4112)) (i32.load (i32.const 4116)))
        (local.set $header (i32.load (i32.const 4104)))
        (local.set $end (i32.add (local.get $header) (i32.mul (i32.load (i32.const 4108)) (i32.const 16))))
        (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $header) (local.get $end)))
            (call $told (i32.const 1) (i32.load offset=8 (local.get $header)) (i32.load offset=12 (local.get $header)))
            (local.set $header (i32.add (local.get $header) (i32.const 16)))
            (br $next)))
        (i32.const 1024)"
    );
    verifying(&body, &format!("{TEXTS}{ALICE}{DISGUISED}"))
}

async fn verified(component: &[u8], sandbox: &Sandbox) -> (Result<String, CallError>, Vec<String>) {
    let context = sandbox.context(component, Hook::Verify).await;
    let outcome = sandbox.runtime.verify(context).await;
    let plain = |text: &str| text.bytes().map(|letter| char::from(letter - 1)).collect();
    let log = outcome.log.lines.iter().map(|line| plain(&line.text)).collect();
    (outcome.result.map(|verified| verified.account.id), log)
}

#[tokio::test]
async fn the_host_places_the_credential_and_the_guest_never_sees_it() {
    let sandbox = Sandbox::new(Limits::default());
    let echo =
        format!(r#"{{"authorization":"Bearer {TOKEN}","hex":"{}"}}"#, data_encoding::HEXLOWER.encode(TOKEN.as_bytes()));
    let answer = Response::builder().status(200).header("x-echo", format!("is {TOKEN}"));
    let answer = answer.header("set-cookie", "session=no secret of ours");
    sandbox.answer(answer.body(echo.into_bytes()).unwrap());
    let (account, log) = verified(&sending(528, 28), &sandbox).await;
    assert_eq!(account.unwrap(), "alice");
    assert_eq!(log, [r#"{"authorization":"Bearer [masked]","hex":"[masked]"}"#, "is [masked]", "[masked]"]);
    assert_eq!(*sandbox.network.sent.lock().unwrap(), [format!("GET https://api.example.com/user Bearer {TOKEN}")]);
}

/// Who waits for a provider has ticks behind it when it goes on, as many as it sends requests.
#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_waits_is_not_taken_for_one_that_computes_and_one_that_computes_is() {
    let sending = |before: &str| {
        format!(
            "(local $left i32) {before} (local.set $left (i32.const 3))
            (loop $on
                (call $send (local.get $connection) (i32.const 512) (i32.const 3) (i32.const 528) (i32.const 28) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096))
                (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                (br_if $on (local.get $left)))
            (call $drop (local.get $connection)) (i32.const 1024)"
        )
    };
    let counts = "(func $count (local $left i32) (local.set $left (i32.const 100000000))
        (loop $on (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $on (local.get $left))))";
    let waits = verifying(&sending(""), &format!("{TEXTS}{ALICE}"));
    let computes = verifying(&sending("(call $count)"), &format!("{TEXTS}{ALICE}{counts}"));
    let sandbox = Sandbox::new(Limits::default());
    *sandbox.network.takes.lock().unwrap() = Duration::from_millis(10);
    for (component, is_aside) in [(waits, false), (computes, true)] {
        for _ in 0..2 {
            sandbox.network.threads.lock().unwrap().clear();
            assert_eq!(verified(&component, &sandbox).await.0.unwrap(), "alice");
        }
        let threads = sandbox.network.threads.lock().unwrap().clone();
        assert_eq!(threads.len(), 3);
        assert_eq!(threads[0].starts_with("aside"), is_aside, "{threads:?}");
    }
}

#[tokio::test]
async fn what_the_host_computes_for_an_answer_is_not_the_guests_computing() {
    let sandbox = Sandbox::new(Limits { cpu_ms: 100, ..Limits::default() });
    *sandbox.network.computes.lock().unwrap() = Duration::from_millis(300);
    sandbox.answer(Response::new(vec![]));
    assert_eq!(verified(&sending(528, 28), &sandbox).await.0.unwrap(), "alice");
}

#[tokio::test]
async fn a_request_elsewhere_is_refused_and_nothing_is_sent() {
    let sandbox = Sandbox::new(Limits::default());
    for (url, length, rule) in
        [(600, 25, "origin-not-declared"), (650, 25, "credential-origin"), (700, 30, "private-address")]
    {
        let (account, log) = verified(&sending(url, length), &sandbox).await;
        assert_eq!(account.unwrap(), "alice");
        assert_eq!(log[0], rule);
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
    assert_eq!(log, ["moved", "https://evil.example/user"]);
    assert_eq!(sandbox.network.sent.lock().unwrap().len(), 2);

    sandbox.answer(redirect("/admin"));
    let (_, log) = verified(&sending(528, 28), &sandbox).await;
    assert_eq!(log[0], "request-not-declared");
    assert_eq!(sandbox.network.sent.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn where_a_provider_led_is_not_repeated_when_that_is_refused() {
    let sandbox = Sandbox::new(Limits::default());
    let hex = data_encoding::HEXLOWER.encode(TOKEN.as_bytes());
    for (target, rule) in [
        (format!("/session/{TOKEN}/me"), "request-not-declared"),
        (format!("/session/{hex}/me"), "request-not-declared"),
        (format!("/{TOKEN}//me"), "path-ambiguous"),
    ] {
        sandbox.answer(Response::builder().status(302).header("location", &target).body(vec![]).unwrap());
        let (_, log) = verified(&sending(528, 28), &sandbox).await;
        let [denied, message] = log.as_slice() else { panic!("{log:?}") };
        assert_eq!(denied, rule);
        assert!(message.starts_with("the provider redirected this request"), "{message}");
        assert!(!message.contains(TOKEN) && !message.contains(&hex), "{message}");
    }
}

#[tokio::test]
async fn a_packed_answer_is_not_handed_on() {
    let sandbox = Sandbox::new(Limits::default());
    sandbox.answer(Response::builder().header("content-encoding", "gzip").body(b"x".to_vec()).unwrap());
    let (_, log) = verified(&sending(528, 28), &sandbox).await;
    assert!(log[0].starts_with("the provider packed its answer"), "{log:?}");
    assert!(log.iter().all(|line| !line.contains('x')), "{log:?}");
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
