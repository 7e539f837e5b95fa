//! The files of a brand: logo, favicon and font, each with a form of its own. For its administrators.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    response::Response,
    routing::post,
};
use jackfield_model::{
    brand::{BrandFile, FILE_LIMIT, FileFault},
    tenant::Tenant,
};
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind},
    back_to,
    brand::{PATH, page},
    who::{AdministratorForm, AdministratorUpload},
};
use crate::{
    api::problem::Problem,
    pages::{layout::marked, signed_in::SignedIn},
    service::{BrandFileError, Service},
    words::Words,
};

/// The files there are.
const FILES: [BrandFile; 3] = [BrandFile::Logo, BrandFile::Favicon, BrandFile::Font];

pub(super) fn routes() -> Router<Service> {
    // Larger than any file that is kept, so that a larger one is refused at its field.
    let limit = 8 * FILE_LIMIT;
    Router::new()
        .route("/admin/brand/files/{which}", post(keep))
        .route("/admin/brand/files/{which}/remove", post(remove))
        .layer(DefaultBodyLimit::max(limit))
}

fn of(word: &str) -> Result<BrandFile, Problem> {
    FILES.into_iter().find(|which| which.word() == word).ok_or_else(|| Problem::not_found("file"))
}

async fn keep(
    State(service): State<Service>,
    Path(which): Path<String>,
    AdministratorUpload(mut upload, id): AdministratorUpload,
) -> Result<Response, Problem> {
    let which = of(&which)?;
    let file = upload.take(which.word());
    let form = upload.form;
    let words = &form.by.site.words;
    let fault = match file {
        None => words.say("admin-brand-no-file"),
        Some(bytes) => match service.put_brand_file(id, which, bytes, &form.by.person.author()).await {
            Ok(_) => return Ok(back_to(PATH, "brand-file-kept")),
            Err(error) => told(words, error)?,
        },
    };
    // Nothing of the other form was sent with a file, so nothing typed there can be shown again.
    let again = Again::about(which.word(), fault);
    page(&service, &form.by, id, &html! {}, &again).await
}

async fn remove(
    State(service): State<Service>,
    Path(which): Path<String>,
    AdministratorForm(form, id): AdministratorForm,
) -> Result<Response, Problem> {
    service.remove_brand_file(id, of(&which)?, &form.by.person.author()).await?;
    Ok(back_to(PATH, "brand-file-removed"))
}

fn told(words: &Words, error: BrandFileError) -> Result<String, Problem> {
    let fault = match error {
        BrandFileError::File(fault) => fault,
        error => return Err(error.into()),
    };
    Ok(match fault {
        FileFault::TooLarge { limit, .. } => words.tell("admin-brand-file-large", &[("n", (limit / 1024).into())]),
        FileFault::Markup => words.say("admin-brand-file-markup"),
        FileFault::NoPicture => words.say("admin-brand-file-no-picture"),
        FileFault::Damaged(_) => words.say("admin-brand-file-damaged"),
        FileFault::Sides { width, height, longest, .. } => words.tell(
            "admin-brand-file-sides",
            &[("width", width.into()), ("height", height.into()), ("longest", longest.into())],
        ),
        FileFault::NotSquare { .. } => words.say("admin-brand-file-not-square"),
        FileFault::NoFont => words.say("admin-brand-file-no-font"),
    })
}

/// What is kept, and the forms to change it.
pub(super) fn section(by: &SignedIn, tenant: &Tenant, again: &Again<'_>) -> Markup {
    let words = &by.site.words;
    html! {
        h2 { (words.say("admin-brand-files")) }
        @for which in FILES {
            @let word = which.word();
            @let (kept, accept) = match which {
                BrandFile::Logo => (&tenant.brand.logo, "image/png,image/jpeg,image/webp"),
                BrandFile::Favicon => (&tenant.brand.favicon, "image/png,image/jpeg,image/webp"),
                BrandFile::Font => (&tenant.brand.font, "font/woff2,.woff2"),
            };
            div class="file" {
                form method="post" action={ (PATH) "/files/" (word) } enctype="multipart/form-data" {
                    (marked(by))
                    (Ask {
                        name: word, label: words.say(&format!("admin-brand-{word}")),
                        help: words.say(&format!("admin-brand-{word}-help")), kind: Kind::File(accept), required: true,
                    }.markup(words, again, ""))
                    @if let Some(file) = kept.as_ref().filter(|_| which != BrandFile::Font) {
                        img class="kept" src={ "/assets/brand/" (tenant.id) "/" (file.digest) } alt=(words.say(&format!("admin-brand-{word}-now")));
                    }
                    @if kept.is_some() && which == BrandFile::Font { p class="quiet" { (words.say("admin-brand-font-now")) } }
                    button type="submit" class="button quiet-button small-button" {
                        (words.say(if kept.is_some() { "admin-brand-file-replace" } else { "admin-brand-file-keep" }))
                    }
                }
                @if kept.is_some() {
                    form method="post" action={ (PATH) "/files/" (word) "/remove" } class="inline" {
                        (marked(by))
                        button type="submit" class="plain" { (words.say(&format!("admin-brand-{word}-remove"))) }
                    }
                }
            }
        }
    }
}
