//! A picture of a connection's last weeks: a bar a day, as tall as it was well, and the same in a sentence.

use jackfield_model::{status::Status, timeline::Event};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use crate::words::Words;

/// How many days it shows.
const DAYS: usize = 30;
/// Widths and heights, in the picture's own units.
const BAR: usize = 20;
const STEP: usize = 24;
const TALL: usize = 40;

/// Since when the past is needed.
pub(super) fn since(now: Timestamp) -> Timestamp {
    let days = i64::try_from(DAYS).unwrap_or(i64::MAX);
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}

/// The worst status of each day, oldest first; none before anything is known.
fn days(past: &[Event], now: Timestamp) -> Vec<(Timestamp, Option<Status>)> {
    let mut found = Vec::with_capacity(DAYS);
    let mut held = past.iter().rfind(|event| event.at < since(now)).map(|event| event.status);
    let mut begins = since(now);
    for _ in 0..DAYS {
        let ends = begins.checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        let mut inside = past.iter().filter(|event| event.at >= begins && event.at < ends).map(|event| event.status);
        let worst = held.into_iter().chain(inside.clone()).max_by_key(|status| badness(*status));
        held = inside.next_back().or(held);
        found.push((begins, worst));
        begins = ends;
    }
    found
}

fn badness(status: Status) -> u8 {
    match status {
        Status::Active => 0,
        Status::Pending => 1,
        Status::Expiring => 2,
        Status::Uncertain => 3,
        Status::Failing => 4,
        Status::NeedsReauthorization => 5,
        Status::Revoked => 6,
    }
}

fn is_good(status: Status) -> bool {
    matches!(status, Status::Active | Status::Expiring | Status::Pending)
}

/// The picture and its sentence.
pub(super) fn picture(words: &Words, past: &[Event], now: Timestamp) -> Markup {
    let days = days(past, now);
    let good = days.iter().filter(|(_, status)| status.is_some_and(is_good)).count();
    let bad = days.iter().filter(|(_, status)| status.is_some_and(|status| !is_good(status))).count();
    let values = [("days", DAYS.into()), ("good", good.into()), ("bad", bad.into())];
    let said = words.tell(if bad == 0 { "connection-health-good" } else { "connection-health-bad" }, &values);
    html! {
        figure class="health" {
            svg viewBox={ "0 0 " (DAYS * STEP) " " (TALL) } preserveAspectRatio="none" role="img" aria-labelledby="health-title" {
                title id="health-title" { (said) }
                @for (place, (day, status)) in days.iter().enumerate() {
                    (bar(words, place, *day, *status))
                }
            }
            figcaption { (said) }
        }
    }
}

/// Good days are shorter than others, so that colour is not all that tells them apart.
fn bar(words: &Words, place: usize, day: Timestamp, status: Option<Status>) -> Markup {
    let (height, class, said) = match status {
        None => (4, "bar-none".to_owned(), words.say("connection-health-unknown")),
        Some(status) => (
            if is_good(status) { 26 } else { TALL },
            format!("bar-{}", status.name()),
            words.say(&format!("status-{}", status.name())),
        ),
    };
    html! {
        rect x=(place * STEP) y=(TALL - height) width=(BAR) height=(height) rx="3" class=(class) {
            title { (day.strftime("%Y-%m-%d")) ": " (said) }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

    use jackfield_model::{
        id::{ConnectionId, EventId, TenantId},
        timeline::Event,
    };

    use super::*;

    fn event(at: Timestamp, status: Status) -> Event {
        Event {
            id: EventId::new(at, 1),
            tenant: TenantId::new(at, 1),
            connection: ConnectionId::new(at, 1),
            at,
            by: "host".into(),
            kind: "verified".into(),
            status,
            note: None,
        }
    }

    #[test]
    fn a_day_is_as_bad_as_its_worst_hour_and_a_status_holds_until_the_next() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 100);
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        let past = [
            event(ago(24 * 10 - 1), Status::Active),
            event(ago(24 * 5 - 2), Status::Failing),
            event(ago(24 * 3 - 2), Status::Active),
        ];
        let days: Vec<Option<Status>> = days(&past, now).into_iter().map(|(_, status)| status).collect();
        assert_eq!(days[19], None);
        assert_eq!(days[20..25], [Some(Status::Active); 5]);
        assert_eq!(days[25..28], [Some(Status::Failing); 3]);
        assert_eq!(days[28..], [Some(Status::Active); 2]);
        let before = [event(ago(24 * 40), Status::Active)];
        assert!(super::days(&before, now).iter().all(|(_, status)| *status == Some(Status::Active)));
    }
}
