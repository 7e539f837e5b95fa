//! Contradictory placements, pairs and headers: each refused with its place.

use super::*;
use crate::manifest::{Basic, CallHeader, Field, FieldKind, MethodKind, Placed};

fn secret(key: &str) -> Field {
    Field {
        key: key.into(),
        label: key.into(),
        help: String::new(),
        kind: FieldKind::Text,
        pattern: None,
        example: None,
        default: None,
        prefix: String::new(),
        suffix: String::new(),
        required: true,
        secret: true,
        hidden: false,
        advanced: false,
        visible_when: None,
        warning: None,
    }
}

fn of_field(name: &str, key: &str) -> Placed {
    Placed { secret: Some(key.into()), ..placed(name, "") }
}

/// The sample with a token method that has these placements.
fn placing(placements: Vec<Placement>) -> String {
    faults_after(|manifest| {
        let method = &mut manifest.methods[0];
        method.kind = MethodKind::ApiToken { field: "key".into() };
        method.fields = vec![secret("key"), secret("app_key")];
        method.revocation = Revocation::None;
        method.placements = placements;
        method.placements.push(Placement::Header(of_field("X-App", "app_key")));
    })
}

#[test]
fn several_places_at_once_each_with_its_own_secret_are_sound() {
    let header = || Placement::Header(placed("X-Key", "Key "));
    let cookie = Placement::Cookie(placed("sid", ""));
    assert_eq!(placing(vec![header(), Placement::Query(placed("key", "")), cookie]), "");
}

#[test]
fn one_place_is_filled_once() {
    let twice = [
        (Placement::Header(placed("X-Key", "")), Placement::Header(placed("x_key", "Token "))),
        (Placement::Query(placed("key", "")), Placement::Query(placed("key", ""))),
        (Placement::Cookie(placed("sid", "")), Placement::Cookie(of_field("sid", "app_key"))),
    ];
    for (one, other) in twice {
        let faults = placing(vec![one, other]);
        assert!(faults.starts_with("methods[0] `oauth`.placements[1]: the "), "{faults}");
        assert!(faults.contains("is filled twice"), "{faults}");
    }
}

#[test]
fn the_hosts_headers_and_malformed_names_take_no_credential() {
    for name in ["Host", "content-length", "Cookie", "Set-Cookie", "Referer", "Content-Type", "a b", ""] {
        let faults = placing(vec![Placement::Header(placed(name, ""))]);
        assert!(faults.contains(&format!("placements[0]: `{name}` is ")), "{name}: {faults}");
    }
    for name in ["a=b", "a;b", ""] {
        assert!(placing(vec![Placement::Cookie(placed(name, ""))]).contains("no cookie name"), "{name}");
    }
    assert!(placing(vec![Placement::Query(placed("", ""))]).contains("a place needs a name"));
}

#[test]
fn a_credential_in_the_body_needs_requests_with_a_body() {
    let faults = placing(vec![Placement::Body(placed("token", ""))]);
    assert!(faults.contains("placements[0]: `verify` declares only requests without a body"), "{faults}");
    assert!(faults.contains("`look` needs GET "), "{faults}");
}

#[test]
fn an_access_token_goes_into_no_cookie() {
    let faults =
        faults_after(|manifest| manifest.methods[0].placements = vec![Placement::Cookie(placed("session", ""))]);
    assert!(faults.contains("placements[0]: an access token does not go into a cookie"), "{faults}");
}

#[test]
fn what_is_placed_is_a_secret_and_every_secret_is_placed() {
    assert!(placing(vec![Placement::Header(of_field("X-Key", "nothing"))]).contains("`nothing` is no secret field"));
    assert!(placing(vec![]).contains("nowhere its own credential"));
    let faults = faults_after(|manifest| manifest.methods[0].fields.push(secret("spare")));
    assert!(faults.contains("the secret field `spare` goes nowhere"), "{faults}");
    let faults = faults_after(|manifest| manifest.fields.push(secret("spare")));
    assert!(faults.contains("fields: the secret field `spare` goes nowhere"), "{faults}");
}

fn pair(name: &str, password: &str) -> String {
    faults_after(|manifest| {
        let method = &mut manifest.methods[0];
        method.kind = MethodKind::Basic(Basic { name: template(name), password: template(password) });
        method.fields = vec![Field { secret: false, ..secret("user") }, secret("password")];
        method.revocation = Revocation::None;
        method.placements = vec![Placement::Header(placed("Authorization", "Basic "))];
    })
}

#[test]
fn a_pair_is_of_declared_fields_one_of_them_secret_and_its_name_has_no_colon() {
    assert_eq!(pair("{user}", "{password}"), "");
    assert_eq!(pair("{password}", ""), "");
    assert!(pair("{user}:x", "{password}").contains("holds a colon"));
    assert!(pair("{user}", "{nothing}").contains("`{nothing}` is no connection field"));
    let shared = pair("{user}", "fixed");
    assert!(shared.contains("everybody would share it") && shared.contains("`password` goes nowhere"), "{shared}");
}

#[test]
fn a_fixed_header_is_neither_the_hosts_nor_a_placed_one_nor_declared_twice() {
    let with = |names: &[&str]| {
        faults_after(|manifest| {
            let header = |name: &&str| CallHeader { name: (*name).into(), value: template("1"), replaceable: false };
            manifest.headers = names.iter().map(header).collect();
        })
    };
    assert_eq!(with(&["Notion-Version", "X-Other"]), "");
    assert!(with(&["authorization"]).contains("headers[0]: the header `authorization` belongs to the host"));
    assert!(with(&["Content-Type"]).contains("belongs to the host or to the request's body"));
    assert!(with(&["a b"]).contains("is no header name"));
    assert!(with(&["X-One", "x_one"]).contains("headers[1]: the header `x_one` is declared twice"));
    let faults = faults_after(|manifest| {
        manifest.methods[0].placements = vec![Placement::Header(placed("X-Token", ""))];
        manifest.headers = vec![CallHeader { name: "x-token".into(), value: template("1"), replaceable: true }];
    });
    assert!(faults.contains("carries a credential"), "{faults}");
}
