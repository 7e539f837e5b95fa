//! Egress: where requests may go, which ones, with what on them. Pure rules; sending is the server's.

mod body;
mod denial;
mod enforcement;
mod gate;
pub(crate) mod headers;
mod origins;
mod placement;
mod redirect;
mod requests;
mod settings;
mod values;

pub use denial::Denial;
pub(crate) use denial::shown;
pub use enforcement::{Enforcement, Ruling};
pub use gate::{Asked, Gate};
pub use headers::is_owned;
pub use origins::{AllowedOrigin, allowed_origins};
pub use placement::{Misplaced, Place, PlacedSecret, Placements, misplaced, placements};
pub use redirect::{MOST_REDIRECTS, same_origin_redirect};
pub use requests::{AllowedRequest, Requests, allowed_requests};
pub use settings::EgressSettings;
pub use values::{PublicValues, public_values};
