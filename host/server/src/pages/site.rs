//! Whose page somebody looks at: by the host name they came to, in the language they read.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use jackfield_model::{
    brand::{Brand, HostName},
    id::TenantId,
    tenant::Tenant,
};

use super::cookie;
use crate::{
    api::problem::Problem,
    service::{Service, StoreError},
    words::Words,
};

/// A site: a tenant's own, or that of the host itself.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// Whose; none on the host's own.
    pub(super) tenant: Option<Tenant>,
    /// What it says.
    pub(super) words: Words,
    /// Whether the host name belongs to the tenant, so that nobody else's page may be shown on it.
    own_name: bool,
    /// Whether browsers come over TLS.
    pub(super) secure: bool,
    wanted: String,
}

impl Site {
    /// The site a request came to.
    pub(super) async fn at(service: &Service, headers: &HeaderMap) -> Result<Self, StoreError> {
        let tenant = match host(headers) {
            Some(host) => service.tenant_at(&host).await?,
            None => None,
        };
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let wanted = cookie::language(headers).unwrap_or_else(|| asked.chars().take(400).collect());
        let secure = service.public_url().scheme() == "https";
        let words = words(service, &wanted, tenant.as_ref());
        Ok(Self { own_name: tenant.is_some(), tenant, words, secure, wanted })
    }

    /// The same for a page whose tenant is known by other means, in that tenant's brand.
    pub(super) fn of(&self, service: &Service, tenant: &Tenant) -> Self {
        let words = words(service, &self.wanted, Some(tenant));
        Self { tenant: Some(tenant.clone()), words, ..self.clone() }
    }

    /// Whether something of a tenant's may be shown here.
    pub(super) fn may_show(&self, tenant: TenantId) -> bool {
        !self.own_name || self.tenant.as_ref().is_some_and(|own| own.id == tenant)
    }

    /// Whether this is the host's own name, which shows what is no tenant's.
    pub(super) fn is_hosts_own(&self) -> bool {
        !self.own_name
    }

    /// The tenant whose host name this is; none for the host's own.
    pub(super) fn place(&self) -> Option<TenantId> {
        self.tenant.as_ref().filter(|_| self.own_name).map(|tenant| tenant.id)
    }

    /// The name people know it by.
    pub(super) fn name(&self) -> String {
        self.tenant.as_ref().map_or_else(|| self.words.say("page-neutral"), |tenant| tenant.name.clone())
    }

    /// How it looks, where somebody said.
    pub(super) fn brand(&self) -> Option<&Brand> {
        self.tenant.as_ref().map(|tenant| &tenant.brand)
    }
}

#[cfg(test)]
impl Site {
    /// A site in English without a host, for what is drawn from sample data.
    pub(super) fn sample(tenant: Option<&Tenant>) -> Self {
        let languages = crate::words::Languages::load(None).unwrap_or_else(|error| unreachable!("{error}"));
        let (tenant, words) = (tenant.cloned(), languages.words("en", &[]));
        Self { tenant, words, own_name: false, secure: true, wanted: String::new() }
    }
}

impl FromRequestParts<Service> for Site {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        Ok(Self::at(service, &parts.headers).await?)
    }
}

fn words(service: &Service, wanted: &str, tenant: Option<&Tenant>) -> Words {
    let offered = tenant.map_or(&[][..], |tenant| tenant.brand.languages.as_slice());
    service.languages().words(wanted, offered)
}

/// The host name of a request, without port or last dot, in lower case: what decides whose pages are shown.
pub fn host(headers: &HeaderMap) -> Option<String> {
    Some(HostName::asked(headers.get(header::HOST)?.to_str().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_host_name_is_read_without_its_port() {
        let named = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(text));
            host(&headers).unwrap()
        };
        assert_eq!(named("Acme.Example:8443"), "acme.example");
        assert_eq!(named("acme.example."), "acme.example");
        assert_eq!(named("[::1]:80"), "[::1]");
        assert_eq!(host(&HeaderMap::new()), None);
    }
}
