//! The provider's body on its way back: counted, bounded, and ended where it stands still, even if nobody reads it.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::task::AtomicWaker;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::AbortHandle;

use super::{
    activity::{Activity, Ended, Stage},
    calls::Place,
    settings::Bound,
};
use crate::outbound::{BodyError, StreamBody};

/// A body under way to the caller.
struct Download {
    shared: Arc<Shared>,
    watch: AbortHandle,
}

struct Shared {
    flow: Mutex<Flow>,
    reader: AtomicWaker,
    activity: Arc<Activity>,
}

/// What a call still holds; taken from it when it ends.
struct Flow {
    body: Option<StreamBody>,
    left: u64,
    place: Option<Place>,
}

/// The body of an answer, of at most `limit` bytes; the call keeps its place until it has passed.
pub(super) fn watched(body: StreamBody, limit: u64, activity: &Arc<Activity>, place: Place) -> StreamBody {
    activity.moved();
    let flow = Mutex::new(Flow { body: Some(body), left: limit, place: Some(place) });
    let shared = Arc::new(Shared { flow, reader: AtomicWaker::new(), activity: Arc::clone(activity) });
    let watching = Arc::clone(&shared);
    // A task of its own: who does not read does not poll either.
    let watch = tokio::spawn(async move {
        watching.activity.stands_still(Stage::Answering).await;
        watching.let_go();
        watching.reader.wake();
    });
    Download { shared, watch: watch.abort_handle() }.boxed_unsync()
}

impl Shared {
    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the provider's side and gives the place back.
    fn let_go(&self) {
        let mut flow = self.flow();
        flow.body = None;
        flow.place = None;
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.watch.abort();
        self.shared.let_go();
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = BodyError;

    /// Data only: trailers could bring headers that were never judged.
    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let shared = &self.shared;
        shared.reader.register(context.waker());
        if let Some(ended) = shared.activity.ended() {
            shared.let_go();
            return Poll::Ready(Some(Err(ended.into())));
        }
        loop {
            let mut flow = shared.flow();
            let Some(body) = &mut flow.body else { return Poll::Ready(None) };
            let frame = match ready!(Pin::new(body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                over => {
                    drop(flow);
                    shared.let_go();
                    self.watch.abort();
                    return Poll::Ready(over);
                }
            };
            shared.activity.moved();
            let Ok(data) = frame.into_data() else { continue };
            let Some(left) = flow.left.checked_sub(u64::try_from(data.len()).unwrap_or(u64::MAX)) else {
                drop(flow);
                shared.let_go();
                return Poll::Ready(Some(Err(shared.activity.end(Ended::Bound(Bound::ResponseBytes)).into())));
            };
            flow.left = left;
            shared.activity.counts.received.inc_by(u64::try_from(data.len()).unwrap_or(u64::MAX));
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
    }

    fn is_end_stream(&self) -> bool {
        let flow = self.shared.flow();
        flow.body.as_ref().is_some_and(Body::is_end_stream) && self.shared.activity.ended().is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.shared.flow().body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}
