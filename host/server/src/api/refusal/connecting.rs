//! Refusals about connecting: sessions, completion, connections made directly.

use jackfield_model::failure::Failure;

use crate::{
    api::{
        describe::{Codes, Refuses},
        problem::{Code, Problem},
    },
    service::{
        ChooseError, CompleteError, CreateError, EndpointsError, EstablishError, OpenSessionError, ResolveError,
        SessionError, StoreError,
    },
};

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let told = error.to_string();
        match error {
            SessionError::NoTenant => Self::not_found("tenant"),
            SessionError::Resolve(error) => error.into(),
            SessionError::Action(_) => Self::invalid("actions", told),
            SessionError::Field(_) => Self::invalid("fields", told),
            SessionError::Open(OpenSessionError::Offers) => Self::invalid("connectors", told),
            SessionError::Open(OpenSessionError::Actions) => Self::invalid("actions", told),
            SessionError::Open(OpenSessionError::Fields) => Self::invalid("fields", told),
            SessionError::Open(OpenSessionError::Connection) => Self::invalid("connector", told),
            SessionError::Opener => Self::invalid("opener_origin", told),
            SessionError::EndUser => Self::invalid("end_user", told),
            SessionError::ReturnUrl => Self::invalid("return_url", told),
            SessionError::OtherConnector(_) => Self::invalid("connector", told),
            SessionError::TooMany { wait } => {
                Self::new(Code::TooManyRequests, told).retry_after(wait.saturating_mul(1000))
            }
            SessionError::OtherEndUser => Self::new(Code::OtherEndUser, told),
            SessionError::Contact(_) => Self::invalid("contact", told),
            SessionError::Store(error) => error.into(),
        }
    }
}

impl Refuses for SessionError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::Invalid, Code::OtherEndUser]).and::<ResolveError>()
    }
}

impl From<CompleteError> for Problem {
    fn from(error: CompleteError) -> Self {
        let told = error.to_string();
        match error {
            CompleteError::NotFound => Self::not_found("connect session"),
            CompleteError::OtherEndUser => Self::new(Code::OtherEndUser, told),
            CompleteError::NotReady => Self::new(Code::SessionNotReady, told),
            CompleteError::Completed(_) | CompleteError::Ended(_) => Self::new(Code::SessionOver, told),
            CompleteError::Ticket => Self::new(Code::TicketRefused, told),
            CompleteError::ConnectorChanged => Self::new(Code::Conflict, told),
            CompleteError::Establish(error) => error.into(),
            CompleteError::Store(error) => error.into(),
        }
    }
}

impl Refuses for CompleteError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::OtherEndUser, Code::SessionNotReady, Code::SessionOver, Code::TicketRefused])
            .and::<EstablishError>()
    }
}

impl From<ChooseError> for Problem {
    fn from(error: ChooseError) -> Self {
        let told = error.to_string();
        match error {
            ChooseError::NotFound => Self::not_found("connect session"),
            ChooseError::Nothing => Self::new(Code::SessionNotReady, told),
            ChooseError::Completed(_) | ChooseError::Ended(_) | ChooseError::Over(_) => {
                Self::new(Code::SessionOver, told)
            }
            ChooseError::Establish(error) => error.into(),
            ChooseError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ChooseError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::SessionNotReady, Code::SessionOver]).and::<EstablishError>()
    }
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        let told = error.to_string();
        match error {
            CreateError::NoTenant => Self::not_found("tenant"),
            CreateError::Resolve(error) => error.into(),
            CreateError::UnknownMethod(_) | CreateError::NeedsConsent(_) => Self::invalid("method", told),
            CreateError::Action(_) => Self::invalid("actions", told),
            CreateError::Name(_) => Self::invalid("name", told),
            CreateError::EndUser => Self::invalid("end_user", told),
            CreateError::Fields(faults) => super::of_fields(faults),
            CreateError::NoClient => Self::new(Code::ClientGone, told),
            CreateError::Endpoints(error) => error.into(),
            CreateError::Establish(error) => error.into(),
            CreateError::Store(error) => error.into(),
        }
    }
}

impl Refuses for CreateError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::Invalid, Code::ClientGone]).and::<EndpointsError>().and::<EstablishError>()
    }
}

impl From<EndpointsError> for Problem {
    fn from(error: EndpointsError) -> Self {
        let told = error.to_string();
        match error {
            EndpointsError::Unreachable(failure) => Self::new(Code::ProviderDown, told).with_failure(failure),
            EndpointsError::Denied(denial) => Self::new(Code::EgressDenied, denial.message).by_rule(denial.rule),
            EndpointsError::Store(error) => error.into(),
            other => Self::new(Code::Misconfigured, told).because(other),
        }
    }
}

impl Refuses for EndpointsError {
    fn codes() -> Codes {
        Codes::of(&[Code::ProviderDown, Code::EgressDenied, Code::Misconfigured]).and::<StoreError>()
    }
}

impl From<EstablishError> for Problem {
    fn from(error: EstablishError) -> Self {
        let told = error.to_string();
        match error {
            EstablishError::Resolve(error) => error.into(),
            EstablishError::Provider(failure) | EstablishError::Unproven(failure) => super::of_failure(&failure),
            EstablishError::IdToken(_) | EstablishError::NoIdToken | EstablishError::Keys(_) => {
                Self::new(Code::ProviderRefused, told).because(error)
            }
            EstablishError::OtherAccount(other) => {
                let problem = Self::new(Code::OtherAccount, told);
                match other.asks {
                    Some((session, until)) => problem.asking(session, until),
                    None => problem,
                }
            }
            EstablishError::Gone => Self::new(Code::NotFound, told),
            EstablishError::Interrupted => Self::internal(error),
            EstablishError::Store(error) => error.into(),
        }
    }
}

impl Refuses for EstablishError {
    fn codes() -> Codes {
        Codes::of(&[Code::OtherAccount]).and::<ResolveError>().and::<Failure>()
    }
}
