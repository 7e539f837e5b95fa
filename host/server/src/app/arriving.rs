//! A request's body as it arrives: whoever dawdles over it is refused, and gives up the place it takes. Proxied calls have a
//! bound of their own.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{MatchedPath, Request},
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use crate::api::problem::Problem;

/// What a body brings at least for as long as it is waited for, in bytes: a byte now and then is no body.
const LEAST: usize = 8 * 1024;

/// Whether a request's body stood still; nothing where it has none, or is a call to pass on.
pub(super) struct Arrival(Option<Arc<AtomicBool>>);

/// A request that is waited for no longer than `patience` at a time.
pub(super) fn watched(request: Request, patience: Duration) -> (Request, Arrival) {
    let is_proxied = request.extensions().get::<MatchedPath>().is_some_and(|path| path.as_str().contains("/proxy"));
    if is_proxied || request.body().is_end_stream() {
        return (request, Arrival(None));
    }
    let stalled = Arc::new(AtomicBool::new(false));
    let arrival = Arrival(Some(Arc::clone(&stalled)));
    (
        request.map(|body| Body::new(Arriving { body, patience, left: patience, brought: 0, waiting: None, stalled })),
        arrival,
    )
}

impl Arrival {
    /// What is answered: whatever was made of a body that stood still, it is said that it did.
    pub(super) fn answer(&self, response: Response) -> Response {
        let stalled = self.0.as_ref().is_some_and(|stalled| stalled.load(Ordering::Relaxed));
        if stalled { Problem::stalled().into_response() } else { response }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the body stood still")]
struct Stalled;

/// A body and what is left of the patience with whoever sends it. Only waiting for them counts, not what is done meanwhile.
struct Arriving {
    body: Body,
    patience: Duration,
    left: Duration,
    brought: usize,
    waiting: Option<Pin<Box<Sleep>>>,
    stalled: Arc<AtomicBool>,
}

impl Arriving {
    fn heard(&mut self, bytes: usize) {
        if let Some(waited) = self.waiting.take() {
            self.left = waited.deadline().saturating_duration_since(Instant::now());
        }
        self.brought = self.brought.saturating_add(bytes);
        if self.brought >= LEAST {
            (self.left, self.brought) = (self.patience, 0);
        }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
            this.heard(data.map_or(0, Bytes::len));
            return Poll::Ready(frame);
        }
        let left = this.left;
        let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(left)));
        if waiting.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        this.stalled.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(axum::Error::new(Stalled))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use axum::body::to_bytes;
    use futures::{StreamExt as _, stream};
    use http::StatusCode;

    use super::*;

    /// What becomes of a body within a patience of a moment: what is read of it, and the answer.
    async fn read(body: Body, patience: Duration) -> (Option<usize>, StatusCode) {
        let (request, arrival) = watched(Request::new(body), patience);
        let read = to_bytes(request.into_body(), usize::MAX).await.ok().map(|bytes| bytes.len());
        (read, arrival.answer(Response::default()).status())
    }

    fn pieces(count: usize) -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
        stream::iter((0..count).map(|_| Ok(Bytes::from_static(b"x"))))
    }

    #[tokio::test]
    async fn a_body_that_stands_still_is_given_up_and_that_is_said() {
        let moment = Duration::from_millis(1);
        for begun in [0, 1, 20_000] {
            let never = Body::from_stream(pieces(begun).chain(stream::pending()));
            assert_eq!(read(never, moment).await, (None, StatusCode::REQUEST_TIMEOUT), "{begun} bytes");
        }
        assert_eq!(read(Body::from_stream(pieces(20_000)), moment).await, (Some(20_000), StatusCode::OK));
        assert_eq!(read(Body::empty(), moment).await, (Some(0), StatusCode::OK));
    }

    #[tokio::test]
    async fn a_byte_now_and_then_wears_patience_out_and_enough_of_them_renew_it() {
        let body = Body::empty();
        let (patience, stalled) = (Duration::from_mins(1), Arc::default());
        let mut arriving = Arriving { body, patience, left: patience, brought: 0, waiting: None, stalled };
        let waited = |arriving: &mut Arriving, bytes| {
            arriving.waiting = Some(Box::pin(sleep(arriving.left.saturating_sub(Duration::from_secs(20)))));
            arriving.heard(bytes);
            arriving.left
        };
        assert!(waited(&mut arriving, 1) <= Duration::from_secs(40));
        assert!(waited(&mut arriving, 1) <= Duration::from_secs(20));
        assert_eq!(waited(&mut arriving, LEAST), patience);
    }
}
