//! What a connection that arrives says of itself, held to what the host would have taken in at its making. A file is sealed, which
//! shows that nobody changed it, and not who wrote it.

use std::collections::BTreeMap;

use jackfield_auth::token;
use jackfield_model::{
    connection::{self, Connection},
    expiry::Expiry,
    failure::plain,
    manifest::{Manifest, Method},
};
use jiff::Timestamp;

use super::super::{fields, session::is_end_user};

/// The first second of the year 3000: nothing that is kept ends later, and sums of moments stay moments.
const LATEST: i64 = 32_503_680_000;
/// The longest label of an account, in characters, as a connector's answer is cut.
const LABEL: usize = 200;
/// More changes of a credential than there will ever be, and few enough to count on.
const VERSIONS: u64 = 1 << 48;

/// What is wrong with it; none where nothing is. No value is in it.
pub(super) fn against(manifest: &Manifest, method: &Method, arriving: &Connection, loopback: bool) -> Option<String> {
    if connection::name(&arriving.name).as_deref() != Ok(arriving.name.as_str()) {
        return Some("it has no name that a connection could have".to_owned());
    }
    if !arriving.end_user.as_deref().is_none_or(is_end_user) {
        return Some("it belongs to nobody who could be a person here".to_owned());
    }
    if arriving.account.as_ref().is_some_and(|account| plain(&account.label, LABEL) != account.label) {
        return Some("its account has no label that could be shown".to_owned());
    }
    if !(1..=VERSIONS).contains(&arriving.version) || !moments(arriving).all(is_of_our_time) {
        return Some("it counts or dates what cannot be".to_owned());
    }
    let chosen = arriving.target.choices().iter().map(|target| &target.fields);
    std::iter::once(&arriving.fields).chain(chosen).find_map(|values| misfit(manifest, method, values, loopback))
}

/// A public value that the connector here would not have taken: one that names a host decides where secrets are sent.
fn misfit(manifest: &Manifest, method: &Method, values: &BTreeMap<String, String>, loopback: bool) -> Option<String> {
    let keep = method.kind.oauth2().map(|oauth2| oauth2.response.keep.as_slice()).unwrap_or_default();
    values.iter().find_map(|(key, value)| {
        let kept = keep.iter().find(|kept| kept.key == *key);
        if kept.is_some_and(|kept| token::may_be_kept(kept, value, &[])) {
            return None;
        }
        let mut declared = manifest.fields_of(method).filter(|field| !field.secret);
        match (declared.find(|field| field.key == *key), kept) {
            (Some(field), _) => {
                fields::check_kept(field, value, loopback).err().map(|told| format!("its field `{key}`: {told}"))
            }
            (None, Some(_)) => Some(format!("its field `{key}` has another form than `{}` keeps here", manifest.name)),
            (None, None) => Some(format!("`{}` declares no public field `{key}` here", manifest.name)),
        }
    })
}

fn moments(arriving: &Connection) -> impl Iterator<Item = Timestamp> {
    let ends = [arriving.clocks.access, arriving.clocks.grant];
    let of_tokens = arriving.tokens.iter().map(|token| token.access);
    let ends = ends.into_iter().chain(of_tokens).flatten().map(|end: Expiry| end.at);
    let verified = arriving.verification.as_ref().map(|last| last.at);
    let upkeep = [arriving.upkeep.token_since, arriving.upkeep.grant_since, arriving.upkeep.due, verified];
    let said = arriving.said.ends.map(|end| end.at);
    ends.chain(upkeep.into_iter().chain([said]).flatten()).chain([arriving.created_at])
}

fn is_of_our_time(at: Timestamp) -> bool {
    (0..LATEST).contains(&at.as_second())
}
