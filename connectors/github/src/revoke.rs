//! Ends the grant, which ends every token the app has for this person: "Delete an app authorization",
//! <https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-authorization>. GitHub has no RFC 7009 endpoint.

use jackfield_sdk::hooks::RevokeContext;
use jackfield_sdk::{Failure, Hole, Plan, Revoke};

use crate::{GitHub, USER_AGENT};

impl Revoke for GitHub {
    fn plans(_: RevokeContext) -> Result<Vec<Plan>, Failure> {
        let plan = Plan::new("DELETE", "https://api.github.com/applications")
            .segment(Hole::ClientId)
            .segment("grant")
            .basic_client()
            .header("user-agent", USER_AGENT)
            .header("accept", "application/vnd.github+json")
            .json("/access_token", Hole::AccessToken);
        Ok(vec![plan])
    }
}
