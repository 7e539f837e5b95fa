//! What a failure means for whoever started the process: exit codes.

use std::process::ExitCode;

use jackfield_store::{BadBackup, RestoreError};

use super::host::HostError;
use crate::{config::ConfigError, serve::ServeError};

/// Used wrongly in a way the argument parser cannot see.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UsedWrongly(pub(super) &'static str);

/// Not done because a person, or the lack of one, said no.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Declined(pub(super) &'static str);

/// Not well, as the result already says in full.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Told(pub(super) &'static str);

/// 2 used or configured wrongly, 78 a key ring that does not fit the store (`EX_CONFIG`), 1 anything else.
pub(super) fn code(error: &anyhow::Error) -> ExitCode {
    if is_wrong_use(error) || is_configuration(error) {
        return ExitCode::from(2);
    }
    let about_keys = error.downcast_ref::<ServeError>().is_some_and(ServeError::is_about_keys)
        || error.downcast_ref::<BadBackup>().is_some_and(is_other_ring)
        || matches!(error.downcast_ref(), Some(RestoreError::Bad(bad)) if is_other_ring(bad));
    if about_keys { ExitCode::from(78) } else { ExitCode::FAILURE }
}

fn is_other_ring(bad: &BadBackup) -> bool {
    matches!(bad, BadBackup::UnknownKey(_) | BadBackup::WrongKey(_))
}

/// The same in one word, for JSON.
pub(super) fn word(error: &anyhow::Error) -> &'static str {
    if is_wrong_use(error) {
        "used-wrongly"
    } else if is_configuration(error) {
        "configuration"
    } else {
        "failed"
    }
}

fn is_wrong_use(error: &anyhow::Error) -> bool {
    error.is::<UsedWrongly>() || error.downcast_ref::<HostError>().is_some_and(HostError::is_wrong_use)
}

fn is_configuration(error: &anyhow::Error) -> bool {
    error.is::<ConfigError>() || matches!(error.downcast_ref(), Some(ServeError::Roots(_)))
}
