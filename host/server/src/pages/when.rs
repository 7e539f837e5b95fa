//! Moments, for people: how long ago or until, with the exact time for who looks closer.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::words::Words;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment as seen from `now`.
pub(super) fn when(words: &Words, at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at) title=(exactly(at)) { (distance(words, at, now)) } }
}

/// A moment that may never have come.
pub(super) fn when_ever(words: &Words, at: Option<Timestamp>, now: Timestamp) -> Markup {
    html! {
        @if let Some(at) = at { (when(words, at, now)) } @else { (words.say("when-never")) }
    }
}

/// To the minute, in UTC.
pub(super) fn exactly(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn distance(words: &Words, at: Timestamp, now: Timestamp) -> String {
    let seconds = at.duration_since(now).as_secs();
    let far = seconds.abs();
    let (unit, count) = match far {
        0..MINUTE => return words.say("when-now"),
        MINUTE..HOUR => ("minutes", far / MINUTE),
        HOUR..DAY => ("hours", far / HOUR),
        _ => ("days", far / DAY),
    };
    let key = if seconds < 0 { format!("when-{unit}-ago") } else { format!("when-in-{unit}") };
    words.tell(&key, &[("n", count.into())])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jiff::SignedDuration;

    use super::*;
    use crate::words::Languages;

    #[test]
    fn distances_are_told_in_the_largest_unit_that_fits() {
        let words = Languages::load(None).unwrap().words("en", &[]);
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1000);
        let told = |seconds| distance(&words, now + SignedDuration::from_secs(seconds), now);
        assert_eq!(told(-30), "just now");
        assert_eq!(told(-61), "a minute ago");
        assert_eq!(told(3 * HOUR + 5), "in 3 hours");
        assert_eq!(told(DAY), "tomorrow");
        assert_eq!(told(-8 * DAY), "8 days ago");
    }
}
