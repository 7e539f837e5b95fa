//! Mailchimp's Marketing API, by consent or by an API key. Every account lives in a data centre, which is in its host name: the
//! connector finds it.
//!
//! The pages this follows, at <https://mailchimp.com/developer/marketing>: `guides/access-user-data-oauth-2` (tokens do not
//! expire and are not refreshed; `metadata` names the data centre), `guides/quick-start` (the data centre ends an API key),
//! `docs/fundamentals` (authentication, throttling), `docs/errors` (problem details) and `api/root`.

mod discover;
mod problem;

use jackfield_sdk::{
    Account, Action, AuthMethod, Connection, Connector, Expiry, Failure, Field, Hook, Manifest, Oauth2, Origin,
    Pagination, Placement, Request, Revocation,
};

/// The field that holds the data centre.
pub(crate) const DC: &str = "dc";
/// The field that holds what precedes a token in `Authorization`.
pub(crate) const SCHEME: &str = "scheme";

/// Mailchimp.
pub struct Mailchimp;

impl Connector for Mailchimp {
    fn manifest() -> Manifest {
        let manifest = Manifest::new("mailchimp", env!("CARGO_PKG_VERSION"), "Mailchimp")
            .description("Audiences, campaigns and reports of a Mailchimp account.")
            .category("marketing")
            .documentation("https://mailchimp.com/developer/marketing/")
            .register_client(
                "Register an app under Account, Extras, Registered apps, with this redirect URI.",
                "https://us1.admin.mailchimp.com/account/oauth2/",
            )
            .field(Field::host_label(DC, "Data centre").pattern("us[0-9]{1,3}").found_out())
            .origin(Origin::with_credential("login", "login.mailchimp.com"))
            .origin(Origin::with_credential("api", "{dc}.api.mailchimp.com"))
            .auth_method(consent())
            .auth_method(api_key())
            .hook_get(Hook::Discover, "login", "/oauth2/metadata")
            .hook_get(Hook::Verify, "api", "/3.0/")
            .pagination(Pagination::Offset(("offset".to_owned(), "count".to_owned())));
        problem::refusals(actions(manifest))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let root = Request::get(format!("https://{}.api.mailchimp.com/3.0/", connection.value(DC)?));
        let root = root.query("fields", "account_id,account_name,email,username,avatar_url");
        let account = problem::accepted(connection.send(&root)?)?.json()?;
        let login = account.find("/email").or_else(|| account.find("/username"));
        let label = match login {
            Some(login) => format!("{} ({login})", account.text("/account_name")?),
            None => account.text("/account_name")?,
        };
        Ok(Account::new(account.text("/account_id")?, label).avatar(account.find("/avatar_url")))
    }
}

/// A grant has no scopes and reaches the whole account; only its owner ends it, in the settings.
fn consent() -> AuthMethod {
    let oauth2 =
        Oauth2::endpoints("https://login.mailchimp.com/oauth2/authorize", "https://login.mailchimp.com/oauth2/token");
    // The answer says `expires_in: 0`.
    let oauth2 = oauth2.client_auth(jackfield_sdk::ClientAuth::Body).expiry(Expiry::Never).without_refresh();
    AuthMethod::oauth2_code("oauth", "Sign in with Mailchimp", oauth2)
        // `metadata` wants the word OAuth before the token, the API wants Bearer: the word changes with the data centre.
        .field(Field::text(SCHEME, "Authorization scheme").hidden_as("OAuth"))
        .placement(Placement::named_header("Authorization", "{scheme} "))
        .revocation(ended_at(
            "Disconnect the app under Account, Integrations.",
            "https://us1.admin.mailchimp.com/account/integrations/",
        ))
}

fn api_key() -> AuthMethod {
    let key = Field::secret("api_key", "API key")
        .pattern("[0-9a-f]{32}-us[0-9]{1,3}")
        .example("0123456789abcdef0123456789abcdef-us6");
    AuthMethod::api_token("key", "API key", key)
        .help("Create a key under Account, Extras, API keys.", "https://us1.admin.mailchimp.com/account/api/")
        .takes_from_secret(DC, "api_key", "[0-9a-f]{32}-(us[0-9]{1,3})")
        .revocation(ended_at(
            "Disable the key under Account, Extras, API keys.",
            "https://us1.admin.mailchimp.com/account/api/",
        ))
}

fn ended_at(text: &str, url: &str) -> Revocation {
    Revocation::Page(jackfield_sdk::manifest::Guide::new(text, url))
}

fn actions(manifest: Manifest) -> Manifest {
    manifest
        .action(Action::read("read-account", "Read the account").get("api", "/3.0/"))
        .action(Action::read("list-audiences", "List audiences").get("api", "/3.0/lists").get("api", "/3.0/lists/*"))
        .action(
            Action::read("read-members", "Read the members of audiences")
                .get("api", "/3.0/lists/*/members")
                .get("api", "/3.0/lists/*/members/*"),
        )
        .action(
            Action::write("change-members", "Add and change members of audiences")
                .post("api", "/3.0/lists/*/members")
                .request(&["PUT", "PATCH", "DELETE"], "api", "/3.0/lists/*/members/*"),
        )
        .action(
            Action::read("list-campaigns", "List campaigns")
                .get("api", "/3.0/campaigns")
                .get("api", "/3.0/campaigns/*"),
        )
        .action(
            Action::write("send-campaigns", "Create and send campaigns")
                .post("api", "/3.0/campaigns")
                .request(&["PUT"], "api", "/3.0/campaigns/*/content")
                .post("api", "/3.0/campaigns/*/actions/send"),
        )
        .action(Action::read("read-reports", "Read reports").get("api", "/3.0/reports").get("api", "/3.0/reports/*"))
}

jackfield_sdk::export!(Mailchimp with discover);
