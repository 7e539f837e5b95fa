//! `/admin/brand`: how a tenant's pages and mails look and whose name they carry. For its administrators.

use axum::{
    Router,
    extract::{RawQuery, State},
    response::Response,
    routing::get,
};
use http::StatusCode;
use jackfield_model::{
    brand::{Brand, Links, Sender, Typeface},
    id::TenantId,
    tenant::Tenant,
};
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind, choice},
    back_to, brand_files,
    brand_words::{contrast, fault},
    done,
    tenants::lines,
    to_copy,
    who::AdministratorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfAdministrator, SignedIn},
        submission::Submission,
    },
    service::{BrandChange, Service, TenantChange, TenantError},
};

/// The page.
pub(super) const PATH: &str = "/admin/brand";
/// The letters there are, as the form names them.
const TYPEFACES: [(Typeface, &str); 4] =
    [(Typeface::System, "system"), (Typeface::Rounded, "rounded"), (Typeface::Serif, "serif"), (Typeface::Own, "own")];

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(show).post(save)).merge(brand_files::routes())
}

async fn show(
    State(service): State<Service>,
    OfAdministrator(by, id): OfAdministrator,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let said = done(&by.site.words, query.as_deref());
    page(&service, &by, id, &said, &Again::default()).await
}

async fn save(
    State(service): State<Service>,
    AdministratorForm(form, id): AdministratorForm,
) -> Result<Response, Problem> {
    let tenant = service.tenant(id).await?.ok_or_else(|| Problem::not_found("tenant"))?;
    let wanted = TenantChange {
        name: form.get("name").map(str::to_owned),
        brand: Some(typed(&form, &tenant.brand)),
        ..TenantChange::default()
    };
    let words = &form.by.site.words;
    match service.change_tenant(id, wanted, &form.by.person.author()).await {
        Ok(_) => Ok(back_to(PATH, "brand-saved")),
        Err(TenantError::Name) => {
            let again = Again::with(&form, "name", words.say("admin-tenant-name-fault"));
            page(&service, &form.by, id, &html! {}, &again).await
        }
        Err(TenantError::Brand(faults)) => {
            let told = |key: &str| key.strip_prefix("brand.").unwrap_or(key).replace(['.', '_'], "-");
            let faults = faults.into_iter().map(|met| (told(&met.key), fault(words, &told(&met.key), &form)));
            page(&service, &form.by, id, &html! {}, &Again::with_all(&form, faults.collect())).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The brand of the form; its host name is the operator's to change.
fn typed(form: &Submission, before: &Brand) -> BrandChange {
    let text = |name: &str| form.get(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let sender = match (text("sender-name"), text("sender-address")) {
        (None, None) => None,
        (name, address) => Some(Sender { name: name.unwrap_or_default(), address: address.unwrap_or_default() }),
    };
    let chosen = |word: &str| TYPEFACES.iter().find(|(_, known)| *known == word).map(|(typeface, _)| *typeface);
    // The main language first: it is for who asks for none of them.
    let mut languages: Vec<String> = form.all("languages").map(str::to_owned).collect();
    if let Some(first) = text("main-language").and_then(|first| languages.iter().position(|tag| *tag == first)) {
        let first = languages.remove(first);
        languages.insert(0, first);
    }
    BrandChange {
        host: before.host.as_ref().map(ToString::to_string),
        accent: text("colours-accent"),
        accent_dark: text("colours-accent-dark"),
        typeface: form.get("typeface").and_then(chosen).unwrap_or_default(),
        links: Links {
            support: text("links-support"),
            terms: text("links-terms"),
            privacy: text("links-privacy"),
            imprint: text("links-imprint"),
        },
        sender,
        languages,
        origins: lines(form.get("origins")),
        sign_in_url: text("sign-in-url"),
    }
}

/// The page, with what was said and what is wrong.
pub(super) async fn page(
    service: &Service,
    by: &SignedIn,
    id: TenantId,
    said: &Markup,
    again: &Again<'_>,
) -> Result<Response, Problem> {
    let tenant = service.tenant(id).await?.ok_or_else(|| Problem::not_found("tenant"))?;
    let view = View { service, by, tenant: &tenant, again };
    let words = &by.site.words;
    let title = words.say("admin-brand");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("admin-brand-lead")) }
        (said)
        (again.summary(words))
        (to_copy(words, &words.say("admin-brand-host"), service.site_url(&tenant).as_str().trim_end_matches('/')))
        p class="quiet" { (words.say("admin-brand-host-help")) }
        form method="post" action=(PATH) {
            (marked(by))
            (view.looks())
            (view.links())
            (view.mail())
            (view.applications())
            div class="actions" { button type="submit" class="button" { (words.say("admin-save")) } }
        }
        (brand_files::section(by, &tenant, again))
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(by.frame(&title).here(PATH).answer(status, &main))
}

struct View<'a> {
    service: &'a Service,
    by: &'a SignedIn,
    tenant: &'a Tenant,
    again: &'a Again<'a>,
}

impl View<'_> {
    fn ask(&self, name: &str, kind: Kind, required: bool, before: &str) -> Markup {
        let words = &self.by.site.words;
        let help = words.perhaps(&format!("admin-brand-{name}-help")).unwrap_or_default();
        let label = words.say(&format!("admin-brand-{name}"));
        Ask { name, label, help, kind, required }.markup(words, self.again, before)
    }

    fn looks(&self) -> Markup {
        let words = &self.by.site.words;
        let brand = &self.tenant.brand;
        let held = |colour: Option<jackfield_model::brand::Colour>| {
            colour.map(|colour| colour.to_string()).unwrap_or_default()
        };
        let (light, dark) = (held(brand.colours.accent), held(brand.colours.accent_dark));
        let letters: Vec<(String, String)> = TYPEFACES
            .iter()
            .map(|(_, word)| ((*word).to_owned(), words.say(&format!("admin-brand-typeface-{word}"))))
            .collect();
        let now = TYPEFACES.iter().find(|(typeface, _)| *typeface == brand.typeface).map_or("system", |(_, word)| word);
        html! {
            h2 { (words.say("admin-brand-looks")) }
            (self.ask("name", Kind::Text, true, &self.tenant.name))
            @for (name, value, ground) in [("colours-accent", &light, "light"), ("colours-accent-dark", &dark, "dark")] {
                div class="colour" data-colour=(ground) data-picker=(words.say("admin-brand-pick"))
                    data-good=(words.say("admin-brand-contrast-good")) data-bad=(words.say("admin-brand-contrast-bad")) {
                    (self.ask(name, Kind::Text, false, value))
                    p class="contrast quiet" role="status" { (contrast(words, ground, self.again.value(name, value))) }
                }
            }
            div class="preview" aria-hidden="true" data-preview {
                p { strong { (self.tenant.name) } }
                p { (words.say("admin-brand-preview")) " " span class="preview-link" { (words.say("page-support")) } }
                span class="preview-button" { (words.say("page-new")) }
            }
            (choice("typeface", &words.say("admin-brand-typeface"), self.again, now, &letters))
        }
    }

    fn links(&self) -> Markup {
        let words = &self.by.site.words;
        let links = &self.tenant.brand.links;
        let asked = [
            ("links-support", &links.support),
            ("links-terms", &links.terms),
            ("links-privacy", &links.privacy),
            ("links-imprint", &links.imprint),
        ];
        html! {
            h2 { (words.say("admin-brand-links")) }
            @for (name, held) in asked { (self.ask(name, Kind::Text, false, held.as_deref().unwrap_or_default())) }
        }
    }

    fn mail(&self) -> Markup {
        let words = &self.by.site.words;
        let sender = self.tenant.brand.sender.clone().unwrap_or(Sender { name: String::new(), address: String::new() });
        html! {
            h2 { (words.say("admin-brand-mail")) }
            (self.ask("sender-name", Kind::Text, false, &sender.name))
            (self.ask("sender-address", Kind::Text, false, &sender.address))
            (self.languages())
        }
    }

    fn languages(&self) -> Markup {
        let words = &self.by.site.words;
        let (brand, all) = (&self.tenant.brand, self.service.languages());
        let name = |tag: &str| all.words(tag, &[tag.to_owned()]).say("language-name");
        let tags = all.tags();
        let first = brand.languages.first().map_or("en", String::as_str);
        let options: Vec<(String, String)> = tags.iter().map(|tag| ((*tag).to_owned(), name(tag))).collect();
        html! {
            fieldset id="languages" {
                legend { (words.say("admin-brand-languages")) }
                p class="help" { (words.say("admin-brand-languages-help")) }
                @for tag in &tags {
                    div class="check" {
                        input type="checkbox" name="languages" id={ "language-" (tag) } value=(tag)
                            checked[self.again.ticked("languages", tag, brand.languages.iter().any(|known| known == tag))];
                        label for={ "language-" (tag) } lang=(tag) { (name(tag)) }
                    }
                }
                @if let Some(fault) = self.again.fault("languages") { p class="fault" { (fault) } }
            }
            (choice("main-language", &words.say("admin-brand-main-language"), self.again, first, &options))
        }
    }

    fn applications(&self) -> Markup {
        let words = &self.by.site.words;
        let brand = &self.tenant.brand;
        let origins: Vec<String> = brand.origins.iter().map(ToString::to_string).collect();
        html! {
            h2 { (words.say("admin-brand-applications")) }
            (self.ask("origins", Kind::Lines(2), false, &origins.join("\n")))
            (self.ask("sign-in-url", Kind::Text, false, brand.sign_in_url.as_deref().unwrap_or_default()))
        }
    }
}
