//! Who calls, what the route needs, and for which tenant: settled before a handler or a body is looked at.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use jackfield_model::{api_key::Permission, id::TenantId, secret::Secret};

use super::{
    describe::{Operation, Refuses, Takes},
    problem::{Code, Problem},
};
use crate::service::{Caller, Service, StoreError};

/// Names the tenant where an operator's key speaks for one.
pub(super) const TENANT_HEADER: &str = "jackfield-tenant";

/// What a route needs; part of its handler's signature.
pub(super) trait Needs: Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// The route changes connections.
pub(super) enum Connect {}
/// The route reads connections.
pub(super) enum Read {}
/// The route takes credentials out.
pub(super) enum Lease {}
/// The route calls a provider.
pub(super) enum Proxy {}

impl Needs for Connect {
    const PERMISSION: Permission = Permission::Connect;
}

impl Needs for Read {
    const PERMISSION: Permission = Permission::Read;
}

impl Needs for Lease {
    const PERMISSION: Permission = Permission::Lease;
}

impl Needs for Proxy {
    const PERMISSION: Permission = Permission::Proxy;
}

/// A caller with the permission `P`, and the tenant it speaks for.
pub(super) struct ForTenant<P> {
    /// Who.
    pub(super) caller: Caller,
    /// For whom.
    pub(super) tenant: TenantId,
    needs: PhantomData<fn() -> P>,
}

/// A caller who operates the host: a key of no tenant, with the permission to operate.
pub(super) struct ForHost {
    /// Who.
    pub(super) caller: Caller,
}

impl<P: Needs> FromRequestParts<Service> for ForTenant<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let caller = authenticated(parts, service).await?;
        allowed(&caller, P::PERMISSION)?;
        let tenant = tenant(&parts.headers, caller.tenant)?;
        if caller.tenant.is_none() && service.tenant(tenant).await?.is_none() {
            return Err(Problem::not_found("tenant"));
        }
        Ok(Self { caller, tenant, needs: PhantomData })
    }
}

impl FromRequestParts<Service> for ForHost {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let caller = authenticated(parts, service).await?;
        allowed(&caller, Permission::Operate)?;
        match caller.tenant {
            None => Ok(Self { caller }),
            Some(_) => Err(Problem::operators_only()),
        }
    }
}

/// A caller who may read the audit log: an operator all of it, a tenant's reader the tenant's own.
pub(super) struct Auditor(Caller);

impl Auditor {
    /// Whose lines, where `asked` names a tenant; none for everybody's.
    pub(super) fn of(&self, asked: Option<TenantId>) -> Result<Option<TenantId>, Problem> {
        match (self.0.tenant, asked) {
            (Some(own), Some(asked)) if own != asked => Err(Problem::not_found("tenant")),
            (Some(own), _) => Ok(Some(own)),
            (None, asked) => Ok(asked),
        }
    }
}

impl FromRequestParts<Service> for Auditor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let caller = authenticated(parts, service).await?;
        let needed = if caller.tenant.is_none() { Permission::Operate } else { Permission::Read };
        allowed(&caller, needed)?;
        Ok(Self(caller))
    }
}

impl Takes for Auditor {
    fn takes(operation: &mut Operation<'_>) {
        needs(operation, Permission::Read);
    }
}

impl<P: Needs> Takes for ForTenant<P> {
    fn takes(operation: &mut Operation<'_>) {
        needs(operation, P::PERMISSION);
        let told = "Which tenant an operator's key speaks for; a tenant's key speaks for its own.";
        operation.in_header::<TenantId>(TENANT_HEADER, told);
        operation.refuses(&[Code::TenantMissing, Code::NotFound]);
    }
}

impl Takes for ForHost {
    fn takes(operation: &mut Operation<'_>) {
        needs(operation, Permission::Operate);
        operation.refuses(&[Code::OperatorsOnly]);
    }
}

fn needs(operation: &mut Operation<'_>, permission: Permission) {
    operation.needs(permission);
    operation.refuses(&[Code::KeyMissing, Code::KeyUnknown, Code::PermissionMissing, Code::TooManyRequests]);
    operation.refuses_as(&StoreError::codes());
}

/// Who presents a key. Looked up once a request: layers and handlers share the answer.
pub(super) async fn authenticated(parts: &mut Parts, service: &Service) -> Result<Caller, Problem> {
    if let Some(known) = parts.extensions.get::<Caller>() {
        return Ok(known.clone());
    }
    let key = presented(&parts.headers).ok_or_else(Problem::key_missing)?;
    let caller = service.authenticate(&key).await?.ok_or_else(Problem::key_unknown)?;
    parts.extensions.insert(caller.clone());
    Ok(caller)
}

/// The key of the one `Authorization: Bearer` header (RFC 6750 section 2.1).
fn presented(headers: &HeaderMap) -> Option<Secret> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, key) = only.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| Secret::new(key.to_owned()))
}

fn allowed(caller: &Caller, permission: Permission) -> Result<(), Problem> {
    if caller.may(permission) { Ok(()) } else { Err(Problem::permission_missing(permission)) }
}

/// A tenant's key speaks for that tenant alone; an operator's names one.
fn tenant(headers: &HeaderMap, own: Option<TenantId>) -> Result<TenantId, Problem> {
    let named = headers.get(TENANT_HEADER).map(|value| value.to_str().unwrap_or_default().parse::<TenantId>());
    match (own, named) {
        (Some(own), None) => Ok(own),
        (Some(own), Some(Ok(named))) if own == named => Ok(own),
        (None, Some(Ok(named))) => Ok(named),
        (_, Some(_)) => Err(Problem::not_found("tenant")),
        (None, None) => Err(Problem::tenant_missing()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use http::HeaderValue;
    use jiff::Timestamp;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn id(random: u128) -> TenantId {
        TenantId::new(Timestamp::UNIX_EPOCH, random)
    }

    #[test]
    fn a_key_comes_in_one_bearer_header_and_nowhere_else() {
        let key = |pairs| presented(&headers(pairs)).map(|key| key.expose().to_owned());
        assert_eq!(key(&[("authorization", "Bearer jf_1")]).unwrap(), "jf_1");
        assert_eq!(key(&[("authorization", "bearer  jf_1")]).unwrap(), "jf_1");
        assert_eq!(key(&[]), None);
        assert_eq!(key(&[("authorization", "Basic jf_1")]), None);
        assert_eq!(key(&[("authorization", "Bearer ")]), None);
        assert_eq!(key(&[("authorization", "Bearer a"), ("authorization", "Bearer b")]), None);
        assert_eq!(key(&[("cookie", "authorization=Bearer jf_1")]), None);
    }

    #[test]
    fn a_tenants_key_speaks_for_no_other_tenant() {
        let named = id(2).to_string();
        let headers = headers(&[(TENANT_HEADER, &named)]);
        assert_eq!(tenant(&headers, Some(id(2))).unwrap(), id(2));
        assert_eq!(tenant(&headers, Some(id(1))).unwrap_err().status().as_u16(), 404);
        assert_eq!(tenant(&headers, None).unwrap(), id(2));
        assert_eq!(tenant(&HeaderMap::new(), Some(id(1))).unwrap(), id(1));
    }

    #[test]
    fn an_operators_key_must_name_a_tenant() {
        assert_eq!(tenant(&HeaderMap::new(), None).unwrap_err().code(), "tenant-missing");
        assert_eq!(tenant(&headers(&[(TENANT_HEADER, "ten_x")]), None).unwrap_err().code(), "not-found");
    }
}
