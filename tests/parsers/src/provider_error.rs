//! What a provider says went wrong.

use jackfield_auth::provider_error::{ErrorCode, ProviderError};
use jackfield_model::{failure::Advice, failure::Failure, secret::Secret};

use crate::given;

/// The first line is a code, the rest its description: a closed set, and clean words without a secret.
pub fn provider_error(bytes: &[u8]) {
    let Some(all) = given::text(bytes) else { return };
    let (code, description) = all.split_once('\n').map_or((all, None), |(code, rest)| (code, Some(rest)));
    let secrets = given::secrets();
    let shown: Vec<&Secret> = secrets.iter().collect();
    let error = ProviderError::new(code, description, &shown);
    assert_eq!(ErrorCode::of(code), error.code);
    assert!(error.code == ErrorCode::Unknown || error.code.name() == code);
    given::hides(format!("{error} {error:?}"));
    if let Some(text) = &error.text {
        given::is_plain(text, 200);
        let failure = Failure::new(Advice::ProviderDown, code, text);
        given::is_plain(&failure.message, 400);
        given::is_plain(&failure.code, 64);
    }
}
