//! Health and readiness, as a probe asks.

use jackfield_tests::host::{Setting, TestHost};

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_host_is_healthy_and_ready() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    assert_eq!(host.get("", "/healthz").await.unwrap().status, 200);
    assert_eq!(host.get("", "/readyz").await.unwrap().status, 200);
}
