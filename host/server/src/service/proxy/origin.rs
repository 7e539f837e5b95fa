//! Which of a connection's origins a call goes to, and its URL there.

use jackfield_model::{
    manifest::Manifest,
    origin::Origin,
    path::{self, PathError, ReadPath},
};
use jackfield_runtime::{Denial, egress::AllowedOrigin};
use url::Url;

use super::error::ProxyError;

/// The origin a caller named by its id, or by its URL where an id stands for several; the only one that takes the
/// credential where none was named.
pub(super) fn choose<'a>(
    manifest: &Manifest,
    origins: &'a [AllowedOrigin],
    wanted: Option<&str>,
) -> Result<&'a AllowedOrigin, ProxyError> {
    let open = reachable(manifest, origins);
    let found: Vec<&AllowedOrigin> = match wanted {
        Some(name) => {
            let is_named = |origin: &&AllowedOrigin| origin.id == name || origin.origin.to_string() == name;
            open.iter().copied().filter(is_named).collect()
        }
        None => open.iter().copied().filter(|origin| origin.credential).collect(),
    };
    match (found.as_slice(), wanted) {
        ([one], _) => Ok(one),
        ([], Some(name)) => Err(ProxyError::NoOrigin { given: name.chars().take(64).collect(), known: names(&open) }),
        _ => Err(ProxyError::WhichOrigin { known: names(&open) }),
    }
}

/// The origins open to callers: those that take the credential, and those declared without it. Where a credential's
/// own origin leads elsewhere too (an issuer's token endpoint), that is the host's alone.
fn reachable<'a>(manifest: &Manifest, origins: &'a [AllowedOrigin]) -> Vec<&'a AllowedOrigin> {
    let mut open: Vec<&AllowedOrigin> = Vec::new();
    for origin in origins {
        let declared = manifest.origin(&origin.id).is_some_and(|declared| declared.credential);
        let known = open.iter().any(|known| known.id == origin.id && known.origin == origin.origin);
        if origin.credential == declared && !known {
            open.push(origin);
        }
    }
    open
}

/// Ids; with their URL where an id alone would not do.
fn names(open: &[&AllowedOrigin]) -> String {
    let name = |origin: &&AllowedOrigin| {
        let several = open.iter().filter(|other| other.id == origin.id).count() > 1;
        let name = if several { origin.origin.to_string() } else { origin.id.clone() };
        if origin.credential { name } else { format!("{name} (without the credential)") }
    };
    if open.is_empty() { "none".to_owned() } else { open.iter().map(name).collect::<Vec<_>>().join(", ") }
}

/// The URL of a path and query, still encoded as they arrived, at an origin. The path is spelled in the one way that
/// every reader reads alike, and that spelling is both judged and sent.
pub(super) fn url_at(origin: &Origin, path_and_query: &str) -> Result<Url, Denial> {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    let ambiguous = |message: String| Denial::new("path-ambiguous", message);
    let plain = path::canonical(path).map_err(refused)?;
    if query.is_some_and(|query| query.contains('#') || query.chars().any(char::is_control)) {
        return Err(ambiguous("the query holds a fragment or a control character: encode it".to_owned()));
    }
    let unreadable = || ambiguous("the path is no URL path: write it plainly".to_owned());
    let mut url = Url::parse(&format!("{origin}{plain}")).map_err(|_| unreadable())?;
    url.set_query(query);
    if url.path() == plain && Origin::of(&url).is_ok_and(|own| own == *origin) { Ok(url) } else { Err(unreadable()) }
}

/// The path of such a URL, read for everything that judges it.
pub(super) fn read(path: &str) -> Result<ReadPath, Denial> {
    ReadPath::of(path).map_err(refused)
}

fn refused(error: PathError) -> Denial {
    Denial::new(error.rule(), error.to_string())
}

#[cfg(test)]
mod tests;
