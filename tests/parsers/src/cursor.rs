//! Cursors of lists: a text that anybody may send.

use jackfield_model::cursor::Cursor;

use crate::given;

/// A cursor has one spelling, and what is written reads the same.
pub fn cursor(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    if let Some(read) = Cursor::read(text) {
        assert_eq!(read.write(), text, "two texts are one cursor");
    }
    // Whatever the bytes are, as a position they come back.
    let written =
        Cursor { given: i64::try_from(bytes.len()).unwrap_or(i64::MAX), tag: [b'x'; 16], position: text.to_owned() };
    assert_eq!(Cursor::read(&written.write()), Some(written));
}
