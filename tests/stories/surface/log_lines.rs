//! The log: one line a request, in JSON where that is set, with the id that the caller's answer and the audit log have too.

use std::fs;

use serde_json::{Value, json};

use crate::child::{Jackfield, Served};

async fn serve(folder: &std::path::Path, header: Option<&str>) -> (Served, String) {
    let cli = Jackfield::in_folder(folder).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let mut cli = cli.with("JACKFIELD_LOG_FORMAT", "json");
    if let Some(header) = header {
        cli = cli.with("JACKFIELD_LOG_REQUEST_ID_HEADER", header);
    }
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    let key = fs::read_to_string(folder.join("jackfield-data.operator-key")).unwrap().trim().to_owned();
    (host, key)
}

/// The lines of the log about one request.
fn about(said: &str, id: &str) -> Vec<Value> {
    let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["fields"]["request"] == json!(id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_has_one_line_that_says_what_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (host, key) = serve(folder.path(), None).await;
    let asked = [
        ("/v1/tenants", "/v1/tenants", 200),
        ("/v1/tenants/ten_00000000000000000000000000", "/v1/tenants/{id}", 404),
        ("/v1/connections?end_user=s3cret-person", "/v1/connections", 400),
        ("/connect/s3cret-link", "/connect/{link}", 404),
        ("/s3cret-nowhere", "none", 404),
    ];
    let mut ids = Vec::new();
    for (path, _, status) in asked {
        let answer = host.get(&key, path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.json);
        let header = if path.starts_with("/v1/") { "jackfield-request-id" } else { "x-request-id" };
        let id = answer.headers[header].to_str().unwrap().to_owned();
        if status != 200 && path.starts_with("/v1/") {
            assert_eq!(answer.json["request_id"], json!(id), "{path}");
        }
        ids.push(id);
    }
    let (_, said) = host.stop().await;
    for ((path, route, status), id) in asked.iter().zip(&ids) {
        let lines = about(&said, id);
        assert_eq!(lines.len(), 1, "{path}: {said}");
        let fields = &lines[0]["fields"];
        assert_eq!(
            (&fields["method"], &fields["route"], &fields["status"]),
            (&json!("GET"), &json!(route), &json!(status))
        );
        assert!(fields["milliseconds"].is_u64() && lines[0]["timestamp"].is_string() && lines[0]["level"].is_string());
    }
    assert!(!said.contains("s3cret") && !said.contains(&key), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_the_operator_s_proxy_is_taken_over_where_it_is_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    let (host, key) = serve(folder.path(), Some("X-Request-Id")).await;
    let with = |given: &str| {
        http::Request::get("/").header("x-request-id", given).header("authorization", format!("Bearer {key}"))
    };
    let theirs = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";
    let taken = host.send("/v1/tenants/nothing", with(theirs).body(bytes::Bytes::new()).unwrap()).await;
    assert_eq!(taken.headers["jackfield-request-id"], theirs);
    assert_eq!(taken.json["request_id"], theirs);
    for bad in ["short", "has a space in it", "\"quoted-and-long\"", &"x".repeat(200)] {
        let answer = host.send("/v1/tenants", with(bad).body(bytes::Bytes::new()).unwrap()).await;
        assert!(answer.headers["jackfield-request-id"].to_str().unwrap().starts_with("req_"), "{bad}");
    }
    let (_, said) = host.stop().await;
    assert_eq!(about(&said, theirs).len(), 1, "{said}");
    assert!(!said.contains("quoted-and-long"));
}
