//! Files of a brand: their first bytes say what they are.

use jackfield_model::brand::{BrandFile, FILE_LIMIT, examine};

/// What is kept is a picture or a font by its first bytes, of the kind that was asked for, and never markup.
pub fn picture(bytes: &[u8]) {
    for which in [BrandFile::Logo, BrandFile::Favicon, BrandFile::Font] {
        let Ok(media_type) = examine(which, bytes) else { continue };
        let first: &[u8] = match media_type {
            "image/png" => b"\x89PNG\r\n\x1a\n",
            "image/jpeg" => b"\xff\xd8",
            "image/webp" => b"RIFF",
            "font/woff2" => b"wOF2",
            _ => &[],
        };
        assert!(!first.is_empty(), "{media_type} is no kind that is kept");
        assert!(bytes.starts_with(first) && bytes.len() <= FILE_LIMIT, "{media_type}");
        assert_eq!(which == BrandFile::Font, media_type == "font/woff2");
        assert!(!bytes.trim_ascii_start().starts_with(b"<"));
    }
    // A favicon is a logo as well, but for its sides.
    if examine(BrandFile::Favicon, bytes).is_ok() {
        assert!(examine(BrandFile::Logo, bytes).is_ok());
    }
}
