//! Ends the grant, and with it every token the app has for this person: `permissions/request-revoke`, "Revoking Login".

use jackfield_sdk::hooks::RevokeContext;
use jackfield_sdk::{Failure, Hole, Plan, Revoke};

use crate::{Facebook, GRAPH};

impl Revoke for Facebook {
    fn plans(context: RevokeContext) -> Result<Vec<Plan>, Failure> {
        // `me` stands for whoever the token belongs to, where nobody asked yet.
        let person = context.account.unwrap_or_else(|| "me".to_owned());
        let plan = Plan::new("DELETE", GRAPH)
            .segment(person)
            .segment("permissions")
            .header("authorization", ["Bearer ".into(), Hole::AccessToken.into()])
            .header("accept", "application/json");
        Ok(vec![plan])
    }
}
