//! Which of the languages there are somebody reads best: the lookup of RFC 4647 section 3.4 over an `Accept-Language` header,
//! whose weights are those of RFC 9110 section 12.5.4.

use std::cmp::Reverse;

/// What a range without a weight has, in thousandths.
const WHOLE: u16 = 1000;

/// A language somebody asks for, and how much they want it.
struct Range {
    tag: String,
    weight: u16,
}

/// The tag among `there` that serves `wanted` best (a header or a single tag). The first of those that are not refused where none
/// does, and the very first where all are refused: something has to be shown.
pub fn choose<'a>(wanted: &str, there: &[&'a str]) -> Option<&'a str> {
    let (mut asked, refused): (Vec<Range>, Vec<Range>) =
        wanted.split(',').filter_map(Range::read).partition(|range| range.weight > 0);
    // What is wanted alike stays in the order of the header.
    asked.sort_by_key(|range| Reverse(range.weight));
    let open: Vec<&'a str> = there.iter().copied().filter(|tag| !is_refused(tag, &asked, &refused)).collect();
    let best = asked.iter().find_map(|range| range.best_of(&open));
    best.or_else(|| open.first().copied()).or_else(|| there.first().copied())
}

impl Range {
    /// Reads one range; none for what is no language tag, for `*`, which no lookup matches, and for a weight nobody can read.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(|part| part.trim_matches([' ', '\t']));
        let tag = parts.next()?;
        let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric());
        if !tag.split('-').all(is_subtag) {
            return None;
        }
        let given = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some(Self { tag: tag.to_ascii_lowercase(), weight: given.map_or(Some(WHOLE), weight)? })
    }

    /// The tag that is closest: the range itself, or with subtags taken off its end; else any of the same language.
    fn best_of<'a>(&self, open: &[&'a str]) -> Option<&'a str> {
        let mut asked = self.tag.as_str();
        loop {
            if let Some(found) = open.iter().find(|tag| tag.eq_ignore_ascii_case(asked)) {
                return Some(found);
            }
            let Some((shorter, _)) = asked.rsplit_once('-') else { break };
            asked = shorter;
        }
        open.iter().copied().find(|tag| covers(asked, tag))
    }
}

/// Whether a tag is covered by a refused range, and by no longer one that is asked for.
fn is_refused(tag: &str, asked: &[Range], refused: &[Range]) -> bool {
    let longest = |ranges: &[Range]| {
        ranges.iter().filter(|range| covers(&range.tag, tag)).map(|range| range.tag.len()).max().unwrap_or_default()
    };
    longest(refused) > longest(asked)
}

/// Whether a tag is a range or begins with it (RFC 4647 section 3.3.1).
fn covers(range: &str, tag: &str) -> bool {
    let begins = tag.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range));
    begins && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}

/// A weight in thousandths: `0`, `1`, and up to three digits behind a point.
fn weight(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|c| c.is_ascii_digit());
    let thousandths: u16 = if digits { format!("{rest:0<3}").parse().ok()? } else { return None };
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(WHOLE),
        _ => None,
    }
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
        assert_eq!(choose("pt", &["en", "pt-BR"]), Some("pt-BR"));
        assert_eq!(choose("PT-br", &["en", "pt", "pt-BR"]), Some("pt-BR"));
        assert_eq!(choose("zh-Hant-TW", &["en", "zh", "zh-Hant"]), Some("zh-Hant"));
    }

    #[test]
    fn weights_decide_before_the_order_does() {
        assert_eq!(choose("en;q=0.4, de;q=0.8", &["en", "de"]), Some("de"));
        assert_eq!(choose("en;q=0.50,de;q=0.5", &["de", "en"]), Some("en"));
        assert_eq!(choose("*, de;q=0.001", &["en", "de"]), Some("de"));
        assert_eq!(choose("de;q=1.5, en;q=0.1", &["de", "en"]), Some("en"));
    }

    #[test]
    fn what_is_refused_is_not_shown_while_there_is_anything_else() {
        assert_eq!(choose("en;q=0", &["en", "de"]), Some("de"));
        assert_eq!(choose("en;q=0, en-GB", &["en", "en-GB"]), Some("en-GB"));
        assert_eq!(choose("de;q=0, en;q=0", &["en", "de"]), Some("en"));
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
