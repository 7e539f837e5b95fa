//! Choices between kinds of objects, written as callers' tools read them best: a named schema a kind, told apart by one word.

use serde_json::{Map, Value, json};

use super::schemas::COMPONENTS;

/// Gives each titled variant of a named choice a name of its own, and says which field tells them apart.
pub(super) fn name(components: &mut Map<String, Value>) {
    let mut named = Vec::new();
    for schema in components.values_mut().filter_map(Value::as_object_mut) {
        let Some(Value::Array(variants)) = schema.get_mut("oneOf") else { continue };
        let kinds: Option<Vec<(String, String, String)>> = variants.iter().map(kind).collect();
        let Some(kinds) = kinds else { continue };
        let mut mapping = Map::new();
        let mut property = String::new();
        for (variant, (title, field, word)) in variants.iter_mut().zip(kinds) {
            let reference = format!("{COMPONENTS}/{title}");
            mapping.insert(word, reference.clone().into());
            property = field;
            named.push((title, std::mem::replace(variant, json!({ "$ref": reference }))));
        }
        schema.insert("discriminator".to_owned(), json!({ "propertyName": property, "mapping": mapping }));
    }
    for (title, mut variant) in named {
        variant.as_object_mut().map(|variant| variant.remove("title"));
        components.insert(title, variant);
    }
}

/// A variant's title, the field that tells it apart, and that field's word.
fn kind(variant: &Value) -> Option<(String, String, String)> {
    let title = variant.get("title")?.as_str()?;
    let fields = variant.get("properties")?.as_object()?;
    let (field, word) = fields.iter().find_map(|(field, schema)| Some((field, schema.get("const")?.as_str()?)))?;
    Some((title.to_owned(), field.clone(), word.to_owned()))
}
