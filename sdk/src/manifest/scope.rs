//! Scopes: the provider's permission strings, in words a person understands.

use super::Scope;

impl Scope {
    /// A scope, its title and what it allows.
    pub fn new(id: &str, title: &str, description: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            implies: Vec::new(),
            scope_list: String::new(),
            always: false,
            extras: Vec::new(),
        }
    }

    /// Brings these with it, so that they are never asked for beside it.
    #[must_use]
    pub fn implies(mut self, scopes: &[&str]) -> Self {
        self.implies.extend(scopes.iter().map(|scope| (*scope).to_owned()));
        self
    }

    /// Added to every authorization request.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// Travels in a scope list of this name.
    #[must_use]
    pub fn in_list(mut self, name: &str) -> Self {
        name.clone_into(&mut self.scope_list);
        self
    }
}
