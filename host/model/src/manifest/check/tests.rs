//! One contradiction a test: each fault names its place and its mend.
#![allow(clippy::indexing_slicing, reason = "a failed test is a panic")]

mod places;

use super::*;
use crate::{
    manifest::{
        BodyFormat, Envelope, KeptFrom, KeptValue, MethodKind, OAuth2, Origin, Pkce, Placement, Rename, Revocation,
        TokenRules,
    },
    sample::{manifest, placed, template},
};

fn faults_after(change: impl FnOnce(&mut Manifest)) -> String {
    let mut manifest = manifest();
    change(&mut manifest);
    let faults = check(&manifest, &BTreeSet::new());
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sound_manifest_has_no_faults() {
    assert_eq!(faults_after(|_| {}), "");
}

#[test]
fn names_and_ids_are_checked() {
    assert!(faults_after(|manifest| manifest.name = "Bad_Name".into()).starts_with("name: must be lower-case"));
    assert!(
        faults_after(|manifest| manifest.origins.push(manifest.origins[0].clone())).contains("`api` is declared twice")
    );
    assert!(faults_after(|manifest| manifest.methods.clear()).contains("at least one auth method"));
}

#[test]
fn a_name_of_the_host_s_own_is_no_connector_s() {
    let faults = faults_after(|manifest| manifest.name = "webhooks".into());
    assert!(faults.contains("name: `webhooks` is what"), "{faults}");
    assert_eq!(faults_after(|manifest| manifest.name = "webhooks-of-theirs".into()), "");
}

#[test]
fn what_every_request_is_compared_with_is_bounded() {
    let with = |more: usize| {
        faults_after(|manifest| {
            let pattern = manifest.requests[0].requests[0].clone();
            let there: usize = manifest.actions.iter().map(|action| action.requests.len()).sum();
            manifest.actions[0].requests.extend(vec![pattern.clone(); MOST_PATTERNS / 2]);
            let left = MOST_PATTERNS - MOST_PATTERNS / 2 - there;
            manifest.requests[0].requests = vec![pattern; left + more];
        })
    };
    assert_eq!(with(0), "");
    assert!(with(1).contains("2001 request patterns are declared"), "{}", with(1));
}

#[test]
fn undeclared_names_are_faults() {
    assert!(faults_after(|manifest| manifest.actions[0].any_of[0].push("fly".into())).contains("needs `fly`"));
    assert!(
        faults_after(|manifest| manifest.requests[0].requests[0].origin = "elsewhere".into())
            .contains("the origin `elsewhere`")
    );
    assert!(
        faults_after(|manifest| manifest.requests[0].requests[0].path = template("/{nothing}")).contains("`{nothing}`")
    );
    assert!(faults_after(|manifest| manifest.requests[0].hook = "revoke".into()).contains("exports no such hook"));
}

#[test]
fn unused_settings_are_faults() {
    let unused =
        Origin { id: "spare".into(), place: OriginPlace::Host(template("spare.example.com")), credential: false };
    assert!(faults_after(|manifest| manifest.origins.push(unused)).contains("`spare`: no action and no hook"));
    let faults = faults_after(|manifest| {
        manifest.actions.retain(|action| action.id != "post");
        manifest.actions.retain(|action| action.id != "either");
    });
    assert!(faults.contains("`admin`: no action needs it"), "{faults}");
}

#[test]
fn a_field_in_a_host_stays_inside_its_domain() {
    let host =
        |text: &'static str| faults_after(|manifest| manifest.origins[0].place = OriginPlace::Host(template(text)));
    assert!(host("{subdomain}.example.com").contains("kind host-label"));
    assert!(host("{subdomain}.com").contains("registrable domain"));
    assert!(host("{subdomain}").contains("registrable domain"));
    assert!(host("api.{subdomain}").contains("registrable domain"));
    assert!(host("https://api.example.com").contains("without scheme"));
    assert!(host("*.example.com").contains("wildcard"));
}

#[test]
fn endpoints_are_https() {
    let faults = faults_after(|manifest| {
        if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
            oauth2.token_url = Some(template("http://example.com/token"));
        }
    });
    assert!(faults.contains("is not https"), "{faults}");
}

#[test]
fn pkce_3_without_a_reason_it_cannot_be_done_without() {
    let changed = |change: &dyn Fn(&mut OAuth2)| {
        faults_after(|manifest| {
            if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
                change(oauth2);
            }
        })
    };
    for blank in ["", " ", "\n\t"] {
        let without = changed(&|oauth2| oauth2.authorize.pkce = Pkce::Unsupported(blank.into()));
        assert!(without.contains("does without PKCE and gives no reason"), "{without}");
        let query = changed(&|oauth2| oauth2.request.body = BodyFormat::Query(blank.into()));
        assert!(query.contains("in the query and gives no reason"), "{query}");
        let get = changed(&|oauth2| oauth2.request.get_because = Some(blank.into()));
        assert!(get.contains("as a GET and gives no reason"), "{get}");
    }
    let said = changed(&|oauth2| {
        oauth2.authorize.pkce = Pkce::Unsupported("it answers 400 to a challenge".into());
        oauth2.request.body = BodyFormat::Query("it reads nothing else".into());
        oauth2.request.get_because = Some("it answers 405 to a POST".into());
    });
    assert_eq!(said, "");
}

#[test]
fn revocation_must_be_possible() {
    assert!(faults_after(|manifest| manifest.methods[0].revocation = Revocation::Hook).contains("does not export"));
}

#[test]
fn a_kept_value_is_read_where_no_secret_stands() {
    let keep = |place: KeptFrom| {
        faults_after(|manifest| {
            if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
                let (success, payload) = ("/ok".to_owned(), "/body".to_owned());
                oauth2.response.envelope = Some(Envelope {
                    success,
                    success_values: vec!["true".into()],
                    payload,
                    error: "/error".into(),
                    message: "/message".into(),
                });
                let under = |name: &str, under: &str| TokenRules {
                    name: name.into(),
                    under: under.into(),
                    bearer: String::new(),
                    scope_list: String::new(),
                };
                oauth2.response.tokens = vec![under("bot", ""), under("user", "/authed_user")];
                let pattern = Pattern::new("[0-9]+").unwrap_or_else(|error| unreachable!("{error}"));
                oauth2.response.keep.push(KeptValue { key: "realm".into(), place, pattern });
            }
        })
    };
    let secret = "is read where a secret stands";
    for pointer in ["/access_token", "/body/refresh_token", "/id_token", "/authed_user/access_token"] {
        assert!(keep(KeptFrom::Response(pointer.into())).contains(secret), "{pointer}");
    }
    assert!(!keep(KeptFrom::Response("/team/access_token".into())).contains(secret));
    for (parameter, refused) in [("code", true), ("state", true), ("realmId", false)] {
        assert_eq!(keep(KeptFrom::Callback(parameter.into())).contains(secret), refused, "{parameter}");
    }
}

#[test]
fn where_a_provider_calls_the_code_and_the_state_otherwise_these_are_the_secret_ones() {
    let secret = "is read where a secret stands";
    let renamed = |parameter: &str| {
        faults_after(|manifest| {
            if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
                oauth2.authorize.code_parameter = Some("auth_code".into());
                oauth2.authorize.renames.push(Rename { standard: "state".into(), actual: Some("opaque".into()) });
                let (place, pattern) = (KeptFrom::Callback(parameter.into()), Pattern::new("[0-9]+"));
                let pattern = pattern.unwrap_or_else(|error| unreachable!("{error}"));
                oauth2.response.keep.push(KeptValue { key: "realm".into(), place, pattern });
            }
        })
    };
    for (parameter, refused) in [("auth_code", true), ("opaque", true), ("state", false)] {
        assert_eq!(renamed(parameter).contains(secret), refused, "{parameter}");
    }
}

#[test]
fn a_kept_value_takes_no_field_s_place_and_templates_name_public_fields() {
    let keep = |key: &'static str| {
        faults_after(|manifest| {
            if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
                let place = KeptFrom::Callback("realmId".into());
                let pattern = Pattern::new("[0-9]+").unwrap_or_else(|error| unreachable!("{error}"));
                oauth2.response.keep.push(KeptValue { key: key.into(), place, pattern });
            }
        })
    };
    assert_eq!(keep("realm"), "");
    assert!(keep("client.secret").contains("needs a key of its own"));
    let faults = faults_after(|manifest| {
        manifest.methods[0].placements = vec![Placement::Query(placed("{nothing}", ""))];
    });
    assert!(faults.contains("no declared public field"), "{faults}");
}
