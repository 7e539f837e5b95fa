//! What a call's error means for a connection: one failure type from guests, rules, limits and the network.

use jackfield_auth::upkeep::DOUBTS;
use jackfield_model::{
    connection::Connection,
    failure::{Advice, Failure, plain},
    manifest::Manifest,
    status::Happening,
};
use jackfield_runtime::{CallError, Limit, SendError};

/// The failure behind a call that did not answer.
pub(super) fn of_call(error: &CallError) -> Failure {
    match error {
        CallError::Guest { failure, .. } => failure.clone(),
        CallError::Denied { denial, .. } => Failure::new(Advice::Misconfigured, denial.rule, &denial.message),
        CallError::Open { .. } => Failure::new(Advice::Retry(None), error.kind(), &error.to_string()),
        CallError::Limit { limit: Limit::MemoryTotal, .. } => {
            Failure::new(Advice::Retry(None), error.kind(), &error.to_string())
        }
        CallError::Limit { .. } | CallError::Trap { .. } | CallError::NotLoaded { .. } => {
            Failure::new(Advice::Other("connector".into()), error.kind(), &error.to_string())
        }
    }
}

/// Names the actions that need the scopes a failure says are missing: people know those, not scopes.
pub(super) fn with_actions(manifest: &Manifest, mut failure: Failure) -> Failure {
    let Advice::InsufficientScope(missing) = &failure.advice else { return failure };
    let needing = manifest.actions.iter().filter(|action| {
        let mut needed = action.any_of.iter().flatten();
        needed.any(|scope| missing.contains(scope))
    });
    let titles: Vec<String> = needing.map(|action| format!("{} ({})", action.title, action.id)).collect();
    if !titles.is_empty() {
        failure.message = plain(&format!("{} It is needed for: {}.", failure.message, titles.join(", ")), 400);
    }
    failure
}

/// The failure behind a request that was not answered.
pub(super) fn of_send(error: &SendError) -> Failure {
    match error {
        SendError::Denied(denial) => Failure::new(Advice::Misconfigured, denial.rule, &denial.message),
        SendError::Unreachable { .. } => {
            Failure::new(Advice::ProviderDown, "unreachable", "The provider could not be reached.")
        }
        SendError::Broken { .. } => {
            Failure::new(Advice::ProviderDown, "broken-off", "The provider broke off while answering.")
        }
        SendError::Timeout => Failure::new(Advice::ProviderDown, "timeout", "The provider did not answer in time."),
        SendError::TooLarge { limit } => Failure::new(
            Advice::ProviderDown,
            "too-large",
            &format!("The provider answered with more than {limit} bytes."),
        ),
    }
}

/// Whether an answer says nothing about the credential: the provider sent what its connector cannot read, the page of a
/// proxy perhaps, or the connector made no account of it.
pub(super) fn is_unreadable(failure: &Failure) -> bool {
    matches!(&failure.advice, Advice::Other(word) if word == "unexpected-answer") || failure.code == "account"
}

/// What a failed verify does to a connection's status; none when the provider may just be having a bad hour. `doubts` are
/// the answers in a row that nobody could read, this one included.
pub(super) fn happening(connection: &Connection, failure: &Failure, doubts: u32) -> Option<Happening> {
    let unproven = connection.account.is_none();
    match failure.advice {
        Advice::Reauthorize => Some(Happening::GrantLost),
        Advice::Retry(_) | Advice::ProviderDown if !unproven => None,
        _ if !unproven && (1..DOUBTS).contains(&doubts) => None,
        _ => Some(Happening::VerifyFailed),
    }
}
