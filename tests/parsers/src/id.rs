//! Typed ids as they come in paths, bodies and keys.

use std::{fmt::Display, str::FromStr};

use jackfield_model::id::{
    ApiKeyId, AuthorizationId, ClientId, ConnectionId, EventId, MessageId, PageSessionId, RequestId, SessionId,
    TenantId, WebhookId,
};

use crate::given;

/// A text is at most one noun's id, in one spelling.
pub fn id(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let read = [
        is::<ConnectionId>(text),
        is::<TenantId>(text),
        is::<ClientId>(text),
        is::<ApiKeyId>(text),
        is::<SessionId>(text),
        is::<AuthorizationId>(text),
        is::<EventId>(text),
        is::<RequestId>(text),
        is::<PageSessionId>(text),
        is::<WebhookId>(text),
        is::<MessageId>(text),
    ];
    assert!(read.into_iter().filter(|read| *read).count() <= 1, "{text}");
}

fn is<T: FromStr + Display>(text: &str) -> bool
where
    T::Err: Display,
{
    match text.parse::<T>() {
        Ok(id) => {
            assert_eq!(id.to_string(), text);
            assert!(text.is_ascii() && !text.contains('/'), "{text}");
            true
        }
        Err(error) => {
            assert!(error.to_string().chars().count() < 200, "{error}");
            false
        }
    }
}
