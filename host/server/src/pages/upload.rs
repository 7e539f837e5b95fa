//! A form with files somebody who is signed in sent from a page of ours.
//!
//! The mark comes first in such a form, so that a file of somebody else's form is not read.

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::Field},
    response::Response,
};

use super::{
    signed_in::SignedIn,
    submission::{MARK, Submission, files_from_our_page, foreign, is_mark_of, sent_too_often, too_large},
};
use crate::service::Service;

/// The most parts a form of ours has.
const PARTS_LIMIT: usize = 64;

/// A form and its files. How large it may be is the route's business.
pub(super) struct Upload {
    /// The form.
    pub(super) form: Submission,
    files: Vec<(String, Vec<u8>)>,
}

impl Upload {
    /// The file of an input; none where nobody chose one.
    pub(super) fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let (_, bytes) = self.files.iter_mut().find(|(known, _)| known == name)?;
        Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty())
    }
}

impl Upload {
    /// Reads one of who may send it; nothing of anybody else's is read.
    pub(super) async fn of(
        request: Request,
        service: &Service,
        may: impl Fn(&SignedIn) -> bool,
    ) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let by = SignedIn::from_request_parts(&mut parts, service).await?;
        if !may(&by) {
            return Err(by.not_theirs());
        }
        if !files_from_our_page(&parts.headers) {
            return Err(foreign(&by));
        }
        let Ok(mut multipart) = Multipart::from_request(Request::from_parts(parts, body), service).await else {
            return Err(foreign(&by));
        };
        let (mut fields, mut files) = (vec![], vec![]);
        for place in 0..PARTS_LIMIT {
            let part = match multipart.next_field().await {
                Ok(None) => break,
                Ok(Some(part)) => part,
                Err(_) => return Err(too_large(&by)),
            };
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let Some(bytes) = read(part).await else { return Err(too_large(&by)) };
            if place == 0
                && let Some(refusal) = refused(service, &by, &name, &bytes)
            {
                return Err(refusal);
            }
            if is_file {
                files.push((name, bytes));
            } else {
                fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        if fields.is_empty() {
            return Err(foreign(&by));
        }
        Ok(Self { form: Submission::of(by, fields), files })
    }
}

/// Why a form is not taken whose first part this is: it has to be the mark of our page.
fn refused(service: &Service, by: &SignedIn, name: &str, bytes: &[u8]) -> Option<Response> {
    if name == MARK && is_mark_of(by, &String::from_utf8_lossy(bytes)) {
        sent_too_often(service, by)
    } else {
        Some(foreign(by))
    }
}

/// None where the body broke off or was larger than the route takes.
async fn read(part: Field<'_>) -> Option<Vec<u8>> {
    part.bytes().await.ok().map(Vec::from)
}
