//! The caller's body on its way to the provider: counted, bounded, and held where it is small enough to be sent twice.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, SizeHint};
use jackfield_runtime::Denial;

use super::{
    activity::{Activity, Ended, Sending, Stage},
    body,
    error::ProxyError,
    settings::{Bound, ProxySettings},
};
use crate::outbound::{BodyError, StreamBody};

/// A request's body.
pub(super) enum Outgoing {
    /// Held: it can be sent any number of times.
    Held(Bytes),
    /// Streams once.
    Streams(Option<StreamBody>),
}

impl Outgoing {
    /// Takes a body in: one whose length is stated and small is read first, anything else streams. `whole` bounds a
    /// body that must be held whatever its length.
    pub(super) async fn of(
        body: StreamBody,
        settings: &ProxySettings,
        whole: Option<u64>,
        activity: &Activity,
    ) -> Result<Self, ProxyError> {
        let size = body.size_hint();
        if size.exact().unwrap_or(size.lower()) > settings.request_bytes {
            return Err(activity.end(Ended::Bound(Bound::RequestBytes)).into());
        }
        let limit = match (whole, size.exact()) {
            (Some(limit), _) => limit,
            (None, Some(length)) if length <= settings.replay_bytes => length,
            (None, _) => return Ok(Self::Streams(Some(body))),
        };
        activity.moved();
        let held = activity.within(Stage::Asking, held(body, limit, activity)).await??;
        Ok(Self::Held(held))
    }

    /// A held body, changed for one sending.
    pub(super) fn with(
        &self,
        change: impl FnOnce(&Bytes) -> Result<Bytes, Denial>,
        activity: &Activity,
    ) -> Result<StreamBody, ProxyError> {
        let Self::Held(bytes) = self else { return Err(ProxyError::CutOff) };
        let changed = change(bytes)?;
        activity.sending(Sending::Done);
        activity.moved();
        activity.counts.sent.inc_by(u64::try_from(changed.len()).unwrap_or(u64::MAX));
        Ok(Full::new(changed).map_err(|never| match never {}).boxed_unsync())
    }

    /// Whether it can be sent once more.
    pub(super) fn is_at_hand(&self) -> bool {
        matches!(self, Self::Held(_) | Self::Streams(Some(_)))
    }

    /// The body for one sending; none where it was sent before and is not at hand.
    pub(super) fn next(&mut self, limit: u64, activity: &Arc<Activity>) -> Option<StreamBody> {
        let (inner, at) = match self {
            Self::Held(bytes) => {
                let full = Full::new(bytes.clone()).map_err(|never| match never {});
                (full.boxed_unsync(), Sending::Done)
            }
            Self::Streams(body) => (body.take()?, Sending::Provider),
        };
        activity.sending(at);
        activity.moved();
        Some(Upload { inner, activity: Arc::clone(activity), left: limit }.boxed_unsync())
    }
}

async fn held(mut from: StreamBody, limit: u64, activity: &Activity) -> Result<Bytes, ProxyError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = from.frame().await {
        let frame = frame.map_err(|_| activity.end(Ended::Caller))?;
        activity.moved();
        let Ok(data) = frame.into_data() else { continue };
        if u64::try_from(bytes.len() + data.len()).unwrap_or(u64::MAX) > limit {
            return Err(body::too_large().into());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

/// A body under way to the provider.
struct Upload {
    inner: StreamBody,
    activity: Arc<Activity>,
    left: u64,
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BodyError;

    /// Data only: trailers could bring headers that were never judged.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            self.activity.sending(Sending::Caller);
            let Some(frame) = ready!(Pin::new(&mut self.inner).poll_frame(context)) else {
                self.activity.sending(Sending::Done);
                return Poll::Ready(None);
            };
            let Ok(frame) = frame else {
                return Poll::Ready(Some(Err(self.activity.end(Ended::Caller).into())));
            };
            self.activity.moved();
            let Ok(data) = frame.into_data() else { continue };
            let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
            let Some(left) = self.left.checked_sub(length) else {
                return Poll::Ready(Some(Err(self.activity.end(Ended::Bound(Bound::RequestBytes)).into())));
            };
            self.left = left;
            self.activity.counts.sent.inc_by(length);
            // A stated length is over with its last byte: nobody asks for an end.
            self.activity.sending(if self.inner.is_end_stream() { Sending::Done } else { Sending::Provider });
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
