//! Ids that sort as they were made, also within one millisecond: what lists and their cursors stand on.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// What an id keeps of its random bits.
const BITS: u128 = (1 << 80) - 1;
/// How far the next id of a millisecond is ahead, at most: still not guessed, and never exhausted.
const STEP: u128 = (1 << 40) - 1;

/// The last moment and bits that were given out.
#[derive(Debug, Default)]
pub(super) struct Sequence(Mutex<Option<(Timestamp, u128)>>);

impl Sequence {
    /// Moment and bits for the next id: behind every earlier one, whatever the clock does.
    pub(super) fn next(&self, now: Timestamp, random: u128) -> (Timestamp, u128) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = (now, random & BITS & !(1 << 79));
        let next = match *last {
            Some((at, bits)) if now.as_millisecond() <= at.as_millisecond() => {
                let ahead = bits + 1 + (random & STEP);
                // A quadrillion ids of one millisecond later: the next one.
                if ahead <= BITS { (at, ahead) } else { (at + jiff::SignedDuration::from_millis(1), fresh.1) }
            }
            _ => fresh,
        };
        *last = Some(next);
        next
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jackfield_model::id::EventId;

    use super::*;

    #[test]
    fn ids_sort_as_they_were_made_whatever_the_clock_does() {
        let sequence = Sequence::default();
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let moments = [5, 5, 5, 4, 5, 6, 6, 3, 7];
        let randoms = [u128::MAX, 0, 7, u128::MAX, 0, 0, u128::MAX, 0, 0];
        let ids: Vec<EventId> = moments
            .into_iter()
            .zip(randoms)
            .map(|(ms, random)| {
                let (at, bits) = sequence.next(at(ms), random);
                EventId::new(at, bits)
            })
            .collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair.first() != pair.last()), "{ids:?}");
    }

    #[test]
    fn a_full_millisecond_flows_into_the_next() {
        let sequence = Sequence(Mutex::new(Some((Timestamp::UNIX_EPOCH, BITS))));
        let (at, _) = sequence.next(Timestamp::UNIX_EPOCH, 0);
        assert_eq!(at.as_millisecond(), 1);
    }
}
