//! What lies on the disk: records, envelopes, the key ring's file and backups.

use std::sync::LazyLock;

use jackfield_store::{KeyRing, SealError, Verification, reading};

use crate::given;

/// A key ring as its file has it. Its keys open nothing anywhere.
const RING: &str = concat!(
    "jackfield-keyring 1\n",
    "primary 0f3c5a7e91b2d4c6f8091a2b3c4d5e6f 77a1000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d\n",
    "key     91be5a7e91b2d4c6f8091a2b3c4d5e6f 5d02000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d\n",
    "end 2\n",
);

static KEYS: LazyLock<KeyRing> = LazyLock::new(|| {
    let Ok(ring) = reading::key_ring(RING) else { unreachable!("the ring of the cases is one") };
    ring
});

/// The first line names a kind: a record of it reads the same when it is written again, and is never half read.
pub fn record(bytes: &[u8]) {
    let Some((kind, value)) = given::headed(bytes) else { return };
    let Some(Ok(written)) = reading::record(kind, value) else { return };
    assert_eq!(written.get(..9), value.get(..9), "layout and revision stay");
    let again = reading::record(kind, &written);
    assert!(again.is_some_and(|again| again.is_ok_and(|again| again == written)), "{kind}");
    let cut = written.get(..written.len() - 1).unwrap_or_default();
    assert!(reading::record(kind, cut).is_some_and(|cut| cut.is_err()), "{kind}");
    let mut later = written;
    later.iter_mut().take(1).for_each(|layout| *layout = 200);
    assert!(reading::record(kind, &later).is_some_and(|later| later.is_err()), "{kind}");
}

/// Bytes nobody sealed open nothing; what was sealed opens as it was, and not with a byte changed.
pub fn envelope(bytes: &[u8]) {
    match reading::envelope(&KEYS, bytes) {
        Ok(_) => unreachable!("an envelope nobody sealed was opened"),
        Err(SealError::TooLarge(_) | SealError::Random) => unreachable!("opening neither seals nor draws"),
        Err(_) => {}
    }
    let Ok(sealed) = reading::sealed(&KEYS, bytes) else { return assert!(bytes.len() > 24 * 1024) };
    assert!(reading::envelope(&KEYS, &sealed).is_ok_and(|opened| *opened == bytes));
    let at = bytes.iter().fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)))
        % sealed.len();
    let mut changed = sealed.clone();
    changed.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (at % 8));
    assert!(reading::envelope(&KEYS, &changed).is_err(), "changed at {at}");
    assert!(reading::envelope(&KEYS, sealed.get(..at).unwrap_or_default()).is_err(), "cut at {at}");
    assert!(reading::envelope(&KEYS, &[sealed.as_slice(), b"x"].concat()).is_err());
}

/// A key ring's file is read as it was written; what is wrong with another is told by line, without a digit of a key.
pub fn key_ring(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    match reading::key_ring(text) {
        Ok(ring) => {
            let written = reading::key_ring_text(&ring);
            let again = reading::key_ring(&written);
            let again = again.map(|again| reading::key_ring_text(&again));
            assert!(again.is_ok_and(|again| *again == *written));
            assert!(ring.ids().any(|id| id == ring.primary()));
            // Ids are printed, and may be like a part of a key.
            let printed = ring.ids().fold(format!("{ring:?}"), |text, id| text.replace(&id.to_string(), ""));
            let keys = written.split_whitespace().filter(|word| word.len() == 64);
            keys.for_each(|key| assert!(!given::shows(&printed, key), "{printed}"));
        }
        Err((line, expected)) => {
            assert!(line <= text.lines().count().max(1) && !expected.is_empty(), "{line}: {expected}");
        }
    }
}

/// Bytes of a backup, read at once and in pieces: the same verdict, and never a good one for what nobody made.
pub fn backup(bytes: &[u8]) {
    let (whole, pieces) = (verified(bytes, bytes.len().max(1)), verified(bytes, 7));
    assert_eq!(whole, pieces);
    assert!(whole.is_err(), "a backup nobody made is good");
}

/// Frames that were sealed, a line each, whatever is in them: a backup is good when its counts and digests are.
pub fn backup_frames(bytes: &[u8]) {
    let frames: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let Ok(sealed) = reading::backup(&KEYS, &frames) else { return };
    let (whole, pieces) = (verified(&sealed, sealed.len()), verified(&sealed, 1013));
    assert_eq!(whole, pieces);
    if whole.is_ok() {
        assert!(frames.len() >= 2 && frames.first().is_some_and(|head| head.starts_with(b"h")));
        assert!(frames.last().is_some_and(|end| end.starts_with(b"e")));
        let middle = frames.get(1..frames.len() - 1).unwrap_or_default();
        assert!(middle.iter().all(|frame| frame.starts_with(b"r") || frame.starts_with(b"c")));
        let cut = sealed.get(..sealed.len() - 1).unwrap_or_default();
        assert!(verified(cut, cut.len()).is_err());
        assert!(verified(&[sealed.as_slice(), b"x"].concat(), sealed.len()).is_err());
    }
}

fn verified(bytes: &[u8], piece: usize) -> Result<(u64, u64), String> {
    let mut verification = Verification::with(&*KEYS);
    for piece in bytes.chunks(piece) {
        verification.feed(piece).map_err(|error| error.to_string())?;
    }
    let summary = verification.finish().map_err(|error| error.to_string())?;
    Ok((summary.records, summary.components))
}
