//! Lists in pages: follows what the provider says of the next page, up to a bound.

use crate::{Connection, Failure, Json, Pagination, Request, Response};

/// The pages of a list, each as JSON, fetched as they are asked for. Ends after the first failure.
pub struct Pages<'a> {
    connection: &'a Connection,
    next: Option<Request>,
    pagination: Pagination,
    fetched: u32,
}

impl<'a> Pages<'a> {
    /// How many pages are fetched at most: a list without end must not eat a call's whole budget.
    pub const LIMIT: u32 = 20;

    pub(crate) fn new(connection: &'a Connection, first: Request, pagination: Pagination) -> Self {
        Self { connection, next: Some(first), pagination, fetched: 0 }
    }

    fn fetch(&mut self, request: Request) -> Result<Json, Failure> {
        let response = self.connection.call(&request)?;
        let page = response.json()?;
        self.fetched += 1;
        if self.fetched < Self::LIMIT {
            self.next = following(&self.pagination, request, &response, &page);
        }
        Ok(page)
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<Json, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let request = self.next.take()?;
        Some(self.fetch(request))
    }
}

/// The request for the page after this one; none where this one was the last.
fn following(pagination: &Pagination, request: Request, response: &Response, page: &Json) -> Option<Request> {
    match pagination {
        Pagination::LinkHeader => {
            let url = next_link(response.header("link")?)?;
            Some(Request { url: url.to_owned(), ..request })
        }
        Pagination::Cursor((pointer, parameter)) => page.find(pointer).map(|cursor| request.query(parameter, &cursor)),
        Pagination::Page(parameter) => {
            let count = members(page)?;
            let number = number(&request, parameter).unwrap_or(1);
            (count > 0).then(|| request.query(parameter, &(number + 1).to_string()))
        }
        Pagination::Offset((offset, limit)) => {
            let count = members(page)?;
            let full = number(&request, limit).is_none_or(|size| count >= size);
            let start = number(&request, offset).unwrap_or(0);
            (count > 0 && full).then(|| request.query(offset, &(start + count).to_string()))
        }
        Pagination::Other(_) => None,
    }
}

/// How many members a page has, where the page is a list itself.
fn members(page: &Json) -> Option<u64> {
    page.value().as_array().and_then(|list| u64::try_from(list.len()).ok())
}

/// The number a query parameter has.
fn number(request: &Request, parameter: &str) -> Option<u64> {
    let (_, query) = request.url.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == parameter)?.1.parse().ok()
}

/// The target of `rel="next"` in a `Link` header (RFC 8288 section 3).
fn next_link(header: &str) -> Option<&str> {
    header.split(',').find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let mut names = parameters.split(';').map(str::trim);
        names.any(|name| name == r#"rel="next""# || name == "rel=next").then_some(target)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn after(pagination: &Pagination, url: &str, link: &str, body: &str) -> Option<String> {
        let headers = vec![("Link".to_owned(), link.to_owned())];
        let response = Response { status: 200, headers, body: Vec::new() };
        let page = Json::read(body.as_bytes()).unwrap();
        following(pagination, Request::get(url), &response, &page).map(|request| request.url)
    }

    #[test]
    fn the_next_page_is_found_in_each_way() {
        let link = r#"<https://a.example/?page=1>; rel="prev", <https://a.example/?page=3>; rel="next""#;
        let cursor = Pagination::Cursor(("/next".into(), "after".into()));
        let offset = Pagination::Offset(("offset".into(), "limit".into()));
        let page = Pagination::Page("page".into());
        for (pagination, url, body, expected) in [
            (&Pagination::LinkHeader, "https://a.example/?page=2", "[]", Some("https://a.example/?page=3")),
            (&cursor, "https://a.example/?after=x", r#"{"next":"y z"}"#, Some("https://a.example/?after=y%20z")),
            (&cursor, "https://a.example/", r#"{"next":null}"#, None),
            (&page, "https://a.example/", "[1]", Some("https://a.example/?page=2")),
            (&page, "https://a.example/?page=4", "[]", None),
            (&offset, "https://a.example/?limit=2", "[1,2]", Some("https://a.example/?limit=2&offset=2")),
            (&offset, "https://a.example/?limit=2&offset=2", "[1]", None),
        ] {
            assert_eq!(after(pagination, url, link, body).as_deref(), expected, "{pagination:?} {url}");
        }
        assert_eq!(after(&Pagination::LinkHeader, "https://a.example/", r#"<x>; rel="last""#, "[]"), None);
    }
}
