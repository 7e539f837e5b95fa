//! Ends a token: "Revoke token", <https://developers.notion.com/reference/revoke-token>. It looks like RFC 7009 and takes JSON.

use jackfield_sdk::hooks::RevokeContext;
use jackfield_sdk::{Failure, Hole, Plan, Revoke};

use crate::{Notion, VERSION, VERSION_HEADER};

impl Revoke for Notion {
    fn plans(_: RevokeContext) -> Result<Vec<Plan>, Failure> {
        let plan = Plan::new("POST", "https://api.notion.com/v1/oauth/revoke")
            .basic_client()
            .header(VERSION_HEADER, VERSION)
            .json("/token", Hole::AccessToken);
        Ok(vec![plan])
    }
}
