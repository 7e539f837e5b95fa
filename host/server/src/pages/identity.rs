//! Signing in by the operator's identity provider: `/sign-in/start` and `/sign-in/return`.
//!
//! The provider knows one address of this host, on its own site. Who begins on a tenant's site is handed over there with the
//! mark of their browser, and comes back by a link that works in that browser alone.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use url::form_urlencoded;

use super::{
    cookie::Kept,
    notice::{Notice, refused},
    redirect,
    sign_in::asked,
    site::Site,
};
use crate::{
    api::problem::{Code, Problem},
    service::{Beginning, IdentityError, Nobody, Service},
};

/// `/sign-in/start`: off to the identity provider, by way of the host's own site.
pub(super) async fn start(
    State(service): State<Service>,
    site: Site,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let given = |name: &str| asked(query.as_deref(), name);
    let to = given("to").unwrap_or_else(|| "/".to_owned());
    let (held, mark) = service.begin_sign_in(Kept::Begun.read(&headers, site.secure))?;
    let mut response = if let Some(tenant) = site.tenant.as_ref().filter(|_| !site.is_hosts_own()) {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("to", &to)
            .append_pair("tenant", &tenant.id.to_string())
            .append_pair("begun", &mark)
            .finish();
        let own = service.public_url().as_str().trim_end_matches('/');
        redirect(StatusCode::SEE_OTHER, &format!("{own}/sign-in/start?{query}"))
    } else {
        let tenant = given("tenant").and_then(|id| id.parse().ok());
        let beginning = Beginning { to, mark: given("begun").filter(|_| tenant.is_some()), tenant };
        match service.begin_identity(beginning, &held).await {
            Ok(url) => redirect(StatusCode::SEE_OTHER, &url),
            Err(error) => return Ok(told(&site, &error)),
        }
    };
    if let Some(cookie) = Kept::Begun.set(Some(held.expose()), site.secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `/sign-in/return`: what the identity provider answered.
pub(super) async fn back(
    State(service): State<Service>,
    site: Site,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !site.is_hosts_own() {
        return Err(Problem::no_route());
    }
    let Some(held) = Kept::Begun.read(&headers, site.secure) else { return Ok(told(&site, &IdentityError::Lost)) };
    match service.finish_identity(query.as_deref().unwrap_or_default(), &held).await {
        Ok(link) => Ok(redirect(StatusCode::SEE_OTHER, &link.url)),
        Err(error) => Ok(told(&site, &error)),
    }
}

/// What somebody reads who was not signed in. What the provider said itself is for the log.
fn told(site: &Site, error: &IdentityError) -> Response {
    let (key, code) = match error {
        IdentityError::None => return refused(site, &Problem::no_route()),
        IdentityError::Store(error) => return refused(site, &error.clone().into()),
        IdentityError::Lost => ("sign-in-lost", Code::LinkOver),
        IdentityError::Refused(_) | IdentityError::IdToken(_) | IdentityError::Answer(_) => {
            ("sign-in-refused", Code::CallbackRefused)
        }
        IdentityError::Nobody(Nobody::Several) => ("sign-in-several", Code::OperatorsOnly),
        IdentityError::Nobody(Nobody::Unknown) => ("sign-in-nobody", Code::OperatorsOnly),
        _ => ("sign-in-unavailable", Code::ProviderDown),
    };
    tracing::warn!(%error, "the identity provider signed nobody in");
    let words = &site.words;
    let notice = Notice {
        site,
        heading: words.say(key),
        happened: words.say(&format!("{key}-why")),
        advice: String::new(),
        link: Some((words.say("sign-in-again"), "/sign-in".to_owned())),
    };
    notice.answer(code)
}
