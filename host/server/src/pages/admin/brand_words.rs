//! What is wrong with a brand, and how its colours read, in the reader's words.

use jackfield_model::brand::{Colour, DARK_GROUNDS, LEAST_CONTRAST, LIGHT_GROUNDS};

use crate::{pages::submission::Submission, words::Words};

/// What is wrong with a field, and what to do.
pub(super) fn fault(words: &Words, field: &str, form: &Submission) -> String {
    let typed = form.get(field).unwrap_or_default().trim();
    match field {
        "colours-accent" => colour(words, typed, &LIGHT_GROUNDS),
        "colours-accent-dark" => colour(words, typed, &DARK_GROUNDS),
        "typeface" | "links-support" | "sender-name" | "sender-address" | "languages" | "origins" | "host" => {
            words.say(&format!("admin-brand-{field}-fault"))
        }
        _ => words.say("admin-brand-url-fault"),
    }
}

fn colour(words: &Words, typed: &str, grounds: &[Colour]) -> String {
    let Ok(colour) = typed.parse::<Colour>() else { return words.say("admin-brand-colour-fault") };
    let nearest = colour.readable_on(grounds).to_string();
    let ratio = ratio(colour.contrast_on(grounds));
    words.tell("admin-brand-contrast-fault", &[("ratio", ratio.into()), ("nearest", nearest.into())])
}

/// How a colour reads on its ground; nothing where there is none.
pub(super) fn contrast(words: &Words, ground: &str, typed: &str) -> String {
    let Ok(colour) = typed.trim().parse::<Colour>() else { return String::new() };
    let found = colour.contrast_on(if ground == "dark" { &DARK_GROUNDS } else { &LIGHT_GROUNDS });
    let key = if found < LEAST_CONTRAST { "admin-brand-contrast-bad" } else { "admin-brand-contrast-good" };
    format!("{}: {}", ratio(found), words.say(key))
}

/// Cut off, not rounded: 4.4999 is not 4.50.
fn ratio(contrast: f64) -> String {
    format!("{:.2} : 1", (contrast * 100.0).floor() / 100.0)
}
