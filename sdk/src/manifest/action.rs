//! Actions: named things a scenario does, the scopes they need and the requests they make.

use super::{Access, Action, RequestPattern};

impl Action {
    /// Reads.
    pub fn read(id: &str, title: &str) -> Self {
        Self::new(id, title, Access::Read)
    }

    /// Creates or changes.
    pub fn write(id: &str, title: &str) -> Self {
        Self::new(id, title, Access::Write)
    }

    /// Manages other people's things.
    pub fn admin(id: &str, title: &str) -> Self {
        Self::new(id, title, Access::Admin)
    }

    fn new(id: &str, title: &str, access: Access) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            access,
            any_of: Vec::new(),
            requests: Vec::new(),
            indivisible: false,
            extras: Vec::new(),
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// A set of scopes that suffices. Called again, it adds another set; the smallest is preferred.
    #[must_use]
    pub fn needs(mut self, scopes: &[&str]) -> Self {
        self.any_of.push(scopes.iter().map(|scope| (*scope).to_owned()).collect());
        self.any_of.sort_by_key(Vec::len);
        self
    }

    /// Makes `GET` requests there.
    #[must_use]
    pub fn get(self, origin: &str, path: &str) -> Self {
        self.request(&["GET"], origin, path)
    }

    /// Makes `POST` requests there.
    #[must_use]
    pub fn post(self, origin: &str, path: &str) -> Self {
        self.request(&["POST"], origin, path)
    }

    /// Makes requests with these methods there.
    #[must_use]
    pub fn request(mut self, methods: &[&str], origin: &str, path: &str) -> Self {
        self.requests.push(RequestPattern::new(methods, origin, path));
        self
    }

    /// A path cannot divide it (GraphQL, batch): it is never called enforced.
    #[must_use]
    pub fn indivisible(mut self) -> Self {
        self.indivisible = true;
        self
    }
}
