//! Where a connection's secrets go on a request: made once a call from the manifest, and put on behind the gate.

use data_encoding::BASE64;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jackfield_model::{
    credential::{Credential, SecretFields},
    header::{is_same, is_token, takes_credential},
    manifest::{CallHeader, Manifest, Method, MethodKind, Placed, Placement},
    secret::Secret,
    template::{Template, TemplateError},
};
use url::Url;

use super::{
    body,
    denial::{Denial, shown},
    headers,
    values::PublicValues,
};

/// What requests with the credential carry: secrets, each at its place, and fixed headers.
#[derive(Debug, Default)]
pub struct Placements {
    secrets: Vec<PlacedSecret>,
    headers: Vec<FixedHeader>,
}

/// A secret and the one place it goes. Made from an access token or a typed secret only: a refresh token or a client
/// secret never becomes one.
#[derive(Debug, PartialEq, Eq)]
pub struct PlacedSecret {
    place: Place,
    prefix: String,
    secret: Secret,
}

/// One place on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The header of this name.
    Header(HeaderName),
    /// The query parameter of this name.
    Query(String),
    /// The member of this name in a JSON object or a form.
    Body(String),
    /// The cookie of this name.
    Cookie(String),
}

#[derive(Debug)]
struct FixedHeader {
    name: HeaderName,
    value: HeaderValue,
    replaceable: bool,
}

/// A typed value that no request can carry, and the field it was typed into.
#[derive(Debug)]
pub struct Misplaced {
    /// The field's key.
    pub key: String,
    /// Why not; without the value.
    pub denial: Denial,
}

/// Makes what a method declares from a connection's credential.
pub fn placements(
    manifest: &Manifest,
    method: &Method,
    credential: &Credential,
    values: &PublicValues,
) -> Result<Placements, Denial> {
    let own = own(method, credential, values)?;
    let mut secrets: Vec<PlacedSecret> = Vec::new();
    for placement in &method.placements {
        // An optional field that nobody filled in has nothing to place.
        let Some(secret) = placed_secret(placement.placed(), &own, credential) else { continue };
        let placed = place(placement, secret, values)?;
        if secrets.iter().any(|earlier| earlier.place.is_same(&placed.place)) {
            let message = format!("two secrets of `{}` go to one place, {}", method.id, placed.place);
            return Err(Denial::new("placed-twice", message));
        }
        secrets.push(placed);
    }
    if secrets.is_empty() {
        return Err(missing(method));
    }
    let headers = manifest.headers.iter().filter_map(|declared| fixed(declared, values)).collect::<Result<_, _>>()?;
    Ok(Placements { secrets, headers })
}

/// The typed values of a method that takes secrets as they are typed, where no request can carry them.
pub fn misplaced(method: &Method, typed: &SecretFields, values: &PublicValues) -> Vec<Misplaced> {
    let credential = Credential::Fields(typed.iter().map(|(key, value)| (key.clone(), copy(value))).collect());
    let Ok(own) = own(method, &credential, values) else { return Vec::new() };
    let of_own = match &method.kind {
        MethodKind::ApiToken { field } => Some(field.as_str()),
        MethodKind::Basic(_) | MethodKind::OAuth2Code(_) | MethodKind::ClientCredentials(_) => None,
    };
    let faults = method.placements.iter().filter_map(|placement| {
        let placed = placement.placed();
        let denial = place(placement, placed_secret(placed, &own, &credential)?, values).err()?;
        let mut keys = placed.name.keys().chain(placed.prefix.keys()).chain(placed.secret.as_deref()).chain(of_own);
        Some(Misplaced { key: keys.next()?.to_owned(), denial })
    });
    faults.collect()
}

/// The method's own credential: the token, or the pair of RFC 7617.
fn own(method: &Method, credential: &Credential, values: &PublicValues) -> Result<Secret, Denial> {
    let found = match (&method.kind, credential) {
        (MethodKind::ApiToken { field }, credential) => credential.field(field).map(copy),
        (MethodKind::Basic(basic), Credential::Fields(fields)) => {
            let pair = basic.pair(values, fields).map_err(|error| {
                Denial::new("basic-pair", format!("the name and password of this connection {error}: reauthorize it"))
            })?;
            let plain = Secret::new(format!("{}:{}", pair.name.expose(), pair.password.expose()));
            Some(Secret::new(BASE64.encode(plain.expose().as_bytes())))
        }
        (MethodKind::Basic(_), Credential::Tokens(_)) => None,
        (_, Credential::Tokens(tokens)) => Some(copy(&tokens.access_token)),
        (_, Credential::Fields(_)) => None,
    };
    found.ok_or_else(|| missing(method))
}

fn missing(method: &Method) -> Denial {
    Denial::new(
        "credential-missing",
        format!("the connection holds no credential of the method `{}`: whoever owns it may reauthorize it", method.id),
    )
}

fn placed_secret(placed: &Placed, own: &Secret, credential: &Credential) -> Option<Secret> {
    match &placed.secret {
        Some(key) => credential.field(key).map(copy),
        None => Some(copy(own)),
    }
}

fn place(placement: &Placement, secret: Secret, values: &PublicValues) -> Result<PlacedSecret, Denial> {
    let name = filled(&placement.placed().name, values)?;
    let prefix = filled(&placement.placed().prefix, values)?;
    let place = match placement {
        Placement::Header(_) if takes_credential(&name) => Place::Header(headers::name(&name)?),
        Placement::Header(_) => {
            let message = format!("no credential goes into the header `{}`: choose another name", shown(&name));
            return Err(Denial::new("header-owned", message));
        }
        Placement::Cookie(_) if is_token(&name) => Place::Cookie(name),
        Placement::Cookie(_) => {
            return Err(Denial::new("cookie-name", format!("`{}` is no cookie name (RFC 6265)", shown(&name))));
        }
        Placement::Query(_) => Place::Query(name),
        Placement::Body(_) => Place::Body(name),
    };
    let placed = PlacedSecret { place, prefix, secret };
    placed.fits()?;
    Ok(placed)
}

fn filled(template: &Template, values: &PublicValues) -> Result<String, Denial> {
    let missing = |error: TemplateError| {
        Denial::new("template", format!("the placement `{}` cannot be filled: {error}", shown(template.source())))
    };
    template.fill(|key| values.get(key)).map_err(missing)
}

/// A fixed header; none where a field in it has no value.
fn fixed(declared: &CallHeader, values: &PublicValues) -> Option<Result<FixedHeader, Denial>> {
    let value = declared.value.fill(|key| values.get(key)).ok()?;
    let made = headers::name(&declared.name).and_then(|name| {
        let value = headers::value(name.as_str(), &value)?;
        Ok(FixedHeader { name, value, replaceable: declared.replaceable })
    });
    Some(made)
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_owned())
}

impl Placements {
    /// The secrets and their places.
    pub fn secrets(&self) -> &[PlacedSecret] {
        &self.secrets
    }

    /// Whether requests need a body that a secret can be placed in: a JSON object or a form.
    pub fn need_body(&self) -> bool {
        self.secrets.iter().any(|placed| matches!(placed.place, Place::Body(_)))
    }

    /// Refuses what a request brings at a place of ours: a header or a query parameter.
    pub(super) fn judge(&self, url: &Url, given: &HeaderMap, credential: bool) -> Result<(), Denial> {
        let mut kept: Vec<&str> = self.secrets.iter().filter_map(|placed| placed.place.header()).collect();
        let ours = self.headers.iter().filter(|fixed| credential && !fixed.replaceable);
        kept.extend(ours.map(|fixed| fixed.name.as_str()));
        headers::judge(given, &kept)?;
        let owned = |name: &str| self.secrets.iter().any(|placed| placed.place == Place::Query(name.to_owned()));
        match url.query_pairs().find(|(name, _)| owned(name)) {
            None => Ok(()),
            Some((name, _)) => Err(Denial::new(
                "query-owned",
                format!(
                    "the query parameter `{}` carries the connection's credential, which only the host places: remove it from the request",
                    shown(&name)
                ),
            )),
        }
    }

    /// Puts everything but what goes into the body on a request.
    pub(super) fn put(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), Denial> {
        if self.secrets.is_empty() {
            return Err(Denial::new(
                "credential-missing",
                "this call was given no credential: use `fetch`, or ask for it in `verify`",
            ));
        }
        for fixed in &self.headers {
            if !(fixed.replaceable && headers.keys().any(|name| is_same(name.as_str(), fixed.name.as_str()))) {
                headers.insert(fixed.name.clone(), fixed.value.clone());
            }
        }
        let mut cookies: Vec<String> = Vec::new();
        for placed in &self.secrets {
            let value = placed.value();
            match &placed.place {
                Place::Header(name) => drop(headers.insert(name.clone(), sensitive(name, &value)?)),
                Place::Query(name) => {
                    url.query_pairs_mut().append_pair(name, value.expose());
                    // RFC 6750 section 2.3: nobody on the way keeps an address with a token in it.
                    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                }
                Place::Cookie(name) => cookies.push(format!("{name}={}", value.expose())),
                Place::Body(_) => {}
            }
        }
        if !cookies.is_empty() {
            let value = Secret::new(cookies.join("; "));
            headers.insert(header::COOKIE, sensitive(&header::COOKIE, &value)?);
        }
        Ok(())
    }

    /// Puts what goes into the body there.
    pub(super) fn put_in_body(&self, headers: &HeaderMap, given: Vec<u8>) -> Result<Vec<u8>, Denial> {
        let members = self.secrets.iter().filter_map(|placed| match &placed.place {
            Place::Body(name) => Some((name.as_str(), placed.value())),
            Place::Header(_) | Place::Query(_) | Place::Cookie(_) => None,
        });
        body::with_members(headers, given, &members.collect::<Vec<_>>())
    }
}

fn sensitive(name: &HeaderName, value: &Secret) -> Result<HeaderValue, Denial> {
    let mut value = headers::value(name.as_str(), value.expose())?;
    value.set_sensitive(true);
    Ok(value)
}

impl PlacedSecret {
    /// Where it goes.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The secret, without what precedes it: what an echo would show.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The whole text at its place.
    fn value(&self) -> Secret {
        Secret::new(format!("{}{}", self.prefix, self.secret.expose()))
    }

    /// Whether the place can carry its text; the refusal never repeats it.
    fn fits(&self) -> Result<(), Denial> {
        let value = self.value();
        match &self.place {
            Place::Header(name) => headers::value(name.as_str(), value.expose()).map(drop),
            // RFC 6265 section 4.1.1, `cookie-octet`.
            Place::Cookie(name) => {
                let octet = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
                let refuse = || {
                    let message = format!(
                        "the value of the cookie `{name}` holds a space, a comma or another character that no cookie takes"
                    );
                    Denial::new("cookie-value", message)
                };
                if value.expose().bytes().all(octet) { Ok(()) } else { Err(refuse()) }
            }
            Place::Query(_) | Place::Body(_) => Ok(()),
        }
    }
}

impl Place {
    /// The header of this place, where it is one.
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::Header(name) => Some(name.as_str()),
            Self::Query(_) | Self::Body(_) | Self::Cookie(_) => None,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self.header(), other.header()) {
            (Some(one), Some(other)) => is_same(one, other),
            _ => self == other,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header(name) => write!(out, "the header `{name}`"),
            Self::Query(name) => write!(out, "the query parameter `{}`", shown(name)),
            Self::Body(name) => write!(out, "the member `{}` of the body", shown(name)),
            Self::Cookie(name) => write!(out, "the cookie `{}`", shown(name)),
        }
    }
}

#[cfg(test)]
pub(in crate::egress) mod tests;
