//! The client credentials grant: a token in the client's own name, never with a refresh token.
//!
//! Drives oxide-auth's machine up to the point where it wants an owner; the scopes that speak of a
//! person are left out.

use std::borrow::Cow;
use std::time::SystemTime;

use oxide_auth::code_grant::client_credentials::{ClientCredentials, Input, Output};
use oxide_auth::primitives::grant::{Extensions, Grant};
use oxide_auth::primitives::prelude::{ClientUrl, PreGrant, Registrar, Scope};
use oxide_auth::primitives::registrar::BoundClient;

use super::refusal::Refusal;
use super::request::Authenticated;
use super::token::Granted;
use crate::books::Books;
use crate::people::Subject;
use crate::scopes;

pub(super) fn grant(books: &mut Books, request: &Authenticated, now: SystemTime) -> Result<Granted, Refusal> {
    let mut machine = ClientCredentials::new(request);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Binding { client_id } => Input::Bound { bound_client: bound(books, client_id)? },
            Output::Extend => Input::Extended { extensions: Extensions::new() },
            Output::Negotiate { bound_client, scope } => {
                Input::Negotiated { pre_grant: negotiated(books, bound_client.clone(), scope)? }
            }
            Output::Ok { pre_grant, .. } => return issued(books, pre_grant.clone(), now),
            Output::Err(error) => return Err((*error).into()),
        }
    }
}

fn bound(books: &Books, client_id: &str) -> Result<BoundClient<'static>, Refusal> {
    let client = ClientUrl { client_id: Cow::Owned(client_id.to_owned()), redirect_uri: None };
    books.clients.bound_redirect(client).map_err(|_| Refusal::Client)
}

fn negotiated(books: &Books, client: BoundClient<'static>, asked: Option<Scope>) -> Result<PreGrant, Refusal> {
    let granted = books.clients.negotiate(client, asked);
    let granted = granted.map_err(|_| Refusal::Scope)?;
    let scope = scopes::narrowed(Some(&granted.scope), |permission| permission.without_person);
    let scope = scope.ok_or(Refusal::Scope)?;
    Ok(PreGrant { scope, ..granted })
}

fn issued(books: &mut Books, granted: PreGrant, now: SystemTime) -> Result<Granted, Refusal> {
    let grant = Grant {
        owner_id: Subject::Client(granted.client_id.clone()).to_string(),
        client_id: granted.client_id,
        scope: granted.scope,
        redirect_uri: granted.redirect_uri.into_url(),
        until: now.into(),
        extensions: Extensions::new(),
    };
    let access_token = books.ledger.issue_access(grant.clone()).map_err(|()| Refusal::Server)?;
    books.counts.client_credentials += 1;
    Ok(Granted { access_token, refresh_token: None, grant, fresh: true })
}
