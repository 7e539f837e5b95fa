//! Each place, what it takes, and what never gets there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use jackfield_model::{
    credential::TokenSet,
    manifest::{Basic, Lifetime, Presentation, Reach, Revocation},
};

use super::*;

fn template(source: &str) -> Template {
    Template::new(source).unwrap()
}

fn placed(name: &str, prefix: &str) -> Placed {
    Placed { name: template(name), prefix: template(prefix), secret: None }
}

fn of_field(name: &str, key: &str) -> Placed {
    Placed { secret: Some(key.into()), ..placed(name, "") }
}

pub(in crate::egress) fn token_method(placements: Vec<Placement>) -> Method {
    Method {
        id: "token".into(),
        title: "Token".into(),
        help: None,
        kind: MethodKind::ApiToken { field: "token".into() },
        fields: vec![],
        taken: vec![],
        placements,
        lifetime: Lifetime::default(),
        revocation: Revocation::None,
        revocation_ends: Reach::Account,
    }
}

pub(in crate::egress) fn manifest(headers: Vec<CallHeader>) -> Manifest {
    let presentation = Presentation {
        title: "Sample".into(),
        description: String::new(),
        categories: vec![],
        icon: None,
        documentation: None,
        register_client: None,
    };
    Manifest {
        name: "sample".into(),
        version: "1.0.0".parse().unwrap(),
        presentation,
        fields: vec![],
        client_fields: vec![],
        origins: vec![],
        scopes: vec![],
        actions: vec![],
        methods: vec![],
        requests: vec![],
        headers,
        failures: vec![],
        rate_limit: None,
        pagination: vec![],
    }
}

fn typed(pairs: &[(&str, &str)]) -> SecretFields {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned()))).collect()
}

fn values() -> PublicValues {
    [("scheme".to_owned(), "Zoho-oauthtoken".to_owned()), ("header".to_owned(), "Host".to_owned())].into()
}

fn made(placements: Vec<Placement>, fields: &[(&str, &str)]) -> Result<Placements, Denial> {
    let credential = Credential::Fields(typed(fields));
    super::placements(&manifest(vec![]), &token_method(placements), &credential, &values())
}

/// What a request to `url` looks like with one token placed on it.
fn put(url: &str, placements: Vec<Placement>) -> Result<(Url, HeaderMap), Denial> {
    let (mut url, mut headers) = (Url::parse(url).unwrap(), HeaderMap::new());
    made(placements, &[("token", "tok/en&1")])?.put(&mut url, &mut headers)?;
    Ok((url, headers))
}

#[test]
fn bear_1_the_token_goes_in_the_declared_header_and_replaces_what_stood_there() {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", "Bearer callers-own".parse().unwrap());
    let placements = made(vec![Placement::Header(placed("Authorization", "Bearer "))], &[("token", "t-1")]).unwrap();
    placements.put(&mut Url::parse("https://a.example/x").unwrap(), &mut headers).unwrap();
    assert_eq!(headers.get_all("authorization").iter().collect::<Vec<_>>(), ["Bearer t-1"]);
    let (_, headers) = put("https://a.example/x", vec![Placement::Header(placed("X-Auth", "{scheme} "))]).unwrap();
    assert_eq!(headers["x-auth"], "Zoho-oauthtoken tok/en&1");
    assert!(headers["x-auth"].is_sensitive());
    assert!(!format!("{headers:?}{placements:?}").contains("tok"));
}

#[test]
fn bear_1_the_query_is_a_legacy_place_with_no_store() {
    let (url, headers) = put("https://a.example/x?a=1&b=%20", vec![Placement::Query(placed("api_key", ""))]).unwrap();
    assert_eq!(url.as_str(), "https://a.example/x?a=1&b=%20&api_key=tok%2Fen%261");
    assert_eq!(headers["cache-control"], "no-store");
}

#[test]
fn bear_4_a_token_goes_in_no_cookie_and_no_address_that_was_not_declared_and_never_in_a_referrer() {
    for name in ["Cookie", "set-cookie", "Referer", "Host", "{header}"] {
        let refused = put("https://a.example/", vec![Placement::Header(placed(name, ""))]);
        assert_eq!(refused.unwrap_err().rule, "header-owned", "{name}");
    }
    let header = Placement::Header(placed("Authorization", "Bearer "));
    let (url, headers) = put("https://a.example/x?y=1", vec![header]).unwrap();
    assert_eq!(url.as_str(), "https://a.example/x?y=1");
    assert_eq!(headers.len(), 1);
}

#[test]
fn cookies_go_together_with_nobody_else_s() {
    let cookies = vec![Placement::Cookie(placed("sid", "v1.")), Placement::Cookie(of_field("tenant", "other"))];
    let placements = made(cookies, &[("token", "t/1"), ("other", "acme")]).unwrap();
    let mut headers = HeaderMap::new();
    placements.put(&mut Url::parse("https://a.example/").unwrap(), &mut headers).unwrap();
    assert_eq!(headers.get_all("cookie").iter().collect::<Vec<_>>(), ["sid=v1.t/1; tenant=acme"]);
    assert!(headers["cookie"].is_sensitive());
    for bad in ["a b", "a;b", "a,b", "\u{fc}"] {
        let denial = made(vec![Placement::Cookie(placed("sid", ""))], &[("token", bad)]).unwrap_err();
        assert_eq!(denial.rule, "cookie-value");
        assert!(!denial.message.contains(bad));
    }
    let denial = made(vec![Placement::Cookie(placed("{scheme}=x", ""))], &[("token", "t")]).unwrap_err();
    assert_eq!(denial.rule, "cookie-name");
}

#[test]
fn several_secrets_go_to_several_places_at_once() {
    let several =
        || vec![Placement::Header(placed("DD-API-KEY", "")), Placement::Header(of_field("DD-APP-KEY", "app"))];
    let placements = made(several(), &[("token", "api-1"), ("app", "app-2")]).unwrap();
    let mut headers = HeaderMap::new();
    placements.put(&mut Url::parse("https://a.example/").unwrap(), &mut headers).unwrap();
    assert_eq!(
        (&headers["dd-api-key"], &headers["dd-app-key"]),
        (&"api-1".parse().unwrap(), &"app-2".parse().unwrap())
    );
    // An optional one that was left empty.
    assert_eq!(made(several(), &[("token", "api-1")]).unwrap().secrets().len(), 1);
    assert_eq!(made(several(), &[("app", "app-2")]).unwrap_err().rule, "credential-missing");
    let same = vec![Placement::Header(placed("{scheme}", "")), Placement::Header(of_field("zoho_oauthtoken", "app"))];
    assert_eq!(made(same, &[("token", "a"), ("app", "b")]).unwrap_err().rule, "placed-twice");
}

#[test]
fn a_pair_is_base64_of_utf_8_and_its_name_has_no_colon() {
    let method = |name: &str| Method {
        kind: MethodKind::Basic(Basic { name: template(name), password: template("{password}") }),
        ..token_method(vec![Placement::Header(placed("Authorization", "Basic "))])
    };
    let place = |name: &str, password: &str| {
        let credential = Credential::Fields(typed(&[("password", password)]));
        let placements = super::placements(&manifest(vec![]), &method(name), &credential, &PublicValues::new())?;
        let mut headers = HeaderMap::new();
        placements.put(&mut Url::parse("https://a.example/").unwrap(), &mut headers)?;
        Ok::<_, Denial>(headers["authorization"].to_str().unwrap().to_owned())
    };
    // RFC 7617 sections 2 and 2.1.
    assert_eq!(place("Aladdin", "open sesame").unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_eq!(place("test", "123\u{a3}").unwrap(), "Basic dGVzdDoxMjPCow==");
    assert_eq!(place("", "only").unwrap(), "Basic Om9ubHk=");
    assert_eq!(place("a:b", "c").unwrap_err().rule, "basic-pair");
    let fields = typed(&[("password", "p")]);
    let tokens = Credential::Tokens(TokenSet { fields, ..TokenSet::single(Secret::new("at".into()), None) });
    let refused = super::placements(&manifest(vec![]), &method("u"), &tokens, &PublicValues::new());
    assert_eq!(refused.unwrap_err().rule, "credential-missing");
}

#[test]
fn a_credential_cannot_split_headers() {
    let refused = made(vec![Placement::Header(placed("x-key", ""))], &[("token", "a\r\nX-Evil: 1")]).unwrap_err();
    assert_eq!(refused.rule, "header-value");
    assert!(!format!("{refused:?} {refused}").contains("Evil"));
}

#[test]
fn the_body_is_left_to_who_has_it() {
    let placements = made(vec![Placement::Body(placed("auth", "k:"))], &[("token", "s")]).unwrap();
    assert!(placements.need_body());
    let mut headers = HeaderMap::new();
    let mut url = Url::parse("https://a.example/").unwrap();
    placements.put(&mut url, &mut headers).unwrap();
    assert!(headers.is_empty() && url.query().is_none());
    headers.insert("content-type", "application/json".parse().unwrap());
    assert_eq!(placements.put_in_body(&headers, b"{}".to_vec()).unwrap(), br#"{"auth":"k:s"}"#);
}

#[test]
fn fixed_headers_accompany_the_credential() {
    let header =
        |name: &str, value: &str, replaceable| CallHeader { name: name.into(), value: template(value), replaceable };
    let declared = vec![
        header("Api-Version", "7", true),
        header("X-Kind", "{scheme}", false),
        header("X-Absent", "{nothing}", false),
    ];
    let method = token_method(vec![Placement::Header(placed("X-Key", ""))]);
    let credential = Credential::Fields(typed(&[("token", "t")]));
    let placements = super::placements(&manifest(declared), &method, &credential, &values()).unwrap();
    let mut url = Url::parse("https://a.example/").unwrap();
    let mut headers = HeaderMap::new();
    placements.put(&mut url, &mut headers).unwrap();
    assert_eq!((&headers["api-version"], headers.len()), (&"7".parse().unwrap(), 3));
    let own = |name: &'static str| HeaderMap::from_iter([(name.parse().unwrap(), "mine".parse().unwrap())]);
    let mut newer = own("api_version");
    placements.judge(&url, &newer, true).unwrap();
    placements.put(&mut url, &mut newer).unwrap();
    assert!(newer.get("api-version").is_none() && newer["api_version"] == "mine");
    assert_eq!(placements.judge(&url, &own("x_kind"), true).unwrap_err().rule, "header-owned");
    assert!(placements.judge(&url, &own("x_kind"), false).is_ok());
}

#[test]
fn what_was_typed_and_cannot_be_carried_is_told_by_its_field() {
    let told = |placements: Vec<Placement>, fields: &[(&str, &str)]| {
        let found = misplaced(&token_method(placements), &typed(fields), &values());
        found.into_iter().map(|fault| (fault.key, fault.denial.rule)).collect::<Vec<_>>()
    };
    let named = vec![Placement::Header(placed("{header}", ""))];
    assert_eq!(told(named, &[("token", "t")]), [("header".to_owned(), "header-owned")]);
    let cookie = vec![Placement::Cookie(placed("sid", ""))];
    assert_eq!(told(cookie, &[("token", "a b")]), [("token".to_owned(), "cookie-value")]);
    let other = vec![Placement::Header(placed("x", "")), Placement::Cookie(of_field("sid", "app"))];
    assert_eq!(told(other.clone(), &[("token", "t"), ("app", "a;b")]), [("app".to_owned(), "cookie-value")]);
    assert_eq!(told(other, &[("token", "t"), ("app", "ab")]), []);
}
