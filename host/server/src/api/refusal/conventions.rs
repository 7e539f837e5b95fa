//! Refusals about what every route shares, about uses, and about imports.

use crate::{
    api::{
        describe::{Codes, Refuses},
        problem::{Code, Problem},
    },
    service::{CreateError, ImportError, OnceError, Stale, StoreError, UseError, VerifyError},
};
use jackfield_model::uses::UseFault;

impl From<OnceError> for Problem {
    fn from(error: OnceError) -> Self {
        let told = error.to_string();
        match error {
            OnceError::InFlight => Self::new(Code::IdempotencyInFlight, told).retry_after(1000),
            OnceError::OtherRequest => Self::new(Code::IdempotencyKeyReused, told),
            OnceError::Unanswered(_) => Self::new(Code::IdempotencyUnanswered, told),
            OnceError::Store(error) => error.into(),
        }
    }
}

impl Refuses for OnceError {
    fn codes() -> Codes {
        Codes::of(&[
            Code::IdempotencyInFlight,
            Code::IdempotencyKeyInvalid,
            Code::IdempotencyKeyReused,
            Code::IdempotencyUnanswered,
        ])
    }
}

impl From<Stale> for Problem {
    fn from(stale: Stale) -> Self {
        Self::new(Code::Stale, stale.to_string())
    }
}

impl From<UseError> for Problem {
    fn from(error: UseError) -> Self {
        let told = error.to_string();
        match error {
            UseError::Fault(UseFault::Reference) => Self::invalid("reference", told),
            UseError::Fault(UseFault::Label) => Self::invalid("label", told),
            UseError::Fault(UseFault::Url) => Self::invalid("url", told),
            UseError::NotFound => Self::not_found("connection"),
            UseError::NoUse => Self::not_found("use of this connection"),
            UseError::TooMany => Self::invalid("reference", told),
            UseError::Stale(stale) => stale.into(),
            UseError::Store(error) => error.into(),
        }
    }
}

impl Refuses for UseError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound, Code::Stale]).and::<StoreError>()
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let told = error.to_string();
        match error {
            ImportError::Create(error) => error.into(),
            ImportError::NoTokens(_) => Self::invalid("method", told),
            ImportError::OtherClient => Self::invalid("client", told),
            ImportError::Empty => Self::invalid("tokens.access_token", told),
            ImportError::Future(field) => Self::invalid(&format!("tokens.{field}"), told),
            ImportError::Dead(failure) => Self::new(Code::TokensDead, told).with_failure(failure),
            ImportError::Verify(error) => error.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ImportError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::TokensDead]).and::<CreateError>().and::<VerifyError>()
    }
}
