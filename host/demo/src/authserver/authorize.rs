//! The authorization endpoint: a consent page, and the redirect that carries the decision.
//!
//! oxide-auth checks the request and makes the code; what it lacks is added here: `iss` in every
//! redirect (RFC 9207) and a page whose ticket works once.

use std::sync::Arc;

use axum::extract::{RawForm, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use oxide_auth::code_grant::authorization::{Error, Pending, authorization_code};
use url::Url;

use super::asked::{Asked, Desk};
use super::page;
use crate::books::Books;
use crate::params::Params;
use crate::people::{Login, Subject};
use crate::provider::Provider;

/// Why an authorization request ends on a page of ours instead of at the client.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// Nothing about the request may be trusted, least of all where it wants to be sent back to.
    UnknownClient,
    /// The page was answered before, or too late, or never given out.
    UnknownTicket,
    Login,
    Decision,
    Internal,
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        let (status, reason) = match self {
            Self::UnknownClient => (
                StatusCode::BAD_REQUEST,
                "The client, or the address it wants you sent back to, is not registered here.",
            ),
            Self::UnknownTicket => (
                StatusCode::BAD_REQUEST,
                "This page was answered already or is too old. Start again where you came from.",
            ),
            Self::Login => (
                StatusCode::BAD_REQUEST,
                "A login is 1 to 64 of a-z, 0-9, '.', '_' and '-'. Start again where you came from.",
            ),
            Self::Decision => (StatusCode::BAD_REQUEST, "The decision is either 'allow' or 'deny'."),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "The provider could not do its part."),
        };
        page::stopped(status, reason)
    }
}

/// `GET /authorize`: shows what is asked for.
pub(super) async fn ask(State(provider): State<Arc<Provider>>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let mut books = provider.books();
    let shown = checked(&mut books, &params).and_then(|pending| {
        let grant = pending.pre_grant();
        let ticket = books.open_page(params.clone()).map_err(|_| Outcome::Stop(Stop::Internal))?;
        Ok(page::consent(&grant.client_id, &grant.scope, &ticket))
    });
    shown.unwrap_or_else(|outcome| outcome.response(&provider.issuer))
}

/// `POST /authorize`: `ticket`, `login` and `decision` of the page.
pub(super) async fn decide(State(provider): State<Arc<Provider>>, RawForm(body): RawForm) -> Response {
    let form = Params::parse(&body);
    let mut books = provider.books();
    let outcome = decided(&mut books, &form).unwrap_or_else(|outcome| outcome);
    outcome.response(&provider.issuer)
}

/// Where the person goes from here.
enum Outcome {
    Back(Url),
    Stop(Stop),
}

impl Outcome {
    fn response(self, issuer: &str) -> Response {
        let mut url = match self {
            Self::Back(url) => url,
            Self::Stop(stop) => return stop.into_response(),
        };
        url.query_pairs_mut().append_pair("iss", issuer);
        let headers = [(LOCATION, url.as_str()), (REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-store")];
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        match error {
            Error::Ignore => Self::Stop(Stop::UnknownClient),
            Error::Redirect(url) => Self::Back(url.into()),
            Error::PrimitiveError => Self::Stop(Stop::Internal),
        }
    }
}

/// Checks an authorization request with oxide-auth.
fn checked(books: &mut Books, params: &Params) -> Result<Pending, Outcome> {
    if params.one("redirect_uri").is_none() {
        return Err(Outcome::Stop(Stop::UnknownClient));
    }
    Ok(authorization_code(&mut Desk::new(books), &Asked::new(params))?)
}

fn decided(books: &mut Books, form: &Params) -> Result<Outcome, Outcome> {
    let allow = match form.one("decision") {
        Some("allow") => true,
        Some("deny") => false,
        _ => return Err(Outcome::Stop(Stop::Decision)),
    };
    let asked =
        form.one("ticket").and_then(|ticket| books.close_page(ticket)).ok_or(Outcome::Stop(Stop::UnknownTicket))?;
    let pending = checked(books, &asked)?;
    if !allow {
        books.counts.denied += 1;
        return Ok(Outcome::Back(pending.deny()?));
    }
    let login = Login::parse(form.one("login").unwrap_or_default()).map_err(|_| Outcome::Stop(Stop::Login))?;
    let owner = Subject::Person(login).to_string();
    let back = pending.authorize(&mut Desk::new(books), owner.into())?;
    books.counts.allowed += 1;
    Ok(Outcome::Back(back))
}
