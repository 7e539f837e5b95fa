//! Any service with API tokens: the person names its address and pastes a token; what differs is under advanced settings.

use jackfield_sdk::{
    Account, Action, AuthMethod, Connection, Connector, Failure, Field, Hook, Json, Manifest, Origin, OriginPlace,
    Placement,
};

/// A service that takes a token in a header or a query parameter.
pub struct ApiToken;

impl Connector for ApiToken {
    fn manifest() -> Manifest {
        Manifest::new("api-token", env!("CARGO_PKG_VERSION"), "API token")
            .description("Connects any service that accepts an API token.")
            .category("developer")
            .field(
                Field::base_url("base_url", "Address of the service")
                    .help("Where its API answers, with the path that every call shares.")
                    .example("https://api.example.com"),
            )
            .field(
                Field::text("verify_path", "Path to check the token")
                    .help("Asked with the token; it must answer with success.")
                    .pattern("/[!-~]*")
                    .default_value("/")
                    .advanced(),
            )
            .field(pointer("account_pointer", "Where the account's id is", "/id"))
            .field(pointer("label_pointer", "Where the account's name is", "/name"))
            .origin(Origin::with_credential("service", OriginPlace::field("base_url")))
            .action(Action::read("read", "Read from the service").request(
                &["GET", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"],
                "service",
                "/**",
            ))
            .action(Action::write("write", "Change things in the service").request(
                &["POST", "PUT", "PATCH", "DELETE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPPATCH", "PURGE", "UNLOCK"],
                "service",
                "/**",
            ))
            .auth_method(
                AuthMethod::api_token("header", "Token in a header", Field::secret("token", "API token"))
                    .field(
                        Field::text("header_name", "Header")
                            .pattern("[A-Za-z0-9-]{1,64}")
                            .default_value("Authorization")
                            .advanced(),
                    )
                    .field(
                        Field::text("prefix", "Before the token")
                            .help("What precedes the token in the header, with its space.")
                            .pattern("[!-~ ]{0,32}")
                            .default_value("Bearer ")
                            .optional()
                            .advanced(),
                    )
                    .placement(Placement::named_header("{header_name}", "{prefix}")),
            )
            .auth_method(
                AuthMethod::api_token("query", "Token in the address", Field::secret("token", "API token"))
                    .field(
                        Field::text("parameter_name", "Parameter")
                            .pattern("[A-Za-z0-9_.-]{1,64}")
                            .default_value("token")
                            .warning("Addresses are often logged: prefer a header where the service takes one.")
                            .advanced(),
                    )
                    .placement(Placement::query("{parameter_name}")),
            )
            .hook_get(Hook::Verify, "service", "/**")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let base = connection.value("base_url")?;
        let path = connection.config("verify_path").unwrap_or_default();
        let url = format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'));
        let response = connection.call(&jackfield_sdk::Request::get(url))?;
        let host = host(&base);
        // Many services answer their check with text: only a pointer that was given needs JSON.
        let json = response.json().ok();
        let id = match connection.config("account_pointer").filter(|pointer| !pointer.is_empty()) {
            Some(pointer) => format!("{host}:{}", at(json.as_ref(), &pointer)?),
            None => format!("{host}:unknown"),
        };
        let label = connection.config("label_pointer").filter(|pointer| !pointer.is_empty());
        let label = label.and_then(|pointer| json.as_ref()?.find(&pointer));
        Ok(Account::new(id, label.unwrap_or(host)))
    }
}

fn pointer(key: &str, label: &str, example: &str) -> Field {
    Field::text(key, label)
        .help("A JSON pointer into the answer of that path (RFC 6901).")
        .pattern("(/[^/]*)*")
        .example(example)
        .optional()
        .advanced()
}

fn at(json: Option<&Json>, pointer: &str) -> Result<String, Failure> {
    let missing = || {
        let text =
            format!("The answer has no value at `{pointer}`: check the path and the pointer under advanced settings.");
        Failure::misconfigured("account-pointer", text)
    };
    json.and_then(|json| json.find(pointer)).ok_or_else(missing)
}

/// The host of a base URL, in lower case.
fn host(base: &str) -> String {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest).to_ascii_lowercase()
}

jackfield_sdk::export!(ApiToken);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_base_url_is_its_own_name() {
        assert_eq!(host("https://API.example.com:8443/v2?x"), "api.example.com:8443");
        assert_eq!(host("https://api.example.com"), "api.example.com");
    }
}
