//! Providers that mean harm behind a connector that means none: answers that drip, never end, or come packed.

use http::HeaderName;
use http::header::CONTENT_ENCODING;
use jackfield_tests::doubles::{Fault, On};
use serde_json::json;

use super::core::Core;
use super::row::Row;
use crate::scene::Scene;

/// For scenes whose bounds on time are short.
pub(crate) fn slow() -> Vec<Row> {
    let drip: fn(&Scene) = |scene| strike(scene, Fault::Dripping);
    vec![
        Row::fails("answer-byte-by-byte", asks, "not-sent", "`limits.request_ms`").while_(drip),
        Row::works("answer-byte-by-byte-passed-over", |core| core.waits(me())).while_(drip),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    let packed: fn(&Scene) = |scene| strike(scene, told(CONTENT_ENCODING, "gzip"));
    vec![
        Row::fails("answer-without-end", asks, "not-sent", "the answer has more than 1048576 bytes")
            .while_(|scene| strike(scene, Fault::Huge(u64::MAX / 2))),
        Row::fails("answer-packed", asks, "not-sent", "packed its answer").while_(packed),
        Row::fails("answer-packed-twice", asks, "not-sent", "packed its answer")
            .while_(|scene| strike(scene, told(CONTENT_ENCODING, "identity, br"))),
    ]
}

fn me() -> serde_json::Value {
    json!({ "method": "GET", "url": "https://provider.test/me" })
}

fn asks(core: Core) -> Core {
    core.asks(me())
}

fn strike(scene: &Scene, fault: Fault) {
    scene.provider.double().faults().once(On::path("/me"), fault);
}

fn told(name: HeaderName, value: &'static str) -> Fault {
    Fault::Header(name, http::HeaderValue::from_static(value))
}
