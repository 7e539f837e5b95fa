//! A person's browser, played: cookies, redirects and forms, on loopback.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use cookie::Cookie;
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use url::Url;

use super::markup::{self, Form};

const MOST_REDIRECTS: usize = 10;
const PAGE_LIMIT: usize = 1024 * 1024;

/// A browser and its cookies. Everything is on one host, so a cookie's name is enough to tell it from others.
pub(super) struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    cookies: BTreeMap<String, String>,
}

/// A page it arrived at.
pub(super) struct Page {
    /// Its address, after every redirect.
    pub(super) url: Url,
    /// Its text.
    pub(super) text: String,
}

impl Page {
    /// The first form that `fits`.
    pub(super) fn form(&self, fits: impl Fn(&Form) -> bool) -> Result<Form> {
        Form::all(&self.text).into_iter().find(fits).with_context(|| format!("{} has no such form", self.place()))
    }

    /// Where it is, without the query: it may carry a code.
    fn place(&self) -> String {
        format!("{}{}", self.url.origin().ascii_serialization(), self.url.path())
    }
}

impl Browser {
    #[allow(clippy::disallowed_methods, reason = "a person's browser, which the host's egress rules are not about")]
    pub(super) fn new() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), cookies: BTreeMap::new() }
    }

    /// Opens an address.
    pub(super) async fn open(&mut self, url: &str) -> Result<Page> {
        self.go(Method::GET, Url::parse(url)?, None).await
    }

    /// Sends a form of a page.
    pub(super) async fn submit(&mut self, page: &Page, form: &Form) -> Result<Page> {
        ensure!(form.post, "the form of {} is not posted", page.place());
        let url = page.url.join(&form.action)?;
        self.go(Method::POST, url, Some((form.encoded(), page.url.origin().ascii_serialization()))).await
    }

    async fn go(&mut self, mut method: Method, mut url: Url, mut form: Option<(String, String)>) -> Result<Page> {
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&method, &url, form.take()).await?;
            self.keep(&response)?;
            let location = response.headers().get(header::LOCATION).cloned();
            if let Some(location) = location.filter(|_| response.status().is_redirection()) {
                url = url.join(location.to_str()?)?;
                method = Method::GET;
                continue;
            }
            let status = response.status();
            let body = Limited::new(response.into_body(), PAGE_LIMIT).collect().await;
            let body = body.map_err(|_| anyhow::anyhow!("a page broke off"))?.to_bytes();
            let page = Page { url, text: String::from_utf8_lossy(&body).into_owned() };
            ensure!(status.is_success(), "{} answered {status}", page.place());
            match markup::onward(&page.text) {
                Some(next) => url = page.url.join(&next)?,
                None => return Ok(page),
            }
            method = Method::GET;
        }
        bail!("redirected more than {MOST_REDIRECTS} times")
    }

    async fn ask(
        &self,
        method: &Method,
        url: &Url,
        form: Option<(String, String)>,
    ) -> Result<Response<hyper::body::Incoming>> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(url.as_str()).header(header::ACCEPT, "text/html");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut body = Bytes::new();
        if let Some((encoded, origin)) = form {
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ORIGIN, origin)
                .header("sec-fetch-site", "same-origin");
            body = encoded.into();
        }
        Ok(self.client.request(request.body(Full::new(body))?).await?)
    }

    fn keep<B>(&mut self, response: &Response<B>) -> Result<()> {
        for line in response.headers().get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(line.to_str()?.to_owned())?;
            let ended = cookie.max_age().is_some_and(cookie::time::Duration::is_zero) || cookie.value().is_empty();
            if ended {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        Ok(())
    }
}
