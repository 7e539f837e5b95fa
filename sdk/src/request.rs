//! Requests, put together. The host adds credentials, `Host`, `Content-Length` and hop-by-hop headers itself.

use crate::{Json, Request};

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Self { method: method.to_ascii_uppercase(), url: url.into(), headers: Vec::new(), body: None }
    }

    /// A `GET` that prefers JSON.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url).header("accept", "application/json")
    }

    /// A `POST` without a body yet.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url).header("accept", "application/json")
    }

    /// With one header; a header of the same name is replaced.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With a JSON body and its content type.
    #[must_use]
    pub fn json(self, body: &Json) -> Self {
        let mut request = self.header("content-type", "application/json");
        request.body = Some(body.value().to_string().into_bytes());
        request
    }

    /// With a query parameter, percent-encoded; one of the same name is replaced.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let name = encoded(name);
        let (base, query) = self.url.split_once('?').unwrap_or((self.url.as_str(), ""));
        let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name.as_str()));
        let added = format!("{name}={}", encoded(value));
        let pairs: Vec<&str> = others.chain([added.as_str()]).collect();
        self.url = format!("{base}?{}", pairs.join("&"));
        self
    }
}

/// Percent-encodes everything but the unreserved characters (RFC 3986 section 2.3).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase();
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_parameter_is_encoded_and_replaced() {
        let request = Request::get("https://api.example/list?limit=2&cursor=old").query("cursor", "a b/+&=é");
        assert_eq!(request.url, "https://api.example/list?limit=2&cursor=a%20b%2F%2B%26%3D%C3%A9");
        assert_eq!(Request::get("https://api.example").query("page", "2").url, "https://api.example?page=2");
    }

    #[test]
    fn a_header_replaces_one_of_the_same_name() {
        let request = Request::get("https://api.example").header("Accept", "text/plain");
        assert_eq!(request.headers, [("Accept".to_owned(), "text/plain".to_owned())]);
    }
}
