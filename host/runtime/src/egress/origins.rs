//! Declared origins made concrete for one connection.

use jackfield_model::{
    manifest::{Manifest, OriginPlace},
    origin::{Origin, is_label, is_within},
    session::Endpoints,
    template::Template,
};
use url::Url;

use super::{
    denial::{Denial, shown},
    settings::EgressSettings,
    values::PublicValues,
};

/// A concrete origin a connection may be used with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigin {
    /// The id it has in the manifest; several concrete origins may share one.
    pub id: String,
    /// Scheme, host and port.
    pub origin: Origin,
    /// Whether the connection's credential may be placed on requests there.
    pub credential: bool,
}

/// What the declared origins mean for one connection. An origin whose field has no value is left out: nothing can be sent there.
pub fn allowed_origins(
    manifest: &Manifest,
    values: &PublicValues,
    endpoints: Option<&Endpoints>,
    egress: &EgressSettings,
) -> Result<Vec<AllowedOrigin>, Denial> {
    let mut allowed = Vec::new();
    for declared in &manifest.origins {
        let resolver = Resolver { connector: &manifest.name, values, egress };
        let found = match &declared.place {
            OriginPlace::Host(host) => resolver.host(host)?.map(|origin| (origin, true)).into_iter().collect(),
            OriginPlace::Field(key) => resolver.url_in(key)?.map(|origin| (origin, true)).into_iter().collect(),
            OriginPlace::ClientField(key) => {
                resolver.url_in(&format!("client.{key}"))?.map(|origin| (origin, true)).into_iter().collect()
            }
            OriginPlace::Kept { key, within } => {
                resolver.kept(key, within)?.map(|origin| (origin, true)).into_iter().collect()
            }
            OriginPlace::Issuer => {
                endpoints.map(|endpoints| resolver.issuer(endpoints)).transpose()?.unwrap_or_default()
            }
        };
        let concrete = |(origin, credential)| AllowedOrigin {
            id: declared.id.clone(),
            origin,
            credential: declared.credential && credential,
        };
        allowed.extend(found.into_iter().map(concrete));
    }
    Ok(allowed)
}

struct Resolver<'a> {
    connector: &'a str,
    values: &'a PublicValues,
    egress: &'a EgressSettings,
}

impl Resolver<'_> {
    /// A host whose fields are single labels, so that none can leave the domain that follows.
    fn host(&self, host: &Template) -> Result<Option<Origin>, Denial> {
        if host.keys().any(|key| !self.values.contains_key(key)) {
            return Ok(None);
        }
        if let Some(key) = host.keys().find(|key| !self.values.get(*key).is_some_and(|value| is_label(value))) {
            return Err(Denial::new(
                "host-label",
                format!(
                    "the field `{key}` is not one label of a host name: letters, digits and inner hyphens; whoever connects may correct it"
                ),
            ));
        }
        let filled = host
            .fill(|key| self.values.get(key).cloned())
            .map_err(|error| Denial::new("template", error.to_string()))?;
        self.read(&format!("https://{filled}")).map(Some)
    }

    fn url_in(&self, key: &str) -> Result<Option<Origin>, Denial> {
        self.values.get(key).map(|text| self.read(text)).transpose()
    }

    /// A host the provider named, inside the declared ones only.
    fn kept(&self, key: &str, within: &[String]) -> Result<Option<Origin>, Denial> {
        let Some(text) = self.values.get(key) else { return Ok(None) };
        let url = if text.contains("://") { text.clone() } else { format!("https://{text}") };
        let origin = self.read(&url)?;
        if within.iter().any(|pattern| is_within(origin.host(), pattern)) {
            return Ok(Some(origin));
        }
        let message = format!(
            "the provider named the host `{}` in `{key}`, which is not within {}: the connector's author may declare it, the operator approves it",
            shown(origin.host()),
            within.join(", ")
        );
        Err(Denial::new("kept-origin", message))
    }

    /// The issuer and what it announces. The credential goes to the issuer itself and to its userinfo endpoint, nowhere else.
    fn issuer(&self, endpoints: &Endpoints) -> Result<Vec<(Origin, bool)>, Denial> {
        let credential = [&endpoints.issuer, &endpoints.userinfo].into_iter().flatten().map(|url| (url, true));
        let others = [&endpoints.refresh, &endpoints.revoke, &endpoints.jwks]
            .into_iter()
            .flatten()
            .chain([&endpoints.token])
            .map(|url| (url, false));
        credential.chain(others).map(|(url, credential)| Ok((self.read(url)?, credential))).collect()
    }

    fn read(&self, text: &str) -> Result<Origin, Denial> {
        let url = Url::parse(text).map_err(|_| {
            Denial::new("url", format!("`{}` is no URL: whoever entered it may correct it", shown(text)))
        })?;
        self.egress.judge_endpoint(self.connector, &url)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> PublicValues {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn resolver<'a>(values: &'a PublicValues, egress: &'a EgressSettings) -> Resolver<'a> {
        Resolver { connector: "zendesk", values, egress }
    }

    #[test]
    fn a_field_in_a_host_stays_one_label() {
        let egress = EgressSettings::default();
        let host = Template::new("{subdomain}.zendesk.com").unwrap();
        let good = values(&[("subdomain", "acme")]);
        assert_eq!(resolver(&good, &egress).host(&host).unwrap().unwrap().to_string(), "https://acme.zendesk.com");
        for bad in ["evil.example/", "a.b", "evil.example#", "x@evil.example", "", "-a", "a?b", "a\\b", "ａ"] {
            let bad = values(&[("subdomain", bad)]);
            assert_eq!(resolver(&bad, &egress).host(&host).unwrap_err().rule, "host-label");
        }
        assert_eq!(resolver(&values(&[]), &egress).host(&host).unwrap(), None);
    }

    #[test]
    fn a_kept_host_stays_within_the_declared_ones() {
        let egress = EgressSettings::default();
        let within = ["*.salesforce.com".to_owned(), "login.example.com".to_owned()];
        for good in ["https://eu1.salesforce.com", "eu1.salesforce.com", "login.example.com"] {
            let kept = values(&[("instance_url", good)]);
            assert!(resolver(&kept, &egress).kept("instance_url", &within).unwrap().is_some(), "{good}");
        }
        for bad in [
            "https://salesforce.com",
            "evilsalesforce.com",
            "https://eu1.salesforce.com.evil.example",
            "https://eu1.salesforce.com@evil.example",
        ] {
            let kept = values(&[("instance_url", bad)]);
            assert!(resolver(&kept, &egress).kept("instance_url", &within).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_issuers_credential_goes_to_issuer_and_userinfo_only() {
        let egress = EgressSettings::default();
        let endpoints = Endpoints {
            issuer: Some("https://id.example.com".into()),
            userinfo: Some("https://api.example.com/userinfo".into()),
            token: "https://token.example.com/token".into(),
            jwks: Some("https://cdn.example.com/jwks".into()),
            ..Endpoints::default()
        };
        let none = values(&[]);
        let found = resolver(&none, &egress).issuer(&endpoints).unwrap();
        let with: Vec<String> =
            found.iter().filter(|(_, credential)| *credential).map(|(origin, _)| origin.to_string()).collect();
        assert_eq!(with, ["https://id.example.com", "https://api.example.com"]);
        assert_eq!(found.len(), 4);
    }
}
