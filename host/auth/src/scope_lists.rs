//! Which parameter each scope travels in, and how a list is written.

use std::collections::BTreeMap;

use jackfield_model::{
    manifest::{Manifest, OAuth2, in_list},
    scope::ScopeSet,
};

/// The standard parameter.
pub(crate) const SCOPE: &str = "scope";

/// The id of a scope in a further list: see `OAuth2::list_of`.
pub(crate) fn id(scope: &str, list: &str) -> String {
    if list.is_empty() { scope.to_owned() } else { format!("{list}/{scope}") }
}

/// Parameter names and their joined scopes; empty lists are left out.
pub(crate) fn joined(manifest: &Manifest, oauth2: &OAuth2, scopes: &ScopeSet) -> BTreeMap<String, String> {
    let mut lists: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for scope in scopes {
        let list = manifest.scope(scope).map(|declared| declared.scope_list.as_str()).unwrap_or_default();
        let declared = oauth2.authorize.scope_lists.iter().find(|(name, _)| name == list);
        let parameter = declared.map_or(SCOPE, |(_, parameter)| parameter.as_str());
        lists.entry(parameter.to_owned()).or_default().push(in_list(scope, list).unwrap_or(scope));
    }
    let separator = match oauth2.authorize.scope_separator.as_str() {
        "" => " ",
        separator => separator,
    };
    lists.into_iter().map(|(parameter, scopes)| (parameter, scopes.join(separator))).collect()
}
