//! The application people come from and return to: a page of its own, under its own name and over TLS.

use anyhow::Result;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use jackfield_tests::authority::Authority;
use jackfield_tests::doubles::Double;

/// Its name: that of `RETURN_URL`.
pub(crate) const NAME: &str = "app.example.com";
/// Its origin.
pub(crate) const ORIGIN: &str = "https://app.example.com";

/// Frames the link of its address, and writes down whatever it is told by whom.
const FRAMES: &str = "<!doctype html><html lang=en><title>Application</title><h1>The application</h1>
<iframe title=Picker width=900 height=640></iframe><pre id=heard></pre><script>
addEventListener('message', (event) => {
    document.getElementById('heard').textContent = JSON.stringify({ by: event.origin, said: event.data });
});
document.querySelector('iframe').src = new URLSearchParams(location.search).get('link');
</script>";

/// Starts it under its own name, and under another that the tenant did not register.
pub(crate) async fn application(authority: &Authority) -> Result<Double> {
    let back = get(async || Html("<!doctype html><title>Application</title><h1>Back in the application</h1>"));
    let router = || Router::new().route("/connected", back.clone()).route("/frame", get(async || Html(FRAMES)));
    Double::serve(authority, vec![(NAME, router()), ("evil.example.net", router())]).await
}
