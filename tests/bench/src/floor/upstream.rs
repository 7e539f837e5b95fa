//! What stands behind the proxies, and the provider of whatever refreshes: bytes of two sizes and tokens, as fast as they go.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;

use super::proxy::{per_core, serve_each};

static TOKENS: AtomicU64 = AtomicU64::new(0);

/// The sizes it answers, in bytes, by path.
pub(crate) const SIZES: [(&str, usize); 2] = [("/1k", 1024), ("/64k", 64 * 1024)];

/// Serves until it is killed.
pub(crate) fn serve() -> Result<()> {
    let bodies = SIZES.map(|(path, size)| (path, Bytes::from(vec![b'x'; size])));
    per_core(move |listener, address| {
        let bodies = bodies.clone();
        serve_each(listener, move |request| {
            let answer = answered(&request, &bodies, address);
            async move { Ok::<_, std::convert::Infallible>(answer) }
        })
    })
}

fn answered(request: &Request<Incoming>, bodies: &[(&str, Bytes); 2], address: SocketAddr) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    if let Some((_, body)) = bodies.iter().find(|(known, _)| *known == path) {
        return Response::new(Full::new(body.clone()));
    }
    let text = match path {
        "/token" => {
            let number = TOKENS.fetch_add(1, Ordering::Relaxed);
            format!(
                r#"{{"access_token":"access-{number:040}","refresh_token":"refresh-{number:040}","token_type":"Bearer","expires_in":3600,"scope":"openid offline_access"}}"#
            )
        }
        path if path.starts_with("/.well-known/") => discovery(&format!("http://{address}")),
        _ => r#"{"sub":"alice","name":"Alice","id":"alice"}"#.to_owned(),
    };
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    answer.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    answer
}

fn discovery(issuer: &str) -> String {
    format!(
        r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/authorize","token_endpoint":"{issuer}/token","userinfo_endpoint":"{issuer}/userinfo","jwks_uri":"{issuer}/jwks","scopes_supported":["openid","offline_access","profile"],"response_types_supported":["code"],"grant_types_supported":["authorization_code","refresh_token"],"code_challenge_methods_supported":["S256"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"],"token_endpoint_auth_methods_supported":["client_secret_basic"]}}"#
    )
}
