//! The description of the API (`OpenAPI` 3.1), made from the handlers' own types: an extractor says what it takes and how it
//! refuses, an answer says what it looks like, so that the description cannot say something else than the code.

mod about;
mod codes;
mod document;
mod example;
mod handler;
mod operation;
mod problems;
mod routes;
mod schemas;
mod tag;
#[cfg(test)]
mod tests;
mod variants;

pub(super) use about::About;
pub(super) use codes::{Codes, Refuses};
pub(super) use document::document;
pub(super) use operation::{Answer, Operation};
pub(super) use routes::{Entry, Routes};
pub(super) use tag::Tag;

/// What an extractor takes from a request.
pub(super) trait Takes {
    /// Adds it to an operation, with the codes of its refusals.
    fn takes(operation: &mut Operation<'_>);
}

/// What a handler answers.
pub(super) trait Answers {
    /// Adds each answer to an operation.
    fn answers(operation: &mut Operation<'_>);
}
