//! A caller's body where the credential goes into it: read whole, within a bound, and sent with one member more.

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, Full};
use jackfield_runtime::{Denial, SendError, egress::Gate};

use super::ProxyError;
use crate::outbound::StreamBody;

/// The largest body that a credential is placed in, in bytes.
const MOST: usize = 1024 * 1024;

/// The body to send. It streams as it is, unless some of the credential goes into it.
pub(super) async fn with_credential(
    gate: &Gate,
    headers: &HeaderMap,
    coding: &HeaderMap,
    body: StreamBody,
) -> Result<StreamBody, ProxyError> {
    if !gate.needs_body() {
        return Ok(body);
    }
    if coding.contains_key(header::CONTENT_ENCODING) {
        let message = "the credential goes into the body, and this one is packed: send it without `content-encoding`";
        return Err(Denial::new("credential-in-body", message).into());
    }
    let placed = gate.place_in_body(headers, whole(body).await?)?;
    Ok(Full::new(Bytes::from(placed)).map_err(|never| match never {}).boxed_unsync())
}

async fn whole(mut body: StreamBody) -> Result<Vec<u8>, ProxyError> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let broken = |_| ProxyError::Send(SendError::Broken { reason: "the caller's body broke off".into() });
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if whole.len() + data.len() > MOST {
            let message = format!("the credential goes into the body, which then has at most {MOST} bytes: send less");
            return Err(Denial::new("body-size", message).into());
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole)
}
