//! The data centre: of a grant, what `metadata` says; of an API key, what it ends with.
//! <https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/>

use jackfield_sdk::hooks::Target;
use jackfield_sdk::{Connection, Discover, Failure, Json, Request};

use crate::{DC, Mailchimp, SCHEME, problem};

const METADATA: &str = "https://login.mailchimp.com/oauth2/metadata";

impl Discover for Mailchimp {
    fn targets(connection: &Connection) -> Result<Vec<Target>, Failure> {
        if connection.auth_method() == "key" {
            let dc = connection.value(DC)?;
            return Ok(vec![Target::new(&dc, &dc)]);
        }
        let metadata = problem::accepted(connection.send(&Request::get(METADATA))?)?.json()?;
        Ok(vec![target(&metadata)?])
    }
}

/// The account's data centre. The host refuses one that is no label of Mailchimp's own hosts.
fn target(metadata: &Json) -> Result<Target, Failure> {
    if metadata.find("/error").is_some() {
        return Err(Failure::reauthorize("invalid-token", "Mailchimp does not accept the token any more."));
    }
    let dc = metadata.text("/dc")?;
    if metadata.text("/api_endpoint")? != format!("https://{dc}.api.mailchimp.com") {
        return Err(Failure::unexpected("Mailchimp named an API host that is not its data centre's."));
    }
    let login = metadata.find("/login/login_email").or_else(|| metadata.find("/login/email")).unwrap_or_default();
    let account = metadata.find("/accountname").unwrap_or_else(|| dc.clone());
    Ok(Target::new(&dc, &account).description(&login).field(DC, &dc).field(SCHEME, "Bearer"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn read(text: &str) -> Result<Target, Failure> {
        target(&Json::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_data_centre_is_the_one_of_the_api_host() {
        let found = read(r#"{"dc":"us6","accountname":"Freddie","api_endpoint":"https://us6.api.mailchimp.com"}"#);
        let fields = found.unwrap().fields;
        assert_eq!(fields, [("dc".to_owned(), "us6".to_owned()), ("scheme".to_owned(), "Bearer".to_owned())]);
        let elsewhere = read(r#"{"dc":"us6","api_endpoint":"https://us6.api.mailchimp.com.evil.example"}"#);
        assert_eq!(elsewhere.unwrap_err().code, "unexpected-answer");
        assert_eq!(read(r#"{"error":"invalid_token"}"#).unwrap_err().code, "invalid-token");
    }
}
