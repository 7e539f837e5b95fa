//! Revocation (RFC 7009): which token first, the request, and what its answer means.

use http::{Request, Response};
use jackfield_model::{credential::TokenSet, secret::Secret};
use jiff::{SignedDuration, Timestamp};
use oauth2::{AccessToken, RefreshToken, RevocationUrl, StandardRevocableToken};
use url::Url;

use crate::{
    failures, json,
    provider_error::{ErrorCode, ProviderError},
    token::{self, Call, RequestError},
};

/// The largest answer that is read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Which token is revoked: the hint of RFC 7009 section 2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The refresh token, and with it the grant.
    Refresh,
    /// The access token.
    Access,
}

/// What became of a token at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It is no longer good; an unknown token was not either (RFC 7009 section 2.2).
    Done,
    /// The provider cannot revoke this kind: revoked here only, and said so.
    Unsupported,
    /// It counts as alive: try again.
    Later {
        /// Not before this long.
        retry_after: Option<SignedDuration>,
    },
    /// The provider refused.
    Refused {
        /// The status.
        status: u16,
        /// What it said.
        error: ProviderError,
    },
}

/// The tokens of a credential in the order they are revoked: the refresh token first (REF-8), so
/// that nothing can bring back what is revoked next.
pub fn order(tokens: &TokenSet) -> Vec<(Which, &Secret)> {
    fn pair<'a>(refresh: Option<&'a Secret>, access: &'a Secret) -> impl Iterator<Item = (Which, &'a Secret)> {
        refresh.map(|token| (Which::Refresh, token)).into_iter().chain([(Which::Access, access)])
    }
    let further = tokens.further.iter().flat_map(|token| pair(token.refresh_token.as_ref(), &token.access_token));
    pair(tokens.refresh_token.as_ref(), &tokens.access_token).chain(further).collect()
}

/// Builds a revocation request, authenticated as at the token endpoint.
pub fn request(call: &Call<'_>, which: Which, token: &Secret) -> Result<Request<Vec<u8>>, RequestError> {
    let url = call.endpoints.revoke.as_deref().ok_or(RequestError::NoEndpoint)?;
    // Whether plain loopback is allowed was decided when the endpoint was recorded; the crate knows
    // https only, so it is shown a name that is never spoken to.
    let stand_in = Url::parse("https://revoke.invalid/").map_err(|_| RequestError::Malformed("endpoint URL"))?;
    let text = token.expose().to_owned();
    let token = match which {
        Which::Refresh => StandardRevocableToken::from(RefreshToken::new(text)),
        Which::Access => StandardRevocableToken::from(AccessToken::new(text)),
    };
    let parts = token::authenticated(call, url, |client, hand_over| {
        let client = client.clone().set_revocation_url(RevocationUrl::from_url(stand_in));
        if let Ok(request) = client.revoke_token(token) {
            drop(request.request(hand_over));
        }
    })?;
    token::plain(url, parts)
}

/// Reads the answer to a revocation. `token` is the one that was shown.
pub fn read(response: &Response<Vec<u8>>, token: &Secret, now: Timestamp) -> Revoked {
    let status = response.status();
    if status.is_success() {
        return Revoked::Done;
    }
    if status.is_server_error() || status.as_u16() == 429 {
        return Revoked::Later { retry_after: failures::retry_after(response.headers(), None, now) };
    }
    let body = json::parse(response.body(), ANSWER_LIMIT).ok();
    let error = body.and_then(|body| token::provider_error(&body, &[token])).unwrap_or_else(ProviderError::unstated);
    match error.code {
        ErrorCode::UnsupportedTokenType => Revoked::Unsupported,
        // Some providers call an unknown token an error; it is not alive either way.
        ErrorCode::InvalidToken | ErrorCode::InvalidGrant => Revoked::Done,
        _ => Revoked::Refused { status: status.as_u16(), error },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use std::collections::BTreeMap;

    use jackfield_model::{credential::NamedToken, manifest::ClientAuth};

    use super::*;
    use crate::fixtures;

    fn asked(auth: ClientAuth, which: Which) -> (Option<String>, String) {
        let mut rules = fixtures::oauth2();
        rules.request.client_auth = auth;
        let endpoints = fixtures::endpoints();
        let (manifest, secret, empty) = (fixtures::manifest(), Secret::new("s".into()), BTreeMap::new());
        let call = fixtures::call(&manifest, &rules, &endpoints, &empty, Some(&secret));
        let request = request(&call, which, &Secret::new("the token".into())).unwrap();
        assert_eq!(request.uri(), "https://as.example/revoke");
        assert_eq!(request.method(), "POST");
        let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        (authorization, String::from_utf8(request.into_body()).unwrap())
    }

    #[test]
    fn rev_1_a_token_is_posted_with_its_hint_and_client_authentication() {
        let (authorization, body) = asked(ClientAuth::Basic, Which::Refresh);
        assert_eq!(authorization.unwrap(), "Basic Y2xpZW50LTE6cw==");
        assert_eq!(body, "token=the+token&token_type_hint=refresh_token");
        let (authorization, body) = asked(ClientAuth::Body, Which::Access);
        assert_eq!(authorization, None);
        assert_eq!(body, "token=the+token&token_type_hint=access_token&client_id=client-1&client_secret=s");
    }

    fn answered(status: u16, body: &str) -> Revoked {
        let response = Response::builder().status(status).header("retry-after", "30").body(body.into()).unwrap();
        read(&response, &Secret::new("rt-0123456789abcdef".into()), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn rev_2_success_means_done_for_unknown_tokens_too() {
        assert_eq!(answered(200, ""), Revoked::Done);
        assert_eq!(answered(204, "<html>"), Revoked::Done);
        assert_eq!(answered(400, r#"{"error":"invalid_token"}"#), Revoked::Done);
    }

    #[test]
    fn rev_3_an_unavailable_provider_leaves_the_token_alive_and_a_time_to_retry() {
        for status in [503, 500, 429] {
            assert_eq!(answered(status, ""), Revoked::Later { retry_after: Some(SignedDuration::from_secs(30)) });
        }
    }

    #[test]
    fn rev_4_an_unsupported_token_type_is_told_apart() {
        assert_eq!(answered(400, r#"{"error":"unsupported_token_type"}"#), Revoked::Unsupported);
        let refused = answered(401, r#"{"error":"invalid_client","error_description":"rt-0123456789abcdef?"}"#);
        assert_eq!(
            refused,
            Revoked::Refused { status: 401, error: ProviderError { code: ErrorCode::InvalidClient, text: None } }
        );
    }

    #[test]
    fn ref_8_the_refresh_token_is_revoked_first() {
        let mut tokens = TokenSet::single(Secret::new("a".into()), Some(Secret::new("r".into())));
        let further = |name: &str, refresh_token| NamedToken {
            name: name.into(),
            access_token: Secret::new(format!("a-{name}")),
            refresh_token,
        };
        tokens.further.push(further("user", Some(Secret::new("r-user".into()))));
        let order: Vec<(Which, &str)> =
            order(&tokens).into_iter().map(|(which, token)| (which, token.expose())).collect();
        let (refresh, access) = (Which::Refresh, Which::Access);
        assert_eq!(order, [(refresh, "r"), (access, "a"), (refresh, "r-user"), (access, "a-user")]);
    }
}
