//! One try at a webhook: judged like every other request, signed, sent once, its redirects not followed, its body not read.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use jackfield_auth::failures;
use jackfield_model::{id::MessageId, manifest, secret::Secret, webhook::Webhook};
use jackfield_runtime::{Denial, SendError};
use jackfield_store::StoreError;

use super::{super::message::Came, sign};
use crate::{
    outbound::{StreamBody, judged},
    service::Service,
};

/// The name that webhooks have among the operator's egress settings.
pub(in crate::service) const EGRESS_NAME: &str = manifest::WEBHOOKS;
/// Says nothing about who sends: pages, mails and messages carry the tenant's brand.
const AGENT: &str = "standard-webhooks/1.0";

impl Service {
    /// Sends a message to its webhook, once.
    pub(in crate::service) async fn try_webhook(
        &self,
        webhook: &Webhook,
        id: MessageId,
        body: &str,
    ) -> Result<Came, StoreError> {
        let (url, origin) = match self.endpoint_url(EGRESS_NAME, &webhook.url) {
            Ok(found) => found,
            Err(denial) => return Ok(denied(&denial)),
        };
        let request = self.signed(webhook, id, url.as_str(), body).await?;
        let Some(request) = request else { return Ok(Came::later("unsendable")) };
        let timeout = self.parts.settings.webhook_timeout;
        let judged = judged(EGRESS_NAME, webhook.tenant, origin);
        let sent = tokio::time::timeout(timeout, self.parts.outbound.stream_once(request, &judged)).await;
        Ok(match sent {
            Err(_) | Ok(Err(SendError::Timeout)) => Came::later("timeout"),
            Ok(Err(SendError::Denied(denial))) => denied(&denial),
            Ok(Err(SendError::Unreachable { .. })) => Came::later("unreachable"),
            Ok(Err(SendError::Broken { .. } | SendError::TooLarge { .. })) => Came::later("broken-off"),
            Ok(Ok(answer)) => self.read(&answer),
        })
    }

    async fn signed(
        &self,
        webhook: &Webhook,
        id: MessageId,
        url: &str,
        body: &str,
    ) -> Result<Option<Request<StreamBody>>, StoreError> {
        let now = self.now();
        let mut secrets: Vec<Secret> = Vec::new();
        for generation in webhook.signing(now) {
            secrets.extend(self.store().webhooks().secret(webhook, generation).await?);
        }
        let whole = Full::new(Bytes::copy_from_slice(body.as_bytes())).map_err(|never| match never {}).boxed_unsync();
        let request = Request::post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, AGENT)
            .header("webhook-id", id.to_string())
            .header("webhook-timestamp", now.as_second().to_string())
            .header("webhook-signature", sign::signatures(&secrets, id, now, body));
        Ok(request.body(whole).ok())
    }

    fn read(&self, answer: &http::Response<StreamBody>) -> Came {
        let status = answer.status();
        if status.is_success() {
            return Came::sent(status.as_u16());
        }
        let word = match status {
            StatusCode::GONE => "gone",
            _ if status.is_redirection() => "redirected",
            _ => "refused",
        };
        let after = failures::retry_after(answer.headers(), None, self.now());
        Came { status: Some(status.as_u16()), after, ..Came::later(word) }
    }
}

fn denied(denial: &Denial) -> Came {
    Came::later(denial.rule)
}
