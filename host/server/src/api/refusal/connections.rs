//! Refusals about connections: list, rename, verify, refresh, lease, proxy, delete.

use jackfield_model::{failure::Failure, status::Status, uses::Use};

use crate::{
    api::{
        describe::{Codes, Refuses},
        problem::{Code, FieldProblem, Problem},
    },
    service::{
        Bound, DeleteError, LeaseError, ListError, PermissionsError, ProxyError, RefreshError, RenameError,
        ResolveError, StoreError, TargetError, VerifyError,
    },
};

/// A status that forbids what was asked.
fn unusable(status: Status, told: String) -> Problem {
    let code = match status {
        Status::NeedsReauthorization => Code::NeedsReauthorization,
        _ => Code::ConnectionUnusable,
    };
    Problem::new(code, told)
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        let told = error.to_string();
        match error {
            ListError::Cursor => Self::new(Code::CursorUnknown, told),
            ListError::OldCursor => Self::new(Code::CursorOld, told),
            ListError::Limit => Self::new(Code::InvalidQuery, told),
            ListError::NotFound => Self::not_found("connection"),
            ListError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ListError {
    fn codes() -> Codes {
        Codes::of(&[Code::InvalidQuery, Code::CursorOld, Code::CursorUnknown]).and::<StoreError>()
    }
}

impl From<RenameError> for Problem {
    fn from(error: RenameError) -> Self {
        let told = error.to_string();
        match error {
            RenameError::Name(_) => Self::invalid("name", told),
            RenameError::NotFound => Self::not_found("connection"),
            RenameError::Stale(_) => Self::new(Code::Stale, told),
            RenameError::Store(error) => error.into(),
        }
    }
}

impl Refuses for RenameError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound, Code::Stale]).and::<StoreError>()
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        let told = error.to_string();
        match error {
            VerifyError::Resolve(error) => error.into(),
            VerifyError::Ended(status) => unusable(status, told),
            VerifyError::ChooseTarget(_) => Self::new(Code::TargetWanted, told),
            VerifyError::Store(error) => error.into(),
        }
    }
}

impl Refuses for VerifyError {
    fn codes() -> Codes {
        Codes::of(&[Code::NeedsReauthorization, Code::ConnectionUnusable, Code::TargetWanted]).and::<ResolveError>()
    }
}

impl From<TargetError> for Problem {
    fn from(error: TargetError) -> Self {
        let told = error.to_string();
        match error {
            TargetError::Resolve(error) => error.into(),
            TargetError::NotOpen(_) => Self::new(Code::NoChoice, told),
            TargetError::Unknown { .. } => Self::invalid("id", told),
            TargetError::Verify(error) => error.into(),
            TargetError::Store(error) => error.into(),
        }
    }
}

impl Refuses for TargetError {
    fn codes() -> Codes {
        Codes::of(&[Code::NoChoice, Code::Invalid]).and::<VerifyError>()
    }
}

impl From<PermissionsError> for Problem {
    fn from(error: PermissionsError) -> Self {
        match error {
            PermissionsError::Resolve(error) => error.into(),
            PermissionsError::Store(error) => error.into(),
        }
    }
}

impl Refuses for PermissionsError {
    fn codes() -> Codes {
        Codes::of(&[]).and::<ResolveError>()
    }
}

impl From<LeaseError> for Problem {
    fn from(error: LeaseError) -> Self {
        let told = error.to_string();
        match error {
            LeaseError::Resolve(error) => error.into(),
            LeaseError::Unusable(status) => unusable(status, told),
            LeaseError::Pair(_) => Self::new(Code::NeedsReauthorization, told),
            LeaseError::MinValid | LeaseError::TooShort { .. } => Self::invalid("min_valid", told),
            LeaseError::Refresh(error) => Self::from(&*error),
            LeaseError::Token(error) => Self::from(&error),
            LeaseError::Store(error) => error.into(),
        }
    }
}

impl Refuses for LeaseError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid]).and::<RefreshError>()
    }
}

/// A bound of a proxied call.
fn of_bound(bound: Bound, told: String) -> Problem {
    let code = match bound {
        Bound::RequestHeaders => Code::RequestHeadersTooLarge,
        Bound::RequestBytes => Code::RequestTooLarge,
        Bound::ResponseHeaders => Code::ResponseHeadersTooLarge,
        Bound::ResponseBytes => Code::ResponseTooLarge,
        Bound::CallerIdle => Code::BodyStalled,
        Bound::FirstByte | Bound::ProviderIdle | Bound::Idle => Code::ProviderTimeout,
        Bound::Total => Code::CallTooLong,
        Bound::ConnectionCalls | Bound::TenantCalls => return Problem::new(Code::TooManyCalls, told).retry_after(1000),
    };
    Problem::new(code, told)
}

impl From<ProxyError> for Problem {
    fn from(error: ProxyError) -> Self {
        let told = error.to_string();
        match error {
            ProxyError::Resolve(error) => error.into(),
            ProxyError::Unusable(status) => unusable(status, told),
            ProxyError::Token(error) => Self::from(&error),
            ProxyError::NoOrigin { .. } => Self::new(Code::OriginUnknown, told),
            ProxyError::WhichOrigin { .. } => Self::new(Code::OriginUnnamed, told),
            ProxyError::NotItsAction { .. } => Self::new(Code::ActionMissing, told),
            ProxyError::Upgrade => Self::new(Code::UpgradeRefused, told),
            ProxyError::Paused { wait } => {
                let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                Self::new(Code::RateLimited, told).retry_after(wait)
            }
            ProxyError::Bound(bound) => of_bound(bound, told),
            ProxyError::CutOff => Self::new(Code::BodyCutOff, told),
            ProxyError::Denied(denial) => Self::new(Code::EgressDenied, denial.message).by_rule(denial.rule),
            ProxyError::Send(_) => Self::new(Code::ProviderDown, told).because(error),
            ProxyError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        Self::from(&error)
    }
}

impl From<&RefreshError> for Problem {
    fn from(error: &RefreshError) -> Self {
        let told = error.to_string();
        match error {
            RefreshError::Resolve(error) => error.clone().into(),
            RefreshError::NotRefreshable | RefreshError::TooEarly => Self::new(Code::Unsupported, told),
            RefreshError::NoToken { .. } => Self::invalid("token", told),
            RefreshError::TokenLost(_) => Self::new(Code::NeedsReauthorization, told),
            RefreshError::Unusable(status) => unusable(*status, told),
            RefreshError::ClientFault(_) => Self::new(Code::ClientFault, told),
            RefreshError::Waiting { .. } | RefreshError::Uncertain => Self::new(Code::TryLater, told),
            RefreshError::Provider(failure) => super::of_failure(failure),
            RefreshError::Interrupted => Self::internal(error.clone()),
            RefreshError::Store(error) => error.clone().into(),
        }
    }
}

impl Refuses for RefreshError {
    fn codes() -> Codes {
        Codes::of(&[
            Code::Unsupported,
            Code::NeedsReauthorization,
            Code::ConnectionUnusable,
            Code::ClientFault,
            Code::TryLater,
        ])
        .and::<ResolveError>()
        .and::<Failure>()
    }
}

impl From<DeleteError> for Problem {
    fn from(error: DeleteError) -> Self {
        let told = error.to_string();
        match error {
            DeleteError::NotFound => Self::not_found("connection"),
            DeleteError::Stale(_) => Self::new(Code::Stale, told),
            DeleteError::Used { uses, .. } => {
                let named = |used: Use| FieldProblem { field: format!("uses/{}", used.reference), message: used.label };
                Self::new(Code::ConnectionUsed, told).with_errors(uses.into_iter().map(named).collect())
            }
            DeleteError::Twins(twins) => Self::new(Code::Twins, told).beside(twins),
            DeleteError::Store(error) => error.into(),
        }
    }
}

impl Refuses for DeleteError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::ConnectionUsed, Code::Stale, Code::Twins]).and::<StoreError>()
    }
}
