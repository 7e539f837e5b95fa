//! Attacks that would link an account to the wrong person: none of them makes a connection, and where nothing may be redeemed,
//! nothing is.

mod issuers;
mod replays;
mod returns;
mod scene;
mod tenants;
mod tools;
mod victims;

use futures::future::BoxFuture;
use jackfield_tests::suite::Suite;

use self::scene::Scene;

/// Whether the host may go as far as asking a token endpoint, which then refuses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Redeems {
    Never,
    InVain,
}

/// What an attack answers: an error says what got through, or that the attack itself could not be made.
type Outcome = anyhow::Result<()>;
type Attack = for<'a> fn(&'a Scene) -> BoxFuture<'a, Outcome>;
/// An attack, in words.
type Entry = (&'static str, Redeems, Attack);

/// The row of a table for an attack.
macro_rules! attack {
    ($redeems:ident, $words:literal, $attack:path) => {
        ($words, crate::mis_link::Redeems::$redeems, |scene| Box::pin($attack(scene)))
    };
}
pub(super) use attack;

#[tokio::test(flavor = "multi_thread")]
async fn no_attack_links_an_account_to_the_wrong_person() {
    let mut suite = Suite::named("mis-link");
    let fronted = Scene::fronted().await.unwrap();
    let tables = [tools::attacks(), victims::attacks(), issuers::attacks(), replays::attacks(), returns::attacks()];
    for (words, redeems, attack) in tables.into_iter().flatten() {
        suite.case(words, attempt(&fronted, redeems, attack).await);
    }
    let plain = Scene::plain().await.unwrap();
    for (words, redeems, attack) in tenants::attacks() {
        suite.case(words, attempt(&plain, redeems, attack).await);
    }
    let linked = fronted.linked().await.unwrap() + plain.linked().await.unwrap();
    suite.figure("links", linked);
    // What makes the refusals worth something: whom the link was made for connects with it.
    for scene in [&fronted, &plain] {
        suite.case(
            "the right person connects",
            scene.right_person_connects().await.map_err(|error| format!("{error:#}")),
        );
    }
    suite.finish();
}

async fn attempt(scene: &Scene, redeems: Redeems, attack: Attack) -> Result<(), String> {
    let before = (scene.linked().await.unwrap(), scene.redeemed());
    let outcome = attack(scene).await;
    scene.calm();
    let after = (scene.linked().await.unwrap(), scene.redeemed());
    outcome.map_err(|error| format!("{error:#}"))?;
    if after.0 != before.0 {
        return Err(format!("{} connections were made", after.0 - before.0));
    }
    if redeems == Redeems::Never && after.1 != before.1 {
        return Err(format!("token endpoints were asked {} times", after.1 - before.1));
    }
    Ok(())
}
