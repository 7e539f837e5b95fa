//! Providers that mean harm behind a connector that means none: answers that drip, never end, or come packed.

use http::header::CONTENT_ENCODING;
use http::{HeaderName, StatusCode};
use jackfield_tests::doubles::{Fault, Gate, On};
use serde_json::json;

use super::core::Core;
use super::limits::{WALL, in_a_row};
use super::row::Row;
use crate::scene::Scene;

/// For scenes whose bounds on time are short.
pub(crate) fn slow() -> Vec<Row> {
    let drip: fn(&Scene) = |scene| strike(scene, Fault::Dripping);
    vec![
        Row::fails("answer-byte-by-byte", asks, "not-sent", "`limits.request_ms`").while_(drip),
        Row::works("answer-byte-by-byte-passed-over", |core| core.waits(me())).while_(drip),
        // Each of them within its own time, all of them beyond that of the call.
        Row::fails("answers-byte-by-byte-in-a-row", |core| in_a_row(core, 20), "limit", WALL)
            .while_(always_dripping)
            .so_that(|scene| {
                let asked = scene.provider.double().log().to("/me").len();
                scene.provider.double().faults().clear();
                // The requests of the rows before, and of this one as many as its time held.
                if asked < 20 { Ok(()) } else { Err(format!("{asked} requests were sent")) }
            }),
    ]
}

/// For scenes in which one request may take longer than its whole call.
pub(crate) fn patient() -> Vec<Row> {
    let held: fn(&Scene) = |scene| strike(scene, Fault::Held(Gate::default()));
    vec![
        Row::fails("answer-byte-by-byte-for-ever", asks, "limit", WALL).while_(|scene| strike(scene, Fault::Dripping)),
        Row::fails("answer-for-ever-behind-a-gate", asks, "limit", WALL).while_(held),
    ]
}

fn always_dripping(scene: &Scene) {
    scene.provider.double().faults().always(On::path("/me"), Fault::Dripping);
}

pub(crate) fn rows() -> Vec<Row> {
    let packed: fn(&Scene) = |scene| strike(scene, told(CONTENT_ENCODING, "gzip"));
    vec![
        Row::fails("answer-without-end", asks, "not-sent", "the answer has more than 1048576 bytes")
            .while_(|scene| strike(scene, Fault::Huge(u64::MAX / 2))),
        Row::fails("answer-packed", asks, "not-sent", "packed its answer").while_(packed),
        Row::fails("answer-packed-twice", asks, "not-sent", "packed its answer")
            .while_(|scene| strike(scene, told(CONTENT_ENCODING, "identity, br"))),
        Row::fails("answer-packed-behind-another-header", asks, "not-sent", "packed its answer")
            .while_(|scene| strike(scene, Fault::Told(StatusCode::OK, in_two_headers(["identity", "gzip"])))),
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

fn in_two_headers(codings: [&str; 2]) -> Vec<(&'static str, String)> {
    codings.map(|coding| ("content-encoding", coding.to_owned())).to_vec()
}

fn told(name: HeaderName, value: &'static str) -> Fault {
    Fault::Header(name, http::HeaderValue::from_static(value))
}
