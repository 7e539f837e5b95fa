//! What an issuer says of itself (RFC 8414, OpenID Connect Discovery).

use jackfield_auth::{
    endpoints::Plain,
    metadata::{DOCUMENT_LIMIT, Metadata, read, well_known_urls},
};
use serde_json::Value;
use url::Url;

use crate::given;

/// A document is believed of the issuer it names, and names only places that are spoken to over TLS.
pub fn metadata(bytes: &[u8]) {
    let named = serde_json::from_slice::<Value>(bytes).ok();
    let named = named.as_ref().and_then(|document| document.get("issuer")?.as_str()).unwrap_or("https://as.example");
    for plain in [Plain::Refused, Plain::LoopbackAllowed] {
        let Ok(metadata) = read(named, bytes, plain) else { continue };
        assert!(bytes.len() <= DOCUMENT_LIMIT);
        assert_eq!(metadata.issuer, named);
        assert!(read(&format!("{named}/"), bytes, plain).is_err());
        let all = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.revocation_endpoint,
            &metadata.userinfo_endpoint,
            &metadata.jwks_uri,
        ];
        all.into_iter().flatten().for_each(|endpoint| is_endpoint(endpoint, plain));
        let kept = serde_json::to_vec(&metadata).ok();
        let again = kept.and_then(|kept| serde_json::from_slice::<Metadata>(&kept).ok());
        assert_eq!(again.as_ref(), Some(&metadata));
    }
}

fn is_endpoint(text: &str, plain: Plain) {
    let url = Url::parse(text);
    let Ok(url) = url else { return assert!(url.is_ok(), "{text}") };
    let loopback = matches!(url.host_str(), Some("localhost" | "[::1]"))
        || url.host_str().is_some_and(|host| host.starts_with("127."))
        || url.host_str() == Some("localhost.");
    assert!(
        url.scheme() == "https" || (plain == Plain::LoopbackAllowed && url.scheme() == "http" && loopback),
        "{text}"
    );
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{text}");
    assert!(url.host_str().is_some_and(|host| !host.is_empty()), "{text}");
}

/// An issuer's documents are at its own origin, at well-known places and nowhere else.
pub fn issuer(bytes: &[u8]) {
    let Some(issuer) = given::text(bytes) else { return };
    let Ok(urls) = well_known_urls(issuer, Plain::Refused) else { return };
    assert!((2..=3).contains(&urls.len()), "{urls:?}");
    let asked = Url::parse(issuer).ok();
    for url in &urls {
        let url = Url::parse(url).ok();
        assert_eq!(url.as_ref().map(Url::origin), asked.as_ref().map(Url::origin), "{url:?}");
        let url = url.as_ref();
        assert!(url.is_some_and(|url| url.scheme() == "https" && url.query().is_none() && url.fragment().is_none()));
        assert!(url.is_some_and(|url| url.path().contains("/.well-known/")), "{url:?}");
    }
}
