//! The page of a double on which a person decides: what was asked travels on in a form.

use serde::Serialize;

/// What stands on the page. The markup is the doubles' own: providers document none.
pub(super) struct Page<'a> {
    /// The window's title.
    pub(super) title: &'a str,
    /// What a person reads.
    pub(super) heading: &'a str,
    /// Where the form goes.
    pub(super) action: &'a str,
    /// The name that every button sends a value under.
    pub(super) answer: &'a str,
    /// The values and the labels of the buttons.
    pub(super) buttons: &'a [(&'a str, &'a str)],
}

impl Page<'_> {
    /// As HTML, with the text members of what was asked in hidden inputs.
    pub(super) fn asking(&self, asked: &impl Serialize) -> String {
        let Self { title, heading, action, answer, buttons } = self;
        let asked = serde_json::to_value(asked).unwrap_or_default();
        let members = asked.as_object().into_iter().flatten();
        let texts = members.filter_map(|(name, value)| Some((name, value.as_str()?)));
        let inputs: String = texts.map(|(name, value)| input(name, value)).collect();
        let buttons: Vec<String> = buttons
            .iter()
            .map(|(value, label)| format!("<button name=\"{answer}\" value=\"{value}\">{label}</button>"))
            .collect();
        let buttons = buttons.concat();
        format!(
            "<!doctype html><html><head><title>{title}</title></head><body><h1>{heading}</h1>\
             <form method=\"post\" action=\"{action}\">{inputs}{buttons}</form></body></html>"
        )
    }
}

fn input(name: &str, value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_was_asked_cannot_leave_its_input() {
        let page = Page { title: "T", heading: "H", action: "/go", answer: "say", buttons: &[("yes", "Yes")] };
        let html = page.asking(&serde_json::json!({ "state": "a\"><script>&", "none": Value::Null }));
        assert!(html.contains("<input type=\"hidden\" name=\"state\" value=\"a&quot;>&lt;script>&amp;\">"), "{html}");
        assert!(!html.contains("none") && html.contains("<button name=\"say\" value=\"yes\">Yes</button>"), "{html}");
    }
}
