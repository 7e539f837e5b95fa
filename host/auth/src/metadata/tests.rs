//! Tests of issuer metadata: where it is looked for, and what of it is believed.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
use proptest::prelude::*;

use super::*;

const ISSUER: &str = "https://as.example";

fn document(members: &str) -> Vec<u8> {
    format!(r#"{{"issuer":"{ISSUER}","token_endpoint":"https://as.example/t"{members}}}"#).into_bytes()
}

#[test]
fn md_1_the_well_known_part_goes_between_host_and_path_then_openid() {
    // RFC 8414 section 3.1 and section 5; OpenID Connect Discovery section 4.
    for (issuer, expected) in [
        (
            "https://example.com",
            vec![
                "https://example.com/.well-known/oauth-authorization-server",
                "https://example.com/.well-known/openid-configuration",
            ],
        ),
        (
            "https://example.com/issuer1",
            vec![
                "https://example.com/.well-known/oauth-authorization-server/issuer1",
                "https://example.com/issuer1/.well-known/openid-configuration",
                "https://example.com/.well-known/openid-configuration/issuer1",
            ],
        ),
        (
            "https://example.com/",
            vec![
                "https://example.com/.well-known/oauth-authorization-server",
                "https://example.com/.well-known/openid-configuration",
            ],
        ),
    ] {
        assert_eq!(well_known_urls(issuer, Plain::Refused).unwrap(), expected, "{issuer}");
    }
    for issuer in ["http://example.com", "https://example.com?x", "https://example.com/#x", "example.com", ""] {
        assert_eq!(well_known_urls(issuer, Plain::Refused), Err(MetadataError::Issuer), "{issuer}");
    }
    assert!(well_known_urls("http://127.0.0.1:9401", Plain::LoopbackAllowed).is_ok());
}

#[test]
fn md_2_another_issuer_discards_the_whole_document() {
    let good = read(ISSUER, &document(""), Plain::Refused).unwrap();
    assert_eq!(good.token_endpoint.as_deref(), Some("https://as.example/t"));
    for issuer in ["https://as.example/", "https://AS.example", "https://other.example", ""] {
        assert_eq!(read(issuer, &document(""), Plain::Refused), Err(MetadataError::OtherIssuer), "{issuer}");
    }
    assert_eq!(read(ISSUER, b"{}", Plain::Refused), Err(MetadataError::OtherIssuer));
}

#[test]
fn md_3_documents_are_bounded_in_size_and_depth() {
    let deep = format!(r#","x":{}{}"#, "[".repeat(17), "]".repeat(17));
    let long = format!(r#","x":"{}""#, "a".repeat(DOCUMENT_LIMIT));
    for bytes in [document(&deep), document(&long), b"<html></html>".to_vec(), b"[]".to_vec(), Vec::new()] {
        assert!(matches!(read(ISSUER, &bytes, Plain::Refused), Err(MetadataError::Unreadable(_))));
    }
}

#[test]
fn md_4_every_endpoint_is_https() {
    for name in ["authorization_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri"] {
        for url in
            ["http://as.example/x", "javascript:alert(1)", "https://u@as.example/x", "/x", "https://as.example/#f"]
        {
            let bytes = document(&format!(r#","{name}":"{url}""#));
            let refused = read(ISSUER, &bytes, Plain::Refused);
            assert!(matches!(refused, Err(MetadataError::Endpoint(_))), "{name} {url}: {refused:?}");
        }
    }
    let loopback = document(r#","jwks_uri":"http://127.0.0.1:1/k""#);
    assert!(read(ISSUER, &loopback, Plain::Refused).is_err());
    assert!(read(ISSUER, &loopback, Plain::LoopbackAllowed).is_ok());
}

#[test]
fn md_5_the_cache_is_bounded_and_a_changed_endpoint_is_named() {
    for (header, expected) in [
        (None, SHORTEST_CACHE),
        (Some("no-store"), SHORTEST_CACHE),
        (Some("public, max-age=3600"), 3600),
        (Some("max-age=0"), SHORTEST_CACHE),
        (Some("max-age=99999999"), LONGEST_CACHE),
        (Some("max-age=x"), SHORTEST_CACHE),
    ] {
        assert_eq!(cache_seconds(header), expected, "{header:?}");
    }
    let old = read(ISSUER, &document(""), Plain::Refused).unwrap();
    let new = read(ISSUER, &document(r#","revocation_endpoint":"https://as.example/r""#), Plain::Refused).unwrap();
    let (old, new) = (old.announced(), new.announced());
    assert_eq!(changed_endpoints(&old, &old), Vec::<String>::new());
    assert_eq!(changed_endpoints(&old, &new), ["revocation_endpoint"]);
    assert_eq!(changed_endpoints(&new, &old), ["revocation_endpoint"]);
}

#[test]
fn pkce_5_methods_without_s256_are_warned_of_and_recorded() {
    let read = |members: &str| read(ISSUER, &document(members), Plain::Refused).unwrap().warnings;
    assert_eq!(read(r#","code_challenge_methods_supported":["plain"]"#), [Warning::PkceWithoutS256]);
    assert_eq!(read(r#","code_challenge_methods_supported":["plain","S256"]"#), []);
    assert_eq!(read(""), []);
}

proptest! {
    #[test]
    fn any_document_is_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(ISSUER, &bytes, Plain::Refused);
    }
}
