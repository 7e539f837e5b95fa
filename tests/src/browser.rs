//! A scripted browser: cookies, redirects, forms and the rules a real one holds a page to; runs no script.

mod jar;
mod page;
mod policy;

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response};
use url::Url;

pub use self::jar::Jar;
pub use self::page::{Form, Page};
use crate::wire::Wire;

/// As many as the browsers people use follow before they give up.
const MOST_REDIRECTS: usize = 20;

/// Where a navigation ended.
#[derive(Debug)]
pub enum Landing {
    /// At a page.
    Page(Page),
    /// On the way to a place outside the test, such as an application's own page.
    Left(Url),
}

impl Landing {
    /// The page; an error where the navigation left.
    pub fn page(self) -> Result<Page> {
        match self {
            Self::Page(page) => Ok(page),
            Self::Left(url) => bail!("expected a page, was sent to {url}"),
        }
    }

    /// The place outside; an error that shows the page where there was one.
    pub fn left(self) -> Result<Url> {
        match self {
            Self::Left(url) => Ok(url),
            Self::Page(page) => bail!("expected to leave, landed at {}: {}", page.url, page.body),
        }
    }
}

/// One person's browser.
pub struct Browser {
    wire: Wire,
    /// Its cookies.
    pub jar: Jar,
    outside: Vec<String>,
}

/// A request about to be made, and what made it.
struct Navigation {
    method: Method,
    url: Url,
    form: Option<String>,
    from: Option<Start>,
}

/// The page a navigation started from, as far as rules depend on it.
struct Start {
    url: Url,
    silent: bool,
    form_action: Option<policy::FormAction>,
}

impl Browser {
    /// A browser without cookies that reaches what `wire` reaches.
    pub fn new(wire: Wire) -> Self {
        Self { wire, jar: Jar::default(), outside: Vec::new() }
    }

    /// Stops, as [`Landing::Left`], before requesting any URL that begins with `prefix`.
    pub fn leave_at(&mut self, prefix: &str) {
        self.outside.push(prefix.to_owned());
    }

    /// Types an address.
    pub async fn open(&mut self, url: &str) -> Result<Landing> {
        self.navigate(Navigation { method: Method::GET, url: Url::parse(url)?, form: None, from: None }).await
    }

    /// Clicks a link of `page` to `url`.
    pub async fn click(&mut self, page: &Page, url: &Url) -> Result<Landing> {
        self.navigate(Navigation {
            method: Method::GET,
            url: url.clone(),
            form: None,
            from: Some(Start::page(page, false)),
        })
        .await
    }

    /// Sends a form of `page`, filled in.
    pub async fn submit(&mut self, page: &Page, form: &Form) -> Result<Landing> {
        let encoded = form.encoded();
        let mut url = form.action.clone();
        let post = form.method == Method::POST;
        if !post {
            url.set_query(Some(&encoded));
        }
        self.navigate(Navigation {
            method: form.method.clone(),
            url,
            form: post.then_some(encoded),
            from: Some(Start::page(page, true)),
        })
        .await
    }

    async fn navigate(&mut self, mut going: Navigation) -> Result<Landing> {
        let mut foreign = false;
        for _ in 0..=MOST_REDIRECTS {
            if let Some(rule) = going.from.as_ref().and_then(|from| from.form_action.as_ref()) {
                ensure!(rule.allows(&going.url), "form-action forbids {}", going.url);
            }
            if self.outside.iter().any(|prefix| going.url.as_str().starts_with(prefix)) {
                return Ok(Landing::Left(going.url));
            }
            foreign |= going.from.as_ref().is_some_and(|from| !policy::same_site(&from.url, &going.url));
            let response = self.request(&going, foreign).await?;
            match redirect(&going.url, &response)? {
                Some(next) => {
                    foreign |= !policy::same_site(&going.url, &next);
                    going.redirected(next, response.status().as_u16());
                }
                None => return Ok(Landing::Page(Page::read(going.url, response)?)),
            }
        }
        bail!("redirected more than {MOST_REDIRECTS} times")
    }

    async fn request(&mut self, going: &Navigation, foreign: bool) -> Result<Response<Bytes>> {
        let mut request = Request::builder()
            .method(going.method.clone())
            .header(USER_AGENT, "jackfield-scripted-browser")
            .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-mode", "navigate")
            .header(
                "sec-fetch-site",
                policy::fetch_site(going.from.as_ref().map(|from| &from.url), &going.url, foreign),
            );
        if let Some(cookies) = self.jar.header(&going.url, foreign, &going.method) {
            request = request.header(COOKIE, cookies);
        }
        if let Some(from) = going.from.as_ref().filter(|_| going.form.is_some()) {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(ORIGIN, from.origin());
        }
        let body = going.form.clone().unwrap_or_default();
        let response = self.wire.send(&going.url, request.body(Bytes::from(body))?).await?;
        for value in response.headers().get_all(SET_COOKIE) {
            self.jar.store(&going.url, value.to_str()?)?;
        }
        Ok(response)
    }
}

impl Navigation {
    /// What becomes of a request at a redirect (RFC 9110 15.4): a form survives 307 and 308 only.
    fn redirected(&mut self, next: Url, status: u16) {
        self.url = next;
        if !matches!(status, 307 | 308) {
            self.method = Method::GET;
            self.form = None;
        }
    }
}

impl Start {
    fn page(page: &Page, with_form: bool) -> Self {
        let policy = page.headers.get(REFERRER_POLICY);
        Self {
            url: page.url.clone(),
            silent: policy.is_some_and(|policy| policy == "no-referrer"),
            form_action: with_form.then(|| policy::FormAction::of(page)).flatten(),
        }
    }

    /// The Fetch standard's rule: a page that hides its address hides its origin too.
    fn origin(&self) -> String {
        if self.silent { "null".to_owned() } else { self.url.origin().ascii_serialization() }
    }
}

fn redirect(at: &Url, response: &Response<Bytes>) -> Result<Option<Url>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location: &HeaderValue = response.headers().get(LOCATION).context("a redirect without a Location")?;
    Ok(Some(at.join(location.to_str()?)?))
}
