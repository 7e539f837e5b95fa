//! What pages are drawn with: one stylesheet, one small script, and the colours of a brand as a stylesheet of their own.

use std::fmt::Write as _;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::header;
use jackfield_model::{
    brand::{Brand, Colours, Typeface},
    id::TenantId,
};

use super::site::Site;
use crate::{api::problem::Problem, service::Service};

/// The stylesheet of every page, area by area.
const STYLESHEET: &str = concat!(
    include_str!("style/base.css"),
    include_str!("style/connect.css"),
    include_str!("style/manage.css"),
    include_str!("style/admin.css"),
);

/// How long browsers keep what comes with the host.
const KEPT: &str = "public, max-age=300";

/// How long they keep a brand: who changes it wants to see it.
const ASKED_AGAIN: &str = "no-cache";

/// The script of every page. Every page works without.
const SCRIPT: &str = concat!(
    include_str!("script/page.js"),
    include_str!("script/connect.js"),
    include_str!("script/manage.js"),
    include_str!("script/admin.js"),
);

pub(super) async fn stylesheet() -> Response {
    served("text/css; charset=utf-8", KEPT, STYLESHEET.to_owned())
}

pub(super) async fn script() -> Response {
    served("text/javascript; charset=utf-8", KEPT, SCRIPT.to_owned())
}

/// `/assets/brand/{tenant}.css`: a tenant's colours and letters. On another tenant's site there is no such thing.
pub(super) async fn brand(
    State(service): State<Service>,
    site: Site,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("stylesheet");
    let id: TenantId = file.strip_suffix(".css").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    if !site.may_show(id) {
        return Err(missing());
    }
    let tenant = service.tenant(id).await?.ok_or_else(missing)?;
    Ok(served("text/css; charset=utf-8", ASKED_AGAIN, variables(id, &tenant.brand)))
}

fn served(media_type: &'static str, keeping: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, keeping),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// A brand as variables of the stylesheet. Colours and digests are of fixed shapes: nothing somebody typed is in it.
fn variables(tenant: TenantId, brand: &Brand) -> String {
    let Colours { accent, accent_dark } = brand.colours;
    let mut css = String::new();
    if let Some(colour) = accent {
        let _ = writeln!(css, ":root {{ --accent: {colour}; --accent-ink: {}; }}", colour.ink());
    }
    // A brand with one colour only keeps the neutral one in the dark, where its own might not be read.
    if let Some(colour) = accent_dark {
        let _ = writeln!(
            css,
            "@media (prefers-color-scheme: dark) {{ :root {{ --accent: {colour}; --accent-ink: {}; }} }}",
            colour.ink()
        );
    } else if accent.is_some() {
        css.push_str("@media (prefers-color-scheme: dark) { :root { --accent: #9db8ff; --accent-ink: #10151c; } }\n");
    }
    let letters = match (brand.typeface, &brand.font) {
        (Typeface::Own, Some(font)) => {
            let _ = writeln!(
                css,
                "@font-face {{ font-family: \"own\"; src: url(\"/assets/brand/{tenant}/{}\") format(\"woff2\"); \
                 font-display: swap; }}",
                font.digest
            );
            Some("\"own\", system-ui, sans-serif")
        }
        (Typeface::Rounded, _) => Some("ui-rounded, \"Nunito\", \"Varela Round\", system-ui, sans-serif"),
        (Typeface::Serif, _) => Some("ui-serif, Charter, \"Bitstream Charter\", Georgia, serif"),
        (Typeface::System | Typeface::Own, _) => None,
    };
    if let Some(letters) = letters {
        let _ = writeln!(css, ":root {{ --letters: {letters}; }}");
    }
    css
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[test]
    fn a_brand_is_variables_with_readable_ink() {
        let tenant = TenantId::new(jiff::Timestamp::UNIX_EPOCH, 1);
        let mut brand = Brand::default();
        assert_eq!(variables(tenant, &brand), "");
        brand.colours.accent = Some("#ffe600".parse().unwrap());
        brand.typeface = Typeface::Serif;
        let css = variables(tenant, &brand);
        assert!(css.contains("--accent: #ffe600; --accent-ink: #10151c") && css.contains("ui-serif"), "{css}");
    }
}
