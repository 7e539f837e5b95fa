//! The refresh grant: a new pair of tokens, and an end to the family of a token that comes twice.
//!
//! Drives oxide-auth's machine, which cannot tell a spent refresh token from an unknown one.

use oxide_auth::code_grant::refresh::{Input, Output, Refresh};
use oxide_auth::primitives::grant::Grant;
use oxide_auth::primitives::issuer::Issuer;

use super::refusal::Refusal;
use super::request::Authenticated;
use super::token::Granted;
use crate::books::Books;
use crate::ledger::Refreshable;

pub(super) fn refresh(books: &mut Books, request: &Authenticated) -> Result<Granted, Refusal> {
    let scope = || request.one("scope").map(Into::into);
    let mut machine = Refresh::new(request);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Unauthenticated { .. } => Input::Authenticated { scope: scope() },
            Output::RecoverRefresh { token } => {
                Input::Recovered { scope: scope(), grant: Some(recovered(books, token, request.client_id())?) }
            }
            Output::Refresh { token, grant } => return rotated(books, token, *grant),
            Output::Ok(_) => return Err(Refusal::Server),
            Output::Err(error) => return Err(error.into()),
        }
    }
}

/// The grant behind a refresh token. A spent one ends its family, if its own client brings it: then
/// either it or its successor was stolen.
fn recovered(books: &mut Books, token: &str, client_id: &str) -> Result<Box<Grant>, Refusal> {
    match books.ledger.refreshable(token) {
        Refreshable::Live(grant) => Ok(grant),
        Refreshable::Spent { family, client_id: owner } if owner == client_id => {
            books.counts.refresh_reuses += 1;
            books.ledger.revoke_family(family);
            Err(Refusal::Grant)
        }
        Refreshable::Spent { .. } | Refreshable::Unknown => Err(Refusal::Grant),
    }
}

fn rotated(books: &mut Books, token: &str, grant: Grant) -> Result<Granted, Refusal> {
    let refreshed = books.ledger.refresh(token, grant.clone()).map_err(|()| Refusal::Server)?;
    books.counts.refreshes += 1;
    Ok(Granted { access_token: refreshed.token, refresh_token: refreshed.refresh, grant, fresh: false })
}
