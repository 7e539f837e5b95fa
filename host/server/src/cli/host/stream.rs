//! Files to and from the running host, piece by piece: nothing of them is held in memory.

use std::{io, path::Path};

use bytes::Bytes;
use futures::stream;
use http::Method;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;

use super::{ANSWER_LIMIT, Host, HostError, PATIENCE, Sent, collect, read};

/// How much of a file is sent at a time.
const PIECE: usize = 64 * 1024;

impl Host {
    /// Asks for a file; its pieces go to `each` as they come. No piece may take longer than an answer may.
    pub(in crate::cli) async fn download(
        &self,
        path: &[&str],
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), HostError> {
        let (parts, mut body) = self.exchange(Method::POST, &self.url(path), None).await?;
        if !parts.status.is_success() {
            let told = collect(body, ANSWER_LIMIT).await?;
            return self.answered(&parts, &told).map(drop);
        }
        loop {
            let frame = tokio::time::timeout(PATIENCE, body.frame()).await;
            let frame = frame.map_err(|_| HostError::Slow { url: self.base.to_string() })?;
            let Some(frame) = frame else { return Ok(()) };
            if let Ok(data) = frame.map_err(|_| HostError::Broken)?.into_data() {
                each(&data).map_err(HostError::Written)?;
            }
        }
    }

    /// Sends a file and reads the answer.
    pub(in crate::cli) async fn upload(&self, path: &[&str], file: &Path) -> Result<Value, HostError> {
        let file = tokio::fs::File::open(file).await.map_err(HostError::File)?;
        let pieces = stream::try_unfold(file, async |mut file| {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
            Ok::<_, io::Error>((read > 0).then(|| (Frame::data(Bytes::from(piece)), file)))
        });
        let body: Sent = StreamBody::new(Box::pin(pieces)).boxed_unsync();
        let sent = Some(("application/octet-stream", body));
        let (parts, body) = self.exchange(Method::POST, &self.url(path), sent).await?;
        let told = collect(body, ANSWER_LIMIT).await?;
        self.answered(&parts, &told)
    }

    fn answered(&self, parts: &http::response::Parts, body: &[u8]) -> Result<Value, HostError> {
        let foreign = HostError::Foreign { status: parts.status.as_u16(), url: self.base.to_string() };
        read(parts, body).ok_or(foreign)?
    }
}
