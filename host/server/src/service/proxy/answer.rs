//! What a provider's answer means: read from its head, and from the beginning of its body only where the connector has
//! a rule that looks there.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header, response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use jackfield_auth::{
    bearer::{self, Verdict},
    failures,
    rate_limit::{self, Limits},
};
use jackfield_model::{
    failure::Advice,
    manifest::{FailureRule, Manifest},
};
use jiff::Timestamp;

use super::activity::{Activity, Ended, Stage};
use crate::outbound::{BodyError, StreamBody};

/// How much of a body is read for a rule that looks into it.
const LOOKED_AT: usize = 64 * 1024;

/// An answer whose meaning is known.
pub(super) struct Answer {
    pub(super) head: response::Parts,
    pub(super) body: StreamBody,
    /// What it says about the connection; none where it is an ordinary answer.
    pub(super) advice: Option<Advice>,
    /// What it says about the provider's limits.
    pub(super) limits: Limits,
}

impl Answer {
    /// Reads an answer to a call with the credential.
    pub(super) async fn read(
        answer: http::Response<StreamBody>,
        manifest: &Manifest,
        now: Timestamp,
        activity: &Activity,
    ) -> Result<Self, Ended> {
        let (head, body) = answer.into_parts();
        let (seen, body) = if looks_inside(&manifest.failures, &head) {
            activity.moved();
            activity.within(Stage::Answering, beginning(body, activity)).await?
        } else {
            (Bytes::new(), body)
        };
        let rule = failures::classify(&manifest.failures, head.status, &head.headers, &seen);
        let advice = match rule {
            Some(rule) => Some(rule.advice.clone()),
            None => by_challenge(&head),
        };
        let limits = rate_limit::read(&head.headers, manifest.rate_limit.as_ref(), now);
        Ok(Self { head, body, advice, limits })
    }

    /// An answer to a call without the credential says nothing about it.
    pub(super) fn unread(answer: http::Response<StreamBody>, manifest: &Manifest, now: Timestamp) -> Self {
        let (head, body) = answer.into_parts();
        let limits = rate_limit::read(&head.headers, manifest.rate_limit.as_ref(), now);
        Self { head, body, advice: None, limits }
    }

    /// Whether the provider refuses the credential.
    pub(super) fn refuses(&self) -> bool {
        self.advice == Some(Advice::Reauthorize)
    }
}

fn by_challenge(head: &response::Parts) -> Option<Advice> {
    match bearer::verdict(head.status, &head.headers) {
        Verdict::InvalidToken { .. } => Some(Advice::Reauthorize),
        Verdict::InsufficientScope(scopes) => Some(Advice::InsufficientScope(scopes)),
        Verdict::Unrelated => None,
    }
}

/// Whether a rule of this status looks into a body that can be read: JSON, and not packed.
fn looks_inside(rules: &[FailureRule], head: &response::Parts) -> bool {
    let by_status = |rule: &FailureRule| rule.statuses.is_empty() || rule.statuses.contains(&head.status.as_u16());
    let packed = head.headers.contains_key(header::CONTENT_ENCODING);
    !packed && is_json(&head.headers) && rules.iter().any(|rule| rule.body.is_some() && by_status(rule))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json") || kind == "text/javascript" || kind == "text/json"
}

/// The beginning of a body, whole where it is short, and the body as if nobody had looked. One that is longer is not
/// judged, and one that breaks off breaks off for the caller too.
async fn beginning(mut body: StreamBody, activity: &Activity) -> (Bytes, StreamBody) {
    let mut seen = BytesMut::new();
    let mut whole = false;
    let mut broken = None;
    if body.size_hint().lower() <= LOOKED_AT as u64 {
        while seen.len() <= LOOKED_AT {
            match body.frame().await {
                None => {
                    whole = true;
                    break;
                }
                Some(Err(error)) => {
                    broken = Some(error);
                    break;
                }
                Some(Ok(frame)) => {
                    activity.moved();
                    if let Ok(data) = frame.into_data() {
                        seen.extend_from_slice(&data);
                    }
                }
            }
        }
    }
    let seen = seen.freeze();
    let judged = if whole { seen.clone() } else { Bytes::new() };
    (judged, Again { seen: Some(seen).filter(|seen| !seen.is_empty()), broken, rest: body }.boxed_unsync())
}

/// A body whose beginning was read.
struct Again {
    seen: Option<Bytes>,
    broken: Option<BodyError>,
    rest: StreamBody,
}

impl Body for Again {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(seen) = self.seen.take() {
            return Poll::Ready(Some(Ok(Frame::data(seen))));
        }
        match self.broken.take() {
            Some(error) => Poll::Ready(Some(Err(error))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.seen.is_none() && self.broken.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let seen = self.seen.as_ref().map_or(0, |seen| u64::try_from(seen.len()).unwrap_or(u64::MAX));
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(seen));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(seen));
        }
        hint
    }
}
