//! The pages a person sees: the consent form, and why there is none.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use oxide_auth::primitives::scope::Scope;

use crate::people::Login;
use crate::scopes::{PERMISSIONS, has};

/// No script, nothing from elsewhere, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const STYLE: &str = "body{font:1rem/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}\
                     button{font:inherit;padding:.4rem 1.2rem;margin-right:.6rem}";

/// The consent form. It posts `ticket`, `login` and `decision` (`allow` or `deny`) to `/authorize`.
pub(super) fn consent(client_id: &str, scope: &Scope, ticket: &str) -> Response {
    let asked = PERMISSIONS.iter().filter(|item| has(scope, item.scope));
    let body = html! {
        h1 { "Allow " (client_id) "?" }
        p { (client_id) " asks to:" }
        ul {
            @for permission in asked {
                li { (permission.words) " (" code { (permission.scope) } ")" }
            }
        }
        form method="post" action="/authorize" {
            input type="hidden" name="ticket" value=(ticket);
            p { label { "Sign in as " input name="login" value=(Login::demo().as_str()) autocomplete="off"; } }
            button name="decision" value="allow" { "Allow" }
            button name="decision" value="deny" { "Deny" }
        }
    };
    page(StatusCode::OK, "Allow access", &body)
}

/// A page that says why the request stops here.
pub(super) fn stopped(status: StatusCode, reason: &str) -> Response {
    let body = html! {
        h1 { "This cannot go on" }
        p { (reason) }
    };
    page(status, "This cannot go on", &body)
}

fn page(status: StatusCode, title: &str, body: &Markup) -> Response {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) " - the demo's provider" }
                style { (STYLE) }
            }
            body { (body) }
        }
    };
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-store")];
    (status, headers, Html(document.into_string())).into_response()
}
