//! Brands: where a tenant's pages live, how they look, and the files they show.

mod check;
mod file;

use jackfield_model::{
    brand::{Brand, Links, Sender, Typeface},
    id::TenantId,
    tenant::Tenant,
};

use super::{FieldFault, FieldRule, Service, TenantChange, TenantError};

pub use file::BrandFileError;

/// A brand as somebody wrote it, all of it but its files: what is left out is neutral.
#[derive(Debug, Clone, Default)]
pub struct BrandChange {
    /// The host name of its pages, links and callbacks.
    pub host: Option<String>,
    /// Buttons and links on light ground, like `#1f5fbf`.
    pub accent: Option<String>,
    /// Buttons and links on dark ground.
    pub accent_dark: Option<String>,
    /// The letters.
    pub typeface: Typeface,
    /// Help and the small print.
    pub links: Links,
    /// Whose name its mails carry.
    pub sender: Option<Sender>,
    /// Its languages, the first one for who asks for none of them.
    pub languages: Vec<String>,
    /// The origins of the tenant's applications.
    pub origins: Vec<String>,
    /// The application's own page where a person signs in.
    pub sign_in_url: Option<String>,
}

/// A brand as it stands, to be changed in part.
impl From<&Brand> for BrandChange {
    fn from(brand: &Brand) -> Self {
        Self {
            host: brand.host.as_ref().map(ToString::to_string),
            accent: brand.colours.accent.map(String::from),
            accent_dark: brand.colours.accent_dark.map(String::from),
            typeface: brand.typeface,
            links: brand.links.clone(),
            sender: brand.sender.clone(),
            languages: brand.languages.clone(),
            origins: brand.origins.iter().map(ToString::to_string).collect(),
            sign_in_url: brand.sign_in_url.clone(),
        }
    }
}

impl Service {
    /// Changes how a tenant's pages and mails look, and where they live. Its files stay.
    pub async fn change_brand(&self, id: TenantId, change: BrandChange, by: &str) -> Result<Tenant, TenantError> {
        let change = TenantChange { brand: Some(change), ..TenantChange::default() };
        self.change_tenant(id, change, by).await
    }

    /// Puts a changed brand into a tenant, or says everything that is wrong with it.
    pub(super) async fn rebrand(&self, tenant: &mut Tenant, change: &BrandChange) -> Result<(), TenantError> {
        let rules = check::Rules {
            public: self.public_url(),
            loopback: self.parts.settings.http_loopback,
            languages: &self.languages().tags(),
            has_font: tenant.brand.font.is_some(),
        };
        let (checked, mut faults) = check::check(change, &rules);
        if let Some(host) = &checked.host
            && self.store().tenants().at(host).await?.is_some_and(|other| other.id != tenant.id)
        {
            let message = format!("the pages of another tenant are at `{host}`: choose another name");
            faults.push(FieldFault { key: "brand.host".to_owned(), rule: FieldRule::Form, message });
        }
        if !faults.is_empty() {
            return Err(TenantError::Brand(faults));
        }
        let files = std::mem::take(&mut tenant.brand);
        tenant.brand = checked;
        (tenant.brand.logo, tenant.brand.favicon, tenant.brand.font) = (files.logo, files.favicon, files.font);
        Ok(())
    }
}
