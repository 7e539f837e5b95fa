//! Cursors as they are written: where a list goes on, the moment that was said, and a tag by which the host knows its own.

use data_encoding::BASE64URL_NOPAD;

/// Bytes of the moment and of the tag.
const MOMENT: usize = 8;
const TAG: usize = 16;

/// A cursor, believed by whoever checks its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// When it was given out, in seconds.
    pub given: i64,
    /// What nobody else can make.
    pub tag: [u8; TAG],
    /// The last position.
    pub position: String,
}

impl Cursor {
    /// Reads one; none where the text is none that was ever written.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (moment, rest) = bytes.split_first_chunk::<MOMENT>()?;
        let (tag, position) = rest.split_first_chunk::<TAG>()?;
        let position = std::str::from_utf8(position).ok()?.to_owned();
        Some(Self { given: i64::from_be_bytes(*moment), tag: *tag, position })
    }

    /// Writes it; one cursor has one spelling.
    pub fn write(&self) -> String {
        BASE64URL_NOPAD.encode(&[&self.given.to_be_bytes()[..], &self.tag, self.position.as_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same_and_nothing_shorter_does() {
        let cursor = Cursor { given: 1_795_000_000, tag: [7; TAG], position: "conn_é".to_owned() };
        let text = cursor.write();
        assert_eq!(Cursor::read(&text), Some(cursor));
        for bad in ["", "AAAA", "====", "é", &text.to_ascii_lowercase().replace('_', "+")] {
            assert_eq!(Cursor::read(bad), None, "{bad}");
        }
    }
}
