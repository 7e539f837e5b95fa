//! Installing: compiled apart, read in a store that denies everything, refused with every reason at once.

use jackfield_runtime::{CallError, CompileError, InspectError, InstallError, Limits, LoadError};

use crate::{
    component::{declaring, verifying},
    host::{Sandbox, compiler, settings},
};

async fn refused(component: &[u8]) -> InstallError {
    Sandbox::new(Limits::default()).runtime.prepare(component).await.unwrap_err()
}

#[tokio::test]
async fn an_empty_manifest_is_refused_with_every_fault() {
    let InstallError::Faults(faults) = refused(&declaring("plain", "", "(i32.const 1024)", "")).await else {
        panic!("faults were expected")
    };
    let text = faults.to_string();
    assert!(text.contains("version: is no semantic version"), "{text}");
}

#[tokio::test]
async fn a_hook_this_host_does_not_run_is_named() {
    let signs = r#"(func (export "jackfield:connector/sign@0.1.0#add") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)"#;
    let error = refused(&declaring("signs", "", "(i32.const 1024)", signs)).await;
    assert!(error.to_string().contains("hook `sign`: is part of the contract and not run by this host yet"), "{error}");
}

#[tokio::test]
async fn every_import_is_denied_while_the_manifest_is_read() {
    let logs = "(call $log (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 1024)";
    let error = refused(&declaring("plain", "", logs, "")).await;
    let InstallError::Manifest(CallError::Denied { denial, .. }) = error else { panic!("{error}") };
    assert_eq!(denial.rule, "manifest-pure");
}

#[tokio::test]
async fn a_manifest_that_changes_between_runs_is_refused() {
    let random = r#"(import "wasi:random/random@0.2.6" "get-random-u64" (func $random (result i64)))"#;
    // The connector's name: eight letters, each by chance.
    let body = r"(i32.store (i32.const 1024) (i32.const 512)) (i32.store (i32.const 1028) (i32.const 8))
        (i64.store (i32.const 512) (i64.or (i64.and (call $random) (i64.const 0x0f0f0f0f0f0f0f0f)) (i64.const 0x6060606060606060)))
        (i32.const 1024)";
    let error = refused(&declaring("wakes", random, body, "")).await;
    assert!(matches!(error, InstallError::Unstable), "{error}");
}

#[tokio::test]
async fn a_manifest_that_never_ends_or_breaks_says_so() {
    let sandbox = Sandbox::new(Limits { cpu_ms: 50, ..Limits::default() });
    let endless =
        sandbox.runtime.prepare(&declaring("plain", "", "(loop $on (br $on)) unreachable", "")).await.unwrap_err();
    assert!(matches!(endless, InstallError::Manifest(CallError::Limit { .. })), "{endless}");
    let broken = sandbox.runtime.prepare(&declaring("plain", "", "unreachable", "")).await.unwrap_err();
    assert!(matches!(broken, InstallError::Manifest(CallError::Trap { .. })), "{broken}");
}

#[tokio::test]
async fn what_is_no_component_is_never_compiled() {
    let sandbox = Sandbox::new(Limits { component_bytes: 1000, ..Limits::default() });
    for (bytes, expected) in [
        (b"garbage".to_vec(), "NotWasm"),
        (wat::parse_str("(module)").unwrap(), "CoreModule"),
        (vec![0; 1001], "TooLarge"),
    ] {
        let error = sandbox.runtime.prepare(&bytes).await.unwrap_err();
        let InstallError::Load(LoadError::Inspect(error)) = error else { panic!("{error}") };
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
    }
    assert_eq!(std::fs::read_dir(sandbox.cache.path()).unwrap().count(), 0);
    assert!(matches!(sandbox.runtime.inspect(b""), Err(InspectError::NotWasm)));
}

#[tokio::test]
async fn the_compiler_is_bounded_in_memory_and_time() {
    let component = verifying("unreachable", "");
    let small = Sandbox::new(Limits { compile_memory_bytes: 1 << 20, ..Limits::default() });
    let error = small.runtime.load(&component).await.unwrap_err();
    assert!(matches!(error, LoadError::Compile(CompileError::Ended { .. } | CompileError::Refused { .. })), "{error}");

    // A compiler that never answers.
    let cache = tempfile::tempdir().unwrap();
    let mut settings = settings(cache.path().to_owned(), Limits { compile_wall_s: 1, ..Limits::default() });
    settings.compiler.program = "/bin/sleep".into();
    settings.compiler.args = vec!["600".into()];
    let slow = jackfield_runtime::Runtime::start(settings, small.network.clone()).unwrap();
    let error = slow.load(&component).await.unwrap_err();
    assert!(matches!(error, LoadError::Compile(CompileError::TookTooLong { seconds: 1 })), "{error}");
}

#[tokio::test]
async fn what_was_compiled_once_is_loaded_from_the_cache() {
    let component = verifying("unreachable", "");
    let first = Sandbox::new(Limits::default());
    first.runtime.load(&component).await.unwrap();
    let digest = first.runtime.inspect(&component).unwrap().digest;

    // Without a compiler only the cache can help; with another key, nothing can.
    let without = |key: u8| {
        let mut settings = settings(first.cache.path().to_owned(), Limits::default());
        settings.cache_key = jackfield_runtime::CacheKey::new([key; 32]);
        settings.compiler.program = "/nonexistent/compiler".into();
        jackfield_runtime::Runtime::start(settings, first.network.clone()).unwrap()
    };
    let class = jackfield_model::connector::Class::Pure;
    assert!(without(7).load_cached(&digest, class).await.unwrap());
    assert!(without(7).load(&component).await.is_ok());
    assert!(!without(8).load_cached(&digest, class).await.unwrap());
    assert!(matches!(without(8).load(&component).await, Err(LoadError::Compile(CompileError::Process(_)))));
    assert!(compiler().program.exists());
}
