//! The two exchanges: a code for a short-lived token (`advanced/manual-flow`, "Exchanging Code for an Access Token"), and
//! that for one of about 60 days (`access-tokens/get-long-lived`). Both are documented as a `GET`.

use jackfield_sdk::hooks::TokenContext;
use jackfield_sdk::{Failure, Hole, Plan, TokenRequest};

use crate::{Facebook, GRAPH};

impl TokenRequest for Facebook {
    fn exchange(context: TokenContext) -> Result<Plan, Failure> {
        let plan = Plan::new("GET", format!("{GRAPH}/oauth/access_token"))
            .query("client_id", Hole::ClientId)
            .query("client_secret", Hole::ClientSecret);
        Ok(match context.step {
            // The redirect URI is compared with the one of the dialog.
            0 => plan
                .query("redirect_uri", Hole::RedirectUri)
                .query("code", Hole::Code)
                .query("code_verifier", Hole::Verifier),
            _ => plan.query("grant_type", "fb_exchange_token").query("fb_exchange_token", Hole::AccessToken),
        })
    }
}
