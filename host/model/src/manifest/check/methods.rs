//! What makes the auth methods of a manifest valid: each with its endpoints, its placements and its end.

use std::collections::BTreeSet;

use super::Checker;
use crate::{
    manifest::{Basic, BodyFormat, Method, MethodKind, OAuth2, Pkce, Revocation, TokenSource, in_list},
    pattern::Pattern,
    template::Template,
};

/// The most exchanges that may follow the first.
const FURTHER_STEPS: usize = 4;

impl<'a> Checker<'a> {
    pub(super) fn methods(&mut self, hooks: &BTreeSet<String>) {
        let manifest = self.manifest;
        for (index, method) in manifest.methods.iter().enumerate() {
            let place = format!("methods[{index}] `{}`", method.id);
            self.method(&place, method, hooks);
        }
    }

    fn method(&mut self, place: &str, method: &'a Method, hooks: &BTreeSet<String>) {
        self.templates(place, method);
        self.taken(place, method);
        self.placements(place, method);
        match &method.kind {
            MethodKind::ApiToken { field } => {
                if !self.secret_fields(method).any(|declared| declared.key == *field) {
                    self.fault(place, format!("`{field}` is no secret field of this method"));
                }
            }
            MethodKind::Basic(basic) => self.basic(place, method, basic),
            MethodKind::OAuth2Code(oauth2) => {
                if oauth2.issuer.is_none() && (oauth2.authorize_url.is_none() || oauth2.token_url.is_none()) {
                    self.fault(place, "needs an issuer, or both an authorize and a token URL");
                }
                self.endpoint_keys(place, oauth2);
            }
            MethodKind::ClientCredentials(oauth2) => {
                if oauth2.issuer.is_none() && oauth2.token_url.is_none() {
                    self.fault(place, "needs an issuer or a token URL");
                }
                self.endpoint_keys(place, oauth2);
            }
        }
        let several = method.kind.oauth2().is_some_and(|oauth2| !oauth2.response.tokens.is_empty());
        if several && hooks.contains("token-response") {
            self.fault(place, "names several tokens, and the hook `token-response` finds one: use one or the other");
        }
        if let Some(oauth2) = method.kind.oauth2() {
            self.further_steps(place, oauth2, hooks);
            self.reasons(place, oauth2);
        }
        self.lifetime(place, method);
        if method.revocation == Revocation::Hook && !hooks.contains("revoke") {
            self.fault(place, "is revoked by the hook `revoke`, which the component does not export");
        }
        if method.revocation == Revocation::Rfc7009
            && method.kind.oauth2().is_none_or(|oauth2| oauth2.issuer.is_none() && oauth2.revoke_url.is_none())
        {
            self.fault(place, "is revoked by RFC 7009 and names no revoke URL and no issuer");
        }
    }

    /// RFC 7617 section 2: a name without a colon; something secret in the pair, or everybody would share it.
    fn basic(&mut self, place: &str, method: &'a Method, basic: &'a Basic) {
        let manifest = self.manifest;
        for key in basic.keys() {
            if !manifest.fields_of(method).any(|field| field.key == key) {
                self.fault(place, format!("`{{{key}}}` is no connection field of this method"));
            }
        }
        let fixed = manifest.fields_of(method).filter(|field| basic.name.keys().any(|key| key == field.key));
        let mut around = fixed.flat_map(|field| [&field.prefix, &field.suffix]);
        if basic.name.source().contains(':') || around.any(|text| text.contains(':')) {
            self.fault(place, "its name holds a colon, which ends names (RFC 7617 section 2)");
        }
        if !self.secret_fields(method).any(|field| basic.keys().any(|key| key == field.key)) {
            self.fault(place, "neither its name nor its password takes a secret field: everybody would share it");
        }
    }

    /// Further steps are the hook's to plan, few, and each with a name of its own.
    fn further_steps(&mut self, place: &str, oauth2: &'a OAuth2, hooks: &BTreeSet<String>) {
        let steps = &oauth2.request.further_steps;
        if !steps.is_empty() && !hooks.contains("token-request") {
            self.fault(place, "has further steps and the component exports no hook `token-request` that plans them");
        }
        let names: BTreeSet<&str> = steps.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        if names.len() != steps.len() || steps.len() > FURTHER_STEPS {
            self.fault(place, format!("has further steps that are not at most {FURTHER_STEPS} different names"));
        }
    }

    /// What is weaker than it should be says why: an operator approves that sentence, and nobody approves an empty one.
    fn reasons(&mut self, place: &str, oauth2: &OAuth2) {
        let pkce = match &oauth2.authorize.pkce {
            Pkce::Unsupported(reason) => Some(reason),
            Pkce::S256 => None,
        };
        let query = match &oauth2.request.body {
            BodyFormat::Query(reason) => Some(reason),
            BodyFormat::Form | BodyFormat::Json => None,
        };
        let weak = [
            ("does without PKCE", pkce),
            ("sends its token request in the query", query),
            ("sends its token request as a GET", oauth2.request.get_because.as_ref()),
        ];
        for (what, reason) in weak {
            if reason.is_some_and(|reason| reason.trim().is_empty()) {
                self.fault(place, format!("{what} and gives no reason: say why the provider cannot do better"));
            }
        }
    }

    /// The conditions of a lifetime name fields, and a case says something.
    fn lifetime(&mut self, place: &str, method: &'a Method) {
        for case in &method.lifetime.cases {
            if !self.knows(&case.when.field) {
                self.fault(place, format!("a lifetime depends on `{}`, which is no field", case.when.field));
            }
        }
    }

    fn endpoint_keys(&mut self, place: &str, oauth2: &'a OAuth2) {
        let urls = [&oauth2.issuer, &oauth2.authorize_url, &oauth2.token_url, &oauth2.refresh_url, &oauth2.revoke_url];
        for url in urls.into_iter().flatten() {
            self.keys(place, url);
            let whole = url.source().starts_with("{client.");
            if !whole && !url.source().starts_with("https://") {
                self.fault(place, format!("`{}` is not https", url.source()));
            }
            if let Some(host) = url.source().strip_prefix("https://").and_then(|rest| rest.split('/').next())
                && host.contains('{')
            {
                match Template::new(host) {
                    Ok(host) => self.host(place, &host),
                    Err(error) => self.fault(place, error.to_string()),
                }
            }
        }
        self.several_tokens(place, oauth2);
        let lists: BTreeSet<&str> = oauth2.authorize.scope_lists.iter().map(|(name, _)| name.as_str()).collect();
        for scope in &self.manifest.scopes {
            if !scope.scope_list.is_empty() && !lists.contains(scope.scope_list.as_str()) {
                self.fault(
                    place,
                    format!(
                        "the scope `{}` travels in the list `{}`, which this method does not have",
                        scope.id, scope.scope_list
                    ),
                );
            }
            let list = scope.scope_list.as_str();
            if !list.is_empty() && in_list(&scope.id, list).is_none() {
                self.fault(
                    place,
                    format!(
                        "the scope `{}` travels in the list `{list}`, so its id is `{list}/` and the provider's string",
                        scope.id
                    ),
                );
            }
        }
    }

    /// A value taken out of a secret has one place it comes from and one it goes to, and nobody types it.
    fn taken(&mut self, place: &str, method: &'a Method) {
        for taken in &method.taken {
            let fields = || self.manifest.fields_of(method);
            let secret = fields().any(|field| field.key == taken.secret && field.secret);
            let public = fields().any(|field| field.key == taken.field && !field.secret && field.hidden);
            if !secret || !public {
                self.fault(
                    place,
                    format!(
                        "takes `{}` out of `{}`: the first is a hidden public field, the second a secret one",
                        taken.field, taken.secret
                    ),
                );
            }
            if taken.pattern.groups() != 1 {
                self.fault(
                    place,
                    format!("takes `{}` by a pattern that has one group, which is the value", taken.field),
                );
            }
        }
    }

    /// Several tokens are told apart by name, and each list of scopes belongs to one of them.
    fn several_tokens(&mut self, place: &str, oauth2: &OAuth2) {
        let tokens = &oauth2.response.tokens;
        let lists = oauth2.authorize.scope_lists.iter().map(|(name, _)| name.as_str());
        let lists: BTreeSet<&str> = lists.chain([""]).collect();
        if tokens.len() == 1 {
            self.fault(place, "names one token only: a method that has one token gives it no name");
        }
        let (mut names, mut taken) = (BTreeSet::new(), BTreeSet::new());
        for token in tokens {
            let plain = Pattern::new("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?");
            if !plain.is_ok_and(|pattern| pattern.matches(&token.name)) || !names.insert(token.name.as_str()) {
                self.fault(
                    place,
                    format!(
                        "the token `{}` needs a name of its own, in lower-case letters, digits and hyphens",
                        token.name
                    ),
                );
            }
            if !token.under.is_empty() && !token.under.starts_with('/') {
                self.fault(
                    place,
                    format!("the token `{}` is at `{}`, which is no JSON pointer", token.name, token.under),
                );
            }
            if !lists.contains(token.scope_list.as_str()) || !taken.insert(token.scope_list.as_str()) {
                self.fault(
                    place,
                    format!("the token `{}` needs a scope list of its own: `{}` is none", token.name, token.scope_list),
                );
            }
        }
        let sources = [&oauth2.response.access_token, &oauth2.response.refresh_token];
        if !tokens.is_empty() && sources.iter().any(|source| !matches!(source, TokenSource::Pointer(_))) {
            self.fault(place, "reads several tokens, so each is at a pointer into the body");
        }
    }

    /// Every template of a method but a `basic` pair names public fields only: a secret has a placement.
    fn templates(&mut self, place: &str, method: &'a Method) {
        let Some(oauth2) = method.kind.oauth2() else { return };
        let declared =
            oauth2.authorize.parameters.iter().chain(&oauth2.request.parameters).chain(&oauth2.request.headers);
        for parameter in declared.chain(&oauth2.refresh.parameters) {
            self.keys(place, &parameter.value);
            if let Some(when) = &parameter.when
                && !self.knows(&when.field)
            {
                self.fault(
                    place,
                    format!("the parameter `{}` depends on `{}`, which is no field", parameter.name, when.field),
                );
            }
        }
        self.kept(place, oauth2);
    }
}
