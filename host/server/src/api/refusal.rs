//! What each error of the service means to a caller. The status codes themselves are in `problem`.

mod connecting;
mod connections;
mod conventions;
mod messages;
mod records;

use jackfield_model::failure::{Advice, Failure};

use super::{
    describe::{Codes, Refuses},
    problem::{Code, FieldProblem, Problem},
};
use crate::service::{FieldFault, ResolveError, StoreError};

/// A refusal of the provider's side.
fn of_failure(failure: &Failure) -> Problem {
    let code = match &failure.advice {
        Advice::Reauthorize => Code::NeedsReauthorization,
        Advice::InsufficientScope(_) => Code::InsufficientScope,
        Advice::Misconfigured => Code::Misconfigured,
        Advice::Retry(_) => Code::TryLater,
        Advice::ProviderDown => Code::ProviderDown,
        Advice::Unsupported => Code::Unsupported,
        Advice::Other(_) => Code::ProviderRefused,
    };
    let problem = Problem::new(code, failure.message.as_str()).with_failure(failure.clone());
    match failure.advice {
        Advice::Retry(Some(milliseconds)) => problem.retry_after(milliseconds),
        _ => problem,
    }
}

impl Refuses for Failure {
    fn codes() -> Codes {
        Codes::of(&[
            Code::InsufficientScope,
            Code::Misconfigured,
            Code::NeedsReauthorization,
            Code::ProviderDown,
            Code::ProviderRefused,
            Code::TryLater,
            Code::Unsupported,
        ])
    }
}

/// Wrong fields, named one by one.
fn of_fields(faults: Vec<FieldFault>) -> Problem {
    let told: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    let problem = Problem::new(Code::Invalid, told.join("; "));
    let errors =
        faults.into_iter().map(|fault| FieldProblem { field: format!("fields.{}", fault.key), message: fault.message });
    problem.with_errors(errors.collect())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let problem = match &error {
            StoreError::Conflict => {
                Problem::new(Code::Conflict, "somebody else changed it at the same time: read it again, then repeat")
            }
            StoreError::ReadOnly(_) => Problem::new(
                Code::StoreReadOnly,
                "the host takes no changes after an error of its store, a full disk perhaps, and this cannot be done until its operator makes room and restarts it",
            ),
            StoreError::Unavailable(_) => Problem::new(Code::StoreUnavailable, "the host's store does not answer"),
            StoreError::TooLarge { .. } => Problem::new(Code::TooLarge, error.to_string()),
            StoreError::InUse | StoreError::Awaited => Problem::new(Code::InUse, error.to_string()),
            StoreError::Unreadable(_) | StoreError::Random => return Problem::internal(error),
        };
        problem.because(error)
    }
}

impl Refuses for StoreError {
    fn codes() -> Codes {
        Codes::of(&[Code::Conflict, Code::StoreReadOnly, Code::StoreUnavailable, Code::TooLarge, Code::Internal])
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        let told = error.to_string();
        match error {
            ResolveError::NotFound => Self::not_found("connection"),
            ResolveError::NoConnector(_) => Self::new(Code::UnknownConnector, told),
            ResolveError::NotApproved(_) => Self::new(Code::ConnectorNotApproved, told),
            ResolveError::NoMethod { .. } => Self::new(Code::MethodGone, told),
            ResolveError::NoCredential => Self::new(Code::NeedsReauthorization, told),
            ResolveError::NoClient => Self::new(Code::ClientGone, told),
            ResolveError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ResolveError {
    fn codes() -> Codes {
        let own = [
            Code::NotFound,
            Code::UnknownConnector,
            Code::ConnectorNotApproved,
            Code::MethodGone,
            Code::NeedsReauthorization,
            Code::ClientGone,
        ];
        Codes::of(&own).and::<StoreError>()
    }
}
