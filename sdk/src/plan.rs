//! Plans: requests with holes that the host fills after the hook has returned, so that no secret ever comes here.

use crate::{Hole, Part, Plan, PlanBody, Template};

/// What can stand where a value with holes is wanted: text, a hole, or a list of parts.
pub trait IntoTemplate {
    /// The pieces, in order.
    fn into_template(self) -> Template;
}

impl IntoTemplate for &str {
    fn into_template(self) -> Template {
        vec![Part::Text(self.to_owned())]
    }
}

impl IntoTemplate for String {
    fn into_template(self) -> Template {
        vec![Part::Text(self)]
    }
}

impl IntoTemplate for Hole {
    fn into_template(self) -> Template {
        vec![Part::Hole(self)]
    }
}

impl IntoTemplate for Template {
    fn into_template(self) -> Template {
        self
    }
}

impl<const N: usize> IntoTemplate for [Part; N] {
    fn into_template(self) -> Template {
        self.into()
    }
}

impl From<Hole> for Part {
    fn from(hole: Hole) -> Self {
        Self::Hole(hole)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Plan {
    /// A planned request to an origin approved for every secret it uses.
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Self {
            method: method.to_ascii_uppercase(),
            url: url.into(),
            query: Vec::new(),
            path: Vec::new(),
            headers: Vec::new(),
            body: PlanBody::Empty,
        }
    }

    /// With one more path segment, encoded by the host.
    #[must_use]
    pub fn segment(mut self, value: impl IntoTemplate) -> Self {
        self.path.push(value.into_template());
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl IntoTemplate) -> Self {
        self.headers.push((name.to_owned(), value.into_template()));
        self
    }

    /// With the client's id and secret as HTTP Basic credentials (RFC 6749 section 2.3.1).
    #[must_use]
    pub fn basic_client(self) -> Self {
        self.header("authorization", ["Basic ".into(), Hole::BasicClient.into()])
    }

    /// With one more query parameter, encoded by the host. A secret here is a deviation that the operator approves.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl IntoTemplate) -> Self {
        self.query.push((name.to_owned(), value.into_template()));
        self
    }

    /// With one more form parameter. A body of another kind is replaced.
    #[must_use]
    pub fn form(mut self, name: &str, value: impl IntoTemplate) -> Self {
        let added = (name.to_owned(), value.into_template());
        match &mut self.body {
            PlanBody::Form(pairs) => pairs.push(added),
            body => *body = PlanBody::Form(vec![added]),
        }
        self
    }

    /// With one more string at a JSON pointer (RFC 6901). A body of another kind is replaced.
    #[must_use]
    pub fn json(mut self, pointer: &str, value: impl IntoTemplate) -> Self {
        let added = (pointer.to_owned(), value.into_template());
        match &mut self.body {
            PlanBody::Json(members) => members.push(added),
            body => *body = PlanBody::Json(vec![added]),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_plan_names_its_holes_in_place() {
        let plan = Plan::new("delete", "https://api.example/apps").segment(Hole::ClientId).segment("grant");
        let plan = plan.basic_client().json("/access_token", Hole::AccessToken);
        assert_eq!(plan.method, "DELETE");
        assert_eq!(plan.path, [vec![Part::Hole(Hole::ClientId)], vec![Part::Text("grant".into())]]);
        assert_eq!(plan.headers[0].1, [Part::Text("Basic ".into()), Part::Hole(Hole::BasicClient)]);
        assert_eq!(plan.body, PlanBody::Json(vec![("/access_token".into(), vec![Part::Hole(Hole::AccessToken)])]));
    }
}
