//! Files of a brand: looked at before they are kept, so that what the host serves is a picture or a font and nothing else.

use imagesize::ImageType;

use super::BrandFile;

/// The longest file of any kind, in bytes.
pub const FILE_LIMIT: usize = 512 * 1024;
/// The longest picture, in bytes.
const PICTURE_LIMIT: usize = 256 * 1024;
/// The shortest side of a picture, in pixels.
const SHORTEST: usize = 16;
/// The longest side of a logo, and of a favicon.
const LOGO_LONGEST: usize = 2048;
const FAVICON_LONGEST: usize = 512;
/// What a PNG file begins with (PNG specification, section 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What a WOFF2 file begins with, and where it says how long it is (WOFF File Format 2.0 section 4.1).
const WOFF2: &[u8] = b"wOF2";
const WOFF2_LENGTH: std::ops::Range<usize> = 8..12;

/// Why a file is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Its length.
    #[error("a {} has at most {limit} bytes: make it smaller", .which.word())]
    TooLarge {
        /// Which.
        which: BrandFile,
        /// How many bytes it may have.
        limit: usize,
    },
    /// SVG, HTML and the like.
    #[error("this is a picture that can run script (SVG or other markup): give a PNG, JPEG or WebP file")]
    Markup,
    /// Anything else.
    #[error("this is no PNG, JPEG or WebP file by its first bytes: give a picture of one of these kinds")]
    NoPicture,
    /// It says what it is and is not whole.
    #[error("this {} ends before it is whole, or is damaged: export it again", .0.word())]
    Damaged(BrandFile),
    /// Its sides.
    #[error("this picture is {width} by {height} pixels: each side of a {} has {SHORTEST} to {longest}", .which.word())]
    Sides {
        /// Which.
        which: BrandFile,
        /// As it is.
        width: usize,
        /// As it is.
        height: usize,
        /// As it may be.
        longest: usize,
    },
    /// Not square.
    #[error("this picture is {width} by {height} pixels: a favicon is square")]
    NotSquare {
        /// As it is.
        width: usize,
        /// As it is.
        height: usize,
    },
    /// No font.
    #[error("this is no WOFF2 font by its first bytes: give a font file of that kind")]
    NoFont,
}

/// The media type of a file that may be kept, told by its first bytes.
pub fn examine(which: BrandFile, bytes: &[u8]) -> Result<&'static str, FileFault> {
    let limit = if which == BrandFile::Font { FILE_LIMIT } else { PICTURE_LIMIT };
    if bytes.len() > limit {
        return Err(FileFault::TooLarge { which, limit });
    }
    match which {
        BrandFile::Font => font(bytes),
        BrandFile::Logo => picture(which, bytes, LOGO_LONGEST),
        BrandFile::Favicon => picture(which, bytes, FAVICON_LONGEST),
    }
}

fn font(bytes: &[u8]) -> Result<&'static str, FileFault> {
    if !bytes.starts_with(WOFF2) {
        return Err(FileFault::NoFont);
    }
    let length = bytes.get(WOFF2_LENGTH).and_then(|length| length.try_into().ok()).map(u32::from_be_bytes);
    let is_whole = length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length == bytes.len()));
    if is_whole { Ok("font/woff2") } else { Err(FileFault::Damaged(BrandFile::Font)) }
}

fn picture(which: BrandFile, bytes: &[u8], longest: usize) -> Result<&'static str, FileFault> {
    let media_type = match imagesize::image_type(bytes) {
        // Its kind is told by the first four bytes, and a picture is one that every reader takes for that kind.
        Ok(ImageType::Png) if !bytes.starts_with(PNG) => return Err(FileFault::Damaged(which)),
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Webp) => "image/webp",
        // The crate may know further kinds where somebody else turns them on.
        Ok(_) => return Err(FileFault::NoPicture),
        Err(_) if is_markup(bytes) => return Err(FileFault::Markup),
        Err(_) => return Err(FileFault::NoPicture),
    };
    let size = imagesize::blob_size(bytes).map_err(|_| FileFault::Damaged(which))?;
    let (width, height) = (size.width, size.height);
    if ![width, height].iter().all(|side| (SHORTEST..=longest).contains(side)) {
        return Err(FileFault::Sides { which, width, height, longest });
    }
    if which == BrandFile::Favicon && width != height {
        return Err(FileFault::NotSquare { width, height });
    }
    Ok(media_type)
}

/// Text whose first character opens a tag, whatever is before it.
fn is_markup(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use proptest::prelude::*;

    use super::*;

    /// The first bytes of a PNG of some size: signature and header chunk.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(*b"\x08\x06\0\0\0");
        bytes.extend([0; 40]);
        bytes
    }

    #[test]
    fn a_picture_is_what_its_first_bytes_say() {
        assert_eq!(examine(BrandFile::Logo, &png(320, 80)).unwrap(), "image/png");
        assert_eq!(examine(BrandFile::Favicon, &png(32, 32)).unwrap(), "image/png");
        for (bytes, told) in [
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec(), "can run script"),
            (b"\xef\xbb\xbf\n <?xml version='1.0'?><svg/>".to_vec(), "can run script"),
            (b"GIF89a\x10\0\x10\0".to_vec(), "no PNG, JPEG or WebP"),
            (b"alert(1)".to_vec(), "no PNG, JPEG or WebP"),
            (Vec::new(), "no PNG, JPEG or WebP"),
            (png(320, 80).get(..14).unwrap().to_vec(), "damaged"),
            (png(8, 80), "8 by 80 pixels"),
            (png(30_000, 30_000), "30000 by 30000 pixels"),
            (vec![0; PICTURE_LIMIT + 1], "at most 262144 bytes"),
        ] {
            let error = examine(BrandFile::Logo, &bytes).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert!(examine(BrandFile::Favicon, &png(64, 32)).unwrap_err().to_string().contains("square"));
    }

    #[test]
    fn a_font_is_woff2_and_whole() {
        let mut font = b"wOF2\0\x01\0\0\0\0\0\x20".to_vec();
        font.resize(32, 0);
        assert_eq!(examine(BrandFile::Font, &font).unwrap(), "font/woff2");
        font.push(0);
        assert!(matches!(examine(BrandFile::Font, &font), Err(FileFault::Damaged(_))));
        assert!(matches!(examine(BrandFile::Font, b"OTTO"), Err(FileFault::NoFont)));
        assert!(matches!(examine(BrandFile::Font, &vec![0; FILE_LIMIT + 1]), Err(FileFault::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn a_damaged_picture_is_refused_and_never_breaks_its_reader(
            first in prop::sample::select(vec![
                png(64, 64),
                b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08\0\x40\0\x40\x03".to_vec(),
                b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x40\0\x40\0".to_vec(),
                b"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x3f\xc0\x0f\0".to_vec(),
                b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\0\0\x3f\0\0".to_vec(),
                b"wOF2\0\x01\0\0\0\0\0\x20".to_vec(),
            ]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            rest in prop::collection::vec(any::<u8>(), 0..64),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = [first, rest].concat();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes.iter_mut().skip(at).take(1).for_each(|place| *place = byte);
            }
            bytes.truncate(cut.index(bytes.len()) + 1);
            for which in [BrandFile::Logo, BrandFile::Favicon, BrandFile::Font] {
                if let Ok(media_type) = examine(which, &bytes) {
                    prop_assert!(["image/png", "image/jpeg", "image/webp", "font/woff2"].contains(&media_type));
                    prop_assert!((which == BrandFile::Font) == (media_type == "font/woff2") && !is_markup(&bytes));
                }
            }
        }
    }
}
