//! Who somebody of the identity provider is here: decided from their claims alone.

use std::collections::BTreeSet;

use jackfield_model::{
    id::TenantId,
    person::{Person, Role},
};
use serde_json::Value;

use crate::config::SignIn;

/// The longest name that is shown, in characters.
const NAME_LIMIT: usize = 120;

/// Why somebody is nobody here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nobody {
    /// No claim makes them anything.
    #[error("no claim of this person makes them anybody here")]
    Unknown,
    /// They are of several tenants, and did not begin at the site of one.
    #[error("this person is of several tenants: they sign in at the site of the one they mean")]
    Several,
}

/// The person behind claims; `at` is the tenant whose site they signed in at, none on the host's own.
pub(super) fn decide(rules: &SignIn, claims: &Value, at: Option<TenantId>) -> Result<Person, Nobody> {
    let subject = only(claims, "sub").ok_or(Nobody::Unknown)?;
    let name = only(claims, &rules.name_claim).filter(|name| is_name(name));
    if at.is_none() && holds(claims, &rules.operators) {
        return Ok(Person { role: Role::Operator, tenant: None, subject, name });
    }
    let tenants = tenants(rules, claims);
    let tenant = match at {
        Some(at) => tenants.contains(&at).then_some(at).ok_or(Nobody::Unknown)?,
        None if tenants.len() > 1 => return Err(Nobody::Several),
        None => tenants.first().copied().ok_or(Nobody::Unknown)?,
    };
    let role = if holds(claims, &rules.administrators) { Role::Administrator } else { Role::EndUser };
    let subject = only(claims, &rules.person_claim).ok_or(Nobody::Unknown)?;
    Ok(Person { role, tenant: Some(tenant), subject, name })
}

/// Whether a provider's answer lacks a claim that the rules name: some say it at userinfo only.
pub(super) fn is_incomplete(rules: &SignIn, claims: &Value) -> bool {
    let named = rules.operators.keys().chain(rules.administrators.keys()).chain(&rules.tenant_claim);
    named.chain([&rules.person_claim, &rules.name_claim]).any(|claim| values(claims, claim).is_empty())
}

fn tenants(rules: &SignIn, claims: &Value) -> BTreeSet<TenantId> {
    let Some(claim) = &rules.tenant_claim else { return BTreeSet::new() };
    let said = values(claims, claim);
    let ids = said.iter().filter_map(|value| {
        let id = if rules.tenants.is_empty() { Some(value) } else { rules.tenants.get(value) };
        id?.parse().ok()
    });
    ids.collect()
}

fn holds(claims: &Value, wanted: &std::collections::BTreeMap<String, BTreeSet<String>>) -> bool {
    wanted.iter().any(|(claim, accepted)| values(claims, claim).iter().any(|value| accepted.contains(value)))
}

fn only(claims: &Value, claim: &str) -> Option<String> {
    values(claims, claim).into_iter().next().filter(|value| !value.is_empty())
}

/// The texts of a claim: one, or those of a list. A name that begins with `/` is a pointer (RFC 6901).
fn values(claims: &Value, claim: &str) -> Vec<String> {
    let found = if claim.starts_with('/') { claims.pointer(claim) } else { claims.get(claim) };
    match found {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => vec![],
    }
}

fn is_name(text: &str) -> bool {
    (1..=NAME_LIMIT).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn rules() -> SignIn {
        SignIn {
            tenant_claim: Some("organisation".into()),
            person_claim: "employee".into(),
            administrators: [("/realm/roles".to_owned(), ["lead".to_owned()].into())].into(),
            operators: [("groups".to_owned(), ["ops".to_owned()].into())].into(),
            ..SignIn::default()
        }
    }

    fn tenant(number: u128) -> TenantId {
        TenantId::new(Timestamp::UNIX_EPOCH, number)
    }

    #[test]
    fn a_group_makes_an_operator_on_the_host_s_own_site_only() {
        let claims = json!({ "sub": "grace", "name": "Grace", "groups": ["all", "ops"] });
        let person = decide(&rules(), &claims, None).unwrap();
        assert_eq!((person.role, person.tenant, person.subject.as_str()), (Role::Operator, None, "grace"));
        assert_eq!(decide(&rules(), &claims, Some(tenant(1))), Err(Nobody::Unknown));
    }

    #[test]
    fn a_tenant_s_person_is_of_that_tenant_and_of_no_other() {
        let claims =
            json!({ "sub": "x", "employee": "u-7", "organisation": tenant(1), "realm": { "roles": ["lead"] } });
        let person = decide(&rules(), &claims, Some(tenant(1))).unwrap();
        assert_eq!(
            (person.role, person.tenant, person.subject.as_str()),
            (Role::Administrator, Some(tenant(1)), "u-7")
        );
        assert_eq!(decide(&rules(), &claims, None).unwrap().tenant, Some(tenant(1)));
        assert_eq!(decide(&rules(), &claims, Some(tenant(2))), Err(Nobody::Unknown));
        let both = json!({ "sub": "x", "employee": "u-7", "organisation": [tenant(1), tenant(2)] });
        assert_eq!(decide(&rules(), &both, None), Err(Nobody::Several));
        assert_eq!(decide(&rules(), &both, Some(tenant(2))).unwrap().role, Role::EndUser);
    }

    #[test]
    fn a_table_names_tenants_by_another_s_words() {
        let rules = SignIn { tenants: [("acme".to_owned(), tenant(1).to_string())].into(), ..rules() };
        let of = |organisation: &str| json!({ "sub": "x", "employee": "u", "organisation": organisation });
        assert_eq!(decide(&rules, &of("acme"), None).unwrap().tenant, Some(tenant(1)));
        assert_eq!(decide(&rules, &of(&tenant(1).to_string()), None), Err(Nobody::Unknown));
    }

    #[test]
    fn who_has_no_claim_is_nobody() {
        for claims in [json!({}), json!({ "sub": "x" }), json!({ "sub": 7, "groups": ["ops"] })] {
            assert_eq!(decide(&rules(), &claims, None), Err(Nobody::Unknown), "{claims}");
        }
    }
}
