//! Forms with files, as a browser sends them: the reader under the pages' own, with the bytes cut at every other place.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures::stream;
use multer::{Multipart, bytes::Bytes, parse_boundary};

use crate::given;

/// The most parts a form of ours has.
const PARTS: usize = 64;

/// A part: its name, its file name, its bytes.
type Part = (Option<String>, Option<String>, Vec<u8>);

/// The first line is the content type, the rest the body. However it is cut on the way, the same parts are read, or none of
/// it is believed.
pub fn multipart(bytes: &[u8]) {
    let Some((content_type, body)) = given::headed(bytes) else { return };
    let Ok(boundary) = parse_boundary(content_type) else { return };
    let whole = done(parts(&boundary, body, body.len().max(1)));
    for size in [1, 7] {
        assert_eq!(done(parts(&boundary, body, size)), whole, "cut into pieces of {size}");
    }
    let Some(parts) = whole else { return };
    assert!(parts.iter().map(|(_, _, bytes)| bytes.len()).sum::<usize>() <= body.len());
}

/// The parts; none where the form breaks off or is none.
async fn parts(boundary: &str, body: &[u8], size: usize) -> Option<Vec<Part>> {
    let pieces = body.chunks(size).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
    let mut form = Multipart::new(stream::iter(pieces.collect::<Vec<_>>()), boundary);
    let mut parts = Vec::new();
    for _ in 0..PARTS {
        let Some(part) = form.next_field().await.ok()? else { break };
        let (name, file) = (part.name().map(str::to_owned), part.file_name().map(str::to_owned));
        parts.push((name, file, part.bytes().await.ok()?.to_vec()));
    }
    Some(parts)
}

/// What a future comes to whose every piece is there already.
fn done<T>(work: impl Future<Output = T>) -> T {
    let (mut work, mut context) = (pin!(work), Context::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(came) = work.as_mut().poll(&mut context) {
            return came;
        }
    }
}
