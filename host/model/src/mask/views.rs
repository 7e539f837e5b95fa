//! The readings of a text in which a secret may be written, each followed byte by byte: of a reading nothing is kept but what
//! its next byte needs, so that the longest text takes no more memory than a short one.

use std::iter;

use super::{Search, Seeker};

/// One byte of a reading, and the stretch of the text it was read from.
#[derive(Clone, Copy)]
pub(super) struct Read {
    pub(super) byte: u8,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Follows every reading: plain, percent-decoded and JSON-unescaped; of each of these the hex and base64 decodings, also where
/// these are broken over lines as mail writes base64 (RFC 2045 section 6.8), or hex is written with separators. A form says nothing
/// else than percent but where it writes a blank, so it is read only for secrets that hold one, and only as it is.
pub(super) fn follow_all(given: &[u8], search: &mut Search<'_>) {
    follow(given.iter().enumerate().map(|(at, byte)| Read { byte: *byte, from: at, to: at + 1 }), search);
    if given.contains(&b'%') {
        follow(unescaped(given, percent_at), search);
    }
    if given.contains(&b'\\') {
        follow(unescaped(given, json_at), search);
    }
    if search.blank && given.contains(&b'+') {
        seek(unescaped(given, form_at), search);
    }
}

fn follow(reading: impl Iterator<Item = Read> + Clone, search: &mut Search<'_>) {
    let joined = reading.clone().filter(|read| !is_break(read.byte));
    if reading.clone().any(|read| is_break(read.byte)) {
        seek(joined.clone(), search);
    }
    decode(joined, &BASE64, search);
    decode(reading.clone().filter(|read| !is_separator(read.byte)), &HEX, search);
    seek(reading, search);
}

fn seek(reading: impl Iterator<Item = Read>, search: &mut Search<'_>) {
    let mut seeker = Seeker::default();
    reading.for_each(|read| seeker.read(read, search));
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// What stands between the bytes of a dump.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b'-' | b' ' | b'\t' | b'\r' | b'\n')
}

/// What an escape stands for: at most four bytes, and how long it is itself.
struct Escaped {
    bytes: [u8; 4],
    count: usize,
    length: usize,
}

impl Escaped {
    fn one(byte: u8, length: usize) -> Self {
        Self { bytes: [byte, 0, 0, 0], count: 1, length }
    }
}

/// Reads escapes as what they stand for, everything else as it is.
fn unescaped(given: &[u8], escape: fn(&[u8]) -> Option<Escaped>) -> impl Iterator<Item = Read> + Clone {
    let mut at = 0;
    let steps = iter::from_fn(move || {
        let rest = given.get(at..)?;
        let read = escape(rest).unwrap_or(Escaped::one(*rest.first()?, 1));
        let from = at;
        at += read.length;
        Some((read, from))
    });
    steps.flat_map(|(read, from)| {
        let bytes = read.bytes.into_iter().take(read.count);
        bytes.map(move |byte| Read { byte, from, to: from + read.length })
    })
}

fn percent_at(rest: &[u8]) -> Option<Escaped> {
    match rest {
        [b'%', high, low, ..] => Some(Escaped::one(digit(*high)? << 4 | digit(*low)?, 3)),
        _ => None,
    }
}

/// As the host itself writes queries and forms.
fn form_at(rest: &[u8]) -> Option<Escaped> {
    if rest.first() == Some(&b'+') { Some(Escaped::one(b' ', 1)) } else { percent_at(rest) }
}

fn json_at(rest: &[u8]) -> Option<Escaped> {
    let [b'\\', kind, tail @ ..] = rest else { return None };
    let single = match kind {
        b'u' => return unicode(tail),
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 8,
        b'f' => 12,
        other => *other,
    };
    Some(Escaped::one(single, 2))
}

fn unicode(tail: &[u8]) -> Option<Escaped> {
    let code = tail.get(..4)?.iter().try_fold(0u32, |code, byte| Some(code << 4 | u32::from(digit(*byte)?)))?;
    let mut bytes = [0; 4];
    // Half of a surrogate pair stands for nothing by itself.
    let count = char::from_u32(code).map_or(0, |character| character.encode_utf8(&mut bytes).len());
    Some(Escaped { bytes, count, length: 6 })
}

/// A way to write bytes with letters, so many bits each.
struct Code {
    letter: fn(u8) -> Option<u8>,
    bits: u32,
    /// Letters after which a byte begins with a letter again: it may begin with each of them.
    width: usize,
}

const HEX: Code = Code { letter: digit, bits: 4, width: 2 };
const BASE64: Code = Code { letter: base64_letter, bits: 6, width: 4 };

/// Reads every stretch of letters that is long enough for a run, from each of the letters with which its bytes may begin.
fn decode(mut reading: impl Iterator<Item = Read> + Clone, code: &Code, search: &mut Search<'_>) {
    let least = search.shortest * 8 / code.bits as usize;
    loop {
        let stretch = reading.clone().map_while(|read| Some((read, (code.letter)(read.byte)?)));
        let length = stretch.clone().count();
        if length >= least {
            let padded = Padded::behind(reading.clone().skip(length.saturating_sub(1)));
            for skip in 0..code.width {
                seek(bytes_of(stretch.clone().skip(skip), code.bits).map(|read| padded.with(read)), search);
            }
        }
        // The one behind it is no letter.
        if reading.nth(length).is_none() {
            return;
        }
    }
}

/// The end of a stretch without and with what pads it: left there, it would tell the length of a secret by three.
struct Padded {
    letters: usize,
    all: usize,
}

impl Padded {
    /// From the last letter on.
    fn behind(mut last: impl Iterator<Item = Read>) -> Self {
        let letters = last.next().map(|read| read.to).unwrap_or_default();
        let all = last.take(2).take_while(|read| read.byte == b'=').last().map_or(letters, |read| read.to);
        Self { letters, all }
    }

    fn with(&self, read: Read) -> Read {
        if read.to == self.letters { Read { to: self.all, ..read } } else { read }
    }
}

/// The bytes that letters stand for; the bits of each lie in the letter it ends with and the one before.
fn bytes_of(letters: impl Iterator<Item = (Read, u8)>, bits: u32) -> impl Iterator<Item = Read> {
    let (mut held, mut count, mut before) = (0_u32, 0, 0);
    letters.filter_map(move |(read, value)| {
        let from = std::mem::replace(&mut before, read.from);
        (held, count) = (held << bits | u32::from(value), count + bits);
        let over = count.checked_sub(8)?;
        count = over;
        let [byte, ..] = (held >> over).to_le_bytes();
        Some(Read { byte, from, to: read.to })
    })
}

fn base64_letter(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
