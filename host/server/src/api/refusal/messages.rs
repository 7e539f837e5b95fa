//! Refusals about webhooks, messages and contacts.

use crate::{
    api::{
        describe::{Codes, Refuses},
        problem::{Code, Problem},
    },
    service::{ContactError, ReplayError, StoreError, WebhookError},
};

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let told = error.to_string();
        match error {
            WebhookError::Url(_) => Self::invalid("url", told),
            WebhookError::TooMany => Self::new(Code::InUse, told),
            WebhookError::NotFound => Self::not_found("webhook"),
            WebhookError::Store(error) => error.into(),
        }
    }
}

impl Refuses for WebhookError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::InUse, Code::NotFound]).and::<StoreError>()
    }
}

impl From<ContactError> for Problem {
    fn from(error: ContactError) -> Self {
        let told = error.to_string();
        match error {
            ContactError::Email => Self::invalid("email", told),
            ContactError::Name => Self::invalid("name", told),
            ContactError::Language => Self::invalid("language", told),
            ContactError::EndUser => Self::invalid("end_user", told),
            ContactError::NotFound => Self::not_found("contact"),
            ContactError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ContactError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound]).and::<StoreError>()
    }
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        let told = error.to_string();
        match error {
            ReplayError::NotFound => Self::not_found("message"),
            ReplayError::Waiting => Self::new(Code::MessageWaiting, told),
            ReplayError::NoWebhook => Self::not_found("webhook"),
            ReplayError::Paused => Self::new(Code::WebhookPaused, told),
            ReplayError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ReplayError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::MessageWaiting, Code::WebhookPaused]).and::<StoreError>()
    }
}
