//! When a message is tried again: after ever longer waits, spread so that what failed together does not come back together.

use jackfield_model::message::{Content, Message};
use jiff::SignedDuration;

use super::Came;

/// The waits after each try at a webhook, in seconds: three days and a bit in all, as Standard Webhooks suggests.
const WEBHOOK: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/// The first waits after each try to hand over a mail, in seconds; every further one is as long as the last.
const MAIL: [i64; 5] = [60, 5 * 60, 15 * 60, HOUR, 4 * HOUR];
/// How often a mail is tried: five days and a bit in all (RFC 5321 section 4.5.4.1).
const MAIL_TRIES: usize = 34;
/// The longest wait that a refusal may ask for.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

const HOUR: i64 = 60 * 60;

/// How long to wait before the next try; none where there is none.
pub(super) fn after(message: &Message, came: &Came, random: [u8; 32]) -> Option<SignedDuration> {
    let tries = usize::try_from(message.tries).unwrap_or(usize::MAX);
    let wait = match message.content {
        _ if came.for_good => None,
        Content::Webhook { .. } => WEBHOOK.get(tries).copied(),
        Content::Mail { .. } if tries + 1 >= MAIL_TRIES => None,
        Content::Mail { .. } => MAIL.get(tries).or(MAIL.last()).copied(),
    }?;
    let asked = came.after.unwrap_or(SignedDuration::ZERO).min(LONGEST);
    let [spread, ..] = random;
    // Up to a fifth longer.
    let jitter = SignedDuration::from_millis(wait * 1000 * i64::from(spread) / (5 * 256));
    Some((SignedDuration::from_secs(wait) + jitter).max(asked))
}
