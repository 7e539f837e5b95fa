//! Refreshing, decided: when it is due, what a failure means, and what happens next. Nothing here acts.

use jackfield_model::{
    credential::TokenSet,
    expiry::Clocks,
    manifest::{RefreshRules, RefreshUsing, Rotation},
    status::Happening,
    upkeep::wait_left,
};
use jiff::{SignedDuration, Timestamp};

use crate::{failures::LONGEST_WAIT, provider_error::ProviderError, token::TokenError};

/// An access token counts as over this long before its end (REF-4).
pub const SAFETY: SignedDuration = SignedDuration::from_secs(30);
/// The widest margin taken without a declaration (REF-3).
pub const WIDEST_MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// A life shorter than this is refreshed ahead of time once at most (REF-3).
pub const SHORT_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// After an unknown outcome the old token is tried when this much access is left (security rule 5).
pub const LAST_MOMENT: SignedDuration = SignedDuration::from_secs(60);
/// Refusals without a known meaning before the connection is flagged (CORE-12).
pub const REFUSALS: u32 = 5;

const FIRST_WAIT: i64 = 5;
const LONGEST_BACKOFF: i64 = 15 * 60;

/// The life of one access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// When it was asked for.
    pub sent_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// What a caller who wants a token is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The token there is.
    Fresh,
    /// A refreshed one.
    Refresh,
    /// The token there is, though it lasts less: the provider refuses to refresh so early.
    TooEarly,
}

/// How a refresh failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed<'a> {
    /// Not a byte was written: connecting, name or TLS failed.
    NotSent,
    /// Something was sent and no whole answer came: cut off, timed out, crashed.
    Lost,
    /// The provider answered.
    Answered(&'a TokenError),
}

/// Where a failed refresh stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// The version it started from.
    pub from_version: u64,
    /// The version stored now.
    pub stored_version: u64,
    /// When the stored access token ends.
    pub access_ends: Option<Timestamp>,
    /// When the refresh token was shown for the first time without an answer; now, if this was it.
    pub first_sent: Timestamp,
    /// Whether an earlier showing of this refresh token had an unknown outcome.
    pub resent: bool,
    /// How many times in a row it failed before this.
    pub attempts: u32,
    /// Our clock.
    pub now: Timestamp,
    /// Fresh randomness, for jitter.
    pub random: u64,
}

/// What follows from a failed refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Somebody else refreshed: use what is stored (REF-5).
    UseNewer,
    /// The grant is gone; a person has to consent again.
    Reauthorize(Cause),
    /// The client is told of as refused, and whoever it is refused for waits; their status stays (CORE-12).
    ClientRefused(ProviderError),
    /// Try again then; the token there is serves until its end.
    RetryAt(Timestamp),
    /// The refresh token may be spent. Try it once more then, and say so meanwhile;
    /// without a time, when the provider refuses the access token.
    Uncertain(Option<Timestamp>),
    /// The permission lacks these scopes.
    ScopeMissing(Vec<String>),
    /// It failed too often for an unknown reason, or can never work: flag it.
    Flag,
}

/// Why a grant is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// By the person or the provider.
    Revoked,
    /// A rotated refresh token was lost on its way to us.
    RotationLost,
}

impl Next {
    /// In a word, for figures.
    pub fn word(&self) -> &'static str {
        match self {
            Self::UseNewer => "newer-stored",
            Self::Reauthorize(Cause::Revoked) => "revoked",
            Self::Reauthorize(Cause::RotationLost) => "rotation-lost",
            Self::ClientRefused(_) => "client-refused",
            Self::RetryAt(_) => "tried-again",
            Self::Uncertain(_) => "uncertain",
            Self::ScopeMissing(_) => "scope-missing",
            Self::Flag => "flagged",
        }
    }

    /// What happens to the connection's status; none where it stays.
    pub fn happening(&self) -> Option<Happening> {
        match self {
            Self::Reauthorize(_) => Some(Happening::GrantLost),
            Self::Uncertain(_) => Some(Happening::RefreshUnknown),
            Self::Flag | Self::ScopeMissing(_) => Some(Happening::VerifyFailed),
            Self::UseNewer | Self::ClientRefused(_) | Self::RetryAt(_) => None,
        }
    }
}

/// Whether there is anything to refresh with.
pub fn can_refresh(rules: &RefreshRules, tokens: &TokenSet) -> bool {
    match rules.using {
        RefreshUsing::None => false,
        RefreshUsing::RefreshToken => tokens.refresh_token.is_some(),
        RefreshUsing::AccessToken | RefreshUsing::SameGrant => true,
    }
}

/// When a token should be refreshed ahead of its end: at 20 % of its life or five minutes, whichever
/// is less, jittered by a tenth (REF-3); by the manifest's margin where it has one; never before the
/// provider allows it. `tries` counts refreshes tried within this life.
pub fn due_at(rules: &RefreshRules, life: &Life, tries: u32, random: u64) -> Option<Timestamp> {
    let length = life.ends_at.duration_since(life.sent_at);
    let short = length < SHORT_LIFE;
    if rules.using == RefreshUsing::None || !length.is_positive() || (short && tries > 0) {
        return None;
    }
    let usual = (length / 5).min(WIDEST_MARGIN);
    let margin = rules.margin.map_or(usual, seconds).min(length / 2);
    let margin = jittered(margin, 10, random);
    let margin = if short { margin } else { margin.max(SAFETY) };
    let margin = rules.earliest.map(seconds).map_or(margin, |earliest| margin.min(earliest));
    life.ends_at.checked_sub(margin).ok()
}

/// What a caller gets who needs a token good for `wanted` more. Where the life is known, half of it
/// is the most that can be asked for, so that no wish refreshes at every call.
pub fn on_demand(
    rules: &RefreshRules,
    clocks: &Clocks,
    life: Option<SignedDuration>,
    now: Timestamp,
    wanted: SignedDuration,
) -> Need {
    let Some(access) = clocks.access else { return Need::Fresh };
    let left = access.at.duration_since(now);
    let wanted = life.map_or(wanted, |life| wanted.min(life / 2)).max(SAFETY.min(life.map_or(SAFETY, |life| life / 5)));
    if left >= wanted || rules.using == RefreshUsing::None {
        return Need::Fresh;
    }
    match rules.earliest {
        Some(earliest) if left > seconds(earliest) => Need::TooEarly,
        _ => Need::Refresh,
    }
}

/// When a wait that was stored is over: now at the earliest.
pub fn wait_ends(until: Timestamp, now: Timestamp) -> Timestamp {
    wait_left(until, now, LONGEST_WAIT).map_or(now, |_left| until)
}

/// Whether the while is over in which a refresh token with an unknown outcome could be shown again, and the access token
/// still lives: from then on it is as uncertain as with a provider that has no grace.
pub fn grace_is_over(
    rules: &RefreshRules,
    first_sent: Timestamp,
    access_ends: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let Rotation::Grace(grace) = rules.rotation else { return false };
    let over = rules.using != RefreshUsing::SameGrant && now.duration_since(first_sent) >= seconds(grace);
    over && last_moment(access_ends).is_none_or(|last| now < last)
}

/// When there is so little left of an access token that nothing is lost with it.
fn last_moment(access_ends: Option<Timestamp>) -> Option<Timestamp> {
    access_ends.and_then(|end| end.checked_sub(LAST_MOMENT).ok())
}

/// What follows from a failed refresh.
pub fn next(rules: &RefreshRules, failed: Failed<'_>, situation: &Situation) -> Next {
    if situation.stored_version > situation.from_version {
        return Next::UseNewer;
    }
    match failed {
        Failed::NotSent => Next::RetryAt(backoff(situation, None)),
        Failed::Lost => unknown(rules, situation),
        Failed::Answered(error) if error.outcome_is_unknown() => unknown(rules, situation),
        Failed::Answered(error) => answered(error, situation),
    }
}

/// An answer came, and it says what is the matter.
fn answered(error: &TokenError, situation: &Situation) -> Next {
    match error {
        TokenError::InvalidGrant(_) if situation.resent => Next::Reauthorize(Cause::RotationLost),
        TokenError::InvalidGrant(_) => Next::Reauthorize(Cause::Revoked),
        TokenError::ClientMisconfigured(error) => Next::ClientRefused(error.clone()),
        TokenError::ScopeMissing(scopes) => Next::ScopeMissing(scopes.clone()),
        TokenError::Unsupported(_) => Next::Flag,
        TokenError::Refused { .. } if situation.attempts + 1 >= REFUSALS => Next::Flag,
        _ => Next::RetryAt(backoff(situation, error.retry_after())),
    }
}

/// Nobody knows whether the refresh token was spent: the provider's rotation decides.
fn unknown(rules: &RefreshRules, situation: &Situation) -> Next {
    let rotation = if rules.using == RefreshUsing::SameGrant { Rotation::None } else { rules.rotation };
    let again = if situation.resent { backoff(situation, None) } else { situation.now };
    let waited = situation.now.duration_since(situation.first_sent);
    match rotation {
        Rotation::None => Next::RetryAt(again),
        Rotation::Grace(grace) if waited < seconds(grace) => Next::RetryAt(again),
        Rotation::Grace(_) | Rotation::Strict | Rotation::Unknown => {
            // Reuse may revoke the family, and the access token with it: use that up first (REF-6).
            let last = last_moment(situation.access_ends);
            let floor = if situation.resent { backoff(situation, None) } else { situation.now };
            Next::Uncertain(last.map(|last| last.max(floor)))
        }
    }
}

/// Exponential with full jitter over its upper half, never before the provider allows it.
fn backoff(situation: &Situation, asked: Option<SignedDuration>) -> Timestamp {
    let doubled = FIRST_WAIT.checked_shl(situation.attempts.min(16)).unwrap_or(LONGEST_BACKOFF);
    let whole = SignedDuration::from_secs(doubled.min(LONGEST_BACKOFF));
    let wait = jittered(whole * 3 / 4, 33, situation.random);
    let wait = wait.max(asked.unwrap_or(SignedDuration::ZERO)).min(LONGEST_WAIT);
    situation.now.checked_add(wait).unwrap_or(situation.now)
}

/// A span moved by up to `percent` to either side.
pub(crate) fn jittered(span: SignedDuration, percent: i64, random: u64) -> SignedDuration {
    let steps = i64::try_from(random % 2001).unwrap_or(1000) - 1000;
    let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 1_000_000);
    SignedDuration::from_millis(millis + millis.saturating_mul(percent * steps) / 100_000)
}

pub(crate) fn seconds(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000_000_000))
}

#[cfg(test)]
mod tests;
