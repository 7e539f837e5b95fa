//! What makes placements valid: every place a name of its own that may carry a credential, every secret with a place.

use std::collections::BTreeSet;

use super::Checker;
use crate::{
    header,
    manifest::{Field, Method, MethodKind, Placement},
};

/// Methods whose requests have no body to place anything in.
const WITHOUT_BODY: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

impl<'a> Checker<'a> {
    pub(super) fn placements(&mut self, place: &str, method: &'a Method) {
        if method.placements.is_empty() {
            self.fault(place, "says nowhere where its credential goes: declare a placement");
        }
        for (index, placement) in method.placements.iter().enumerate() {
            let place = format!("{place}.placements[{index}]");
            self.placement(&place, method, placement);
            let earlier = method.placements.iter().take(index);
            if earlier.into_iter().any(|earlier| is_same(earlier, placement)) {
                let (kind, name) = (placement.kind(), placement.placed().name.source());
                self.fault(&place, format!("the {kind} `{name}` is filled twice: one place holds one credential"));
            }
        }
        let own = |placement: &Placement| match (&placement.placed().secret, &method.kind) {
            (None, _) => true,
            (Some(key), MethodKind::ApiToken { field }) => key == field,
            (Some(_), _) => false,
        };
        if !method.placements.is_empty() && !method.placements.iter().any(own) {
            self.fault(
                place,
                "places secret fields and nowhere its own credential: leave out one placement's `secret`",
            );
        }
    }

    fn placement(&mut self, place: &str, method: &'a Method, placement: &'a Placement) {
        let placed = placement.placed();
        self.keys(place, &placed.name);
        self.keys(place, &placed.prefix);
        let name = placed.name.source();
        if placed.name.is_fixed()
            && let Some(wrong) = misnamed(placement, name)
        {
            self.fault(place, format!("`{name}` {wrong}"));
        }
        if let Some(key) = &placed.secret
            && !self.secret_fields(method).any(|field| field.key == *key)
        {
            self.fault(place, format!("`{key}` is no secret field of this method"));
        }
        match placement {
            Placement::Cookie(_) if method.kind.oauth2().is_some() => {
                self.fault(place, "an access token does not go into a cookie (RFC 6750 section 5.3): use a header");
            }
            Placement::Body(_) => self.needs_bodies(place),
            _ => {}
        }
    }

    /// A credential in the body reaches only requests that have one.
    fn needs_bodies(&mut self, place: &str) {
        let manifest = self.manifest;
        let has_body = |methods: &[String]| methods.iter().any(|method| !WITHOUT_BODY.contains(&method.as_str()));
        let of_verify = manifest.requests_of("verify");
        if !of_verify.is_empty() && !of_verify.iter().any(|request| has_body(&request.methods)) {
            self.fault(place, "`verify` declares only requests without a body, and the credential goes into the body");
        }
        let in_body = |method: &Method| method.placements.iter().any(|place| matches!(place, Placement::Body(_)));
        if !manifest.methods.iter().all(in_body) {
            return;
        }
        for action in &manifest.actions {
            if let Some(bare) = action.requests.iter().find(|request| !has_body(&request.methods)) {
                let (methods, path) = (bare.methods.join(", "), bare.path.source());
                let message = format!("the credential goes into the body, and `{}` needs {methods} {path}", action.id);
                self.fault(place, message);
            }
        }
    }

    /// A secret that nothing uses should not be asked for. Hooks that plan requests may use any.
    pub(super) fn secrets_used(&mut self, hooks: &BTreeSet<String>) {
        if hooks.iter().any(|hook| hook == "token-request" || hook == "revoke" || hook == "sign") {
            return;
        }
        let manifest = self.manifest;
        for (index, method) in manifest.methods.iter().enumerate() {
            for field in method.fields.iter().filter(|field| field.secret && !is_used(method, &field.key)) {
                let place = format!("methods[{index}] `{}`.fields", method.id);
                self.fault(place, format!("the secret field `{}` goes nowhere: place it or remove it", field.key));
            }
        }
        for field in manifest.fields.iter().filter(|field| field.secret) {
            if !manifest.methods.iter().any(|method| is_used(method, &field.key)) {
                self.fault("fields", format!("the secret field `{}` goes nowhere: place it or remove it", field.key));
            }
        }
    }

    pub(super) fn call_headers(&mut self) {
        let manifest = self.manifest;
        for (index, declared) in manifest.headers.iter().enumerate() {
            let (place, name) = (format!("headers[{index}]"), &declared.name);
            self.keys(&place, &declared.value);
            if !header::is_token(name) {
                self.fault(&place, format!("`{name}` is no header name"));
            } else if header::is_owned(name) || !header::takes_credential(name) {
                self.fault(
                    &place,
                    format!("the header `{name}` belongs to the host or to the request's body: remove it"),
                );
            }
            if manifest.headers.iter().take(index).any(|earlier| header::is_same(&earlier.name, name)) {
                self.fault(&place, format!("the header `{name}` is declared twice"));
            }
            let mut placements = manifest.methods.iter().flat_map(|method| &method.placements);
            let taken = |placement: &Placement| match placement {
                Placement::Header(placed) => header::is_same(placed.name.source(), name),
                _ => false,
            };
            if placements.any(taken) {
                self.fault(&place, format!("the header `{name}` carries a credential: it cannot be fixed text too"));
            }
        }
    }

    pub(super) fn secret_fields(&self, method: &'a Method) -> impl Iterator<Item = &'a Field> + use<'a> {
        self.manifest.fields_of(method).filter(|field| field.secret)
    }
}

fn misnamed(placement: &Placement, name: &str) -> Option<&'static str> {
    match placement {
        Placement::Header(_) if !header::is_token(name) => Some("is no header name"),
        Placement::Header(_) if !header::takes_credential(name) => {
            Some("is a header that no credential goes into: it belongs to the host, to the body or to cookies")
        }
        Placement::Cookie(_) if !header::is_token(name) => Some("is no cookie name (RFC 6265 section 4.1.1)"),
        Placement::Query(_) | Placement::Body(_) if name.is_empty() => Some("is empty: a place needs a name"),
        _ => None,
    }
}

fn is_same(one: &Placement, other: &Placement) -> bool {
    let (first, second) = (one.placed().name.source(), other.placed().name.source());
    match (one, other) {
        (Placement::Header(_), Placement::Header(_)) => header::is_same(first, second),
        _ => one.kind() == other.kind() && first == second,
    }
}

fn is_used(method: &Method, key: &str) -> bool {
    let placed = method.placements.iter().any(|placement| placement.placed().secret.as_deref() == Some(key));
    placed
        || match &method.kind {
            MethodKind::ApiToken { field } => field == key,
            MethodKind::Basic(basic) => basic.keys().any(|used| used == key),
            MethodKind::OAuth2Code(_) | MethodKind::ClientCredentials(_) => false,
        }
}
