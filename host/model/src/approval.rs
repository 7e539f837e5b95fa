//! What a manifest asks of the operator: a declaration is a request, not a right.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    manifest::{BodyFormat, FieldKind, KeptFrom, Manifest, Method, MethodKind, OAuth2, OriginPlace, Pkce, Placement},
    template::Template,
};

/// One thing asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ApprovalRequest")]
pub struct Request {
    /// The rule it touches: `credential-origin`, `public-origin`, `endpoint`, `any-host`, `kept-value`, `deviation`.
    #[schemars(example = &"credential-origin")]
    pub rule: String,
    /// What is asked, as data: an origin, a URL, a field key.
    #[schemars(example = &"https://api.github.com")]
    pub subject: String,
    /// One sentence for the operator.
    #[schemars(example = &"Credentials are sent to https://api.github.com.")]
    pub sentence: String,
    /// Worth a second look: outside the authorization server's registrable domain, or weaker than the protocol asks.
    pub pointed_out: bool,
}

impl Request {
    /// Whether it asks for the same, in whatever words: those are the host's own, and another version of it may have better ones.
    pub fn asks_for(&self, other: &Self) -> bool {
        (&self.rule, &self.subject, self.pointed_out) == (&other.rule, &other.subject, other.pointed_out)
    }
}

/// Everything a manifest asks for, in a stable order.
pub fn requests(manifest: &Manifest) -> Vec<Request> {
    let mut asked = Vec::new();
    let home = authorization_domains(manifest);
    origins(manifest, &home, &mut asked);
    for method in &manifest.methods {
        match &method.kind {
            MethodKind::OAuth2Code(oauth2) | MethodKind::ClientCredentials(oauth2) => {
                oauth2_requests(&method.id, oauth2, &home, &mut asked);
            }
            MethodKind::ApiToken { .. } | MethodKind::Basic(_) => {}
        }
        for taken in &method.taken {
            let sentence = format!(
                "`{}` takes the public value `{}` out of the secret `{}` ({}).",
                method.id,
                taken.field,
                taken.secret,
                taken.pattern.source()
            );
            push(&mut asked, "deviation", &taken.field, sentence, true);
        }
        placements(method, &mut asked);
    }
    asked
}

/// Places other than headers. Only a query is worth a second look: it is what logs keep.
fn placements(method: &Method, asked: &mut Vec<Request>) {
    for placement in &method.placements {
        let (what, pointed_out) = match placement {
            Placement::Header(_) => continue,
            Placement::Query(_) => ("query parameter", true),
            Placement::Body(_) => ("body member", false),
            Placement::Cookie(_) => ("cookie", false),
        };
        let (id, name) = (&method.id, placement.placed().name.source());
        let logs = if pointed_out { ", where logs may keep it" } else { "" };
        let sentence = format!("`{id}` sends the credential in the {what} `{name}`{logs}.");
        push(asked, "deviation", name, sentence, pointed_out);
    }
}

fn push(asked: &mut Vec<Request>, rule: &str, subject: &str, sentence: String, pointed_out: bool) {
    asked.push(Request { rule: rule.into(), subject: subject.into(), sentence, pointed_out });
}

fn origins(manifest: &Manifest, home: &BTreeSet<String>, asked: &mut Vec<Request>) {
    for origin in &manifest.origins {
        let (subject, what) = match &origin.place {
            OriginPlace::Host(host) => (format!("https://{}", host.source()), String::new()),
            OriginPlace::Field(key) => (key.clone(), " — any public https host the person types".to_owned()),
            OriginPlace::ClientField(key) => {
                (format!("client.{key}"), " — the host you enter for the client".to_owned())
            }
            OriginPlace::Issuer => {
                ("issuer".to_owned(), " — the client's issuer and the endpoints it announces".to_owned())
            }
            OriginPlace::Kept { key, within } => {
                (key.clone(), format!(" — a host the provider names, within {}", within.join(", ")))
            }
        };
        let foreign = match &origin.place {
            OriginPlace::Host(host) => is_foreign(host.source(), home),
            OriginPlace::Kept { within, .. } => {
                within.iter().any(|host| is_foreign(host.trim_start_matches("*."), home))
            }
            OriginPlace::Field(_) | OriginPlace::ClientField(_) | OriginPlace::Issuer => false,
        };
        let (rule, verb) = if origin.credential {
            ("credential-origin", "receives the credential")
        } else {
            ("public-origin", "receives requests without a credential")
        };
        push(asked, rule, &subject, format!("{subject} {verb}{what}."), foreign && origin.credential);
    }
    client_secret_origins(manifest, asked);
    let any_host = manifest.all_fields().filter(|field| field.kind == FieldKind::BaseUrl);
    for field in any_host {
        push(
            asked,
            "any-host",
            &field.key,
            format!("the field `{}` lets a person choose any public https host.", field.key),
            true,
        );
    }
}

/// Hooks that plan requests may place the client's secret, at the origins they declare.
fn client_secret_origins(manifest: &Manifest, asked: &mut Vec<Request>) {
    let planning =
        manifest.requests.iter().filter(|declared| matches!(declared.hook.as_str(), "revoke" | "token-request"));
    let named: BTreeSet<(&str, &str)> = planning
        .flat_map(|declared| declared.requests.iter().map(|request| (declared.hook.as_str(), request.origin.as_str())))
        .collect();
    for (hook, id) in named {
        let receives = manifest.origin(id).is_some_and(|origin| origin.credential && origin.place.is_operators());
        if receives {
            let sentence = format!("the hook `{hook}` may send the client's secret to the origin `{id}`.");
            push(asked, "client-secret-origin", id, sentence, false);
        }
    }
}

fn oauth2_requests(method: &str, oauth2: &OAuth2, home: &BTreeSet<String>, asked: &mut Vec<Request>) {
    let endpoints = [
        ("authorize", &oauth2.authorize_url),
        ("token", &oauth2.token_url),
        ("refresh", &oauth2.refresh_url),
        ("revoke", &oauth2.revoke_url),
    ];
    for (name, url) in endpoints {
        if let Some(url) = url {
            push(
                asked,
                "endpoint",
                url.source(),
                format!("`{method}` uses {} as its {name} endpoint.", url.source()),
                host_of(url.source()).is_some_and(|host| is_foreign(&host, home)),
            );
        }
    }
    if let Some(issuer) = &oauth2.issuer {
        push(
            asked,
            "endpoint",
            issuer.source(),
            format!("`{method}` takes its endpoints from the metadata of {}.", issuer.source()),
            false,
        );
    }
    deviations(method, oauth2, asked);
    kept_values(method, oauth2, asked);
}

fn deviations(method: &str, oauth2: &OAuth2, asked: &mut Vec<Request>) {
    if let Pkce::Unsupported(reason) = &oauth2.authorize.pkce {
        push(asked, "deviation", "pkce", format!("`{method}` works without PKCE: {reason}"), true);
    }
    if let BodyFormat::Query(reason) = &oauth2.request.body {
        push(
            asked,
            "deviation",
            "token-in-query",
            format!("`{method}` sends secrets in the token URL's query: {reason}"),
            true,
        );
    }
    if let Some(reason) = &oauth2.request.get_because {
        push(asked, "deviation", "token-by-get", format!("`{method}` asks for tokens with GET: {reason}"), true);
    }
    for rename in oauth2.authorize.renames.iter().filter(|rename| rename.actual.is_none()) {
        push(
            asked,
            "deviation",
            &rename.standard,
            format!("`{method}` leaves `{}` out of the authorization request.", rename.standard),
            true,
        );
    }
}

fn kept_values(method: &str, oauth2: &OAuth2, asked: &mut Vec<Request>) {
    for kept in &oauth2.response.keep {
        let from = match &kept.place {
            KeptFrom::Response(pointer) => format!("`{pointer}` of the provider's answer"),
            KeptFrom::Callback(parameter) => format!("the callback's `{parameter}`"),
        };
        push(
            asked,
            "kept-value",
            &kept.key,
            format!("`{method}` keeps {from} as the public field `{}` ({}).", kept.key, kept.pattern.source()),
            false,
        );
    }
}

/// The registrable domains where people consent: of the issuers and authorization endpoints a manifest names, or of
/// its token endpoints where nobody consents.
fn authorization_domains(manifest: &Manifest) -> BTreeSet<String> {
    let all: Vec<&OAuth2> = manifest.methods.iter().filter_map(|method| method.kind.oauth2()).collect();
    let consent = domains(all.iter().flat_map(|oauth2| [&oauth2.issuer, &oauth2.authorize_url]));
    if consent.is_empty() { domains(all.iter().map(|oauth2| &oauth2.token_url)) } else { consent }
}

fn domains<'a>(urls: impl Iterator<Item = &'a Option<Template>>) -> BTreeSet<String> {
    let hosts = urls.flatten().filter_map(|url| host_of(url.source()));
    hosts.filter_map(|host| psl::domain_str(&host).map(str::to_owned)).collect()
}

fn host_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let host = rest.split(['/', ':', '?']).next()?;
    Some(host.replace(['{', '}'], "").to_ascii_lowercase())
}

fn is_foreign(host: &str, home: &BTreeSet<String>) -> bool {
    let plain = host.split(':').next().unwrap_or(host).replace(['{', '}'], "");
    !home.is_empty() && psl::domain_str(&plain).is_none_or(|domain| !home.contains(domain))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;
    use crate::{manifest::Pkce, sample};

    #[test]
    fn what_was_approved_is_what_is_asked_for_and_not_how_it_is_put() {
        let asked = requests(&sample::manifest());
        let one = asked.first().unwrap_or_else(|| unreachable!("a manifest asks for something"));
        assert!(one.asks_for(&Request { sentence: "In other words.".into(), ..one.clone() }));
        for other in [
            Request { rule: "any-host".into(), ..one.clone() },
            Request { subject: "https://elsewhere.example.com".into(), ..one.clone() },
            Request { pointed_out: !one.pointed_out, ..one.clone() },
        ] {
            assert!(!one.asks_for(&other), "{other:?}");
        }
    }

    #[test]
    fn every_origin_endpoint_and_deviation_is_asked_for() {
        let mut manifest = sample::manifest();
        if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
            oauth2.authorize.pkce = Pkce::Unsupported("the provider answers 400".into());
        }
        let asked = requests(&manifest);
        let of = |rule: &str| {
            asked
                .iter()
                .filter(|request| request.rule == rule)
                .map(|request| request.subject.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("credential-origin"), ["https://api.example.com"]);
        assert_eq!(of("endpoint").len(), 3);
        assert_eq!(of("deviation"), ["pkce"]);
    }

    #[test]
    fn an_origin_outside_the_authorization_server_s_domain_is_pointed_out() {
        let mut manifest = sample::manifest();
        assert!(!requests(&manifest)[0].pointed_out);
        manifest.origins[0].place = OriginPlace::Host(sample::template("api.elsewhere.example"));
        assert!(requests(&manifest)[0].pointed_out);
    }

    #[test]
    fn a_token_endpoint_elsewhere_is_pointed_out() {
        let mut manifest = sample::manifest();
        if let MethodKind::OAuth2Code(oauth2) = &mut manifest.methods[0].kind {
            oauth2.token_url = Some(sample::template("https://collector.example.net/token"));
        }
        let asked = requests(&manifest);
        let pointed: Vec<&str> =
            asked.iter().filter(|request| request.pointed_out).map(|request| request.subject.as_str()).collect();
        assert_eq!(pointed, ["https://collector.example.net/token"]);
    }
}
