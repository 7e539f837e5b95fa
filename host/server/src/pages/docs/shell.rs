//! The shell of the pages about the API: wider than the others, with a way to each part.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::pages::guard;

/// A page about the API.
pub(super) struct Shell<'a> {
    /// What kind of page it is.
    pub(super) title: &'a str,
    /// What is on it.
    pub(super) main: Markup,
}

impl Shell<'_> {
    /// The page as an answer, with the headers every page has.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex, nofollow";
                    title { (self.title) " · Jackfield" }
                    link rel="stylesheet" href="/assets/page.css";
                    link rel="stylesheet" href="/assets/docs.css";
                }
                body class="docs" {
                    div class="card" {
                        nav class="places" {
                            a class="home" href="/docs" { "Jackfield API" }
                            a href="/docs/problems" { "Problems" }
                            a href="/openapi.json" { "openapi.json" }
                        }
                        main { (self.main) }
                    }
                }
            }
        };
        guard((status, markup).into_response())
    }
}
