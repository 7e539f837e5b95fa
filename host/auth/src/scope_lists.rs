//! Which parameter each scope travels in, and how a list is written.

use std::collections::BTreeMap;

use jackfield_model::{
    manifest::{Manifest, OAuth2},
    scope::ScopeSet,
};

/// The standard parameter.
pub(crate) const SCOPE: &str = "scope";

/// The id of a scope in a further list: the list's name, a slash, and the provider's string, so that the same string may be in
/// several lists.
pub(crate) fn id(scope: &str, list: &str) -> String {
    if list.is_empty() { scope.to_owned() } else { format!("{list}/{scope}") }
}

/// The provider's string of a scope in a list.
fn plain<'a>(id: &'a str, list: &str) -> &'a str {
    id.strip_prefix(list).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id)
}

/// The list that a scope's id says it is in; empty for the first.
pub(crate) fn list_of<'a>(oauth2: &'a OAuth2, id: &str) -> &'a str {
    let mut lists = oauth2.authorize.scope_lists.iter().map(|(name, _)| name.as_str());
    lists.find(|list| id.strip_prefix(list).is_some_and(|rest| rest.starts_with('/'))).unwrap_or_default()
}

/// Parameter names and their joined scopes; empty lists are left out.
pub(crate) fn joined(manifest: &Manifest, oauth2: &OAuth2, scopes: &ScopeSet) -> BTreeMap<String, String> {
    let mut lists: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for scope in scopes {
        let list = manifest.scope(scope).map(|declared| declared.scope_list.as_str()).unwrap_or_default();
        let declared = oauth2.authorize.scope_lists.iter().find(|(name, _)| name == list);
        let parameter = declared.map_or(SCOPE, |(_, parameter)| parameter.as_str());
        lists.entry(parameter.to_owned()).or_default().push(plain(scope, list));
    }
    let separator = match oauth2.authorize.scope_separator.as_str() {
        "" => " ",
        separator => separator,
    };
    lists.into_iter().map(|(parameter, scopes)| (parameter, scopes.join(separator))).collect()
}
