//! The readings of a text in which a secret may be written: each byte read, with the stretch of text it came from.

/// One reading.
pub(super) struct View {
    /// What is read.
    pub(super) bytes: Vec<u8>,
    /// Where each byte came from; none means byte for byte from the start.
    spans: Option<Vec<(usize, usize)>>,
}

impl View {
    /// The stretch of the given text that a byte was read from.
    pub(super) fn span(&self, at: usize) -> Option<(usize, usize)> {
        match &self.spans {
            Some(spans) => spans.get(at).copied(),
            None => (at < self.bytes.len()).then_some((at, at + 1)),
        }
    }
}

/// Shows every reading: plain, percent-decoded and JSON-unescaped; of each of these the hex and base64 decodings, also where
/// these are broken over lines as mail writes base64 (RFC 2045 section 6.8), or hex is written with separators.
pub(super) fn each_view(given: &[u8], mut see: impl FnMut(&View)) {
    let plain = View { bytes: given.to_vec(), spans: None };
    let percent = given.contains(&b'%').then(|| unescaped(given, percent_at));
    let json = given.contains(&b'\\').then(|| unescaped(given, json_at));
    for base in [Some(plain), percent, json].into_iter().flatten() {
        see_decoded(&base, &mut see);
        if base.bytes.iter().copied().any(is_break) {
            see_decoded(&without(&base, is_break), &mut see);
        }
        if base.bytes.iter().copied().any(is_separator) {
            see_hex(&without(&base, is_separator), &mut see);
        }
    }
}

fn see_decoded(base: &View, see: &mut impl FnMut(&View)) {
    see(base);
    see_hex(base, see);
    for offset in 0..4 {
        see(&decoded(base, offset, 4, base64_group));
    }
}

fn see_hex(base: &View, see: &mut impl FnMut(&View)) {
    for offset in 0..2 {
        see(&decoded(base, offset, 2, hex_group));
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// What stands between the bytes of a dump.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b'-' | b' ' | b'\t' | b'\r' | b'\n')
}

/// The reading without some of its bytes.
fn without(base: &View, left_out: fn(u8) -> bool) -> View {
    let kept = base.bytes.iter().enumerate().filter(|(_, byte)| !left_out(**byte));
    let (bytes, spans) = kept.map(|(at, byte)| (*byte, base.span(at).unwrap_or((at, at + 1)))).unzip();
    View { bytes, spans: Some(spans) }
}

/// What an escape at the beginning of the bytes stands for, and its length.
type Escape = fn(&[u8]) -> Option<(Vec<u8>, usize)>;

/// Reads escapes as what they stand for, everything else as it is.
fn unescaped(given: &[u8], escape: Escape) -> View {
    let mut view = (Vec::with_capacity(given.len()), Vec::with_capacity(given.len()));
    let mut at = 0;
    while let Some(rest) = given.get(at..)
        && let Some(byte) = rest.first()
    {
        let (bytes, length) = escape(rest).unwrap_or_else(|| (vec![*byte], 1));
        for byte in bytes {
            view.0.push(byte);
            view.1.push((at, at + length));
        }
        at += length;
    }
    View { bytes: view.0, spans: Some(view.1) }
}

fn percent_at(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    match rest {
        [b'%', high, low, ..] => Some((vec![digit(*high)? << 4 | digit(*low)?], 3)),
        _ => None,
    }
}

fn json_at(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
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
    Some((vec![single], 2))
}

fn unicode(tail: &[u8]) -> Option<(Vec<u8>, usize)> {
    let code = tail.get(..4)?.iter().try_fold(0u32, |code, byte| Some(code << 4 | u32::from(digit(*byte)?)))?;
    let text = char::from_u32(code).map(|character| character.to_string().into_bytes()).unwrap_or_default();
    Some((text, 6))
}

/// Reads groups of letters, beginning at `offset`; a letter outside the alphabet becomes a gap that matches nothing.
fn decoded(base: &View, offset: usize, width: usize, group: fn(&[u8], &mut Vec<u8>)) -> View {
    let mut bytes = Vec::with_capacity(base.bytes.len());
    let mut spans = Vec::with_capacity(base.bytes.len());
    let letters = base.bytes.get(offset..).unwrap_or_default();
    for (index, chunk) in letters.chunks(width).enumerate() {
        let at = offset + index * width;
        let before = bytes.len();
        group(chunk, &mut bytes);
        let from = base.span(at).map_or(0, |span| span.0);
        let to = base.span(at + chunk.len() - 1).map_or(from, |span| span.1);
        spans.resize(spans.len() + bytes.len() - before, (from, to));
    }
    View { bytes, spans: Some(spans) }
}

fn hex_group(chunk: &[u8], out: &mut Vec<u8>) {
    let byte = match chunk {
        [high, low] => digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low),
        _ => None,
    };
    // No secret text holds a NUL, so a NUL ends every run.
    out.push(byte.unwrap_or(0));
}

fn base64_group(chunk: &[u8], out: &mut Vec<u8>) {
    let mut code = 0u32;
    let mut letters = 0;
    for byte in chunk {
        match base64_letter(*byte) {
            Some(value) => {
                code = code << 6 | u32::from(value);
                letters += 1;
            }
            None => break,
        }
    }
    code <<= 6 * (4 - letters);
    let [_, first, second, third] = code.to_be_bytes();
    let whole = match letters {
        4 => 3,
        3 => 2,
        2 => 1,
        _ => 0,
    };
    out.extend([first, second, third].into_iter().take(whole));
    if letters < 4 {
        out.push(0);
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
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
