//! What a browser brings back from a provider.

use std::{collections::BTreeMap, sync::LazyLock};

use jackfield_auth::callback::{CallbackError, QUERY_LIMIT, Returned, parse};
use jackfield_model::{
    manifest::{ClientAuth, KeptFrom, KeptValue, OAuth2, Rename},
    pattern::Pattern,
    session::Endpoints,
};
use url::form_urlencoded;

use crate::given;

static RULES: LazyLock<[OAuth2; 2]> = LazyLock::new(|| [OAuth2::standard(ClientAuth::Basic), bent()]);

/// A parameter is read once or not at all; a code comes from the issuer that was asked; nothing is repeated to anybody.
pub fn callback_query(bytes: &[u8]) {
    let Some(query) = given::text(bytes) else { return };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let each: BTreeMap<&str, &str> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let parameters = match parse(query) {
        Err(error) => {
            let expected = if query.len() > QUERY_LIMIT { CallbackError::TooLong } else { CallbackError::Repeated };
            assert_eq!(error, expected);
            assert!(query.len() > QUERY_LIMIT || each.len() < pairs.len());
            return;
        }
        Ok(parameters) => parameters,
    };
    assert_eq!(each.len(), pairs.len());
    assert_eq!(format!("{parameters:?}"), "Parameters { .. }");
    for announced in [false, true] {
        let endpoints =
            Endpoints { issuer: Some("https://as.example".into()), iss_in_callback: announced, ..Endpoints::default() };
        for rules in RULES.iter() {
            match parameters.read(rules, &endpoints) {
                Ok(returned) => good(&returned, &each, rules, announced),
                Err(error) => refused(&error, &each, parameters.state(rules).map(|state| state.expose().to_owned())),
            }
        }
    }
}

fn bent() -> OAuth2 {
    let mut rules = OAuth2::standard(ClientAuth::Body);
    rules.authorize.renames = vec![Rename { standard: "state".into(), actual: Some("ticket".into()) }];
    rules.authorize.code_parameter = Some("authorization_code".into());
    let pattern = Pattern::new("[a-z0-9-]{0,200}").ok();
    let place = KeptFrom::Callback("shop".into());
    rules.response.keep = pattern.map(|pattern| KeptValue { key: "shop".into(), place, pattern }).into_iter().collect();
    rules
}

fn good(returned: &Returned, each: &BTreeMap<&str, &str>, rules: &OAuth2, announced: bool) {
    let name = rules.authorize.code_parameter.as_deref().unwrap_or("code");
    let code = returned.code.expose();
    assert_eq!(Some(&code), each.get(name));
    assert!(!code.is_empty() && code.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
    assert!(each.get("error").is_none_or(|error| error.is_empty()));
    match each.get("iss") {
        Some(issuer) if !issuer.is_empty() => assert_eq!(*issuer, "https://as.example"),
        _ => assert!(!announced),
    }
    for (key, value) in &returned.kept {
        assert_eq!(each.get(key.as_str()), Some(&value.as_str()));
        assert!(value.len() <= 128 && !given::shows(value, code));
    }
    assert_eq!(format!("{returned:?}"), "Returned { .. }");
}

fn refused(error: &CallbackError, each: &BTreeMap<&str, &str>, state: Option<String>) {
    let told = format!("{error} {error:?}");
    let CallbackError::Provider(said) = error else {
        let mut canaries = each.values().filter(|value| value.starts_with("canary-"));
        return assert!(canaries.all(|value| !given::shows(&told, value)), "{told}");
    };
    let Some(text) = &said.text else { return };
    given::is_plain(text, 200);
    let state = state.filter(|state| state.starts_with("canary-"));
    assert!(state.is_none_or(|state| !given::shows(text, &state)), "{text}");
}
