//! Just enough HTML for the demo's browser: the forms of the host's and the provider's pages, and pages that go on.

use std::collections::BTreeMap;

/// A form as it stands on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Form {
    /// Where it goes; empty: to the page itself.
    pub(super) action: String,
    /// Whether it is posted.
    pub(super) post: bool,
    fields: Vec<(String, String)>,
    choices: Vec<(String, String)>,
}

/// A tag and its attributes.
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Form {
    /// The forms of a page, in their order.
    pub(super) fn all(page: &str) -> Vec<Self> {
        let mut forms = Vec::new();
        let mut open: Option<Self> = None;
        for tag in tags(page) {
            match (tag.name.as_str(), &mut open) {
                ("form", _) => open = Some(Self::begin(&tag)),
                ("/form", _) => forms.extend(open.take()),
                ("input" | "textarea" | "button" | "option" | "select", Some(form)) => form.take(&tag),
                _ => {}
            }
        }
        forms
    }

    fn begin(tag: &Tag) -> Self {
        Self {
            action: tag.value("action").to_owned(),
            post: tag.value("method").eq_ignore_ascii_case("post"),
            ..Self::default()
        }
    }

    fn take(&mut self, tag: &Tag) {
        let (name, value) = (tag.value("name").to_owned(), tag.value("value").to_owned());
        if name.is_empty() {
            return;
        }
        match (tag.name.as_str(), tag.value("type")) {
            ("button", _) | (_, "submit") => self.choices.push((name, value)),
            (_, "radio" | "checkbox") => {
                if tag.attributes.contains_key("checked") {
                    self.fields.push((name.clone(), value.clone()));
                }
                self.choices.push((name, value));
            }
            _ => self.fields.push((name, value)),
        }
    }

    /// Whether it has a field of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().chain(&self.choices).any(|(field, _)| field == name)
    }

    /// Whether it offers that value: a button or a choice.
    pub(super) fn offers(&self, name: &str, value: &str) -> bool {
        self.choices.iter().any(|(field, offered)| field == name && offered == value)
    }

    /// Types or chooses a value; the one before is gone.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, held)) => value.clone_into(held),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// As a browser sends it.
    pub(super) fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

/// Where a page goes on to by itself, where it does at once.
pub(super) fn onward(page: &str) -> Option<String> {
    let tags = tags(page);
    let refresh = tags.iter().find(|tag| tag.name == "meta" && tag.value("http-equiv") == "refresh")?;
    Some(refresh.value("content").strip_prefix("0;url=")?.to_owned())
}

impl Tag {
    fn value(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

/// The tags of a page whose attributes are quoted, as the pages of host and provider write them.
fn tags(page: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, left) = tag(after);
        found.push(tag);
        rest = left;
    }
    found
}

fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '=')).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let quoted = after.strip_prefix("=\"").and_then(|value| value.split_once('"'));
        let (value, after) = quoted.unwrap_or(("", after));
        if key.is_empty() {
            return (Tag { name: name.to_ascii_lowercase(), attributes }, after.strip_prefix('>').unwrap_or(after));
        }
        attributes.insert(key.to_ascii_lowercase(), unescape(value));
        rest = after;
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_form_is_read_filled_in_and_sent() {
        let page = r#"<!DOCTYPE html><body><p>x &lt; y</p><form method="post" action="/go?a=1&amp;b=2">
            <input type="hidden" name="ticket" value="t&amp;1"><input name="name" value="old" required>
            <input type="radio" name="method" value="a" checked><input type="radio" name="method" value="b">
            <button name="decision" value="allow">Allow</button><button>Plain</button></form>"#;
        let form = Form::all(page).pop().unwrap();
        assert!(form.post && form.action == "/go?a=1&b=2");
        assert!(form.has("name") && form.offers("decision", "allow") && !form.offers("decision", "x"));
        let sent = form.with("name", "new & old").with("method", "b").with("decision", "allow").encoded();
        assert_eq!(sent, "ticket=t%261&name=new+%26+old&method=b&decision=allow");
    }

    #[test]
    fn a_page_that_goes_on_says_where_to() {
        let page = r#"<meta charset="utf-8"><meta http-equiv="refresh" content="0;url=http://a/?b=1&amp;c=2">"#;
        assert_eq!(onward(page).unwrap(), "http://a/?b=1&c=2");
        assert_eq!(onward(r#"<meta charset="utf-8">"#), None);
    }

    #[test]
    fn garbage_ends_too() {
        for page in ["<", "<form", "<form a", "<form a=", "<form a=\"", "<<<>>>", "=<= = =", "<a =\"x\">"] {
            assert!(Form::all(page).is_empty(), "{page}");
        }
    }
}
