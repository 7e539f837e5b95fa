//! Templates with fields in them.

use jackfield_model::template::Template;

use crate::given;

/// What is filled in stands where its key stood and is not looked at again.
pub fn template(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let Ok(template) = Template::new(text) else { return };
    assert_eq!(template.source(), text);
    let keys: Vec<&str> = template.keys().collect();
    assert_eq!(template.is_fixed(), keys.is_empty());
    let same = template.fill(|key| Some(format!("{{{key}}}")));
    assert_eq!(same.as_deref(), Ok(text));
    let emptied = template.fill(|_| Some("")).unwrap_or_default();
    assert!(!emptied.contains(['{', '}']), "{text}");
    let mut rest = text.to_owned();
    for key in &keys {
        rest = rest.replacen(&format!("{{{key}}}"), "", 1);
    }
    assert_eq!(rest, emptied);
    assert_eq!(template.fill(|_| None::<&str>).is_ok(), keys.is_empty());
    let kept = serde_json::to_string(&template).ok().and_then(|kept| serde_json::from_str::<Template>(&kept).ok());
    assert_eq!(kept.as_ref(), Some(&template));
}
