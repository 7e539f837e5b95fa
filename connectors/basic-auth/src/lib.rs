//! Any server that speaks HTTP Basic (RFC 7617): the person names its address and gives a name and a password, or a key
//! that stands in the name's place.

use jackfield_sdk::{
    Account, Action, AuthMethod, Connection, Connector, Failure, Field, Hook, Manifest, Origin, OriginPlace, Request,
};

/// A server with names and passwords.
pub struct BasicAuth;

impl Connector for BasicAuth {
    fn manifest() -> Manifest {
        Manifest::new("basic-auth", env!("CARGO_PKG_VERSION"), "Name and password")
            .description("Connects any server that asks for a name and a password (HTTP Basic authentication).")
            .category("developer")
            .field(
                Field::base_url("base_url", "Address of the server")
                    .help("Where it answers, with the path that every call shares.")
                    .example("https://files.example.com"),
            )
            .field(
                Field::text("verify_path", "Path to check the password")
                    .help("Asked with the name and the password; it must answer with success.")
                    .pattern("/[!-~]*")
                    .default_value("/")
                    .advanced(),
            )
            .field(
                Field::text("label_pointer", "Where the account's name is")
                    .help("A JSON pointer into the answer of that path (RFC 6901); without one the name that you type is shown.")
                    .pattern("(/[^/]*)*")
                    .example("/user/name")
                    .optional()
                    .advanced(),
            )
            .origin(Origin::with_credential("server", OriginPlace::field("base_url")))
            .action(Action::read("read", "Read from the server").get("server", "/**"))
            .action(Action::write("write", "Change things on the server").request(
                &["POST", "PUT", "PATCH", "DELETE"],
                "server",
                "/**",
            ))
            .auth_method(
                AuthMethod::basic("password", "Name and password", "{username}", "{password}")
                    .field(
                        Field::text("username", "Name")
                            .help("Without a colon: servers take what follows one for the password."),
                    )
                    .field(Field::secret("password", "Password").optional()),
            )
            .auth_method(
                AuthMethod::basic("key", "Key instead of a name", "{key}", "")
                    .field(Field::secret("key", "Key").help("It is sent as the name, with an empty password.")),
            )
            .hook_get(Hook::Verify, "server", "/**")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let base = connection.value("base_url")?;
        let path = connection.config("verify_path").unwrap_or_default();
        let url = format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'));
        let response = connection.call(&Request::get(url))?;
        let host = host(&base);
        let name = connection.config("username");
        let pointer = connection.config("label_pointer").filter(|pointer| !pointer.is_empty());
        let label = pointer.and_then(|pointer| response.json().ok()?.find(&pointer));
        let id = format!("{host}:{}", name.as_deref().unwrap_or("key"));
        Ok(Account::new(id, label.or(name).unwrap_or(host)))
    }
}

/// The host of a base URL, in lower case.
fn host(base: &str) -> String {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest).to_ascii_lowercase()
}

jackfield_sdk::export!(BasicAuth);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_base_url_is_its_own_name() {
        assert_eq!(host("https://Files.example.com:8443/v2?x"), "files.example.com:8443");
    }
}
