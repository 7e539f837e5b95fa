//! The authorization code grant: a code and its verifier for tokens, once.
//!
//! Drives oxide-auth's machine and answers its questions, because the machine calls an unknown code
//! and a wrong verifier `invalid_request` (they are `invalid_grant`: RFC 6749 section 5.2, RFC 7636
//! section 4.6) and cannot tell a replay.

use oxide_auth::code_grant::accesstoken::{AccessToken, Input, Output};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::authorizer::Authorizer;
use oxide_auth::primitives::grant::{Extensions, Grant};
use oxide_auth::primitives::issuer::Issuer;

use super::refusal::Refusal;
use super::request::Authenticated;
use super::token::Granted;
use crate::books::Books;

pub(super) fn redeem(books: &mut Books, request: &Authenticated) -> Result<Granted, Refusal> {
    let mut machine = AccessToken::new(request);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Recover { code } => Input::Recovered(Some(Box::new(taken(books, code)?))),
            Output::Extend { extensions } => {
                Input::Extended { access_extensions: verified(extensions, request.one("code_verifier"))? }
            }
            Output::Issue { grant } => return issued(books, grant, request.one("code")),
            Output::Ok(_) => return Err(Refusal::Server),
            Output::Err(error) => return Err((*error).into()),
        }
    }
}

/// Takes the code; a second time, it ends what it brought the first time (section 4.1.2).
fn taken(books: &mut Books, code: &str) -> Result<Grant, Refusal> {
    if let Some(grant) = books.codes.extract(code).map_err(|()| Refusal::Server)? {
        return Ok(grant);
    }
    if let Some(family) = books.codes.spent_on(code) {
        books.counts.code_replays += 1;
        books.ledger.revoke_family(family);
    }
    Err(Refusal::Grant)
}

/// Checks the verifier and takes its challenge off; the other notes stay.
fn verified(notes: &Extensions, verifier: Option<&str>) -> Result<Extensions, Refusal> {
    let pkce = Pkce::required();
    let mut notes = notes.clone();
    let challenge = notes.remove(&pkce);
    pkce.verify(challenge, verifier.map(Into::into)).map_err(|()| Refusal::Grant)?;
    Ok(notes)
}

fn issued(books: &mut Books, grant: &Grant, code: Option<&str>) -> Result<Granted, Refusal> {
    let token = books.ledger.issue(grant.clone()).map_err(|()| Refusal::Server)?;
    if let (Some(code), Some(family)) = (code, books.ledger.family(&token.token)) {
        books.codes.spend(code, family);
    }
    books.counts.codes_redeemed += 1;
    Ok(Granted { access_token: token.token, refresh_token: token.refresh, grant: grant.clone(), fresh: true })
}
