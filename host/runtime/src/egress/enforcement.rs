//! What passes through a connection: the requests of the actions it was made for, and no other once actions list some.

use std::collections::BTreeSet;

use http::Method;
use jackfield_model::{
    manifest::{Enforced, Manifest},
    path::ReadPath,
};

use super::{
    denial::Denial,
    requests::{AllowedRequest, allowed_requests},
    values::PublicValues,
};

/// The actions of a connector, made concrete for one connection.
#[derive(Debug)]
pub struct Enforcement {
    enforced: Enforced,
    actions: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    id: String,
    chosen: bool,
    requests: Vec<AllowedRequest>,
}

/// What the actions say to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Whether it passes.
    pub passes: bool,
    /// Whether anything was compared: a connector that lists no requests lets any pass.
    pub enforced: bool,
    /// The actions that list it: the chosen ones where it passes, those that were not chosen where it does not.
    pub actions: Vec<String>,
}

impl Enforcement {
    /// Fills the patterns of every action. Those that were not chosen only explain refusals, so a field that does not
    /// fit them leaves them out.
    pub fn new(manifest: &Manifest, chosen: &BTreeSet<String>, values: &PublicValues) -> Result<Self, Denial> {
        let mut actions = Vec::with_capacity(manifest.actions.len());
        for action in &manifest.actions {
            let is_chosen = chosen.contains(&action.id);
            let requests = match allowed_requests(&action.requests, values) {
                Err(denial) if is_chosen => return Err(denial),
                filled => filled.unwrap_or_default(),
            };
            actions.push(Listed { id: action.id.clone(), chosen: is_chosen, requests });
        }
        Ok(Self { enforced: manifest.enforced(chosen), actions })
    }

    /// Judges one request. `path` is the very path that will be sent.
    pub fn judge(&self, method: &Method, origin: &str, path: &ReadPath) -> Ruling {
        let listing = |chosen: bool| {
            let actions = self.actions.iter().filter(move |action| action.chosen == chosen);
            let listing = actions.filter(|action| action.requests.iter().any(|one| lists(one, method, origin, path)));
            listing.map(|action| action.id.clone()).collect::<Vec<_>>()
        };
        let enforced = self.enforced != Enforced::Not;
        let by = listing(true);
        let passes = !enforced || !by.is_empty();
        Ruling { passes, enforced, actions: if passes { by } else { listing(false) } }
    }
}

/// `HEAD` is a `GET` without its content (RFC 9110 section 9.3.2).
fn lists(request: &AllowedRequest, method: &Method, origin: &str, path: &ReadPath) -> bool {
    let known = |name: &str| request.methods.iter().any(|method| method == name);
    let by_method = known(method.as_str()) || (method == Method::HEAD && known("GET"));
    by_method && request.origin == origin && path.matches(&request.path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use jackfield_model::template::Template;

    use super::*;

    fn listed(id: &str, chosen: bool, methods: &[&str], path: &str) -> Listed {
        let methods = methods.iter().map(|&method| method.to_owned()).collect();
        let request =
            AllowedRequest { methods, origin: "api".into(), path: Template::new(path).unwrap().source().into() };
        Listed { id: id.into(), chosen, requests: vec![request] }
    }

    fn github(enforced: Enforced) -> Enforcement {
        let actions = vec![
            listed("read-profile", true, &["GET"], "/user"),
            listed("update-profile", false, &["PATCH"], "/user"),
            listed("list-issues", true, &["GET"], "/repos/*/*/issues"),
            listed("create-issue", false, &["POST"], "/repos/*/*/issues"),
        ];
        Enforcement { enforced, actions }
    }

    #[test]
    fn only_the_chosen_actions_pass_and_a_refusal_names_the_one_that_would() {
        let rules = github(Enforced::Wholly);
        for (method, origin, path, passes, actions) in [
            (Method::GET, "api", "/user", true, &["read-profile"][..]),
            (Method::HEAD, "api", "/user", true, &["read-profile"]),
            (Method::PATCH, "api", "/user", false, &["update-profile"]),
            (Method::POST, "api", "/repos/a/b/issues", false, &["create-issue"]),
            (Method::GET, "uploads", "/user", false, &[]),
            (Method::DELETE, "api", "/repos/a/b", false, &[]),
        ] {
            let ruling = rules.judge(&method, origin, &ReadPath::of(path).unwrap());
            assert_eq!((ruling.passes, ruling.enforced), (passes, true), "{method} {path}");
            assert_eq!(ruling.actions, actions, "{method} {path}");
        }
    }

    #[test]
    fn a_connector_that_lists_no_requests_lets_any_pass_and_says_so() {
        let ruling = github(Enforced::Not).judge(&Method::DELETE, "api", &ReadPath::of("/repos/a/b").unwrap());
        assert_eq!(ruling, Ruling { passes: true, enforced: false, actions: vec![] });
    }
}
