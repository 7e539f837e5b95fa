//! Typed values against declared fields: checked once, split into public and secret, nothing echoed.

use std::collections::BTreeMap;

use jackfield_model::{
    credential::SecretFields,
    manifest::{Field, FieldKind, Manifest, Method},
    origin::{Origin, Scheme},
    secret::Secret,
};
use url::Url;

mod rule;

use super::Service;
pub use rule::FieldRule;

/// The longest value of a field, in bytes.
const VALUE_LIMIT: usize = 8 * 1024;

/// What was typed, as it arrived: any of it may be a secret.
pub type Typed = BTreeMap<String, Secret>;

/// A value that cannot be taken, and why; the value itself is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's key.
    pub key: String,
    /// What it breaks.
    pub rule: FieldRule,
    /// What to do, for a caller of the API.
    pub message: String,
}

impl FieldFault {
    fn of(field: &Field, rule: FieldRule) -> Self {
        Self { key: field.key.clone(), rule, message: rule.told(field) }
    }
}

/// Checked values.
#[derive(Debug, Default)]
pub struct Checked {
    /// Public values, with prefix, suffix and defaults applied.
    pub public: BTreeMap<String, String>,
    /// Secret ones.
    pub secret: SecretFields,
}

/// Checks every declared field; names every fault at once. Keys nobody declared are faults too.
pub fn check<'a>(
    fields: impl Iterator<Item = &'a Field>,
    mut typed: Typed,
    loopback: bool,
) -> Result<Checked, Vec<FieldFault>> {
    let fields: Vec<&Field> = fields.collect();
    let mut checked = Checked::default();
    let mut faults = Vec::new();
    let visible = visible_ones(&fields, &typed);
    for field in &fields {
        let given = typed.remove(&field.key);
        let shown = visible.contains(&field.key.as_str());
        let given = if shown && !field.hidden { given } else { None };
        match value_of(field, given, shown, loopback) {
            Ok(None) => {}
            Ok(Some(value)) if field.secret => drop(checked.secret.insert(field.key.clone(), value)),
            Ok(Some(value)) => drop(checked.public.insert(field.key.clone(), value.expose().to_owned())),
            Err(rule) => faults.push(FieldFault::of(field, rule)),
        }
    }
    let unknown = typed.into_keys().map(|key| {
        let message = format!("there is no field `{key}` here");
        FieldFault { key, rule: FieldRule::Unknown, message }
    });
    faults.extend(unknown);
    if faults.is_empty() { Ok(checked) } else { Err(faults) }
}

/// The fewest bytes of a secret that stay secret when a public value is taken out of it.
const LEFT_SECRET: usize = 16;
/// The longest value that is taken out of a secret, in bytes.
const TAKEN_LIMIT: usize = 128;

/// Fills the public fields that are part of a secret one. A secret of another form is a fault of its field.
pub(super) fn take_out(manifest: &Manifest, method: &Method, checked: &mut Checked) -> Result<(), Vec<FieldFault>> {
    let mut faults = Vec::new();
    for taken in &method.taken {
        let Some(secret) = checked.secret.get(&taken.secret) else { continue };
        let field = manifest.fields_of(method).find(|field| field.key == taken.field);
        let value = taken.pattern.group(secret.expose()).filter(|value| {
            let left = secret.expose().len().saturating_sub(value.len());
            value.len() <= TAKEN_LIMIT && left >= LEFT_SECRET
        });
        if let Some(Ok(value)) = field.zip(value).map(|(field, value)| found_out(field, value)) {
            drop(checked.public.insert(taken.field.clone(), value));
        } else {
            let secret = manifest.fields_of(method).find(|field| field.key == taken.secret);
            faults.extend(secret.map(|secret| FieldFault::of(secret, FieldRule::Place)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// A public value that nobody typed, held to its field all the same.
pub(super) fn found_out(field: &Field, value: &str) -> Result<String, String> {
    let given = Some(Secret::new(value.to_owned()));
    let value = value_of(field, given, true, false).map_err(|rule| rule.told(field))?;
    value.map(|value| value.expose().to_owned()).ok_or_else(|| format!("{} has no value", field.label))
}

/// A public value as a connection keeps it, held to its field: what the field adds to what is typed is there already.
pub(super) fn check_kept(field: &Field, value: &str, loopback: bool) -> Result<(), String> {
    let typed = value.strip_prefix(&field.prefix).and_then(|rest| rest.strip_suffix(&field.suffix));
    let typed = if value.is_empty() { Some(value) } else { typed };
    let given = typed.map(|typed| Secret::new(typed.to_owned())).ok_or_else(|| FieldRule::Form.told(field))?;
    let again = value_of(field, Some(given), true, loopback).map_err(|rule| rule.told(field))?;
    let same = again.is_some_and(|again| again.expose() == value);
    if same { Ok(()) } else { Err(FieldRule::Form.told(field)) }
}

impl Service {
    /// [`check`], and every address typed must be one that requests may go to at all.
    pub(super) fn checked<'a>(
        &self,
        connector: &str,
        fields: impl Iterator<Item = &'a Field>,
        typed: Typed,
    ) -> Result<Checked, Vec<FieldFault>> {
        let fields: Vec<&Field> = fields.collect();
        let checked = check(fields.iter().copied(), typed, self.parts.settings.http_loopback)?;
        let egress = self.parts.outbound.egress();
        let addresses = fields.iter().filter(|field| matches!(field.kind, FieldKind::BaseUrl | FieldKind::Url));
        let refused = addresses.filter_map(|field| {
            let url = Url::parse(checked.public.get(&field.key)?).ok()?;
            let denial = egress.judge_endpoint(connector, &url).err()?;
            let message = format!("{}: {}", field.label, denial.message);
            Some(FieldFault { key: field.key.clone(), rule: FieldRule::Address, message })
        });
        let faults: Vec<FieldFault> = refused.collect();
        if faults.is_empty() { Ok(checked) } else { Err(faults) }
    }
}

fn visible_ones<'a>(fields: &[&'a Field], typed: &Typed) -> Vec<&'a str> {
    let current = |key: &str| {
        let given = typed.get(key).map(|value| value.expose().to_owned()).filter(|value| !value.is_empty());
        given.or_else(|| fields.iter().find(|field| field.key == key).and_then(|field| field.default.clone()))
    };
    let shown = fields.iter().filter(|field| {
        field
            .visible_when
            .as_ref()
            .is_none_or(|when| current(&when.field).is_some_and(|value| when.one_of.contains(&value)))
    });
    shown.map(|field| field.key.as_str()).collect()
}

fn value_of(field: &Field, given: Option<Secret>, shown: bool, loopback: bool) -> Result<Option<Secret>, FieldRule> {
    // Emptied on purpose is not the same as left out: only what was left out takes its default.
    if given.as_ref().is_some_and(Secret::is_empty) {
        return match (&field.default, field.required) {
            (_, true) => Err(FieldRule::Needed),
            (Some(_), false) => Ok(Some(Secret::new(String::new()))),
            (None, false) => Ok(None),
        };
    }
    let Some(value) = given.or_else(|| field.default.clone().map(Secret::new)) else {
        return if field.required && shown { Err(FieldRule::Needed) } else { Ok(None) };
    };
    let as_typed = field.secret || matches!(field.kind, FieldKind::Text | FieldKind::MultiLine);
    let text = if as_typed { value.expose() } else { value.expose().trim() };
    if text.len() > VALUE_LIMIT {
        return Err(FieldRule::Long);
    }
    if field.kind != FieldKind::MultiLine && text.chars().any(char::is_control) {
        return Err(FieldRule::Line);
    }
    if field.pattern.as_ref().is_some_and(|pattern| !pattern.matches(text)) {
        return Err(FieldRule::Form);
    }
    let text = of_kind(&field.kind, text, loopback)?;
    Ok(Some(Secret::new(format!("{}{text}{}", field.prefix, field.suffix))))
}

fn of_kind(kind: &FieldKind, text: &str, loopback: bool) -> Result<String, FieldRule> {
    match kind {
        FieldKind::Text | FieldKind::MultiLine => Ok(text.to_owned()),
        FieldKind::Number if text.parse::<i64>().is_ok() => Ok(text.to_owned()),
        FieldKind::Number => Err(FieldRule::Number),
        FieldKind::Boolean if matches!(text, "true" | "false") => Ok(text.to_owned()),
        FieldKind::Boolean => Err(FieldRule::Switch),
        FieldKind::Email if is_email(text) => Ok(text.to_owned()),
        FieldKind::Email => Err(FieldRule::Email),
        FieldKind::HostLabel if is_host_label(text) => Ok(text.to_ascii_lowercase()),
        FieldKind::HostLabel => Err(FieldRule::HostLabel),
        FieldKind::Choice(choices) if choices.iter().any(|choice| choice.value == text) => Ok(text.to_owned()),
        FieldKind::Choice(_) => Err(FieldRule::Choice),
        FieldKind::BaseUrl | FieldKind::Url => url(text, loopback).ok_or(FieldRule::Url),
    }
}

/// A base URL as it is kept: https, no user information, query or fragment, no slash at the end.
fn url(text: &str, loopback: bool) -> Option<String> {
    let parsed = Url::parse(text).ok()?;
    let origin = Origin::of(&parsed).ok()?;
    let plain = origin.scheme() == Scheme::Http && !(loopback && is_loopback(&origin));
    let path = parsed.path().trim_end_matches('/');
    let whole = !plain && parsed.query().is_none() && parsed.fragment().is_none();
    (whole && !path.contains("..") && !path.contains('%')).then(|| format!("{origin}{path}"))
}

fn is_loopback(origin: &Origin) -> bool {
    origin.host() == "localhost" || origin.address().is_some_and(|address| address.is_loopback())
}

fn is_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace))
}

fn is_host_label(text: &str) -> bool {
    let inside = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    !text.is_empty() && text.len() <= 63 && inside && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use jackfield_model::{manifest::Condition, pattern::Pattern};

    use super::*;

    fn field(key: &str, kind: FieldKind) -> Field {
        Field {
            key: key.into(),
            label: key.into(),
            help: String::new(),
            kind,
            pattern: None,
            example: None,
            default: None,
            prefix: String::new(),
            suffix: String::new(),
            required: true,
            secret: false,
            hidden: false,
            advanced: false,
            visible_when: None,
            warning: None,
        }
    }

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned()))).collect()
    }

    fn one(field: &Field, value: &str) -> Result<String, String> {
        let checked = check(std::iter::once(field), typed(&[(&field.key, value)]), false);
        checked
            .map(|checked| checked.public.get(&field.key).cloned().unwrap_or_default())
            .map_err(|faults| faults.into_iter().next().unwrap().message)
    }

    #[test]
    fn kinds_are_enforced() {
        assert_eq!(one(&field("n", FieldKind::Number), " 42 "), Ok("42".into()));
        assert!(one(&field("n", FieldKind::Number), "4x").is_err());
        assert_eq!(one(&field("h", FieldKind::HostLabel), "ACME"), Ok("acme".into()));
        for bad in ["a.b", "-a", "a/b", "a@b", "ä"] {
            assert!(one(&field("h", FieldKind::HostLabel), bad).is_err(), "{bad}");
        }
        assert_eq!(
            one(&field("u", FieldKind::BaseUrl), "https://API.example.com/v1/"),
            Ok("https://api.example.com/v1".into())
        );
        for bad in [
            "http://api.example.com",
            "https://a@b.example",
            "https://x.example/?q",
            "https://x.example/a%2e",
            "api.example.com",
        ] {
            assert!(one(&field("u", FieldKind::BaseUrl), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn patterns_prefixes_and_defaults_apply() {
        let mut shop = field("shop", FieldKind::Text);
        shop.pattern = Some(Pattern::new("[a-z]+").unwrap());
        shop.suffix = ".myshop.example".into();
        assert_eq!(one(&shop, "acme"), Ok("acme.myshop.example".into()));
        assert!(one(&shop, "acme.evil/").is_err());
        shop.default = Some("fallback".into());
        let left_out = check(std::iter::once(&shop), typed(&[]), false).unwrap();
        assert_eq!(left_out.public.get("shop").unwrap(), "fallback.myshop.example");
        assert!(one(&shop, "").is_err());
        shop.required = false;
        assert_eq!(one(&shop, ""), Ok(String::new()));
    }

    #[test]
    fn secrets_go_apart_and_are_not_in_faults() {
        let mut token = field("token", FieldKind::Text);
        token.secret = true;
        let checked = check(std::iter::once(&token), typed(&[("token", "s3cret")]), false).unwrap();
        assert!(checked.public.is_empty());
        assert_eq!(checked.secret.get("token").unwrap().expose(), "s3cret");
        let faults = check(std::iter::once(&token), typed(&[("token", "s3c\nret")]), false).unwrap_err();
        assert!(!format!("{faults:?}").contains("s3c"));
    }

    #[test]
    fn unknown_missing_and_invisible_fields() {
        let faults = check(std::iter::once(&field("a", FieldKind::Text)), typed(&[("b", "x")]), false).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let mut region = field("region", FieldKind::Text);
        region.visible_when = Some(Condition { field: "a".into(), one_of: vec!["eu".into()] });
        let both = [field("a", FieldKind::Text), region];
        let checked = check(both.iter(), typed(&[("a", "us"), ("region", "ignored")]), false).unwrap();
        assert!(!checked.public.contains_key("region"));
        assert!(check(both.iter(), typed(&[("a", "eu")]), false).is_err());
    }
}
