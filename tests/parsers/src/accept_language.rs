//! `Accept-Language`: which of the languages there are somebody reads.

use std::sync::LazyLock;

use jackfield_model::language::choose;
use regex::Regex;

use crate::given;

/// What is offered where the header is all that is given.
const THERE: [&str; 5] = ["en", "de", "pt-BR", "zh-Hant", "en-GB"];
/// How much of a header is read.
const READ: usize = 400;

/// A weight, as RFC 9110 section 12.4.2 writes it.
static WEIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)$").ok());

/// One of the languages there is chosen, and it is the one that a plain look at every pair of range and tag finds best.
pub fn accept_language(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let text: String = text.chars().take(READ).collect();
    for count in 0..=THERE.len() {
        for turned in [false, true] {
            let mut there: Vec<&str> = THERE.iter().copied().take(count).collect();
            if turned {
                there.reverse();
            }
            assert_eq!(choose(&text, &there), best(&text, &there), "{text:?} of {there:?}");
        }
    }
}

/// The same by comparing all that there is with all that is asked for.
fn best<'a>(text: &str, there: &[&'a str]) -> Option<&'a str> {
    let ranges: Vec<(Vec<String>, f64)> = text.split(',').filter_map(range).collect();
    let open: Vec<&str> = there.iter().copied().filter(|tag| !refused(&ranges, tag)).collect();
    let mut found: Option<(f64, usize, usize, usize)> = None;
    for (place, (asked, weight)) in ranges.iter().enumerate().filter(|(_, (_, weight))| *weight > 0.0) {
        for (order, tag) in open.iter().enumerate() {
            let Some(distance) = distance(asked, &subtags(tag)) else { continue };
            let this = (-weight, place, distance, order);
            if found.is_none_or(|found| this < found) {
                found = Some(this);
            }
        }
    }
    match found {
        Some((.., order)) => open.get(order).copied(),
        None => open.first().or_else(|| there.first()).copied(),
    }
}

fn subtags(tag: &str) -> Vec<String> {
    tag.split('-').map(str::to_lowercase).collect()
}

/// How many subtags have to be taken off the range to come to the tag; most where only the language is the same.
fn distance(asked: &[String], tag: &[String]) -> Option<usize> {
    if asked.starts_with(tag) {
        return Some(asked.len() - tag.len());
    }
    (asked.first() == tag.first()).then_some(usize::MAX)
}

/// Whether the longest range that a tag begins with is one nobody wants.
fn refused(ranges: &[(Vec<String>, f64)], tag: &str) -> bool {
    let tag = subtags(tag);
    let covering = ranges.iter().filter(|(range, _)| tag.starts_with(range));
    let longest = covering.clone().map(|(range, _)| range.len()).max();
    let of_longest = covering.filter(|(range, _)| Some(range.len()) == longest).collect::<Vec<_>>();
    !of_longest.is_empty() && of_longest.iter().all(|(_, weight)| *weight <= 0.0)
}

fn range(text: &str) -> Option<(Vec<String>, f64)> {
    let (tag, parameters) = text.split_once(';').unwrap_or((text, ""));
    let tag = tag.trim_matches(|blank| blank == ' ' || blank == '\t');
    let plain = tag.split('-').all(|part| {
        !part.is_empty() && part.len() <= 8 && part.chars().all(|one| matches!(one, 'a'..='z' | 'A'..='Z' | '0'..='9'))
    });
    let weights = parameters.split(';').map(|one| one.trim_matches(|blank| blank == ' ' || blank == '\t'));
    let given = weights.into_iter().find(|one| one.starts_with("q=") || one.starts_with("Q="));
    let weight = match given.and_then(|one| one.get(2..)) {
        None => 1.0,
        Some(number) => WEIGHT.as_ref()?.is_match(number).then(|| number.trim_end_matches('.').parse().ok())??,
    };
    plain.then(|| (subtags(tag), weight))
}
