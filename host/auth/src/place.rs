//! Placing a credential on a request as the manifest says (RFC 6750 section 2).
//!
//! Whether the request goes where the credential may go, and stripping what a caller put there, are others'.

use http::{
    HeaderName, HeaderValue, Request, Uri,
    header::{CACHE_CONTROL, InvalidHeaderName, InvalidHeaderValue},
};
use jackfield_model::{
    credential::Credential,
    manifest::{MethodKind, Placement},
    secret::Secret,
    template::TemplateError,
};
use url::form_urlencoded;

use crate::fields::Inputs;

/// Headers in which a credential would leave its origin or break the message (BEAR-4).
const FORBIDDEN: [&str; 9] =
    ["cookie", "set-cookie", "referer", "host", "content-length", "transfer-encoding", "connection", "upgrade", "te"];

/// Why a credential cannot be placed. Names places, never values.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// A field the placement names has no value.
    #[error("the placement cannot be filled")]
    Unfilled(#[from] TemplateError),
    /// The name is no header name.
    #[error("the placement names no header")]
    Name(#[from] InvalidHeaderName),
    /// The credential holds characters a header cannot carry.
    #[error("the credential holds characters that a header cannot carry")]
    Value(#[from] InvalidHeaderValue),
    /// Not in cookies, referrers or headers that belong to the connection.
    #[error("a credential is not placed in the header `{0}`")]
    Forbidden(String),
    /// The URL cannot take a query parameter.
    #[error("the URL cannot take the credential")]
    Url,
}

/// The part of a credential that goes on calls: the access token, or the field that is the token.
pub fn placed<'a>(kind: &MethodKind, credential: &'a Credential) -> Option<&'a Secret> {
    match (kind, credential) {
        (MethodKind::ApiToken { field }, credential) => credential.field(field),
        (_, Credential::Tokens(tokens)) => Some(&tokens.access_token),
        (_, Credential::Fields(_)) => None,
    }
}

/// Places a credential at every declared place, replacing whatever stood there.
pub fn place<B>(
    request: &mut Request<B>,
    placements: &[Placement],
    inputs: &Inputs<'_>,
    credential: &Secret,
) -> Result<(), PlaceError> {
    for placement in placements {
        match placement {
            Placement::Header { name, prefix } => {
                header(request, &inputs.fill(name)?, &inputs.fill(prefix)?, credential)?;
            }
            Placement::Query { name } => query(request, &inputs.fill(name)?, credential)?,
        }
    }
    Ok(())
}

fn header<B>(request: &mut Request<B>, name: &str, prefix: &str, credential: &Secret) -> Result<(), PlaceError> {
    let name: HeaderName = name.parse()?;
    if FORBIDDEN.contains(&name.as_str()) {
        return Err(PlaceError::Forbidden(name.to_string()));
    }
    let mut value = HeaderValue::try_from(format!("{prefix}{}", credential.expose()))?;
    value.set_sensitive(true);
    request.headers_mut().insert(name, value);
    Ok(())
}

/// A legacy place, approved as a deviation; RFC 6750 section 2.3 asks for `no-store` beside it.
fn query<B>(request: &mut Request<B>, name: &str, credential: &Secret) -> Result<(), PlaceError> {
    let path = request.uri().path().to_owned();
    let present = request.uri().query().unwrap_or_default();
    let others = present.split('&').filter(|pair| !pair.is_empty()).filter(|pair| {
        let named = form_urlencoded::parse(pair.as_bytes()).next();
        named.is_none_or(|(key, _)| key != name)
    });
    let mut text: String = others.flat_map(|pair| [pair, "&"]).collect();
    text.extend(form_urlencoded::byte_serialize(name.as_bytes()));
    text.push('=');
    text.extend(form_urlencoded::byte_serialize(credential.expose().as_bytes()));
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(format!("{path}?{text}").parse().map_err(|_| PlaceError::Url)?);
    *request.uri_mut() = Uri::from_parts(parts).map_err(|_| PlaceError::Url)?;
    request.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use std::collections::BTreeMap;

    use jackfield_model::{credential::TokenSet, template::Template};

    use super::*;

    fn placed_on(uri: &str, placements: &[Placement]) -> Result<Request<()>, PlaceError> {
        let mut request = Request::builder().uri(uri).header("authorization", "Bearer callers-own").body(()).unwrap();
        let fields = BTreeMap::from([("scheme".to_owned(), "Zoho-oauthtoken".to_owned())]);
        let empty = BTreeMap::new();
        let inputs = Inputs { fields: &fields, client_fields: &empty, client_id: None };
        place(&mut request, placements, &inputs, &Secret::new("tok en&1".into())).map(|()| request)
    }

    fn header_placement(name: &str, prefix: &str) -> Placement {
        Placement::Header { name: Template::new(name).unwrap(), prefix: Template::new(prefix).unwrap() }
    }

    #[test]
    fn bear_1_the_token_goes_in_the_declared_header_and_replaces_what_stood_there() {
        let request = placed_on("https://a.example/x", &[header_placement("Authorization", "Bearer ")]).unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer tok en&1");
        assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
        let request = placed_on("https://a.example/x", &[header_placement("X-Auth", "{scheme} ")]).unwrap();
        assert_eq!(request.headers()["x-auth"], "Zoho-oauthtoken tok en&1");
        assert!(request.headers()["x-auth"].is_sensitive());
        assert!(!format!("{request:?}").contains("tok en"));
    }

    #[test]
    fn bear_1_the_query_is_a_legacy_place_with_no_store() {
        let placement = Placement::Query { name: Template::new("api_key").unwrap() };
        let request = placed_on("https://a.example/x?a=1&api_key=stolen&b=%20", &[placement]).unwrap();
        assert_eq!(request.uri(), "https://a.example/x?a=1&b=%20&api_key=tok+en%261");
        assert_eq!(request.headers()["cache-control"], "no-store");
    }

    #[test]
    fn bear_4_a_token_never_goes_in_cookies_or_referrers() {
        for name in ["Cookie", "set-cookie", "Referer", "Host"] {
            let refused = placed_on("https://a.example/", &[header_placement(name, "")]);
            assert!(matches!(refused, Err(PlaceError::Forbidden(_))), "{name}");
        }
        let request = placed_on("https://a.example/x?y=1", &[header_placement("Authorization", "Bearer ")]).unwrap();
        assert_eq!(request.uri(), "https://a.example/x?y=1");
    }

    #[test]
    fn a_credential_cannot_split_headers() {
        let mut request = Request::new(());
        let empty = BTreeMap::new();
        let inputs = Inputs { fields: &empty, client_fields: &empty, client_id: None };
        let broken = Secret::new("a\r\nX-Evil: 1".into());
        let refused = place(&mut request, &[header_placement("x-key", "")], &inputs, &broken).unwrap_err();
        assert!(matches!(refused, PlaceError::Value(_)) && !format!("{refused:?} {refused}").contains("Evil"));
    }

    #[test]
    fn the_method_says_which_part_of_a_credential_is_placed() {
        let token = MethodKind::ApiToken { field: "key".into() };
        let fields = Credential::Fields(BTreeMap::from([("key".to_owned(), Secret::new("k".into()))]));
        assert_eq!(placed(&token, &fields).unwrap().expose(), "k");
        let tokens = TokenSet { access_token: Secret::new("at".into()), refresh_token: None, fields: BTreeMap::new() };
        assert!(placed(&token, &Credential::Tokens(tokens)).is_none());
    }
}
