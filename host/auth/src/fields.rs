//! What templates and conditions are filled from: public fields of the connection and of the client.
//!
//! Secret fields are not among them, so no template can place one.

use std::collections::BTreeMap;

use jackfield_model::{
    manifest::{Condition, Parameter},
    template::{Template, TemplateError},
};

/// The public values a template may name.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// Connection fields and kept values: `{key}`.
    pub fields: &'a BTreeMap<String, String>,
    /// Client fields: `{client.key}`.
    pub client_fields: &'a BTreeMap<String, String>,
    /// The provider's `client_id`: `{client.client_id}`.
    pub client_id: Option<&'a str>,
}

impl<'a> Inputs<'a> {
    /// The value of a key as templates write it.
    pub fn lookup(&self, key: &str) -> Option<&'a str> {
        match key.strip_prefix("client.") {
            Some("client_id") => self.client_id,
            Some(key) => self.client_fields.get(key).map(String::as_str),
            None => self.fields.get(key).map(String::as_str),
        }
    }

    /// A template with every key replaced.
    pub fn fill(&self, template: &Template) -> Result<String, TemplateError> {
        template.fill(|key| self.lookup(key).map(str::to_owned))
    }

    /// Whether a condition holds; no condition always does.
    pub fn meets(&self, condition: Option<&Condition>) -> bool {
        condition.is_none_or(|condition| {
            let value = self.lookup(&condition.field).unwrap_or_default();
            condition.one_of.iter().any(|wanted| wanted == value)
        })
    }

    /// The declared parameters whose condition holds, filled.
    pub(crate) fn parameters(&self, declared: &[Parameter]) -> Result<Vec<(String, String)>, TemplateError> {
        let sent = declared.iter().filter(|parameter| self.meets(parameter.when.as_ref()));
        sent.map(|parameter| Ok((parameter.name.clone(), self.fill(&parameter.value)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn keys_name_connection_fields_client_fields_and_the_client_id() {
        let fields = BTreeMap::from([("shop".into(), "acme".into())]);
        let client_fields = BTreeMap::from([("region".into(), "eu".into())]);
        let inputs = Inputs { fields: &fields, client_fields: &client_fields, client_id: Some("id-1") };
        let template = Template::new("{shop}/{client.region}/{client.client_id}").unwrap();
        assert_eq!(inputs.fill(&template).unwrap(), "acme/eu/id-1");
        assert!(inputs.lookup("client.secret").is_none());
    }

    #[test]
    fn a_parameter_is_sent_only_when_its_condition_holds() {
        let fields = BTreeMap::from([("kind".into(), "sandbox".into())]);
        let empty = BTreeMap::new();
        let inputs = Inputs { fields: &fields, client_fields: &empty, client_id: None };
        let when = |value: &str| Some(Condition { field: "kind".into(), one_of: vec![value.into()] });
        let value = Template::new("x").unwrap();
        let declared = [
            Parameter { name: "a".into(), value: value.clone(), when: when("sandbox") },
            Parameter { name: "b".into(), value, when: when("live") },
        ];
        assert_eq!(inputs.parameters(&declared).unwrap(), [("a".to_owned(), "x".to_owned())]);
    }
}
