//! A posted form: what was typed, with secrets apart from the first moment.

use std::collections::BTreeMap;

use jackfield_model::{
    manifest::{Field, FieldKind, Manifest},
    secret::Secret,
};
use url::form_urlencoded;

use crate::service::StartForm;

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct Posted {
    /// The connector, where the person picked it.
    pub(super) connector: Option<String>,
    /// The auth method chosen.
    pub(super) method: String,
    /// The connection's name.
    pub(super) name: String,
    /// Values that may be shown again.
    pub(super) public: BTreeMap<String, String>,
    /// Values that may not: secret fields, and keys nobody declared.
    secret: BTreeMap<String, Secret>,
}

impl Posted {
    /// Reads `application/x-www-form-urlencoded`; of a repeated name the last counts.
    pub(super) fn read(form: &[u8], manifest: &Manifest) -> Self {
        let mut posted = Self::default();
        for (name, value) in form_urlencoded::parse(form) {
            match name.as_ref() {
                "service" => posted.connector = Some(value.into_owned()),
                "method" => posted.method = value.into_owned(),
                "name" => posted.name = value.into_owned(),
                other => {
                    if let Some(key) = other.strip_prefix("field.") {
                        posted.keep(key, value.into_owned(), manifest);
                    }
                }
            }
        }
        posted
    }

    fn keep(&mut self, key: &str, value: String, manifest: &Manifest) {
        if is_public(key, manifest) {
            self.public.insert(key.to_owned(), value);
        } else {
            self.secret.insert(key.to_owned(), Secret::new(value));
        }
    }

    /// A box that is off is not sent: the fields that were on the form say which.
    pub(super) fn fill_boxes<'a>(&mut self, on_form: impl Iterator<Item = &'a Field>) {
        for field in on_form.filter(|field| field.kind == FieldKind::Boolean && !field.secret) {
            self.public.entry(field.key.clone()).or_insert_with(|| "false".to_owned());
        }
    }

    /// What the service needs; what may be shown again stays here.
    pub(super) fn take(&mut self) -> StartForm {
        let mut fields = std::mem::take(&mut self.secret);
        fields.extend(self.public.iter().map(|(key, value)| (key.clone(), Secret::new(value.clone()))));
        let (connector, method, name) = (self.connector.clone(), self.method.clone(), self.name.clone());
        StartForm { connector, method, name, fields, place: None }
    }
}

/// The last value of a field of a form, before it is known which manifest it is for.
pub(super) fn value_of(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).filter(|(known, _)| known == name).last().map(|(_, value)| value.into_owned())
}

/// Declared, and nowhere declared secret.
fn is_public(key: &str, manifest: &Manifest) -> bool {
    let mut declared = manifest.all_fields().filter(|field| field.key == key).peekable();
    declared.peek().is_some() && declared.all(|field| !field.secret)
}
