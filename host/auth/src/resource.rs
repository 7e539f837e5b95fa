//! Protected resource metadata (RFC 9728): which authorization servers a resource trusts.

use jackfield_model::origin::Origin;
use serde_json::Value;

use crate::{
    endpoints::{Plain, checked},
    json,
    metadata::DOCUMENT_LIMIT,
};

/// Why a resource's metadata is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// The hint leads to another origin than the resource's own.
    #[error("the metadata hint leads to another origin than the resource")]
    OtherOrigin,
    /// It describes another resource than the one asked (RFC 9728 section 3.3).
    #[error("the metadata describes another resource than the one asked")]
    OtherResource,
    /// Too large, too deep, or not JSON.
    #[error("the metadata document cannot be read")]
    Unreadable,
}

/// The metadata URL of a `WWW-Authenticate` hint, followed only on the resource's own origin.
pub fn hinted_url(resource: &str, hint: &str, plain: Plain) -> Result<String, ResourceError> {
    let origin = |text| checked("resource", text, plain).ok().and_then(|url| Origin::of(&url).ok());
    match (origin(resource), origin(hint)) {
        (Some(mine), Some(theirs)) if mine == theirs => Ok(hint.to_owned()),
        _ => Err(ResourceError::OtherOrigin),
    }
}

/// The issuers a resource trusts, from its document.
pub fn issuers(resource: &str, document: &[u8]) -> Result<Vec<String>, ResourceError> {
    let document = json::parse(document, DOCUMENT_LIMIT).map_err(|_| ResourceError::Unreadable)?;
    if document.get("resource").and_then(Value::as_str) != Some(resource) {
        return Err(ResourceError::OtherResource);
    }
    let servers = document.get("authorization_servers").and_then(Value::as_array);
    Ok(servers.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESOURCE: &str = "https://resource.example.com/mcp";

    #[test]
    fn md_6_the_document_must_describe_the_resource_asked() {
        let document =
            br#"{"resource":"https://resource.example.com/mcp","authorization_servers":["https://as.example"]}"#;
        assert_eq!(issuers(RESOURCE, document), Ok(vec!["https://as.example".to_owned()]));
        assert_eq!(issuers("https://resource.example.com/", document), Err(ResourceError::OtherResource));
        assert_eq!(issuers(RESOURCE, b"<html>"), Err(ResourceError::Unreadable));
    }

    #[test]
    fn md_6_a_hint_is_followed_on_the_resources_own_origin_only() {
        let hint = "https://resource.example.com/.well-known/oauth-protected-resource";
        assert_eq!(hinted_url(RESOURCE, hint, Plain::Refused), Ok(hint.to_owned()));
        for hint in [
            "https://evil.example/.well-known/x",
            "http://resource.example.com/x",
            "https://resource.example.com:8443/x",
        ] {
            assert_eq!(hinted_url(RESOURCE, hint, Plain::Refused), Err(ResourceError::OtherOrigin), "{hint}");
        }
    }
}
