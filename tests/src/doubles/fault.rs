//! The faults a double can be switched to, and which request each one strikes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::task::yield_now;
use url::Url;

use super::gate::Gate;

/// One way for a provider to fail or to be odd.
#[derive(Clone)]
pub enum Fault {
    /// The connection closes before the request has any effect.
    Dropped,
    /// The request takes effect and its answer is lost: the connection closes.
    Lost,
    /// The request takes effect; its answer breaks off in the middle of the body.
    Cut,
    /// The request takes effect; half of its answer's body arrives, and the rest waits at the gate.
    Stalled(Gate),
    /// The request waits at the gate, then goes on as usual.
    Held(Gate),
    /// The request takes effect; its answer waits at the gate.
    HeldAnswer(Gate),
    /// A bare status, with no effect.
    Status(StatusCode),
    /// A status with a page for people where a machine expects something else, with no effect.
    Html(StatusCode),
    /// 429 with `Retry-After` in seconds, with no effect.
    TooMany(u32),
    /// 200 and a body that comes byte by byte and never ends, with no effect.
    Dripping,
    /// 200 and a JSON text of that many bytes, sent piece by piece, with no effect.
    Huge(u64),
    /// A redirect of that status, with no effect.
    Redirect(StatusCode, Url),
    /// This answer instead, with no effect.
    Json(StatusCode, Value),
    /// A bare status with that `WWW-Authenticate`, with no effect.
    Challenge(StatusCode, &'static str),
    /// A bare status with these headers, with no effect.
    Told(StatusCode, Vec<(&'static str, String)>),
    /// The request, with its body changed on the way to the double.
    Asked(Arc<dyn Fn(&mut String) + Send + Sync>),
    /// The answer of the double, with its JSON changed.
    Edit(Arc<dyn Fn(&mut Value) + Send + Sync>),
    /// The answer of the double, with the URL of its `Location` changed.
    Elsewhere(Arc<dyn Fn(&mut Url) + Send + Sync>),
    /// The answer of the double, with one header set: a `Date` of another time, for one.
    Header(HeaderName, HeaderValue),
}

impl Fault {
    /// [`Fault::Edit`] by a closure.
    pub fn edit(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Edit(Arc::new(change))
    }

    /// [`Fault::Asked`] by a closure.
    pub fn asked(change: impl Fn(&mut String) + Send + Sync + 'static) -> Self {
        Self::Asked(Arc::new(change))
    }

    /// [`Fault::Elsewhere`] by a closure.
    pub fn elsewhere(change: impl Fn(&mut Url) + Send + Sync + 'static) -> Self {
        Self::Elsewhere(Arc::new(change))
    }

    /// The request as the double sees it, where the fault changes it.
    pub(super) async fn asking(&self, request: Request<Body>) -> anyhow::Result<Request<Body>> {
        let Self::Asked(change) = self else { return Ok(request) };
        let (mut parts, body) = request.into_parts();
        let mut text = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        change(&mut text);
        parts.headers.remove(CONTENT_LENGTH);
        Ok(Request::from_parts(parts, Body::from(text)))
    }

    /// The answer in place of the double's own, where the fault has one.
    pub(super) fn instead(&self) -> Option<Response<Body>> {
        let mut response = Response::default();
        match self {
            Self::Status(status) => *response.status_mut() = *status,
            Self::Html(status) => {
                *response.status_mut() = *status;
                *response.body_mut() = Body::from("<html><body><h1>Something is wrong here</h1></body></html>");
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            }
            Self::TooMany(seconds) => {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::Challenge(status, challenge) => {
                *response.status_mut() = *status;
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            Self::Told(status, headers) => {
                *response.status_mut() = *status;
                for (name, value) in headers {
                    response.headers_mut().append(*name, HeaderValue::from_str(value).ok()?);
                }
            }
            Self::Dripping => *response.body_mut() = dripping(),
            Self::Huge(bytes) => {
                *response.body_mut() = huge(*bytes);
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Self::Redirect(status, to) => {
                *response.status_mut() = *status;
                let to = HeaderValue::from_str(to.as_str()).ok()?;
                response.headers_mut().insert(LOCATION, to);
            }
            Self::Json(status, value) => {
                *response.status_mut() = *status;
                *response.body_mut() = Body::from(value.to_string());
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            _ => return None,
        }
        Some(response)
    }

    /// Changes the double's own answer, where the fault does; fails where the answer is not of the kind it changes.
    pub(super) async fn change(&self, response: Response<Body>) -> anyhow::Result<Response<Body>> {
        let (mut parts, body) = response.into_parts();
        let body = match self {
            Self::Edit(edit) => {
                let mut value: Value = serde_json::from_slice(&body.collect().await?.to_bytes())?;
                edit(&mut value);
                parts.headers.remove(CONTENT_LENGTH);
                Body::from(value.to_string())
            }
            Self::Cut => {
                let whole = body.collect().await?.to_bytes();
                parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len().max(2)));
                cut(&whole)
            }
            Self::Stalled(gate) => {
                let whole = body.collect().await?.to_bytes();
                parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
                stalled(&whole, gate.clone())
            }
            Self::Elsewhere(edit) => {
                if let Some(location) = parts.headers.get_mut(LOCATION) {
                    let mut url = Url::parse(location.to_str()?)?;
                    edit(&mut url);
                    *location = HeaderValue::from_str(url.as_str())?;
                }
                body
            }
            Self::Header(name, value) => {
                parts.headers.insert(name.clone(), value.clone());
                body
            }
            _ => body,
        };
        Ok(Response::from_parts(parts, body))
    }
}

/// Half of a body, sent for certain, and then the end of the connection.
fn cut(whole: &Bytes) -> Body {
    let half = whole.slice(..whole.len() / 2);
    let pieces = stream::unfold(Some(half), |rest| async {
        match rest {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Bytes::new()))),
            Some(_) => {
                // Gives the connection its turn to send what it holds.
                yield_now().await;
                Some((Err(std::io::Error::other("cut off on purpose")), None))
            }
            None => None,
        }
    });
    Body::from_stream(pieces)
}

/// Half of a body, sent at once, and the rest once the gate is open.
fn stalled(whole: &Bytes, gate: Gate) -> Body {
    let (half, rest) = (whole.slice(..whole.len() / 2), whole.slice(whole.len() / 2..));
    let first = stream::iter([Ok::<_, std::io::Error>(half)]);
    let last = stream::once(async move {
        gate.pass().await;
        Ok(rest)
    });
    Body::from_stream(futures::StreamExt::chain(first, last))
}

/// A byte at each beat of an interval; nothing waits for it to pass.
fn dripping() -> Body {
    let beats = stream::unfold(tokio::time::interval(Duration::from_millis(20)), |mut beat| async {
        beat.tick().await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), beat))
    });
    Body::from_stream(beats)
}

/// `{"filler":"xxxx…"}`, without ever holding it.
fn huge(bytes: u64) -> Body {
    const PIECE: &[u8] = &[b'x'; 64 * 1024];
    let opening = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"filler\":\""))]);
    let pieces = stream::unfold(bytes, |left| async move {
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE.len());
        let piece = Bytes::from_static(PIECE).slice(..size);
        (size > 0).then(|| (Ok(piece), left - size as u64))
    });
    let closing = stream::iter([Ok(Bytes::from_static(b"\"}"))]);
    Body::from_stream(futures::StreamExt::chain(futures::StreamExt::chain(opening, pieces), closing))
}

/// The requests a fault strikes.
#[derive(Clone, Debug)]
pub struct On {
    method: Option<Method>,
    path: String,
}

impl On {
    /// Every request to that path, of whatever method and host.
    pub fn path(path: &str) -> Self {
        Self { method: None, path: path.to_owned() }
    }

    /// Only those of that method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    fn strikes(&self, method: &Method, path: &str) -> bool {
        self.path == path && self.method.as_ref().is_none_or(|own| own == method)
    }
}

/// The switchboard of one double. Clones are the same switchboard.
#[derive(Clone, Default)]
pub struct Faults {
    set: Arc<Mutex<Vec<Switch>>>,
}

struct Switch {
    on: On,
    fault: Fault,
    once: bool,
}

impl Faults {
    /// Strikes the next such request only.
    pub fn once(&self, on: On, fault: Fault) {
        self.switch(Switch { on, fault, once: true });
    }

    /// Strikes every such request until [`Faults::clear`].
    pub fn always(&self, on: On, fault: Fault) {
        self.switch(Switch { on, fault, once: false });
    }

    /// Back to a provider that works.
    pub fn clear(&self) {
        self.switches().clear();
    }

    /// Whether every fault meant for one request has struck.
    pub fn struck(&self) -> bool {
        !self.switches().iter().any(|switch| switch.once)
    }

    /// The oldest fault set for such a request; one meant for a single request is used up.
    pub(super) fn take(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut set = self.switches();
        let place = set.iter().position(|switch| switch.on.strikes(method, path))?;
        match set.get(place) {
            Some(switch) if !switch.once => Some(switch.fault.clone()),
            _ => Some(set.remove(place).fault),
        }
    }

    fn switch(&self, switch: Switch) {
        self.switches().push(switch);
    }

    fn switches(&self) -> std::sync::MutexGuard<'_, Vec<Switch>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
