//! The shell of every page.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use super::guard;

/// A page: whose it is, what it is called, what is on it.
pub(super) struct Layout<'a> {
    /// The tenant's name; none where it is not known.
    pub(super) tenant: Option<&'a str>,
    /// The window's title.
    pub(super) title: &'a str,
    /// Where the browser goes on to by itself.
    pub(super) onward: Option<&'a str>,
    /// What is on it.
    pub(super) main: Markup,
}

impl Layout<'_> {
    /// The page as HTML.
    pub(super) fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex, nofollow";
                    @if let Some(url) = self.onward {
                        meta http-equiv="refresh" content={ "0;url=" (url) };
                    }
                    title { (self.title) @if let Some(tenant) = self.tenant { " · " (tenant) } }
                    link rel="stylesheet" href="/assets/jackfield.css";
                }
                body {
                    div class="card" {
                        @if let Some(tenant) = self.tenant {
                            header { p class="tenant" { (tenant) } }
                        }
                        main { (self.main) }
                    }
                }
            }
        }
    }

    /// The page as an answer, with the headers every page has.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        guard((status, self.markup()).into_response())
    }
}
