//! The description of the API is the API: what is served, what is printed and what answers are the same.

use http::Method;
use jackfield_tests::described;
use jackfield_tests::host::{Setting, TestHost};
use serde_json::Value;

use crate::child::Jackfield;

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

async fn host() -> TestHost {
    TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap()
}

fn paths(description: &Value) -> impl Iterator<Item = (&String, &Value)> {
    description["paths"].as_object().unwrap().iter()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_serves_what_the_command_prints() {
    let host = host().await;
    let served = host.get("", "/openapi.json").await.unwrap();
    assert_eq!((served.status.as_u16(), &served.json["openapi"]), (200, &Value::from("3.1.0")));
    let printed = Jackfield::operating(&host).run(&["openapi"]).await.done();
    assert_eq!(String::from_utf8(served.body.to_vec()).unwrap(), printed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_described_answers_and_nothing_else_does() {
    let host = host().await;
    let described = host.get("", "/openapi.json").await.unwrap().json;
    for (template, item) in paths(&described) {
        let path = template.replace(['{', '}'], "");
        for method in METHODS {
            let answer = host.api("", method.clone(), &path, None).await.unwrap();
            let here = item.get(method.as_str().to_lowercase()).is_some();
            let refused = ["no-route", "method-not-allowed"].contains(&answer.code());
            assert_eq!(here, !refused, "{method} {template} answers {} {}", answer.status, answer.json);
        }
    }
}

#[test]
fn every_example_fits_what_it_is_an_example_of() {
    let description = jackfield_server::app::description();
    let mut checked = 0;
    for (template, item) in paths(&description) {
        for (method, operation) in item.as_object().unwrap() {
            let bodies =
                operation.get("requestBody").into_iter().chain(operation["responses"].as_object().unwrap().values());
            for media in bodies.filter_map(|body| body["content"].as_object()).flat_map(|content| content.values()) {
                let named = media["examples"].as_object().into_iter().flat_map(|examples| examples.values());
                let named = named
                    .map(|example| &description.pointer(&example["$ref"].as_str().unwrap()[1..]).unwrap()["value"]);
                for example in named.chain(media.get("example")) {
                    described::fits(&media["schema"], example)
                        .unwrap_or_else(|error| panic!("{method} {template}: {error:#}"));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 100, "{checked} examples");
}

#[test]
fn requests_are_closed_and_answers_are_open() {
    let description = jackfield_server::app::description();
    let closed = |name: &str| description["components"]["schemas"][name].get("additionalProperties");
    for (template, item) in paths(&description) {
        for operation in item.as_object().unwrap().values() {
            let reference = operation.pointer("/requestBody/content/application~1json/schema/$ref");
            let Some(name) = reference.and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next())
            else {
                continue;
            };
            assert_eq!(closed(name), Some(&Value::from(false)), "{template}: {name} takes fields it does not know");
        }
    }
    assert_eq!((closed("Connection"), closed("Problem")), (None, None));
}
