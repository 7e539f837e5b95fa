//! A host that is killed between the answer to a refresh and the end of what it brought, its connection being deleted already.

use http::Method;
use jackfield_model::credential::Credential;
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::process::Process;

use crate::rotations::Rotations;

#[tokio::test(flavor = "multi_thread")]
async fn tokens_whose_connection_was_deleted_on_their_way_are_ended_by_the_start_after_a_kill() {
    let mut scene = Rotations::start().await;
    scene.host.stop().await.unwrap();
    let process = Process::serve(crate::PROGRAM, scene.host.folder(), &scene.providers()).await.unwrap();
    let (answers, keys) = (Gate::default(), Gate::default());
    scene.strike(&Fault::HeldAnswer(answers.clone()));
    scene.issuer.issuer().faults().always(On::path("/jwks"), Fault::Held(keys.clone()));
    let asking = scene.asking(&process.url);
    answers.reached(4).await;
    for path in scene.paths() {
        let deleted = process.api(scene.key(), Method::DELETE, &path, None).await.unwrap();
        assert!(deleted.status.is_success(), "{}", deleted.json);
    }
    // What lies in the journal now is read with the issuer's keys, which do not come before the end.
    answers.open();
    keys.reached(4).await;
    process.kill().await.unwrap();
    drop(asking);
    keys.open();
    scene.issuer.issuer().faults().clear();
    scene.host.start_again().await.unwrap();
    let found = scene.host.between(async |store| {
        let mut ending = Vec::new();
        for due in store.revocations().all().await?.items {
            if let Credential::Tokens(tokens) = store.revocations().credential(&due).await? {
                ending.push(tokens.access_token.expose().to_owned());
            }
        }
        Ok((ending, store.journal().pending().await?.items.len()))
    });
    let (mut ending, pending) = found.await.unwrap();
    ending.sort();
    ending.dedup();
    assert_eq!((ending.len(), pending), (8, 0), "of each connection what it had and what came: {ending:?}");
}
