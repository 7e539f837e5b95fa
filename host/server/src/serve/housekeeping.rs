//! When housekeeping does its rounds: messages leave every second, connections are looked after every few, everything else
//! every minute.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::service::{Service, StoreError};

/// How often connections that are due are looked for. Far shorter than the margin any token is refreshed with.
const CONNECTIONS: Duration = Duration::from_secs(5);
/// How often changes are looked for that somebody outside hears of.
const MESSAGES: Duration = Duration::from_secs(1);
/// How often expired records are looked for, and revocations tried again.
const THE_REST: Duration = Duration::from_mins(1);

/// When housekeeping does its rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Housekeeping {
    /// As time passes.
    Regular,
    /// When somebody asks for one: for a clock that is moved by hand.
    WhenAsked,
}

/// Does the rounds until the host stops.
pub(super) async fn keep(service: Service, rounds: Housekeeping) {
    if rounds == Housekeeping::WhenAsked {
        return;
    }
    // Walks of their own, so that a long one keeps none of the others waiting.
    tokio::join!(
        repeat(MESSAGES, || service.send_messages()),
        repeat(CONNECTIONS, || service.look_after_connections()),
        repeat(THE_REST, || service.retry_revocations()),
        repeat(THE_REST, || service.look_after_the_rest()),
    );
}

async fn repeat<F: Future<Output = Result<(), StoreError>>>(period: Duration, round: impl Fn() -> F) {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = round().await {
            tracing::warn!(%error, "housekeeping failed and is tried again");
        }
    }
}
