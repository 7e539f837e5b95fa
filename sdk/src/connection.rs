//! What a connector can do with a connection: ask the provider, page through lists, read public values.

use crate::bindings::base::jackfield::connector::http;
use crate::{Connection, Failure, Json, Pages, Pagination, Request, Response};

impl Connection {
    /// Sends a request with the credential and answers the response where its status is 2xx.
    ///
    /// # Errors
    /// What the status means (see [`Response::success`]), or why nothing was answered.
    pub fn call(&self, request: &Request) -> Result<Response, Failure> {
        self.send(request)?.success()
    }

    /// Asks for JSON with a `GET`.
    ///
    /// # Errors
    /// As [`Connection::call`]; also where the answer is no JSON.
    pub fn get_json(&self, url: &str) -> Result<Json, Failure> {
        self.call(&Request::get(url))?.json()
    }

    /// The pages of a list, fetched one at a time as the iterator is asked, at most [`Pages::LIMIT`].
    pub fn pages<'a>(&'a self, first: Request, pagination: &Pagination) -> Pages<'a> {
        Pages::new(self, first, pagination.clone())
    }

    /// A public value that must be there: a field, `client.key`, a kept value or `issuer.endpoint`.
    ///
    /// # Errors
    /// `misconfigured` with the code `value-missing`, naming the key.
    pub fn value(&self, key: &str) -> Result<String, Failure> {
        self.config(key)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Failure::misconfigured("value-missing", format!("The setting `{key}` has no value.")))
    }
}

/// Sends a request without a credential, through the same gate, and answers the response where its status is 2xx.
///
/// # Errors
/// As [`Connection::call`].
pub fn fetch(request: &Request) -> Result<Response, Failure> {
    http::fetch(request)?.success()
}
