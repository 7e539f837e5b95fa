//! Choosing an origin, and paths that cannot leave it.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use jackfield_model::manifest::{self, OriginPlace};

use super::*;

fn manifest(declared: &[(&str, bool)]) -> Manifest {
    let presentation = manifest::Presentation {
        title: "Sample".into(),
        description: String::new(),
        categories: vec![],
        icon: None,
        documentation: None,
        register_client: None,
    };
    let origin =
        |&(id, credential): &(&str, bool)| manifest::Origin { id: id.into(), place: OriginPlace::Issuer, credential };
    Manifest {
        name: "sample".into(),
        version: "1.0.0".parse().unwrap(),
        presentation,
        fields: vec![],
        client_fields: vec![],
        headers: vec![],
        origins: declared.iter().map(origin).collect(),
        scopes: vec![],
        actions: vec![],
        methods: vec![],
        requests: vec![],
        failures: vec![],
        rate_limit: None,
        pagination: vec![],
    }
}

fn allowed(id: &str, url: &str, credential: bool) -> AllowedOrigin {
    AllowedOrigin { id: id.into(), origin: url.parse().unwrap(), credential }
}

fn chosen(manifest: &Manifest, origins: &[AllowedOrigin], wanted: Option<&str>) -> Result<String, String> {
    choose(manifest, origins, wanted).map(|origin| origin.origin.to_string()).map_err(|error| error.to_string())
}

#[test]
fn the_only_origin_of_the_credential_is_the_default() {
    let manifest = manifest(&[("api", true), ("status", false)]);
    let origins =
        [allowed("api", "https://api.example.com", true), allowed("status", "https://status.example.com", false)];
    assert_eq!(chosen(&manifest, &origins, None).unwrap(), "https://api.example.com");
    assert_eq!(chosen(&manifest, &origins, Some("status")).unwrap(), "https://status.example.com");
    let unknown = chosen(&manifest, &origins, Some("elsewhere")).unwrap_err();
    assert!(unknown.contains("`elsewhere`") && unknown.contains("api, status (without the credential)"), "{unknown}");
    assert!(chosen(&manifest, &[], None).unwrap_err().contains("none"));
}

#[test]
fn among_several_one_is_named() {
    let manifest = manifest(&[("api", true), ("files", true)]);
    let origins =
        [allowed("api", "https://api.example.com", true), allowed("files", "https://files.example.com", true)];
    let which = chosen(&manifest, &origins, None).unwrap_err();
    assert!(which.contains("api, files"), "{which}");
    assert_eq!(chosen(&manifest, &origins, Some("files")).unwrap(), "https://files.example.com");
}

#[test]
fn an_issuers_other_endpoints_are_the_hosts_alone() {
    let manifest = manifest(&[("issuer", true)]);
    let mut origins = vec![
        allowed("issuer", "https://id.example.com", true),
        allowed("issuer", "https://id.example.com", true),
        allowed("issuer", "https://token.example.com", false),
    ];
    assert_eq!(chosen(&manifest, &origins, Some("issuer")).unwrap(), "https://id.example.com");
    assert!(chosen(&manifest, &origins, Some("https://token.example.com")).is_err());
    origins.push(allowed("issuer", "https://api.example.com", true));
    let which = chosen(&manifest, &origins, Some("issuer")).unwrap_err();
    assert!(which.contains("https://id.example.com, https://api.example.com"), "{which}");
    assert_eq!(chosen(&manifest, &origins, Some("https://api.example.com")).unwrap(), "https://api.example.com");
}

#[test]
fn a_path_cannot_leave_its_origin() {
    let origin: Origin = "https://api.example.com".parse().unwrap();
    let at = |path: &str| url_at(&origin, path).map(String::from);
    assert_eq!(at("/v1/x?y=1").unwrap(), "https://api.example.com/v1/x?y=1");
    assert_eq!(at("/us%65r?a=%2F&b").unwrap(), "https://api.example.com/user?a=%2F&b");
    assert_eq!(at("@evil.example/x").unwrap(), "https://api.example.com/@evil.example/x");
    assert_eq!(at(":8443/x").unwrap(), "https://api.example.com/:8443/x");
    assert_eq!(at("/x?next=../../y").unwrap(), "https://api.example.com/x?next=../../y");
    assert_eq!(at("").unwrap(), "https://api.example.com/");
    for path in ["//evil.example/x", "/\\evil", "/../x", "/a/%2e%2e/x", "/a%2f..%2fx", "/x?y#z", "/a%00"] {
        assert_eq!(at(path).unwrap_err().rule, "path-ambiguous", "{path}");
    }
}
