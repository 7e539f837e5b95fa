//! `/admin/connectors`: what is installed, and installing more from a file. For operators.

use axum::{
    Router,
    extract::{DefaultBodyLimit, RawQuery, State},
    response::Response,
    routing::get,
};
use http::StatusCode;
use jackfield_model::connector::Connector;
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind},
    back_to, done, nothing,
    who::OperatorUpload,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfOperator, SignedIn},
    },
    service::{InstallError, Service},
    words::Words,
};

/// The page.
pub(super) const PATH: &str = "/admin/connectors";
/// The largest component with the form around it, in bytes.
const UPLOAD_LIMIT: usize = 64 * 1024 * 1024 + 64 * 1024;

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(list).post(install)).layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

async fn list(
    State(service): State<Service>,
    OfOperator(by): OfOperator,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let installed = service.connectors().await?;
    let said = done(&by.site.words, query.as_deref());
    Ok(page(&by, &installed, &said, &Again::default()))
}

/// Installs a file; another component of the same name is shown beside the installed one first.
async fn install(
    State(service): State<Service>,
    OperatorUpload(mut upload): OperatorUpload,
) -> Result<Response, Problem> {
    let component = upload.take("component");
    let form = upload.form;
    let words = &form.by.site.words;
    let fault = match component {
        None => words.say("admin-connector-no-file"),
        Some(component) => match service.install(component.clone(), &form.by.person.author()).await {
            Ok(connector) => return Ok(back_to(&format!("{PATH}/{}", connector.name), "connector-installed")),
            Err(InstallError::OtherInstalled(_)) => {
                let (name, digest) = service.keep_candidate(&component).await?;
                return Ok(super::redirect(StatusCode::SEE_OTHER, &format!("{PATH}/{name}/versions/{digest}")));
            }
            Err(error) if error.is_for_want_of_room() => return Err(error.into()),
            Err(InstallError::Component(error)) => {
                words.tell("admin-connector-refused", &[("why", error.to_string().into())])
            }
            Err(error) => return Err(error.into()),
        },
    };
    let installed = service.connectors().await?;
    Ok(page(&form.by, &installed, &html! {}, &Again::with(&form, "component", fault)))
}

fn page(by: &SignedIn, installed: &[Connector], said: &Markup, again: &Again<'_>) -> Response {
    let words = &by.site.words;
    let title = words.say("admin-connectors");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("admin-connectors-lead")) }
        (said)
        (again.summary(words))
        @if installed.is_empty() { (nothing(&words.say("admin-connectors-none"))) } @else { (table(words, installed)) }
        section class="panel" {
            h2 { (words.say("admin-connector-install")) }
            form method="post" action=(PATH) enctype="multipart/form-data" {
                (marked(by))
                (Ask {
                    name: "component", label: words.say("admin-connector-file"),
                    help: words.say("admin-connector-file-help"), kind: Kind::File(".wasm,application/wasm"), required: true,
                }.markup(words, again, ""))
                div class="actions" {
                    button type="submit" class="button" { (words.say("admin-connector-install-button")) }
                }
            }
        }
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    by.frame(&title).wide().here(PATH).answer(status, &main)
}

fn table(words: &Words, installed: &[Connector]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-connectors")) {
            table class="rows" {
                thead { tr {
                    th scope="col" { (words.say("admin-column-service")) }
                    th scope="col" { (words.say("admin-column-version")) }
                    th scope="col" { (words.say("admin-column-state")) }
                } }
                tbody { @for connector in installed { tr {
                    th scope="row" {
                        a href={ (PATH) "/" (connector.name) } { (connector.manifest.presentation.title) }
                        " " code class="quiet" { (connector.name) }
                    }
                    td { (connector.manifest.version) }
                    td { (state(words, connector)) }
                } } }
            }
        }
    }
}

/// Whether it may run, in a word.
pub(super) fn state(words: &Words, connector: &Connector) -> Markup {
    html! {
        @if connector.is_approved() { span class="tag good" { (words.say("admin-connector-approved")) } }
        @else { span class="tag look" { (words.say("admin-connector-waits")) } }
    }
}
