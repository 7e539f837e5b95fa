//! What guests answer, in the words of the model: accounts, failures, plans.

use jackfield_model::{
    account::Account,
    failure::{self, Advice, Failure},
    plan::{Hole, Part, Plan, PlanBody, Value},
    target::Target,
};
use jiff::Timestamp;

use crate::{
    bindings::{exports::jackfield::connector::discover, jackfield::connector::types},
    egress::{Denial, shown},
};

/// More choices than this are none.
const MOST_TARGETS: usize = 200;
/// The most bytes of all targets together: they are kept in the connection's record, beside what else it holds.
const TARGETS_BYTES: usize = 12 * 1024;
/// The most bytes of an account's scopes together, and of one.
const SCOPES_BYTES: usize = 8 * 1024;
const SCOPE_BYTES: usize = 512;
/// The most extras of an account, and the most bytes of all of them together.
const MOST_EXTRAS: usize = 32;
const EXTRAS_BYTES: usize = 4 * 1024;

pub(crate) fn advice(given: types::Advice) -> Advice {
    match given {
        types::Advice::Reauthorize => Advice::Reauthorize,
        types::Advice::InsufficientScope(scopes) => Advice::InsufficientScope(missing(scopes)),
        types::Advice::Misconfigured => Advice::Misconfigured,
        types::Advice::Retry(after) => Advice::Retry(after),
        types::Advice::ProviderDown => Advice::ProviderDown,
        types::Advice::Unsupported => Advice::Unsupported,
        types::Advice::Other(other) => Advice::Other(failure::plain(&other, 64)),
    }
}

/// The first of the scopes said to be missing, as many as are kept: which they are is advice, not data.
fn missing(scopes: Vec<String>) -> Vec<String> {
    let mut left = SCOPES_BYTES;
    let kept = scopes.into_iter().map(|scope| failure::plain(&scope, SCOPE_BYTES / 4));
    kept.take_while(|scope| {
        left = left.saturating_sub(scope.len() + 1);
        left > 0
    })
    .collect()
}

/// Whether scopes are few enough to keep, and each one plain word.
fn are_scopes(scopes: &[String]) -> bool {
    let plain = |scope: &String| scope.len() <= SCOPE_BYTES && !scope.chars().any(char::is_control);
    scopes.iter().map(|scope| scope.len() + 1).sum::<usize>() <= SCOPES_BYTES && scopes.iter().all(plain)
}

pub(crate) fn failure(given: types::Failure) -> Failure {
    Failure::new(advice(given.advice), &given.code, &given.message)
}

/// What `verify` found: whose the credential is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The account.
    pub account: Account,
    /// A sentence about what only adorns it and could not be taken; none where all of it was.
    pub left_out: Option<String>,
}

/// An account, if it names one: what is shown is one plain line, what is clicked is https. What only adorns it is left out
/// where it cannot be kept: a picture too long says nothing about whose the credential is.
pub(crate) fn account(mut given: types::Account) -> Result<Verified, Denial> {
    let bad = |what: &str| {
        Denial::new("account", format!("`verify` answered with {what}: the connector's author may correct it"))
    };
    if given.id.is_empty() || given.id.len() > 256 || given.id.chars().any(char::is_control) {
        return Err(bad("an account id that is empty, longer than 256 bytes or not one line"));
    }
    if given.granted_scopes.as_ref().is_some_and(|scopes| !are_scopes(scopes)) {
        return Err(bad("granted scopes of more than 8 KiB together, or one that is too long or not one line"));
    }
    let left_out = without_adornments(&mut given);
    let expires = given.expires.map(|at| {
        i64::try_from(at)
            .ok()
            .and_then(|at| Timestamp::from_millisecond(at).ok())
            .ok_or_else(|| bad("an end beyond all calendars"))
    });
    let label = failure::plain(&given.label, 200);
    let account = Account {
        label: if label.is_empty() { given.id.clone() } else { label },
        id: given.id,
        avatar: given.avatar,
        granted_scopes: given.granted_scopes.map(|scopes| scopes.into_iter().collect()),
        expires: expires.transpose()?,
        extras: given
            .extras
            .into_iter()
            .map(|(key, value)| (failure::plain(&key, 64), failure::plain(&value, 1024)))
            .collect(),
    };
    Ok(Verified { account, left_out })
}

/// Takes away the picture and the extras that cannot be kept, and says so.
fn without_adornments(given: &mut types::Account) -> Option<String> {
    let https = |url: &String| url::Url::parse(url).is_ok_and(|url| url.scheme() == "https");
    let picture = given.avatar.take_if(|url| url.len() > 2048 || !https(url));
    let had = given.extras.len();
    let mut left = EXTRAS_BYTES;
    given.extras.truncate(MOST_EXTRAS);
    given.extras.retain(|(key, value)| {
        let rest = left.checked_sub(key.len() + value.len()).filter(|_| key.len() <= 64 && value.len() <= 1024);
        left = rest.unwrap_or(left);
        rest.is_some()
    });
    let picture = picture.map(|_| "Its picture was left out: no https URL of at most 2048 bytes.".to_owned());
    let extras = match had - given.extras.len() {
        0 => None,
        lost => Some(format!("{lost} of its extras were left out: too many or too long.")),
    };
    let said: Vec<String> = [picture, extras].into_iter().flatten().collect();
    if said.is_empty() { None } else { Some(said.join(" ")) }
}

/// Targets, if each is one line to choose by; whether a connection has the fields they set is asked elsewhere.
pub(crate) fn targets(given: Vec<discover::Target>) -> Result<Vec<Target>, Denial> {
    let bad = |what: &str| {
        Denial::new("target", format!("`discover` answered with {what}: the connector's author may correct it"))
    };
    if given.len() > MOST_TARGETS {
        return Err(bad("more than 200 targets"));
    }
    let mut targets: Vec<Target> = Vec::with_capacity(given.len());
    for target in given {
        let id = target.id;
        if id.is_empty() || id.len() > 256 || id.chars().any(char::is_control) {
            return Err(bad("a target's id that is empty, longer than 256 bytes or not one line"));
        }
        if targets.iter().any(|known| known.id == id) {
            return Err(bad("two targets of one id"));
        }
        if !target.extras.is_empty() {
            return Err(bad("extras that this host does not know"));
        }
        if target.fields.len() > 16 || target.fields.iter().any(|(key, value)| key.len() > 64 || value.len() > 1024) {
            return Err(bad("more than 16 fields for a target, or one too long"));
        }
        let label = failure::plain(&target.label, 200);
        targets.push(Target {
            label: if label.is_empty() { id.clone() } else { label },
            description: failure::plain(&target.description, 400),
            fields: target.fields.into_iter().collect(),
            id,
        });
    }
    if targets.iter().map(size).sum::<usize>() > TARGETS_BYTES {
        return Err(bad("targets of more than 12 KiB together"));
    }
    Ok(targets)
}

fn size(target: &Target) -> usize {
    let fields: usize = target.fields.iter().map(|(key, value)| key.len() + value.len()).sum();
    target.id.len() + target.label.len() + target.description.len() + fields
}

/// A hole this host fills; otherwise its name.
pub(crate) fn hole(given: types::Hole) -> Result<Hole, String> {
    match given {
        types::Hole::ClientId => Ok(Hole::ClientId),
        types::Hole::ClientSecret => Ok(Hole::ClientSecret),
        types::Hole::BasicClient => Ok(Hole::BasicClient),
        types::Hole::Code => Ok(Hole::Code),
        types::Hole::Verifier => Ok(Hole::Verifier),
        types::Hole::RedirectUri => Ok(Hole::RedirectUri),
        types::Hole::RefreshToken => Ok(Hole::RefreshToken),
        types::Hole::AccessToken => Ok(Hole::AccessToken),
        types::Hole::Field(key) => Ok(Hole::Field(key)),
        types::Hole::Signature(number) => Ok(Hole::Signature(number)),
        types::Hole::ClientAssertion => Err("client-assertion".to_owned()),
        types::Hole::Other(other) => Err(failure::plain(&other, 80)),
    }
}

pub(crate) fn value(given: types::Template) -> Result<Value, String> {
    let part = |part| match part {
        types::Part::Text(text) => Ok(Part::Text(text)),
        types::Part::Hole(given) => hole(given).map(Part::Hole),
    };
    given.into_iter().map(part).collect()
}

pub(crate) fn plan(given: types::Plan) -> Result<Plan, Denial> {
    let unknown =
        |name: String| Denial::new("hole-unknown", format!("the hole `{}` is not filled by this host", shown(&name)));
    let named = |pairs: Vec<(String, types::Template)>| -> Result<Vec<(String, Value)>, Denial> {
        pairs.into_iter().map(|(name, template)| Ok((name, value(template).map_err(unknown)?))).collect()
    };
    let body = match given.body {
        types::PlanBody::Empty => PlanBody::Empty,
        types::PlanBody::Form(pairs) => PlanBody::Form(named(pairs)?),
        types::PlanBody::Json(pairs) => PlanBody::Json(named(pairs)?),
        types::PlanBody::Text((content_type, template)) => {
            PlanBody::Text(content_type, value(template).map_err(unknown)?)
        }
    };
    let path = given.path.into_iter().map(|template| value(template).map_err(unknown)).collect::<Result<_, _>>()?;
    Ok(Plan {
        method: given.method,
        url: given.url,
        query: named(given.query)?,
        path,
        headers: named(given.headers)?,
        body,
    })
}
