//! The moments of a refresh, and what becomes of a connection whose refresh was cut there.

use anyhow::{Result, ensure};
use jackfield_tests::doubles::rotating::LIFE;
use serde_json::json;

use crate::rotations::Rotations;

/// The moment at which a refresh is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// The intent is stored, and nothing was sent.
    W1,
    /// It was sent, and the provider has done nothing.
    W2,
    /// The provider rotated, and its answer was not read.
    W3,
    /// The answer was read, in part or whole, and is not on disk.
    W4,
    /// The answer is on disk, and the connection is what it was.
    W5,
    /// The connection has the new token, and nobody was told.
    W6,
}

/// What becomes of a connection whose refresh was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// It goes on, with the newest token.
    GoesOn,
    /// It is uncertain, and the old refresh token turns out to work when the access token is nearly over.
    Doubted,
    /// It is uncertain, and the old refresh token turns out to be spent: a person is asked.
    Lost,
}

/// One for each connection of the scene.
pub(crate) type Courses = [Course; 4];

use Course::{Doubted, GoesOn, Lost};

impl Window {
    /// Where only the provider's habit says what a crash, or silence, means; in the order of `ROTATIONS`.
    pub(crate) fn courses(self) -> Courses {
        match self {
            Self::W1 | Self::W2 => [GoesOn, GoesOn, Doubted, Doubted],
            Self::W3 | Self::W4 => [GoesOn, GoesOn, Lost, Lost],
            Self::W5 | Self::W6 => [GoesOn; 4],
        }
    }
}

/// Holds every connection to its course, from the moment the host works again to the end of the first access token.
pub(crate) async fn follow(scene: &Rotations, courses: Courses) -> Vec<Result<()>> {
    let mut outcomes = Vec::new();
    for (id, course) in scene.ids.iter().zip(courses) {
        outcomes.push(stands(scene, id, course).await);
    }
    scene.pass(30);
    let mut next = Vec::new();
    for ((id, course), held) in scene.ids.iter().zip(courses).zip(outcomes) {
        next.push(match held {
            Ok(()) => soon(scene, id, course).await,
            wrong => wrong,
        });
    }
    let ended = scene.issuer.ended();
    scene.pass(LIFE - 80);
    let mut last = Vec::new();
    for ((id, course), held) in scene.ids.iter().zip(courses).zip(next) {
        last.push(match held {
            Ok(()) if ended > 0 => Err(anyhow::anyhow!("a spent refresh token was shown while the access token lived")),
            Ok(()) => in_the_end(scene, id, course).await,
            wrong => wrong,
        });
    }
    last
}

/// How it stands once the host works again.
async fn stands(scene: &Rotations, id: &str, course: Course) -> Result<()> {
    let connection = scene.show(id).await;
    let status = if course == GoesOn { "active" } else { "uncertain" };
    ensure!(connection["status"] == status, "it should be {status}: {connection}");
    if course != GoesOn {
        ensure!(connection["failure"]["code"] == "refresh-uncertain", "it does not say what may be lost: {connection}");
        ensure!(scene.told(id).await.contains(&"refresh-failed".to_owned()), "nobody was told");
    }
    Ok(())
}

/// Half a minute later, the access token still living.
async fn soon(scene: &Rotations, id: &str, course: Course) -> Result<()> {
    if course == GoesOn {
        return goes_on(scene, id).await;
    }
    let waits = scene.ask(id, "refresh", json!({})).await;
    ensure!(waits.code() == "try-later", "it does not wait: {}", waits.json);
    Ok(())
}

/// When the access token is nearly over.
async fn in_the_end(scene: &Rotations, id: &str, course: Course) -> Result<()> {
    match course {
        GoesOn => Ok(()),
        Doubted => {
            scene.ask(id, "lease", json!({ "min_valid": 60 })).await;
            goes_on(scene, id).await
        }
        Lost => {
            let over = scene.ask(id, "lease", json!({ "min_valid": 60 })).await;
            ensure!(over.code() == "needs-reauthorization", "{}", over.json);
            let connection = scene.show(id).await;
            ensure!(connection["status"] == "needs-reauthorization", "{connection}");
            ensure!(connection["failure"]["code"] == "rotation-lost", "{connection}");
            Ok(())
        }
    }
}

/// It refreshes, its token works, and it refreshes once more: what it has is the newest.
async fn goes_on(scene: &Rotations, id: &str) -> Result<()> {
    let version = scene.show(id).await["version"].as_u64().unwrap_or_default();
    for next in version + 1..version + 3 {
        let refreshed = scene.ask(id, "refresh", json!({})).await;
        ensure!(refreshed.json["version"] == next, "it does not refresh: {}", refreshed.json);
        let verified = scene.ask(id, "verify", json!({})).await;
        ensure!(verified.json["status"] == "active", "its token does not work: {}", verified.json);
    }
    let failure = &scene.show(id).await["failure"];
    ensure!(failure.is_null(), "it still says {failure}");
    Ok(())
}
