//! What makes a manifest valid as a whole: no contradiction, nothing unused, every name resolved.

mod kept;
mod methods;
mod placements;

use std::collections::BTreeSet;

use super::{Field, FieldKind, Manifest, OriginPlace, RequestPattern, WEBHOOKS};
use crate::{pattern::Pattern, template::Template};

/// Something wrong in a manifest, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Fault {
    /// Where, as a path: `methods[0].placements[1]`.
    pub place: String,
    /// What is wrong and what would mend it.
    pub message: String,
}

/// The most request patterns that a manifest declares, those of actions and of hooks together: each request is compared with them.
const MOST_PATTERNS: usize = 2000;

struct Checker<'a> {
    manifest: &'a Manifest,
    faults: Vec<Fault>,
    used_origins: BTreeSet<&'a str>,
    used_scopes: BTreeSet<&'a str>,
}

/// Every fault of a manifest and of the hooks its component exports; empty means it may install.
pub fn check(manifest: &Manifest, hooks: &BTreeSet<String>) -> Vec<Fault> {
    let mut checker =
        Checker { manifest, faults: Vec::new(), used_origins: BTreeSet::new(), used_scopes: BTreeSet::new() };
    checker.name();
    checker.unique();
    checker.fields();
    checker.origins();
    checker.scopes_and_actions();
    checker.methods(hooks);
    checker.hooks(hooks);
    checker.amount();
    checker.call_headers();
    checker.secrets_used(hooks);
    checker.unused();
    checker.faults
}

impl<'a> Checker<'a> {
    fn fault(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault { place: place.into(), message: message.into() });
    }

    fn name(&mut self) {
        let slug = Pattern::new("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
        if !slug.is_ok_and(|pattern| pattern.matches(&self.manifest.name)) {
            self.fault(
                "name",
                "must be lower-case letters, digits and hyphens, at most 64, not beginning or ending with a hyphen",
            );
        }
        if self.manifest.name == WEBHOOKS {
            self.fault(
                "name",
                "`webhooks` is what operators let this host's own webhooks reach private addresses by: choose another name",
            );
        }
        if self.manifest.presentation.title.trim().is_empty() {
            self.fault("presentation.title", "must not be empty");
        }
        if self.manifest.methods.is_empty() {
            self.fault("methods", "must hold at least one auth method");
        }
    }

    fn unique(&mut self) {
        let manifest = self.manifest;
        self.unique_among("origins", manifest.origins.iter().map(|origin| origin.id.as_str()));
        self.unique_among("scopes", manifest.scopes.iter().map(|scope| scope.id.as_str()));
        self.unique_among("actions", manifest.actions.iter().map(|action| action.id.as_str()));
        self.unique_among("methods", manifest.methods.iter().map(|method| method.id.as_str()));
        self.unique_among("requests", manifest.requests.iter().map(|declared| declared.hook.as_str()));
        self.unique_among("client-fields", manifest.client_fields.iter().map(|field| field.key.as_str()));
        for (index, method) in manifest.methods.iter().enumerate() {
            self.unique_among(
                &format!("methods[{index}].fields with fields"),
                manifest.fields_of(method).map(|field| field.key.as_str()),
            );
        }
    }

    fn unique_among<'b>(&mut self, place: &str, ids: impl Iterator<Item = &'b str>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if id.is_empty() {
                self.fault(place, "an id is empty");
            } else if !seen.insert(id) {
                self.fault(place, format!("`{id}` is declared twice: give each its own id"));
            }
        }
    }

    fn fields(&mut self) {
        let manifest = self.manifest;
        for (index, field) in manifest.all_fields().enumerate() {
            self.field(&format!("fields[{index}] `{}`", field.key), field, false);
        }
        for (index, field) in manifest.client_fields.iter().enumerate() {
            self.field(&format!("client-fields[{index}] `{}`", field.key), field, true);
        }
    }

    fn field(&mut self, place: &str, field: &Field, of_client: bool) {
        let key = Pattern::new("[a-z][a-z0-9_]{0,63}");
        if !key.is_ok_and(|pattern| pattern.matches(&field.key)) {
            self.fault(place, "a key is lower-case letters, digits and underscores, beginning with a letter");
        }
        if field.secret && field.default.is_some() {
            self.fault(place, "a secret field cannot have a default: everybody would share it");
        }
        if field.hidden && field.required && field.default.is_none() {
            self.fault(place, "is hidden, required and without a default: nobody could ever give it a value");
        }
        if field.kind == FieldKind::BaseUrl && of_client {
            self.fault(place, "a client field that holds a URL has the kind url, since the operator chooses it");
        }
        if field.kind == FieldKind::Url && !of_client {
            self.fault(place, "a URL that a person types is a base-url, an any-host field the operator approves");
        }
        if let Some(when) = &field.visible_when
            && !self.knows(&when.field)
        {
            self.fault(place, format!("is visible when `{}` has a value, and that is no field", when.field));
        }
        if let FieldKind::Choice(choices) = &field.kind {
            if choices.is_empty() {
                self.fault(place, "a choice without choices");
            }
            let known = |value: &String| choices.iter().any(|choice| choice.value == *value);
            if field.default.as_ref().is_some_and(|value| !known(value)) {
                self.fault(place, "its default is none of its choices");
            }
        }
        if let (Some(pattern), Some(default)) = (&field.pattern, &field.default)
            && !pattern.matches(default)
        {
            self.fault(place, "its default does not match its own pattern");
        }
    }

    fn origins(&mut self) {
        let manifest = self.manifest;
        for (index, origin) in manifest.origins.iter().enumerate() {
            let place = format!("origins[{index}] `{}`", origin.id);
            match &origin.place {
                OriginPlace::Host(host) => self.host(&place, host),
                OriginPlace::Field(key) => {
                    let known =
                        manifest.all_fields().any(|field| field.key == *key && field.kind == FieldKind::BaseUrl);
                    if !known {
                        self.fault(&place, format!("`{key}` is no connection field of the kind base-url"));
                    }
                }
                OriginPlace::ClientField(key) => {
                    let known =
                        manifest.client_fields.iter().any(|field| field.key == *key && field.kind == FieldKind::Url);
                    if !known {
                        self.fault(&place, format!("`{key}` is no client field of the kind url"));
                    }
                }
                OriginPlace::Issuer => {
                    let issued = manifest
                        .methods
                        .iter()
                        .any(|method| method.kind.oauth2().is_some_and(|oauth2| oauth2.issuer.is_some()));
                    if !issued {
                        self.fault(&place, "is the issuer's, and no method has an issuer");
                    }
                }
                OriginPlace::Kept { key, within } => {
                    let kept = manifest
                        .methods
                        .iter()
                        .filter_map(|method| method.kind.oauth2())
                        .any(|oauth2| oauth2.response.keep.iter().any(|kept| kept.key == *key));
                    if !kept || within.is_empty() {
                        self.fault(&place, format!("`{key}` must be a kept value, within at least one host"));
                    }
                }
            }
        }
    }

    /// A host template may take fields only where they cannot leave the domain that follows.
    fn host(&mut self, place: &str, host: &Template) {
        let source = host.source();
        if source.is_empty() || source.contains(['/', '@', '?', '#', '*', ' ', '\\']) {
            self.fault(
                place,
                "a host is written like api.example.com or {subdomain}.example.com, without scheme, path or wildcard",
            );
            return;
        }
        for key in host.keys() {
            let safe = self
                .manifest
                .all_fields()
                .any(|field| field.key == key && !field.secret && field.kind == FieldKind::HostLabel);
            if !safe {
                self.fault(
                    place,
                    format!("`{key}` may stand in a host only as a public connection field of the kind host-label"),
                );
            }
        }
        let fixed = source.rsplit('}').next().unwrap_or(source);
        let domain = fixed.trim_start_matches('.').split(':').next().unwrap_or_default();
        if source.contains('{') && (!fixed.starts_with('.') || psl::domain_str(domain).is_none()) {
            self.fault(
                place,
                "a field in a host must be followed by a whole registrable domain, as in {subdomain}.example.com",
            );
        }
    }

    fn scopes_and_actions(&mut self) {
        let manifest = self.manifest;
        for (index, scope) in manifest.scopes.iter().enumerate() {
            for implied in &scope.implies {
                if manifest.scope(implied).is_none() {
                    self.fault(
                        format!("scopes[{index}] `{}`", scope.id),
                        format!("implies `{implied}`, which is no declared scope"),
                    );
                }
                self.used_scopes.insert(implied);
            }
            if scope.always {
                self.used_scopes.insert(&scope.id);
            }
        }
        for (index, action) in manifest.actions.iter().enumerate() {
            let place = format!("actions[{index}] `{}`", action.id);
            for scope in action.any_of.iter().flatten() {
                if manifest.scope(scope).is_none() {
                    self.fault(&place, format!("needs `{scope}`, which is no declared scope"));
                }
                self.used_scopes.insert(scope);
            }
            self.request_patterns(&place, &action.requests);
        }
    }

    fn request_patterns(&mut self, place: &str, requests: &'a [RequestPattern]) {
        for request in requests {
            if self.manifest.origin(&request.origin).is_none() {
                self.fault(place, format!("a request names the origin `{}`, which is not declared", request.origin));
            }
            self.used_origins.insert(&request.origin);
            if request.methods.is_empty()
                || request
                    .methods
                    .iter()
                    .any(|method| method.is_empty() || method.chars().any(|c| !c.is_ascii_uppercase()))
            {
                self.fault(place, "a request needs at least one HTTP method, in upper case");
            }
            if !request.path.source().starts_with(['/', '{']) {
                self.fault(place, "a request's path begins with a slash");
            }
            self.keys(place, &request.path);
        }
    }

    fn amount(&mut self) {
        let of_actions = self.manifest.actions.iter().map(|action| action.requests.len());
        let of_hooks = self.manifest.requests.iter().map(|declared| declared.requests.len());
        let count: usize = of_actions.chain(of_hooks).sum();
        if count > MOST_PATTERNS {
            let message = format!(
                "{count} request patterns are declared and at most {MOST_PATTERNS} may be: `*` stands for any segment, a last `**` for any rest"
            );
            self.fault("actions and requests", message);
        }
    }

    fn keys(&mut self, place: &str, template: &Template) {
        for key in template.keys() {
            if !self.knows(key) {
                self.fault(place, format!("`{{{key}}}` is no declared public field"));
            }
        }
    }

    fn knows(&self, key: &str) -> bool {
        let manifest = self.manifest;
        if let Some(key) = key.strip_prefix("client.") {
            return key == "client_id" || manifest.client_fields.iter().any(|field| field.key == key && !field.secret);
        }
        let kept =
            manifest.methods.iter().filter_map(|method| method.kind.oauth2()).flat_map(|oauth2| &oauth2.response.keep);
        manifest.all_fields().any(|field| field.key == key && !field.secret)
            || kept.into_iter().any(|kept| kept.key == key)
    }

    fn hooks(&mut self, hooks: &BTreeSet<String>) {
        let manifest = self.manifest;
        for (index, declared) in manifest.requests.iter().enumerate() {
            let place = format!("requests[{index}] `{}`", declared.hook);
            if declared.hook != "verify" && !hooks.contains(&declared.hook) {
                self.fault(&place, "the component exports no such hook");
            }
            self.request_patterns(&place, &declared.requests);
        }
    }

    fn unused(&mut self) {
        let manifest = self.manifest;
        for (index, origin) in manifest.origins.iter().enumerate() {
            if !self.used_origins.contains(origin.id.as_str()) {
                self.fault(
                    format!("origins[{index}] `{}`", origin.id),
                    "no action and no hook sends requests there: remove it or say who does",
                );
            }
        }
        for (index, scope) in manifest.scopes.iter().enumerate() {
            if !self.used_scopes.contains(scope.id.as_str()) {
                self.fault(
                    format!("scopes[{index}] `{}`", scope.id),
                    "no action needs it: remove it or say which does",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
