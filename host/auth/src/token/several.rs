//! Answers that bring several tokens, such as one for a bot and one for the person who let it in: each in an object of
//! its own, each with scopes from its own list.

use http::HeaderMap;
use jackfield_model::{
    credential::TokenSet,
    failure::{Advice, plain},
    manifest::{FailureRule, OAuth2, TokenRules},
    scope::{Grant, ScopeSet},
};

use serde_json::Value;

use super::{
    Reading, TokenError, Unusable,
    response::{Accepted, RefreshOutcome, Tokens, tokens, written_length},
};
use crate::{leak, scope_lists};

/// The most bytes that all tokens of a grant have together, as they are written down.
const GRANT_LIMIT: usize = 20 * 1024;

/// The most bytes of everything that is sealed together: the tokens of a grant and the secret fields beside them.
const TOGETHER_LIMIT: usize = 23 * 1024;

/// Whether what a refresh brought can be kept beside what stays: each token alone may be as long as tokens are.
pub(super) fn fits(refreshed: &RefreshOutcome, old: &TokenSet) -> bool {
    let RefreshOutcome::Replaced(new) = refreshed else { return true };
    let kept = new.refresh_token.as_ref().or(old.refresh_token.as_ref());
    let further = old.further.iter().flat_map(|token| std::iter::once(&token.access_token).chain(&token.refresh_token));
    let secrets = std::iter::once(&new.access_token).chain(kept).chain(further).chain(old.fields.values());
    secrets.map(|secret| written_length(secret.expose())).sum::<usize>() <= TOGETHER_LIMIT
}

/// The tokens found, in the manifest's order; none where there is not one. Any of them may be missing.
pub(super) fn read(
    headers: &HeaderMap,
    accepted: &Accepted,
    reading: &Reading<'_>,
    several: &[TokenRules],
) -> Result<Option<Tokens>, TokenError> {
    let mut found = Vec::new();
    for rules in several {
        found.extend(tokens(headers, &accepted.under(&rules.under), reading, Some(rules))?);
    }
    // What is kept of a grant is one sealed record.
    let texts = found.iter().flat_map(|tokens| std::iter::once(&tokens.access_token).chain(&tokens.refresh_token));
    if texts.map(|token| written_length(token.expose())).sum::<usize>() > GRANT_LIMIT {
        return Err(Unusable::BadToken.into());
    }
    let mut found = found.into_iter();
    let Some(first) = found.next() else { return Ok(None) };
    Ok(Some(Tokens { further: found.collect(), ..first }))
}

/// A token's type in the standard's word: a provider may call a bearer token by what it is for (RFC 6749 section 7.1).
pub(super) fn bearer<'a>(token_type: &'a str, asked: Option<&TokenRules>) -> &'a str {
    let own = asked.is_some_and(|rules| !rules.bearer.is_empty() && rules.bearer.eq_ignore_ascii_case(token_type));
    if own { "bearer" } else { token_type }
}

/// Stated scopes as ids of the token's list.
pub(super) fn in_list(scopes: ScopeSet, asked: Option<&TokenRules>) -> ScopeSet {
    match asked {
        Some(rules) => scopes.iter().map(|scope| scope_lists::id(scope, &rules.scope_list)).collect(),
        None => scopes,
    }
}

/// The scopes that a rule says are missing: declared ones, and those an answer names at a pointer, in the list of the
/// token that was refreshed.
pub(super) fn missing(rule: &FailureRule, answer: Option<&Value>, reading: &Reading<'_>) -> Vec<String> {
    let Advice::InsufficientScope(declared) = &rule.advice else { return Vec::new() };
    let echoes = |scope: &str| leak::shares_run(scope, reading.shown.iter().copied());
    let asked = reading.oauth2.response.tokens.iter().find(|rules| rules.name == reading.token);
    let named = |pointer: &str| {
        let text = answer.and_then(|answer| answer.pointer(pointer)).and_then(Value::as_str).unwrap_or_default();
        let scopes = text.split([',', ' ']).filter(|scope| !scope.is_empty());
        let scopes: ScopeSet = scopes.map(|scope| plain(scope, 80)).filter(|scope| !echoes(scope)).take(20).collect();
        in_list(scopes, asked)
    };
    let each = declared.iter().flat_map(|scope| match scope.strip_prefix('/') {
        Some(_) => named(scope).into_iter().collect(),
        None => vec![scope.clone()],
    });
    each.collect()
}

/// The grant of a first answer. A list without a token was not granted; one whose token states nothing was granted as
/// requested (RFC 6749 section 5.1).
pub(super) fn grant(first: &Tokens, requested: ScopeSet, oauth2: &OAuth2) -> Grant {
    if oauth2.response.tokens.is_empty() {
        return Grant::new(requested, first.scopes.clone());
    }
    let all = || std::iter::once(first).chain(&first.further);
    let granted = all().flat_map(|tokens| match &tokens.scopes {
        Some(stated) => stated.clone(),
        None => only(&requested, oauth2, |list| list == list_of(oauth2, tokens)),
    });
    let stated = all().any(|tokens| tokens.scopes.is_some());
    Grant { granted: granted.collect(), requested, stated }
}

/// The grant after a refresh: what the answer states, in its token's list only.
pub(super) fn regrant(refreshed: &Tokens, before: Grant, oauth2: &OAuth2) -> Grant {
    let Some(stated) = refreshed.scopes.clone() else { return before };
    let granted = if oauth2.response.tokens.is_empty() {
        stated
    } else {
        let own = list_of(oauth2, refreshed);
        let mut granted = only(&before.granted, oauth2, |list| list != own);
        granted.extend(stated);
        granted
    };
    Grant { granted, stated: true, ..before }
}

fn list_of<'a>(oauth2: &'a OAuth2, tokens: &Tokens) -> &'a str {
    let rules = oauth2.response.tokens.iter().find(|rules| rules.name == tokens.name);
    rules.map(|rules| rules.scope_list.as_str()).unwrap_or_default()
}

fn only(scopes: &ScopeSet, oauth2: &OAuth2, wanted: impl Fn(&str) -> bool) -> ScopeSet {
    scopes.iter().filter(|scope| wanted(oauth2.list_of(scope))).cloned().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use http::Response;
    use jackfield_model::{
        credential::SecretFields,
        manifest::{Envelope, ScopeFormat},
    };
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::{
        fixtures,
        token::{Unusable, read, read_refresh},
    };

    /// Slack's answers: <https://docs.slack.dev/reference/methods/oauth.v2.access>.
    fn rules() -> OAuth2 {
        let mut rules = fixtures::oauth2();
        let token = |name: &str, under: &str, scope_list: &str| TokenRules {
            name: name.into(),
            under: under.into(),
            bearer: name.into(),
            scope_list: scope_list.into(),
        };
        rules.response.tokens = vec![token("bot", "", ""), token("user", "/authed_user", "user")];
        rules.response.scope_format = ScopeFormat::Separated(",".into());
        rules.response.envelope = Some(Envelope {
            success: "/ok".into(),
            success_values: vec!["true".into()],
            payload: String::new(),
            error: "/error".into(),
            message: "/error".into(),
        });
        rules.authorize.scope_lists = vec![("user".into(), "user_scope".into())];
        rules
    }

    fn both() -> Value {
        json!({
            "ok": true, "access_token": "xoxe.xoxb-1", "token_type": "bot", "scope": "commands,chat:write",
            "refresh_token": "xoxe-b1", "expires_in": 43200, "bot_user_id": "U0KRQLJ9H",
            "authed_user": {
                "id": "U1234", "scope": "chat:write", "access_token": "xoxe.xoxp-1", "token_type": "user",
                "refresh_token": "xoxe-u1", "expires_in": 43100,
            },
        })
    }

    fn set(scopes: &[&str]) -> ScopeSet {
        scopes.iter().map(|&scope| scope.to_owned()).collect()
    }

    fn reading<'a>(oauth2: &'a OAuth2, token: &'a str) -> Reading<'a> {
        Reading { oauth2, failures: &[], token, rate_limit: None, shown: &[], sent_at: Timestamp::UNIX_EPOCH }
    }

    fn first(body: &Value) -> Result<Tokens, TokenError> {
        read(&Response::new(body.to_string().into_bytes()), &reading(&rules(), ""))
    }

    #[test]
    fn slack_s_two_tokens_are_read_each_with_its_own_end_and_list() {
        let tokens = first(&both()).unwrap();
        let user = &tokens.further[0];
        assert_eq!((tokens.name.as_str(), user.name.as_str()), ("bot", "user"));
        let end = |tokens: &Tokens| tokens.expiry.unwrap().at.as_second();
        assert_eq!((end(&tokens), end(user)), (43200, 43100));
        let grant = tokens.grant(set(&["commands", "chat:write", "user/chat:write", "user/search:read"]), &rules());
        assert_eq!(grant.granted, set(&["commands", "chat:write", "user/chat:write"]));
        let stored = tokens.into_token_set(SecretFields::new());
        assert_eq!(stored.further[0].refresh_token.as_ref().unwrap().expose(), "xoxe-u1");
    }

    #[test]
    fn the_only_token_may_be_the_user_s() {
        let body = json!({
            "ok": true, "app_id": "A0KRD7HC3",
            "authed_user": {"id": "U1234", "scope": "chat:write", "access_token": "xoxp-1", "token_type": "user"},
        });
        let tokens = first(&body).unwrap();
        assert_eq!((tokens.name.as_str(), tokens.further.len(), tokens.expiry), ("user", 0, None));
        assert_eq!(tokens.grant(set(&["commands", "user/chat:write"]), &rules()).granted, set(&["user/chat:write"]));
        let none = first(&json!({"ok": true, "authed_user": {"id": "U1234"}})).unwrap_err();
        assert_eq!(none, Unusable::NoToken.into());
    }

    #[test]
    fn a_refresh_brings_the_token_that_was_asked_for_at_the_standard_places() {
        let body = json!({
            "ok": true, "access_token": "xoxe.xoxp-2", "token_type": "user", "scope": "search:read",
            "refresh_token": "xoxe-u2", "expires_in": 43200,
        });
        let response = Response::new(body.to_string().into_bytes());
        let rules = rules();
        let outcome = read_refresh(&response, &reading(&rules, "user")).unwrap();
        let before = Grant { granted: set(&["commands", "user/chat:write"]), ..Grant::default() };
        assert_eq!(outcome.grant(before, &rules).granted, set(&["commands", "user/search:read"]));
        let old = first(&both()).unwrap().into_token_set(SecretFields::new()).led_by("user").unwrap();
        let new = outcome.into_token_set(old).led_by("bot").unwrap();
        assert_eq!(new.access_token.expose(), "xoxe.xoxb-1");
        assert_eq!(new.further[0].access_token.expose(), "xoxe.xoxp-2");
        // The other token's kind is no answer to this refresh.
        let mixed = read_refresh(&response, &reading(&rules, "bot")).unwrap_err();
        assert_eq!(mixed, Unusable::TokenType.into());
    }

    #[test]
    fn a_refreshed_token_has_room_beside_the_others_or_is_none() {
        let long = |first: &str, length: usize| format!("{first}{}", "t".repeat(length));
        let body = |length| {
            json!({
                "ok": true, "access_token": long("a", length), "token_type": "user", "refresh_token": long("r", length),
            })
        };
        let of = |length| {
            let response = Response::new(body(length).to_string().into_bytes());
            read_refresh(&response, &reading(&rules(), "user"))
        };
        let mut grant = both();
        grant["access_token"] = long("b", 8000).into();
        let old = || first(&grant).unwrap().into_token_set(SecretFields::new()).led_by("user").unwrap();
        assert_eq!(of(7000).unwrap().beside(&old()).unwrap().into_token_set(old()).further.len(), 1);
        assert_eq!(of(9000).unwrap().beside(&old()).unwrap_err(), Unusable::BadToken.into());
        // A refresh token that stays, and what was typed beside the tokens, count as well.
        let mut typed = old();
        typed.fields.insert("signing".into(), long("s", 6000).into());
        assert!(of(7000).unwrap().beside(&typed).is_err());
    }

    #[test]
    fn a_type_nobody_declared_is_never_used() {
        let mut body = both();
        body["authed_user"]["token_type"] = "mac".into();
        assert_eq!(first(&body).unwrap_err(), Unusable::TokenType.into());
        let outcome = read_refresh(&Response::new(both().to_string().into_bytes()), &reading(&rules(), "bot"));
        assert!(matches!(outcome, Ok(RefreshOutcome::Replaced(_))));
    }
}
