//! Which of the languages there are somebody reads best: RFC 4647 lookup over what their browser asks for.

use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages, parse_accepted_languages};

/// The tag among `there` that serves `wanted` best; the first where none does.
pub(super) fn choose<'a>(wanted: &str, there: &[&'a str]) -> Option<&'a str> {
    let asked = parse_accepted_languages(wanted);
    let known: Vec<(LanguageIdentifier, &'a str)> =
        there.iter().filter_map(|tag| Some((tag.parse().ok()?, *tag))).collect();
    let ids: Vec<&LanguageIdentifier> = known.iter().map(|(id, _)| id).collect();
    let found = negotiate_languages(&asked, &ids, None, NegotiationStrategy::Filtering);
    let best = found.first().and_then(|best| known.iter().find(|(id, _)| id == **best));
    best.map(|(_, tag)| *tag).or_else(|| there.first().copied())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::choose;

    #[test]
    fn the_first_that_is_wanted_and_there() {
        assert_eq!(choose("de-AT,de;q=0.9,en;q=0.5", &["en", "de"]), Some("de"));
        assert_eq!(choose("fr,de;q=0.3", &["en", "de"]), Some("de"));
        assert_eq!(choose("en-GB", &["de", "en"]), Some("en"));
    }

    #[test]
    fn who_wants_none_of_them_gets_the_first() {
        assert_eq!(choose("ja", &["de", "en"]), Some("de"));
        assert_eq!(choose("", &["en", "de"]), Some("en"));
        assert_eq!(choose(";;q=nonsense,,", &["en"]), Some("en"));
        assert_eq!(choose("de", &[]), None);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_one_of_those_there_is_read(
            wanted in "([a-zA-Z]{1,9}(-[a-zA-Z0-9]{1,9}){0,3}(;q=[0-9.]{0,5})?[, ]{0,2}){0,6}|.{0,60}",
        ) {
            let there = ["en", "de", "pt-BR"];
            prop_assert!(choose(&wanted, &there).is_some_and(|tag| there.contains(&tag)));
        }
    }
}
