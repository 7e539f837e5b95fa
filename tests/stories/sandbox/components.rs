//! Components that do not install: each has its own sentence, and the host goes on.

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

const ASYNC: &str = r#"(component
    (core module $m (func (export "f") (result i32) i32.const 0) (func (export "cb") (param i32 i32 i32) (result i32) i32.const 0))
    (core instance $c (instantiate $m))
    (type $t (func async))
    (func $f (type $t) (canon lift (core func $c "f") async (callback (core func $c "cb"))))
    (instance $i (export "verify" (func $f)))
    (export "jackfield:connector/connector@0.1.0" (instance $i)))"#;

const OF_ANOTHER_WORLD: &str = r#"(component (instance $i) (export "wasi:cli/run@0.2.6" (instance $i)))"#;

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_file_has_its_own_sentence() {
    let scene = Scene::start().await;
    let good = component("trusting").unwrap();
    let wat = |text: &str| wat::parse_str(text).unwrap();
    let wasi = |import: &str| {
        let text = r#"(component (import "IMPORT" (instance)) (instance $i) (export "jackfield:connector/connector@0.1.0" (instance $i)))"#;
        wat(&text.replace("IMPORT", import))
    };
    let cases = [
        ("a core module", wat("(module)"), "is a core WebAssembly module, not a component"),
        ("garbage", b"PK\x03\x04 not a component at all".to_vec(), "is no WebAssembly component"),
        ("nothing", Vec::new(), "is no WebAssembly component"),
        ("cut off", good[..good.len() / 2].to_vec(), "component is damaged: "),
        ("cut at the end", good[..good.len() - 1].to_vec(), "component is damaged: "),
        ("another world", wat(OF_ANOTHER_WORLD), "so it is no connector; it exports wasi:cli/run@0.2.6"),
        (
            "another version",
            replaced(&good, "@0.1.0", "@0.2.0"),
            "built for jackfield:connector@0.2.0, this host speaks jackfield:connector@0.1.0",
        ),
        ("an async export", wat(ASYNC), "jackfield:connector/connector@0.1.0#verify` is typed `async func`"),
        ("WASI's own HTTP", wasi("wasi:http/outgoing-handler@0.2.6"), "imports `wasi:http/outgoing-handler@0.2.6`"),
        ("another kit", wasi("evil:kit/shell@1.0.0"), "imports `evil:kit/shell@1.0.0`, which this host offers to no"),
    ];
    for (what, bytes, sentence) in cases {
        let answer = scene.host.upload(bytes).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "component-refused"), "{what}: {}", answer.json);
        assert!(detail(&answer).contains(sentence), "{what}: {}", answer.json);
    }
    scene.neighbour_works().await;
    let compiled = std::fs::read_dir(scene.host.folder().join("data/compiled")).unwrap().count();
    assert_eq!(compiled, 1, "nothing but the neighbour was ever compiled");
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
