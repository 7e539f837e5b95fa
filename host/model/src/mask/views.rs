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
        let mut plain = Seeker::default();
        unescaped(given, form_at).for_each(|read| plain.read(read, search));
    }
}

fn follow(reading: impl Iterator<Item = Read> + Clone, search: &mut Search<'_>) {
    let mut whole = Decodings::default();
    let mut joined = reading.clone().any(|read| is_break(read.byte)).then(Decodings::default);
    let mut bare = reading.clone().any(|read| is_separator(read.byte)).then(Groups::of_hex);
    for read in reading {
        whole.read(read, search);
        if let Some(joined) = joined.as_mut().filter(|_| !is_break(read.byte)) {
            joined.read(read, search);
        }
        if let Some(bare) = bare.as_mut().filter(|_| !is_separator(read.byte)) {
            let digit = digit(read.byte);
            for groups in bare {
                groups.read(digit, read, search);
            }
        }
    }
    let decodings = [Some(whole), joined].into_iter().flatten().flat_map(Decodings::into_groups);
    decodings.chain(bare.into_iter().flatten()).for_each(|mut groups| groups.end(search));
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

/// A reading as it is, and everything it decodes to.
struct Decodings {
    plain: Seeker,
    hex: [Groups; 2],
    base64: [Groups; 4],
}

impl Default for Decodings {
    fn default() -> Self {
        Self {
            plain: Seeker::default(),
            hex: Groups::of_hex(),
            base64: [0, 1, 2, 3].map(|skip| Groups::new(4, 6, skip)),
        }
    }
}

impl Decodings {
    fn read(&mut self, read: Read, search: &mut Search<'_>) {
        self.plain.read(read, search);
        let (digit, letter) = (digit(read.byte), base64_letter(read.byte));
        self.hex.iter_mut().for_each(|groups| groups.read(digit, read, search));
        self.base64.iter_mut().for_each(|groups| groups.read(letter, read, search));
    }

    fn into_groups(self) -> impl Iterator<Item = Groups> {
        self.hex.into_iter().chain(self.base64)
    }
}

/// Letters taken together, so many bits each; one that is of no alphabet ends its group, and becomes a gap that matches nothing.
struct Groups {
    width: u32,
    bits: u32,
    /// Letters left out at the beginning.
    skip: u32,
    code: u32,
    /// Letters of the group so far, and those before the first that is of no alphabet.
    count: u32,
    sound: u32,
    from: usize,
    to: usize,
    seeker: Seeker,
}

impl Groups {
    fn new(width: u32, bits: u32, skip: u32) -> Self {
        Self { width, bits, skip, code: 0, count: 0, sound: 0, from: 0, to: 0, seeker: Seeker::default() }
    }

    fn of_hex() -> [Self; 2] {
        [0, 1].map(|skip| Self::new(2, 4, skip))
    }

    fn read(&mut self, letter: Option<u8>, read: Read, search: &mut Search<'_>) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        if self.count == 0 {
            self.from = read.from;
        }
        self.to = read.to;
        if let Some(value) = letter
            && self.sound == self.count
        {
            self.code = self.code << self.bits | u32::from(value);
            self.sound += 1;
        }
        self.count += 1;
        if self.count == self.width {
            self.end(search);
        }
    }

    /// Ends a group, be it complete or what the text broke off with.
    fn end(&mut self, search: &mut Search<'_>) {
        if self.count == 0 {
            return;
        }
        let (known, whole) = (self.sound * self.bits, self.sound * self.bits / 8);
        for index in 1..=whole {
            let [.., byte] = (self.code >> (known - 8 * index)).to_be_bytes();
            self.seeker.read(Read { byte, from: self.from, to: self.to }, search);
        }
        if self.sound < self.width {
            // No secret text holds a NUL, so a NUL ends every run.
            self.seeker.read(Read { byte: 0, from: self.from, to: self.to }, search);
        }
        (self.code, self.count, self.sound) = (0, 0, 0);
    }
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
