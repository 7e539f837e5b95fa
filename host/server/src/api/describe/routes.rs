//! Routes that are described where they are made.

use axum::{Router, handler::Handler, routing};
use http::Method;

use super::{About, Operation, handler::Described, tag::Tag};
use crate::service::Service;

/// A route of the API as the description needs it.
#[derive(Debug, Clone)]
pub(in crate::api) struct Entry {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) tag: Tag,
    pub(super) about: About,
    pub(super) describe: fn(&mut Operation<'_>),
}

/// Routes with their description.
pub(in crate::api) struct Routes {
    router: Router<Service>,
    entries: Vec<Entry>,
    tag: Tag,
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident $method:ident),+) => {
        $(
            $(#[$doc])*
            pub(in crate::api) fn $verb<H, M, D>(mut self, path: &'static str, handler: H, about: About) -> Self
            where
                H: Handler<M, Service> + Described<D>,
                M: 'static,
            {
                self.entries.push(Entry {
                    method: Method::$method,
                    path,
                    tag: self.tag,
                    about,
                    describe: <H as Described<D>>::describe,
                });
                self.router = self.router.route(path, routing::$verb(handler));
                self
            }
        )+
    };
}

impl Routes {
    /// No route yet; those to come belong to one part of the API.
    pub(in crate::api) fn of(tag: Tag) -> Self {
        Self { router: Router::new(), entries: Vec::new(), tag }
    }

    verbs! {
        /// Adds `GET`.
        get GET,
        /// Adds `POST`.
        post POST,
        /// Adds `PUT`.
        put PUT,
        /// Adds `PATCH`.
        patch PATCH,
        /// Adds `DELETE`.
        delete DELETE
    }

    /// The routes without their description.
    pub(in crate::api) fn into_router(self) -> Router<Service> {
        self.router
    }

    /// The description without the routes.
    pub(in crate::api) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}
