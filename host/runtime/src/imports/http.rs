//! The `http` interface: every request through the one gate, the credential placed behind it, every answer masked.

use std::{borrow::Cow, sync::Arc};

use http::{HeaderMap, HeaderValue, Method, header};
use jackfield_model::mask::{MASK, Masker};
use tokio::sync::Semaphore;
use url::Url;
use wasmtime::component::Resource;

use super::ConnectionHandle;
use crate::{
    bindings::jackfield::connector::{
        http::{Host, HostConnection},
        types::{self, Request, Response, SendError},
    },
    context::CallContext,
    egress::{Asked, Denial, MOST_REDIRECTS, headers, same_origin_redirect, shown},
    redact::forbid,
    search::searched,
    sender::{self, Outbound},
    state::CallState,
    stop::Stop,
};

/// The longest URL that is read, in bytes.
const LONGEST_URL: usize = 16 * 1024;

type Answer = wasmtime::Result<Result<Response, SendError>>;

impl HostConnection for CallState {
    async fn send(&mut self, _connection: Resource<ConnectionHandle>, request: Request) -> Answer {
        let context = self.enter("connection.send")?;
        self.without_placeholders(&request)?;
        Ok(self.exchange(&context, request, true).await)
    }

    async fn granted_scopes(&mut self, _connection: Resource<ConnectionHandle>) -> wasmtime::Result<Vec<String>> {
        Ok(self.enter("connection.granted-scopes")?.granted.clone())
    }

    async fn config(
        &mut self,
        _connection: Resource<ConnectionHandle>,
        key: String,
    ) -> wasmtime::Result<Option<String>> {
        Ok(self.enter("connection.config")?.values.get(&key).cloned())
    }

    async fn auth_method(&mut self, _connection: Resource<ConnectionHandle>) -> wasmtime::Result<String> {
        Ok(self.enter("connection.auth-method")?.method.clone())
    }

    async fn drop(&mut self, connection: Resource<ConnectionHandle>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl Host for CallState {
    async fn fetch(&mut self, request: Request) -> Answer {
        let context = self.enter("http.fetch")?;
        self.without_placeholders(&request)?;
        Ok(self.exchange(&context, request, false).await)
    }
}

/// A request read from a guest, not yet judged.
struct Given {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl CallState {
    /// Sends a request and follows redirects within its origin, judging each as if it were the first.
    async fn exchange(
        &mut self,
        context: &Arc<CallContext>,
        request: Request,
        credential: bool,
    ) -> Result<Response, SendError> {
        self.one_more()?;
        let mut given = read(request).map_err(denied)?;
        let waited = self.waited.clone();
        for hop in 0..=MOST_REDIRECTS {
            let outbound = prepare(context, &given, credential, self);
            let outbound = outbound.map_err(|denial| denied(if hop == 0 { denial } else { redirected(&denial) }))?;
            let sent = waited.during(self.sender.send(outbound)).await;
            let response = sent.map_err(|error| failed(error, context))?;
            let Some(target) = same_origin_redirect(&given.method, &response, &given.url) else {
                let (masker, searching) = (Arc::clone(&context.masker), Arc::clone(&self.searching));
                return waited.during(masked(response, masker, self.limits.response_bytes, searching)).await;
            };
            given.url = target;
            self.one_more()?;
        }
        Err(SendError::Other(format!("more than {MOST_REDIRECTS} redirects in a row")))
    }

    /// No placeholder leaves the hook it was made for.
    fn without_placeholders(&self, request: &Request) -> Result<(), Stop> {
        if !self.placeholders {
            return Ok(());
        }
        let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
        let headers = request.headers.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        let mut texts = headers.chain([request.method.as_str(), request.url.as_str(), &body]);
        texts.try_for_each(|text| forbid("a request", text)).map_err(Stop::Denied)
    }

    /// Counts a request before anything is done for it: what is refused costs the host a look and a line of its log.
    fn one_more(&mut self) -> Result<(), SendError> {
        if self.count_request() {
            return Ok(());
        }
        Err(SendError::Limit(format!(
            "one call sends at most {} requests; the operator may raise `limits.requests`",
            self.limits.requests
        )))
    }
}

fn read(request: Request) -> Result<Given, Denial> {
    let method = Method::from_bytes(request.method.as_bytes())
        .ok()
        .filter(|method| !matches!(*method, Method::CONNECT | Method::TRACE));
    let method = method
        .ok_or_else(|| Denial::new("method", format!("`{}` is no method this host sends", shown(&request.method))))?;
    if request.url.len() > LONGEST_URL {
        return Err(Denial::new("url", format!("the request's URL has more than {LONGEST_URL} bytes")));
    }
    let url = Url::parse(&request.url).map_err(|_| {
        Denial::new("url", "the request's URL is no absolute URL: write it like https://api.example.com/path")
    })?;
    Ok(Given { method, url, headers: headers::read(&request.headers)?, body: request.body.unwrap_or_default() })
}

/// Judges, then places: nothing secret is on a request before the gate let it through.
fn prepare(context: &CallContext, given: &Given, credential: bool, state: &CallState) -> Result<Outbound, Denial> {
    let gate = &context.gate;
    let origin = gate.judge(&Asked { method: &given.method, url: &given.url, headers: &given.headers, credential })?;
    let (mut url, mut headers) = (given.url.clone(), given.headers.clone());
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let mut body = given.body.clone();
    if credential {
        gate.place(&mut url, &mut headers)?;
        body = gate.place_in_body(&headers, body)?;
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = given.method.clone();
    *request.uri_mut() =
        url.as_str().parse().map_err(|_| Denial::new("url", "the request's URL is too long or malformed"))?;
    *request.headers_mut() = headers;
    Ok(Outbound {
        request,
        origin,
        connector: gate.connector.clone(),
        tenant: Some(context.tenant),
        max_response_bytes: state.limits.response_bytes,
        // Where less is left of the call, the call ends, by its own rule (`call::bounded`).
        timeout: state.limits.request(),
    })
}

/// As `answer`, a large one away from the threads that serve everybody.
async fn masked(
    response: http::Response<Vec<u8>>,
    masker: Arc<Masker>,
    limit: u64,
    searching: Arc<Semaphore>,
) -> Result<Response, SendError> {
    let size = response.body().len();
    let search = searched(size, searching, move || answer(response, &masker, limit));
    search.await.unwrap_or_else(|| Err(SendError::Other("the answer could not be searched for secrets".into())))
}

/// A response as the guest sees it: secrets masked, cookies hidden, nothing packed.
fn answer(response: http::Response<Vec<u8>>, masker: &Masker, limit: u64) -> Result<Response, SendError> {
    let mut codings = response.headers().get_all(header::CONTENT_ENCODING).iter();
    if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(SendError::Other(
            "the provider packed its answer although it was asked not to: what cannot be read cannot be masked".into(),
        ));
    }
    if response.body().len() as u64 > limit {
        return Err(too_large(limit));
    }
    let (parts, given) = response.into_parts();
    let hidden = match masker.bytes(&given) {
        Cow::Borrowed(_) => None,
        Cow::Owned(hidden) => Some(hidden),
    };
    let changed = hidden.as_ref().is_some_and(|hidden| hidden.len() != given.len());
    let kept = parts.headers.iter().filter(|(name, _)| !(changed && **name == header::CONTENT_LENGTH));
    let headers = kept.map(|(name, value)| {
        let cookie = *name == header::SET_COOKIE;
        let text =
            if cookie { MASK.to_owned() } else { masker.text(&String::from_utf8_lossy(value.as_bytes())).into_owned() };
        (masker.text(name.as_str()).into_owned(), text)
    });
    Ok(Response { status: parts.status.as_u16(), headers: headers.collect(), body: hidden.unwrap_or(given) })
}

fn failed(error: sender::SendError, context: &CallContext) -> SendError {
    match error {
        sender::SendError::Denied(denial) => denied(denial),
        sender::SendError::TooLarge { limit } => too_large(limit),
        sender::SendError::Timeout => {
            SendError::Limit("the provider did not answer in time; the operator may raise `limits.request_ms`".into())
        }
        sender::SendError::Unreachable { reason } | sender::SendError::Broken { reason } => {
            SendError::Unreachable(context.masker.text(&reason).into_owned())
        }
    }
}

fn too_large(limit: u64) -> SendError {
    SendError::Limit(format!("the answer has more than {limit} bytes; the operator may raise `limits.response_bytes`"))
}

/// Where a provider led is not repeated: it may have written a secret there, in whatever way.
fn redirected(denial: &Denial) -> Denial {
    let message = "the provider redirected this request, within its origin, to one that is refused: the connector's author asks for what it leads to at once, or declares that in `requests`";
    Denial::new(denial.rule, message)
}

fn denied(denial: Denial) -> SendError {
    tracing::info!(rule = denial.rule, "a connector's request was refused");
    SendError::Denied(types::Denial { rule: denial.rule.to_owned(), message: denial.message })
}
