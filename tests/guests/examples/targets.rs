//! Finds what its connection can point at, as the field `mode` says: three sites, none, too many, or none that may be.

use jackfield_guests::{get, manifest, me};
use jackfield_sdk::hooks::Target;
use jackfield_sdk::{Account, Connection, Connector, Discover, Failure, Field, Hook, Manifest, RequestPattern};

struct Targets;

impl Connector for Targets {
    fn manifest() -> Manifest {
        manifest("targets")
            .field(Field::text("mode", "Mode").default_value("three"))
            .field(Field::host_label("site", "Site").pattern("[a-z]{1,10}").found_out())
            .hook_requests(Hook::Discover, RequestPattern::new(&["GET"], "api", "/echo"))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let account = me(connection)?;
        let site = connection.value("site")?;
        Ok(Account { label: format!("{} at {site}", account.label), ..account })
    }
}

impl Discover for Targets {
    fn targets(connection: &Connection) -> Result<Vec<Target>, Failure> {
        let site = |id: &str, site: &str| Target::new(id, &format!("Site {site}")).field("site", site);
        Ok(match connection.value("mode")?.as_str() {
            "one" => vec![site("1", "alpha")],
            "none" => vec![],
            "twice" => vec![site("1", "alpha"), site("1", "beta")],
            "many" => (0..201).map(|number| site(&number.to_string(), "alpha")).collect(),
            "elsewhere" => vec![site("1", "evil.example/")],
            "undeclared" => vec![Target::new("1", "One").field("base", "evil")],
            "secret" => vec![Target::new("1", "One").field("token", "mine")],
            "undeclared-request" => {
                connection.call(&get("https://provider.test/me"))?;
                vec![site("1", "alpha")]
            }
            "echo" => {
                // What was masked in it need not be JSON any more: the members are cut out as text.
                let echo = connection.call(&get("https://provider.test/echo"))?;
                let text = String::from_utf8_lossy(&echo.body).into_owned();
                let member =
                    |name: &str| text.split(name).nth(1).unwrap_or_default().chars().take(60).collect::<String>();
                vec![Target::new("1", &member("plain")).description(&member("base64_1")).field("site", "alpha")]
            }
            "loop" => loop {
                std::hint::spin_loop();
            },
            _ => vec![site("1", "alpha"), site("2", "beta"), site("3", "gamma")],
        })
    }
}

jackfield_sdk::export!(Targets with discover);
