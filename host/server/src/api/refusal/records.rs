//! Refusals about connectors, tenants, clients and API keys.

use jackfield_model::brand::FileFault;

use crate::{
    api::{
        describe::{Codes, Refuses},
        problem::{Code, FieldProblem, Problem},
    },
    service::{
        ApiKeyError, ApproveError, BrandFileError, ClientError, FieldFault, InstallError, PageSessionError,
        RemoveConnectorError, ResolveError, StoreError, TenantError, UpgradeError,
    },
};

impl From<ApiKeyError> for Problem {
    fn from(error: ApiKeyError) -> Self {
        let told = error.to_string();
        match error {
            ApiKeyError::Name => Self::invalid("name", told),
            ApiKeyError::NoPermission | ApiKeyError::TenantOperates => Self::invalid("permissions", told),
            ApiKeyError::NoTenant => Self::invalid("tenant", told),
            ApiKeyError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ApiKeyError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid]).and::<StoreError>()
    }
}

impl From<TenantError> for Problem {
    fn from(error: TenantError) -> Self {
        let told = error.to_string();
        match error {
            TenantError::Name => Self::invalid("name", told),
            TenantError::ReturnUrl(_) => Self::invalid("return_urls", told),
            TenantError::Brand(faults) => {
                let error = |fault: FieldFault| FieldProblem { field: fault.key, message: fault.message };
                Self::new(Code::Invalid, told).with_errors(faults.into_iter().map(error).collect())
            }
            TenantError::Notices(_) => Self::invalid("notices", told),
            TenantError::NotFound => Self::not_found("tenant"),
            TenantError::HasConnections | TenantError::Awaited => Self::new(Code::InUse, told),
            TenantError::Store(error) => error.into(),
        }
    }
}

impl Refuses for TenantError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound, Code::InUse]).and::<StoreError>()
    }
}

impl From<BrandFileError> for Problem {
    fn from(error: BrandFileError) -> Self {
        let told = error.to_string();
        match error {
            BrandFileError::NotFound => Self::not_found("tenant"),
            BrandFileError::File(FileFault::TooLarge { .. }) => Self::new(Code::TooLarge, told),
            BrandFileError::File(_) => Self::invalid("body", told),
            BrandFileError::Store(error) => error.into(),
        }
    }
}

impl Refuses for BrandFileError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound, Code::TooLarge]).and::<StoreError>()
    }
}

impl From<PageSessionError> for Problem {
    fn from(error: PageSessionError) -> Self {
        let told = error.to_string();
        match error {
            PageSessionError::NoTenant => Self::not_found("tenant"),
            PageSessionError::Subject => Self::invalid("person", told),
            PageSessionError::Name => Self::invalid("name", told),
            PageSessionError::To => Self::invalid("to", told),
            PageSessionError::Begun => Self::invalid("begun", told),
            PageSessionError::Over | PageSessionError::OtherBrowser | PageSessionError::Unconfirmed(_) => {
                Self::new(Code::LinkOver, told)
            }
            PageSessionError::Store(error) => error.into(),
        }
    }
}

impl Refuses for PageSessionError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound]).and::<StoreError>()
    }
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        let told = error.to_string();
        match error {
            ClientError::Connector(error) => error.into(),
            ClientError::NoTenant => Self::invalid("tenant", told),
            ClientError::PublicId => Self::invalid("client_id", told),
            ClientError::Fields(faults) => super::of_fields(faults),
            ClientError::NotFound => Self::not_found("client"),
            ClientError::InUse | ClientError::Awaited => Self::new(Code::InUse, told),
            ClientError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ClientError {
    fn codes() -> Codes {
        Codes::of(&[Code::Invalid, Code::NotFound, Code::InUse]).and::<ResolveError>().and::<StoreError>()
    }
}

/// Nothing is wrong with what was asked.
fn disk() -> Problem {
    Problem::new(
        Code::StoreUnavailable,
        "the host's disk, which may be full, does not take the component or its machine code: its operator makes room",
    )
}

impl From<InstallError> for Problem {
    fn from(error: InstallError) -> Self {
        let told = error.to_string();
        match error {
            _ if error.is_of_the_disk() => disk().because(error),
            _ if error.is_for_want_of_room() => Self::new(Code::TryLater, told),
            InstallError::Component(_) => Self::new(Code::ComponentRefused, told),
            InstallError::OtherInstalled(_) => Self::new(Code::OtherInstalled, told),
            InstallError::Kept(error) => Self::internal(error),
            InstallError::Store(error) => error.into(),
        }
    }
}

impl From<UpgradeError> for Problem {
    fn from(error: UpgradeError) -> Self {
        let told = error.to_string();
        match error {
            UpgradeError::NotFound(_) => Self::not_found("component"),
            UpgradeError::MethodGone(_) => Self::new(Code::InUse, told),
            UpgradeError::Component(error) => error.into(),
            UpgradeError::Load(error) => error.into(),
            UpgradeError::Store(error) => error.into(),
        }
    }
}

impl Refuses for InstallError {
    fn codes() -> Codes {
        Codes::of(&[Code::ComponentRefused, Code::OtherInstalled, Code::TryLater]).and::<StoreError>()
    }
}

impl From<ApproveError> for Problem {
    fn from(error: ApproveError) -> Self {
        let told = error.to_string();
        match error {
            _ if error.is_of_the_disk() => disk().because(error),
            ApproveError::NotFound(_) => Self::not_found("connector"),
            ApproveError::OtherDigest { .. } => Self::new(Code::OtherDigest, told),
            ApproveError::NoComponent(_) => Self::new(Code::ComponentGone, told),
            ApproveError::Component(_) => Self::new(Code::ComponentGone, told).because(error),
            ApproveError::Load(_) => Self::new(Code::ComponentRefused, told).because(error),
            ApproveError::Store(error) => error.into(),
        }
    }
}

impl Refuses for ApproveError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::OtherDigest, Code::ComponentGone, Code::ComponentRefused]).and::<StoreError>()
    }
}

impl From<RemoveConnectorError> for Problem {
    fn from(error: RemoveConnectorError) -> Self {
        let told = error.to_string();
        match error {
            RemoveConnectorError::NotFound(_) => Self::not_found("connector"),
            RemoveConnectorError::InUse(_)
            | RemoveConnectorError::HasClients(_)
            | RemoveConnectorError::Revoking(_) => Self::new(Code::InUse, told),
            RemoveConnectorError::Store(error) => error.into(),
        }
    }
}

impl Refuses for RemoveConnectorError {
    fn codes() -> Codes {
        Codes::of(&[Code::NotFound, Code::InUse]).and::<StoreError>()
    }
}
