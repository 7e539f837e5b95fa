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

use self::scene::{Scene, Standing};

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
    let tables = [tools::attacks(), victims::attacks(), issuers::attacks(), replays::attacks()];
    let mut links = tried(&mut suite, &fronted, tables.into_iter().flatten().collect()).await;
    links += made(&mut suite, &fronted, "", returns::attacks()).await;
    let plain = Scene::plain().await.unwrap();
    links += tried(&mut suite, &plain, tenants::attacks()).await;
    suite.figure("links", links);
    // What makes the refusals worth something: whom the link was made for connects with it, and again.
    for scene in [&fronted, &plain] {
        suite.case(
            "the right person connects",
            scene.right_person_connects().await.map_err(|error| format!("{error:#}")),
        );
        suite.case(
            "the right person connects again",
            scene.right_person_connects_again().await.map_err(|error| format!("{error:#}")),
        );
    }
    suite.finish();
}

/// Every attack, once at links that would make a connection and once at links that would renew the person's own; how many
/// connections were made or changed.
async fn tried(suite: &mut Suite, scene: &Scene, attacks: Vec<Entry>) -> usize {
    let first = made(suite, scene, "", attacks.clone()).await;
    scene.links_renew(true);
    let again = made(suite, scene, ", where a connection is to be renewed", attacks).await;
    scene.links_renew(false);
    first + again
}

async fn made(suite: &mut Suite, scene: &Scene, how: &str, attacks: Vec<Entry>) -> usize {
    let mut links = 0;
    for (words, redeems, attack) in attacks {
        let before = scene.standing().await.unwrap();
        suite.case(format!("{words}{how}"), attempt(scene, redeems, attack).await);
        links += differing(&before, &scene.standing().await.unwrap()).len();
    }
    links
}

/// The connections that are not as they were, each as it is now.
fn differing(before: &Standing, after: &Standing) -> Vec<String> {
    let ids = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
    let changed = ids.into_iter().filter(|id| before.get(*id) != after.get(*id));
    changed.map(|id| format!("{id}: {:?} is now {:?}", before.get(id), after.get(id))).collect()
}

async fn attempt(scene: &Scene, redeems: Redeems, attack: Attack) -> Result<(), String> {
    let before = (scene.standing().await.unwrap(), scene.redeemed());
    let outcome = attack(scene).await;
    scene.calm();
    let after = (scene.standing().await.unwrap(), scene.redeemed());
    let changed = differing(&before.0, &after.0);
    if !changed.is_empty() {
        return Err(format!("connections were made or changed: {}", changed.join("; ")));
    }
    outcome.map_err(|error| format!("{error:#}"))?;
    if redeems == Redeems::Never && after.1 != before.1 {
        return Err(format!("token endpoints were asked {} times", after.1 - before.1));
    }
    Ok(())
}
