//! `/v1/tenants/{id}/brand/{file}`, and how a brand is written and shown. For operators.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use http::request::Parts;
use jackfield_model::{
    brand::{Brand, BrandFile, FILE_LIMIT, Links, Picture, Sender, Typeface},
    id::TenantId,
    tenant::Tenant,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    body::whole,
    caller::ForHost,
    describe::{About, Operation, Routes, Tag, Takes},
    path::Id,
    problem::{Code, Problem},
    reply::{Found, Nothing, found},
    tenants::TenantView,
};
use crate::service::{BrandChange, BrandFileError, Service};

/// How a tenant's pages and mails look, whose name they carry, and where they live. Everything may be left out and is then
/// neutral.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Brand", extend("required" = []))]
pub(super) struct BrandView {
    /// The host name of its pages, links and callbacks, without scheme, port or path: one that leads to this host, and no other
    /// tenant's.
    #[schemars(example = &"connect.acme.example")]
    host: Option<String>,
    /// Its colours.
    colours: ColoursView,
    /// Its letters.
    typeface: Typeface,
    /// Where a person finds help and the small print.
    links: LinksView,
    /// Whose name its mails carry.
    sender: Option<SenderView>,
    /// The languages of its pages and mails, by tag; the first is for who asks for none of them. Empty: every language this
    /// host has.
    #[schemars(example = ["en", "de"])]
    languages: Vec<String>,
    /// The origins of the tenant's applications: they may frame the service picker and hear how connecting went.
    #[schemars(example = ["https://app.example.com"])]
    origins: Vec<String>,
    /// The application's own page where a person signs in who has no session on the pages; it sends them back.
    #[schemars(example = &"https://app.example.com/sign-in")]
    sign_in_url: Option<String>,
}

/// The colours of a brand. Each has a contrast of 4.5 to 1 on its ground.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "BrandColours", extend("required" = []))]
struct ColoursView {
    /// Buttons and links on light ground.
    #[schemars(example = &"#1f5fbf")]
    accent: Option<String>,
    /// Buttons and links on dark ground.
    #[schemars(example = &"#7ab0ff")]
    accent_dark: Option<String>,
}

/// Where a person finds help and the small print: whole https URLs.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "BrandLinks", extend("required" = []))]
struct LinksView {
    /// Who helps; may be `mailto:`.
    #[schemars(example = &"mailto:help@example.com")]
    support: Option<String>,
    /// Terms of use.
    #[schemars(example = &"https://example.com/terms")]
    terms: Option<String>,
    /// How personal data is handled.
    #[schemars(example = &"https://example.com/privacy")]
    privacy: Option<String>,
    /// Who is responsible.
    #[schemars(example = &"https://example.com/imprint")]
    imprint: Option<String>,
}

/// Whose name a mail carries.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BrandSender")]
struct SenderView {
    /// The name.
    #[schemars(example = &"Acme Connections")]
    name: String,
    /// The address.
    #[schemars(example = &"connections@example.com")]
    address: String,
}

/// The files of a brand.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BrandFiles")]
pub(super) struct FilesView {
    /// The picture beside its name.
    logo: Option<FileView>,
    /// The picture of its browser tabs.
    favicon: Option<FileView>,
    /// A font of its own.
    font: Option<FileView>,
}

/// A file of a brand.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KeptBrandFile")]
struct FileView {
    /// SHA-256 of its bytes, lower-case hex.
    #[schemars(
        extend("pattern" = "^[0-9a-f]{64}$"),
        example = &"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    digest: String,
    /// Its media type, as its first bytes say it.
    #[schemars(example = &"image/png")]
    media_type: String,
    /// Where the tenant's pages have it.
    #[schemars(example = &"/assets/brand/ten_01K9ZQ6Y4M5K7T8V9W0X1Y2Z3A/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    path: String,
}

impl From<&Brand> for BrandView {
    fn from(brand: &Brand) -> Self {
        let Links { support, terms, privacy, imprint } = brand.links.clone();
        let sender = brand.sender.clone().map(|Sender { name, address }| SenderView { name, address });
        Self {
            host: brand.host.as_ref().map(ToString::to_string),
            colours: ColoursView {
                accent: brand.colours.accent.map(String::from),
                accent_dark: brand.colours.accent_dark.map(String::from),
            },
            typeface: brand.typeface,
            links: LinksView { support, terms, privacy, imprint },
            sender,
            languages: brand.languages.clone(),
            origins: brand.origins.iter().map(ToString::to_string).collect(),
            sign_in_url: brand.sign_in_url.clone(),
        }
    }
}

impl From<BrandView> for BrandChange {
    fn from(asked: BrandView) -> Self {
        let LinksView { support, terms, privacy, imprint } = asked.links;
        Self {
            host: asked.host,
            accent: asked.colours.accent,
            accent_dark: asked.colours.accent_dark,
            typeface: asked.typeface,
            links: Links { support, terms, privacy, imprint },
            sender: asked.sender.map(|SenderView { name, address }| Sender { name, address }),
            languages: asked.languages,
            origins: asked.origins,
            sign_in_url: asked.sign_in_url,
        }
    }
}

impl FilesView {
    /// The files of a tenant's brand.
    pub(super) fn of(tenant: &Tenant) -> Self {
        let view = |file: &Option<Picture>| {
            let Picture { digest, media_type } = file.clone()?;
            Some(FileView { path: format!("/assets/brand/{}/{digest}", tenant.id), digest, media_type })
        };
        let brand = &tenant.brand;
        Self { logo: view(&brand.logo), favicon: view(&brand.favicon), font: view(&brand.font) }
    }
}

/// The `{file}` of a path.
struct Which(BrandFile);

impl<S: Send + Sync> FromRequestParts<S> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let word = path.ok().and_then(|Path(mut named)| named.remove("file"));
        let known = [BrandFile::Logo, BrandFile::Favicon, BrandFile::Font];
        let which = known.into_iter().find(|which| Some(which.word()) == word.as_deref());
        which.map(Self).ok_or_else(|| Problem::not_found("file of a brand: there are logo, favicon and font"))
    }
}

impl Takes for Which {
    fn takes(operation: &mut Operation<'_>) {
        operation.in_path::<BrandFile>("file", "Which file.");
        operation.refuses(&[Code::NotFound]);
    }
}

/// A file: the body itself.
struct File(Vec<u8>);

impl FromRequest<Service> for File {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Service) -> Result<Self, Problem> {
        whole(request.into_body(), FILE_LIMIT).await.map(Self)
    }
}

impl Takes for File {
    fn takes(operation: &mut Operation<'_>) {
        let kinds = ["image/png", "image/jpeg", "image/webp", "font/woff2", "application/octet-stream"];
        operation.takes_bytes("The file. What it is its first bytes say.", &kinds);
        operation.refuses(&[Code::TooLarge, Code::BodyCutOff, Code::BodyStalled]);
    }
}

pub(super) fn routes() -> Routes {
    let one = "/v1/tenants/{id}/brand/{file}";
    Routes::of(Tag::Tenants)
        .put(
            one,
            put,
            About::new(
                "putBrandFile",
                "Keep a file of a brand",
                "The body is the file itself: a logo or favicon is PNG, JPEG or WebP, at most 256 KiB; a font is WOFF2, at most \
                 512 KiB. It takes the place of an earlier one.",
            )
            .refuses::<BrandFileError>(),
        )
        .delete(
            one,
            remove,
            About::new("deleteBrandFile", "Take a file of a brand away", "The pages go without it.")
                .refuses::<BrandFileError>(),
        )
}

async fn put(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<TenantId>,
    Which(which): Which,
    File(bytes): File,
) -> Result<Found<TenantView>, Problem> {
    let tenant = service.put_brand_file(id, which, bytes, &host.caller.name()).await?;
    Ok(found(TenantView::of(&service, tenant).await?))
}

async fn remove(
    State(service): State<Service>,
    host: ForHost,
    Id(id): Id<TenantId>,
    Which(which): Which,
) -> Result<Nothing, Problem> {
    service.remove_brand_file(id, which, &host.caller.name()).await?;
    Ok(Nothing)
}
