//! Who looks at a page: settled before the page is made. Nobody is sent to sign in, and comes back.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header, request::Parts};
use jackfield_model::{
    id::TenantId,
    person::{Person, Role},
    secret::Secret,
};
use url::form_urlencoded;

use super::{cookie::Kept, layout::Frame, notice::Notice, redirect, site::Site};
use crate::{
    api::problem::{Code, Problem},
    service::Service,
};

/// Somebody who is signed in.
#[derive(Debug)]
pub(super) struct SignedIn {
    /// Who.
    pub(super) person: Person,
    /// Where.
    pub(super) site: Site,
    /// What a form shown to them carries.
    pub(super) mark: String,
    /// The token of their session.
    pub(super) token: Secret,
}

impl SignedIn {
    /// What they are called.
    pub(super) fn name(&self) -> &str {
        self.person.name.as_deref().unwrap_or(&self.person.subject)
    }

    /// Their tenant; for who has one.
    pub(super) fn tenant(&self) -> Option<TenantId> {
        self.person.tenant
    }

    /// A page for them.
    pub(super) fn frame<'a>(&'a self, title: &'a str) -> Frame<'a> {
        Frame::of(&self.site, title).seen_by(self)
    }

    /// What they get who may not see something.
    pub(super) fn not_theirs(&self) -> Response {
        let words = &self.site.words;
        let notice = Notice {
            site: &self.site,
            heading: words.say("refusal-not-yours"),
            happened: words.say("refusal-not-yours-why"),
            advice: String::new(),
            link: Some((words.say("refusal-start"), self.home().to_owned())),
        };
        notice.answer(Code::OperatorsOnly)
    }

    /// The page they start at.
    pub(super) fn home(&self) -> &'static str {
        match self.person.role {
            Role::EndUser | Role::Administrator => "/connections",
            Role::Operator => "/admin/connectors",
        }
    }

    async fn find(parts: &Parts, service: &Service) -> Result<Option<Self>, Problem> {
        let site = Site::at(service, &parts.headers).await?;
        let Some(token) = Kept::Session.read(&parts.headers, site.secure) else { return Ok(None) };
        let Some(person) = service.signed_in(&token).await? else { return Ok(None) };
        let site = match person.tenant {
            // A session made on one tenant's site is worth nothing on another's.
            Some(tenant) if !site.may_show(tenant) => return Ok(None),
            None if !site.is_hosts_own() => return Ok(None),
            Some(tenant) => match service.tenant(tenant).await? {
                Some(tenant) => site.of(service, &tenant),
                None => return Ok(None),
            },
            None => site,
        };
        let mark = service.form_mark(&token);
        Ok(Some(Self { person, site, mark, token }))
    }
}

impl FromRequestParts<Service> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        match Self::find(parts, service).await {
            Ok(Some(signed_in)) => Ok(signed_in),
            Ok(None) => Err(to_sign_in(parts)),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

/// A page of a tenant's: for its end users and administrators.
pub(super) struct OfTenant(pub(super) SignedIn, pub(super) TenantId);

/// A page for those who look after a tenant.
pub(super) struct OfAdministrator(pub(super) SignedIn, pub(super) TenantId);

/// A page for those who run the host.
pub(super) struct OfOperator(pub(super) SignedIn);

impl FromRequestParts<Service> for OfTenant {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        let signed_in = SignedIn::from_request_parts(parts, service).await?;
        match signed_in.tenant() {
            Some(tenant) => Ok(Self(signed_in, tenant)),
            None => Err(signed_in.not_theirs()),
        }
    }
}

impl FromRequestParts<Service> for OfAdministrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        let signed_in = SignedIn::from_request_parts(parts, service).await?;
        match (signed_in.person.role, signed_in.tenant()) {
            (Role::Administrator, Some(tenant)) => Ok(Self(signed_in, tenant)),
            _ => Err(signed_in.not_theirs()),
        }
    }
}

impl FromRequestParts<Service> for OfOperator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        // What is the operator's is nowhere on a tenant's site, whoever asks.
        match Site::at(service, &parts.headers).await {
            Ok(site) if site.is_hosts_own() => {}
            Ok(_) => return Err(Problem::no_route().into_response()),
            Err(error) => return Err(Problem::from(error).into_response()),
        }
        let signed_in = SignedIn::from_request_parts(parts, service).await?;
        if signed_in.person.role == Role::Operator { Ok(Self(signed_in)) } else { Err(signed_in.not_theirs()) }
    }
}

/// A page is come back to; a form is not sent again, its page is opened anew.
fn to_sign_in(parts: &Parts) -> Response {
    let page = if parts.method == Method::GET || parts.method == Method::HEAD {
        parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned()
    } else {
        let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
        let path = referer.and_then(|url| url::Url::parse(url).ok()).map(|url| url.path().to_owned());
        path.unwrap_or_else(|| "/connections".to_owned())
    };
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("to", &page).finish();
    redirect(StatusCode::SEE_OTHER, &format!("/sign-in?{query}"))
}
