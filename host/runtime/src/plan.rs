//! Filling plans: the host puts secrets into the named holes after the guest has returned, each only where it may go.

mod encode;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use http::{HeaderMap, HeaderValue, Method};
use jackfield_model::{
    origin::Origin,
    plan::{Hole, Part, Plan, PlanBody, Value},
    secret::Secret,
};
use url::Url;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    egress::{Denial, Gate, headers, shown},
    signatures::{Recipe, Signatures, sha256},
};

/// A plan as a guest returned it, with what its call was allowed.
#[derive(Debug)]
pub struct Planned {
    /// The request with holes.
    pub plan: Plan,
    pub(crate) signatures: Arc<Signatures>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) secrets_in_query: bool,
}

/// What holes are filled with, each secret with the origins it may go to.
#[derive(Debug, Default)]
pub struct Holes(HashMap<Hole, Filling>);

#[derive(Debug)]
struct Filling {
    text: Secret,
    /// None for a public value.
    origins: Option<Vec<Origin>>,
}

impl Holes {
    /// Nothing to fill with.
    pub fn new() -> Self {
        Self::default()
    }

    /// A public value: a client id, a redirect URI, a public field.
    pub fn public(&mut self, hole: Hole, value: impl Into<String>) {
        self.0.insert(hole, Filling { text: Secret::new(value.into()), origins: None });
    }

    /// A secret, and the origins that may receive it.
    pub fn secret(&mut self, hole: Hole, value: Secret, origins: &[Origin]) {
        self.0.insert(hole, Filling { text: value, origins: Some(origins.to_vec()) });
    }
}

/// A filled plan. Its request holds secrets: it is sent and forgotten.
pub struct Filled {
    /// The request, with an absolute URI.
    pub request: http::Request<Vec<u8>>,
    /// Where it goes.
    pub origin: Origin,
}

impl std::fmt::Debug for Filled {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Filled({} {})", self.request.method(), self.origin)
    }
}

type Text = Zeroizing<String>;

/// The most bytes of one filled value, and of a whole filled plan.
pub(crate) const VALUE_BYTES: usize = 64 * 1024;
pub(crate) const WHOLE_BYTES: usize = 1024 * 1024;

impl Planned {
    /// Fills the plan. Every rule of the gate holds for it, and every secret goes to its own origins only.
    pub fn fill(&self, holes: &Holes) -> Result<Filled, Denial> {
        let plan = &self.plan;
        let method = Method::from_bytes(plan.method.as_bytes())
            .map_err(|_| Denial::new("method", format!("`{}` is no HTTP method", shown(&plan.method))))?;
        let mut url = Url::parse(&plan.url)
            .map_err(|_| Denial::new("url", format!("`{}` is no absolute URL", shown(&plan.url))))?;
        if url.query().is_some() {
            return Err(Denial::new(
                "plan-url",
                "a plan's URL has no query: its author declares the parameters in `query`, where the host encodes them",
            ));
        }
        let origin = self.gate.egress.judge_endpoint(&self.gate.connector, &url)?;
        let filler = Filler::of(self, holes, &origin);
        self.gate.judge_place(&method, &filler.shape(&url, &plan.path)?, false)?;
        filler.path(&mut url, &plan.path)?;
        filler.query(&mut url, &plan.query)?;
        let mut headers = filler.headers(&plan.headers)?;
        let body = filler.body(&plan.body, &mut headers)?;
        headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() =
            url.as_str().parse().map_err(|_| Denial::new("url", "the filled URL is too long or malformed"))?;
        *request.headers_mut() = headers;
        Ok(Filled { request, origin })
    }
}

struct Filler<'a> {
    holes: &'a Holes,
    signatures: &'a Signatures,
    origin: &'a Origin,
    in_query: bool,
    /// Signatures made so far: each is made once, however often it is used.
    made: RefCell<BTreeMap<u32, Text>>,
    /// Bytes that may still be filled in: a hole of a few bytes stands for thousands.
    left: Cell<usize>,
}

impl<'a> Filler<'a> {
    fn of(planned: &'a Planned, holes: &'a Holes, origin: &'a Origin) -> Self {
        let (made, left) = (RefCell::default(), Cell::new(WHOLE_BYTES));
        Self { holes, signatures: &planned.signatures, origin, in_query: planned.secrets_in_query, made, left }
    }

    /// Writes a piece behind others, within what one value and all of them together may have.
    fn push(&self, out: &mut String, piece: &str, place: &str) -> Result<(), Denial> {
        let too_large = |what: String| Denial::new("plan-size", what);
        let left = self.left.get().checked_sub(piece.len());
        self.left.set(left.ok_or_else(|| too_large("the filled plan has more than 1 MiB".to_owned()))?);
        if out.len() + piece.len() > VALUE_BYTES {
            return Err(too_large(format!("the filled value of `{}` has more than 64 KiB", shown(place))));
        }
        out.push_str(piece);
        Ok(())
    }

    /// The URL with its secret segments left unfilled: what is judged and may be shown.
    fn shape(&self, url: &Url, segments: &[Value]) -> Result<Url, Denial> {
        let mut shape = url.clone();
        for segment in segments {
            let text = if self.is_secret(segment) {
                Zeroizing::new("secret".to_owned())
            } else {
                self.text(segment, "a path segment")?
            };
            if let Ok(mut path) = shape.path_segments_mut() {
                path.pop_if_empty().push(&text);
            }
        }
        Ok(shape)
    }

    fn path(&self, url: &mut Url, segments: &[Value]) -> Result<(), Denial> {
        for segment in segments {
            let text = self.text(segment, "a path segment")?;
            let escapes = text.is_empty() || *text == "." || *text == ".." || text.contains(['/', '\\']);
            if escapes {
                return Err(Denial::new(
                    "plan-path",
                    "a filled path segment is empty, a dot segment or holds a slash: it would name another path",
                ));
            }
            if self.is_secret(segment) && !self.in_query {
                return Err(secret_in_url("path"));
            }
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().push(&text);
            }
        }
        Ok(())
    }

    fn query(&self, url: &mut Url, pairs: &[(String, Value)]) -> Result<(), Denial> {
        for (name, value) in pairs {
            if self.is_secret(value) && !self.in_query {
                return Err(secret_in_url("query"));
            }
            let text = self.text(value, name)?;
            url.query_pairs_mut().append_pair(name, &text);
        }
        Ok(())
    }

    fn headers(&self, pairs: &[(String, Value)]) -> Result<HeaderMap, Denial> {
        let mut given = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            if headers::is_owned(name) && !name.eq_ignore_ascii_case("authorization") {
                return Err(Denial::new(
                    "header-owned",
                    format!("the header `{}` belongs to the host: remove it from the plan", shown(name)),
                ));
            }
            given.push((name.clone(), self.text(value, name)?.to_string()));
        }
        let mut read = headers::read(&given);
        for (_, text) in &mut given {
            text.zeroize();
        }
        for value in read.iter_mut().flat_map(HeaderMap::values_mut) {
            value.set_sensitive(true);
        }
        read
    }

    fn body(&self, body: &PlanBody, headers: &mut HeaderMap) -> Result<Vec<u8>, Denial> {
        let (content_type, bytes) = match body {
            PlanBody::Empty => return Ok(Vec::new()),
            PlanBody::Form(pairs) => {
                ("application/x-www-form-urlencoded".to_owned(), encode::form(&self.pairs(pairs)?))
            }
            PlanBody::Json(pairs) => ("application/json".to_owned(), encode::json(&self.pairs(pairs)?)?),
            PlanBody::Text(content_type, value) => (content_type.clone(), self.written(content_type, value)?),
        };
        let value = headers::value("content-type", &content_type)?;
        headers.insert(http::header::CONTENT_TYPE, value);
        Ok(bytes)
    }

    fn pairs(&self, pairs: &[(String, Value)]) -> Result<Vec<(String, Text)>, Denial> {
        pairs.iter().map(|(name, value)| Ok((name.clone(), self.text(value, name)?))).collect()
    }

    /// Text of another format: literal pieces as they are, filled ones escaped by that format's own rule.
    fn written(&self, content_type: &str, value: &Value) -> Result<Vec<u8>, Denial> {
        let escape = encode::Escape::of(content_type).ok_or_else(|| {
            Denial::new(
                "plan-body",
                format!(
                    "a body of the type `{}` cannot be filled safely: use form, JSON, XML or plain text",
                    shown(content_type)
                ),
            )
        })?;
        let mut out = Zeroizing::new(String::new());
        for part in value {
            match part {
                Part::Text(text) => self.push(&mut out, text, "body")?,
                Part::Hole(hole) => self.push(&mut out, &escape.apply(&self.hole(hole)?)?, "body")?,
            }
        }
        Ok(std::mem::take(&mut *out).into_bytes())
    }

    fn text(&self, value: &Value, place: &str) -> Result<Text, Denial> {
        let mut out = Zeroizing::new(String::new());
        for part in value {
            match part {
                Part::Text(text) => self.push(&mut out, text, place)?,
                Part::Hole(hole) => self.push(&mut out, &self.hole(hole)?, place)?,
            }
        }
        Ok(out)
    }

    fn hole(&self, hole: &Hole) -> Result<Text, Denial> {
        if let Hole::Signature(number) = hole {
            return self.signature(*number);
        }
        let missing = || {
            Denial::new(
                "hole-unknown",
                format!("there is no `{}` here: the connector's author uses what this step has", shown(&hole.name())),
            )
        };
        let filling = self.holes.0.get(hole).ok_or_else(missing)?;
        if let Some(origins) = &filling.origins
            && !origins.contains(self.origin)
        {
            let message = format!(
                "`{}` may not go to {}: a secret goes only to the origins that were approved for it; the manifest declares them, the operator approves them",
                shown(&hole.name()),
                self.origin
            );
            return Err(Denial::new("secret-origin", message));
        }
        Ok(Zeroizing::new(filling.text.expose().to_owned()))
    }

    /// A recipe, carried out once: one that uses the one before it twice would otherwise be twice the work each time.
    fn signature(&self, number: u32) -> Result<Text, Denial> {
        if let Some(made) = self.made.borrow().get(&number) {
            return Ok(made.clone());
        }
        let made = self.sign(number)?;
        self.made.borrow_mut().insert(number, made.clone());
        Ok(made)
    }

    /// Carries a recipe out. One may use earlier ones only, so this ends.
    fn sign(&self, number: u32) -> Result<Text, Denial> {
        let unknown = || Denial::new("hole-unknown", format!("signature {number} was not made in this call"));
        let recipe = self.signatures.get(number).ok_or_else(unknown)?;
        let (message, key) = match recipe {
            Recipe::Sha256 { message, .. } => (message, None),
            Recipe::Hmac { message, key, .. } => (message, Some(key)),
        };
        let later = |hole: &Hole| matches!(hole, Hole::Signature(other) if *other >= number);
        let circular =
            message.iter().any(|part| matches!(part, Part::Hole(hole) if later(hole))) || key.is_some_and(later);
        if circular {
            return Err(unknown());
        }
        let text = self.text(message, "a signed message")?;
        Ok(Zeroizing::new(match recipe {
            Recipe::Sha256 { writing, .. } => writing.write(&sha256(text.as_bytes())),
            Recipe::Hmac { keyed, key, writing, .. } => {
                writing.write(&keyed.sign(self.hole(key)?.as_bytes(), text.as_bytes()))
            }
        }))
    }

    fn is_secret(&self, value: &Value) -> bool {
        value.iter().any(|part| match part {
            Part::Text(_) => false,
            Part::Hole(hole) => {
                hole.is_secret() || self.holes.0.get(hole).is_some_and(|filling| filling.origins.is_some())
            }
        })
    }
}

fn secret_in_url(place: &str) -> Denial {
    Denial::new(
        "secret-in-url",
        format!(
            "a secret in the {place} of a URL is a deviation: the manifest declares it as the body format `query` with its reason, and the operator approves it"
        ),
    )
}

#[cfg(test)]
mod tests;
