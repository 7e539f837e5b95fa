//! Who may see a page of `/admin` or send its forms: settled before anything of it is done.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::Response,
};
use http::request::Parts;
use jackfield_model::{id::TenantId, person::Role};

use crate::{
    pages::{signed_in::SignedIn, submission::Submission, upload::Upload},
    service::Service,
};

/// Who keeps something: an operator the host, an administrator a tenant.
pub(super) struct Keeper {
    /// Who.
    pub(super) by: SignedIn,
    /// What of it is theirs to see: a tenant's; none for everything of the operator's.
    pub(super) tenant: Option<TenantId>,
}

impl Keeper {
    #[allow(clippy::result_large_err, reason = "the refusal is the page itself")]
    fn of(by: SignedIn) -> Result<Self, Response> {
        match (by.person.role, by.tenant()) {
            (Role::Operator, _) => Ok(Self { by, tenant: None }),
            (Role::Administrator, Some(tenant)) => Ok(Self { by, tenant: Some(tenant) }),
            _ => Err(by.not_theirs()),
        }
    }
}

impl FromRequestParts<Service> for Keeper {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        Self::of(SignedIn::from_request_parts(parts, service).await?)
    }
}

/// A form of an operator's or an administrator's.
pub(super) struct KeeperForm {
    /// What was sent, by whom.
    pub(super) form: Submission,
    /// Whose things it may change: a tenant's; none for the operator's.
    pub(super) tenant: Option<TenantId>,
}

impl FromRequest<Service> for KeeperForm {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        let form = Submission::from_request(request, service).await?;
        match (form.by.person.role, form.by.tenant()) {
            (Role::Operator, _) => Ok(Self { form, tenant: None }),
            (Role::Administrator, Some(tenant)) => Ok(Self { form, tenant: Some(tenant) }),
            _ => Err(form.by.not_theirs()),
        }
    }
}

/// A form of an operator's.
pub(super) struct OperatorForm(pub(super) Submission);

impl FromRequest<Service> for OperatorForm {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        let form = Submission::from_request(request, service).await?;
        if form.by.person.role == Role::Operator { Ok(Self(form)) } else { Err(form.by.not_theirs()) }
    }
}

/// A form of an administrator's.
pub(super) struct AdministratorForm(pub(super) Submission, pub(super) TenantId);

impl FromRequest<Service> for AdministratorForm {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        let form = Submission::from_request(request, service).await?;
        match (form.by.person.role, form.by.tenant()) {
            (Role::Administrator, Some(tenant)) => Ok(Self(form, tenant)),
            _ => Err(form.by.not_theirs()),
        }
    }
}

/// A form with files of an administrator's.
pub(super) struct AdministratorUpload(pub(super) Upload, pub(super) TenantId);

impl FromRequest<Service> for AdministratorUpload {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        let upload = Upload::of(request, service, |by| by.person.role == Role::Administrator).await?;
        match upload.form.by.tenant() {
            Some(tenant) => Ok(Self(upload, tenant)),
            None => Err(upload.form.by.not_theirs()),
        }
    }
}

/// A form with files of an operator's.
pub(super) struct OperatorUpload(pub(super) Upload);

impl FromRequest<Service> for OperatorUpload {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        Upload::of(request, service, |by| by.person.role == Role::Operator).await.map(Self)
    }
}
