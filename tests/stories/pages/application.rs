//! The application people come from and return to: a page of its own, under its own name and over TLS.

use anyhow::Result;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Double;

/// Its name: that of `RETURN_URL`.
pub(crate) const NAME: &str = "app.example.com";

/// Starts it.
pub(crate) async fn application(authority: &Authority) -> Result<Double> {
    let back = get(async || Html("<!doctype html><title>Application</title><h1>Back in the application</h1>"));
    Double::serve(authority, vec![(NAME, Router::new().route("/connected", back))]).await
}
