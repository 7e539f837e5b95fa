//! Paths of requests: read in one way that every server shares, spelled in one way, and compared with patterns.

/// The longest path that is read, in bytes: reading one costs no more than this, whoever writes it.
pub const LONGEST: usize = 16 * 1024;

/// Why a path is not used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Another reader could see another path.
    #[error(
        "the path is ambiguous: dot segments, empty segments, backslashes, control characters, encoded slashes, encodings within encodings and parameters in place of a segment are refused: write it plainly"
    )]
    Ambiguous,
    /// Longer than what is read.
    #[error("the path has more than {LONGEST} bytes: write a shorter one")]
    TooLong,
}

impl PathError {
    /// The stable name of the rule that refuses it.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Ambiguous => "path-ambiguous",
            Self::TooLong => "path-length",
        }
    }
}

/// A path that was read: its segments decoded, each read the same by every server.
///
/// Reading is the dear part, so it is done once for a request, and a pattern then costs what it compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPath {
    segments: Vec<String>,
}

impl ReadPath {
    /// Reads a URL path, still encoded, as it is sent. A path that two readers could read differently is refused.
    pub fn of(path: &str) -> Result<Self, PathError> {
        Ok(Self { segments: segments(path)? })
    }

    /// Whether it matches a filled pattern: `*` stands for one segment that is not empty, a last `**` for any rest.
    pub fn matches(&self, pattern: &str) -> bool {
        let (begin, any_rest) = match trimmed(pattern) {
            "**" => return true,
            pattern => pattern.strip_suffix("/**").map_or((pattern, false), |begin| (begin, true)),
        };
        let mut given = self.segments.iter();
        let fits = begin
            .split('/')
            .all(|want| given.next().is_some_and(|have| if want == "*" { !have.is_empty() } else { want == have }));
        fits && (any_rest || given.next().is_none())
    }
}

/// A path (as it arrived, still encoded) in its plainest spelling (RFC 3986 section 6.2.2): what needs no encoding is
/// decoded, what needs it is encoded in upper case. What two servers could read differently is refused.
///
/// The spelling is the one to send, so that what was judged is what the provider reads.
pub fn canonical(path: &str) -> Result<String, PathError> {
    segments(path)?;
    let mut plain = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        plain.push('/');
    }
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            push(&mut plain, byte, byte == b'/' || is_plain(byte) || is_delimiter(byte));
            continue;
        }
        let decoded = hex(&mut rest).ok_or(PathError::Ambiguous)?;
        push(&mut plain, decoded, is_plain(decoded));
    }
    if plain.len() > LONGEST { Err(PathError::TooLong) } else { Ok(plain) }
}

fn trimmed(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

fn segments(path: &str) -> Result<Vec<String>, PathError> {
    if path.len() > LONGEST {
        return Err(PathError::TooLong);
    }
    let parts: Vec<&str> = trimmed(path).split('/').collect();
    let last = parts.len().saturating_sub(1);
    let decoded = parts.iter().enumerate().map(|(index, raw)| {
        let text = decode(raw).ok_or(PathError::Ambiguous)?;
        let empty_within = text.is_empty() && index != last;
        if empty_within || is_ambiguous(&text) { Err(PathError::Ambiguous) } else { Ok(text) }
    });
    decoded.collect()
}

/// Whether a decoded segment may be read as another one: by servers that decode twice, take backslashes for slashes,
/// trim, or cut path parameters off (`..;a`).
fn is_ambiguous(text: &str) -> bool {
    let bare = text.split(';').next().unwrap_or_default();
    let cut_to_nothing = bare.is_empty() && !text.is_empty();
    let steps = |text: &str| matches!(text.trim(), "." | "..");
    let breaks = text.contains(['/', '\\']) || text.chars().any(char::is_control);
    cut_to_nothing || steps(text) || steps(bare) || breaks || holds_encoding(text)
}

fn holds_encoding(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(3)
        .any(|three| matches!(three, [b'%', one, two] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit()))
}

fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { hex(&mut rest)? } else { byte });
    }
    String::from_utf8(bytes).ok()
}

fn hex(rest: &mut std::str::Bytes<'_>) -> Option<u8> {
    let high = char::from(rest.next()?).to_digit(16)?;
    let low = char::from(rest.next()?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// Unreserved (RFC 3986 section 2.3): encoded or not, it means the same.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// May stand in a segment as it is (section 3.3), where encoding it could change what it means.
fn is_delimiter(byte: u8) -> bool {
    b"!$&'()*+,;=:@".contains(&byte)
}

fn push(plain: &mut String, byte: u8, as_it_is: bool) {
    if as_it_is {
        plain.push(char::from(byte));
        return;
    }
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase();
    plain.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

#[cfg(test)]
mod tests;
