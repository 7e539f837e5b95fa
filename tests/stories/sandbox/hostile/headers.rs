//! Headers of answers: connectors that take each letter of what they were shown for the next one, so that nothing that masks on the
//! way out would know it again. What is masked there was masked before the guest had it.

use http::HeaderValue;
use http::header::SET_COOKIE;
use jackfield_tests::doubles::{Fault, On};
use serde_json::json;

use super::core::Core;
use super::row::Row;

/// Each is written as these rows say it: `x-echo=[masked]`, each letter but the `=` replaced by the one behind it.
const ECHO: &str = r"y.fdip=\nbtlfe^;";
const ECHO_BASE64: &str = r"y.fdip.cbtf75=\nbtlfe^;";
const COOKIE: &str = r"tfu.dppljf=\nbtlfe^;";

pub(crate) fn rows() -> Vec<Row> {
    let me: fn(Core) -> Core = |core| says_headers(core, "https://provider.test/me");
    let echo: fn(Core) -> Core = |core| says_headers(core, "https://provider.test/echo");
    vec![
        Row::fails("says-its-headers", echo, "answered", ECHO),
        Row::fails("says-its-headers-in-base64", echo, "answered", ECHO_BASE64),
        Row::fails("says-a-cookie-with-the-secret", echo, "answered", COOKIE),
        // A session of the provider's is no secret the host knows: hidden all the same.
        Row::fails("says-a-cookie", me, "answered", COOKIE).while_(|scene| {
            let cookie = HeaderValue::from_static("session=not-a-secret-of-ours; HttpOnly");
            scene.provider.double().faults().once(On::path("/me"), Fault::Header(SET_COOKIE, cookie));
        }),
    ]
}

/// Fails with every header of the answer, disguised: `name=value;`.
fn says_headers(core: Core, url: &str) -> Core {
    core.asks(json!({ "method": "GET", "url": url })).with(DISGUISE).verify(
        "(local $begin i32) (local $header i32) (local $end i32)
        (call $ask (local.get $connection) (i32.const {request}))
        (call $drop (local.get $connection))
        (local.set $begin (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16384)))
        (global.set $said (local.get $begin))
        (local.set $header (i32.load offset=8 (i32.const 1024)))
        (local.set $end (i32.add (local.get $header) (i32.mul (i32.load offset=12 (i32.const 1024)) (i32.const 16))))
        (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $header) (local.get $end)))
            (call $disguise (i32.load (local.get $header)) (i32.load offset=4 (local.get $header)) (i32.const 61))
            (call $disguise
                (i32.load offset=8 (local.get $header)) (i32.load offset=12 (local.get $header)) (i32.const 59))
            (local.set $header (i32.add (local.get $header) (i32.const 16)))
            (br $next)))
        (call $say (i32.const {code}) (i32.const {answered}) (i32.const 8))
        (call $say (i32.const {message}) (local.get $begin) (i32.sub (global.get $said) (local.get $begin)))
        (i32.const {failed})",
    )
}

/// Appends text to what is said, each letter as the one behind it, and a mark.
const DISGUISE: &str = "(global $said (mut i32) (i32.const 0))
    (func $disguise (param $at i32) (param $length i32) (param $mark i32)
        (local $end i32) (local.set $end (i32.add (local.get $at) (local.get $length)))
        (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
            (i32.store8 (global.get $said) (i32.add (i32.load8_u (local.get $at)) (i32.const 1)))
            (global.set $said (i32.add (global.get $said) (i32.const 1)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next)))
        (i32.store8 (global.get $said) (local.get $mark))
        (global.set $said (i32.add (global.get $said) (i32.const 1))))";
