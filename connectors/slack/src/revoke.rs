//! Ends a token: <https://docs.slack.dev/reference/methods/auth.revoke>. The host asks once for each token there is.

use jackfield_sdk::hooks::RevokeContext;
use jackfield_sdk::{Failure, Hole, Plan, Revoke};

use crate::Slack;

impl Revoke for Slack {
    fn plans(_: RevokeContext) -> Result<Vec<Plan>, Failure> {
        let plan = Plan::new("POST", "https://slack.com/api/auth.revoke")
            .header("authorization", ["Bearer ".into(), Hole::AccessToken.into()]);
        Ok(vec![plan])
    }
}
