//! Components that are too large, or are there already. What else does not install is a row of `hostile`.

use jackfield_tests::components::component;

use crate::scene::{Scene, detail};

/// The component with every occurrence replaced by as many bytes.
pub(crate) fn replaced(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let (mut out, mut at, mut count) = (Vec::with_capacity(component.len()), 0, 0);
    while at < component.len() {
        if component[at..].starts_with(from.as_bytes()) {
            out.extend_from_slice(to.as_bytes());
            at += from.len();
            count += 1;
        } else {
            out.push(component[at]);
            at += 1;
        }
    }
    assert!(count > 0, "{from} is not in the component");
    out
}

/// The same component with a custom section behind it: it does the same and has another digest.
pub(crate) fn appended(component: &[u8], text: &str) -> Vec<u8> {
    let name = "note";
    let length = u8::try_from(1 + name.len() + text.len()).unwrap();
    assert!(length < 128, "the length is written in one byte");
    [component, &[0, length, u8::try_from(name.len()).unwrap()], name.as_bytes(), text.as_bytes()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_too_large_is_refused_before_it_is_looked_at() {
    let scene = Scene::with(|config| config.limits.component_bytes = 1 << 20).await;
    let mut component = component("trusting").unwrap();
    component.resize((1 << 20) + 1, 0);
    let answer = scene.refused(component).await;
    assert!(detail(&answer).contains("at most 1048576 are accepted"), "{}", answer.json);
    let answer = scene.refused(vec![0; 100 << 20]).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "too-large"), "{}", answer.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_component_again_changes_nothing_and_another_of_its_name_is_refused() {
    let scene = Scene::start().await;
    let neighbour = component("well_behaved").unwrap();
    let again = scene.host.upload(neighbour.clone()).await.unwrap();
    assert!(again.status.is_success(), "{}", again.json);
    assert_eq!(again.json["approved"], true, "what was approved stays approved");
    scene.neighbour_works().await;

    let answer = scene.refused(appended(&neighbour, "another build")).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, "other-installed"), "{}", answer.json);
    let seen = scene.host.get(scene.host.operator(), "/v1/connectors/well-behaved").await.unwrap();
    assert_eq!((&seen.json["digest"], &seen.json["approved"]), (&again.json["digest"], &again.json["approved"]));
}
