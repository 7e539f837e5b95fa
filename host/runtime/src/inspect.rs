//! What a component's bytes say before anything is compiled: is it one, for this contract, and with what power.

use std::{collections::BTreeSet, fmt::Write as _};

use aws_lc_rs::digest::{SHA256, digest};
use jackfield_model::{connector::Class, failure::plain};
use wasmparser::{
    Parser, Payload, ValidPayload, Validator, WasmFeatures, component_types::ComponentEntityType, types::Types,
};

/// The contract this host speaks.
pub const CONTRACT: &str = "jackfield:connector";
/// Its version.
pub const CONTRACT_VERSION: &str = "0.1.0";
/// The hook interfaces of the contract.
pub const HOOKS: [&str; 8] =
    ["authorize", "callback", "token-request", "token-response", "discover", "sign", "revoke", "classify"];
/// How much of a name that a component chose is repeated.
const NAME: usize = 120;
const IMPORTS: [&str; 5] = ["types", "http", "signing", "log", "manifest-types"];

/// What a component says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// SHA-256 of its bytes, lower-case hex.
    pub digest: String,
    /// Size in bytes.
    pub size: u64,
    /// Which engine it needs, by what it imports.
    pub class: Class,
    /// Optional hook interfaces it exports.
    pub hooks: BTreeSet<String>,
}

/// Bytes that are no connector for this host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// More bytes than are accepted.
    #[error(
        "the component has {size} bytes and at most {limit} are accepted: build it with optimisation for size, or raise `limits.component_bytes`"
    )]
    TooLarge {
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// A module where a component belongs.
    #[error(
        "this is a core WebAssembly module, not a component: build it with `jackfield connector build`, or wrap it with `wasm-tools component new`"
    )]
    CoreModule,
    /// Something else entirely.
    #[error("this is no WebAssembly component: its first bytes are not those of one")]
    NotWasm,
    /// It begins like a component and breaks off or contradicts itself.
    #[error("the component is damaged: {reason}")]
    Malformed {
        /// What the parser met.
        reason: String,
    },
    /// Made for another version of the contract.
    #[error(
        "the component was built for {built_for}, this host speaks {CONTRACT}@{CONTRACT_VERSION}: build it with the SDK of this version"
    )]
    WrongVersion {
        /// The contract it was built for.
        built_for: String,
    },
    /// A component of another world.
    #[error(
        "the component does not export `{CONTRACT}/connector@{CONTRACT_VERSION}`, so it is no connector; it exports {exports}"
    )]
    NoConnector {
        /// What it exports instead.
        exports: String,
    },
    /// It wants what no connector gets.
    #[error(
        "the component imports `{name}`, which this host offers to no connector: only `{CONTRACT}` and WASI 0.2 with nothing granted are there"
    )]
    ForeignImport {
        /// The import.
        name: String,
    },
    /// An interface the contract does not have.
    #[error("the component exports `{name}`, which is no hook of {CONTRACT}@{CONTRACT_VERSION}")]
    UnknownHook {
        /// The interface.
        name: String,
    },
    /// A function typed `async`.
    #[error(
        "`{name}` is typed `async func`: the contract's functions are plain `func`; the host suspends the guest by itself"
    )]
    AsyncExport {
        /// The function.
        name: String,
    },
}

/// Looks at a component without compiling it.
pub(crate) fn inspect(component: &[u8], limit: u64) -> Result<Inspected, InspectError> {
    let size = component.len() as u64;
    if size > limit {
        return Err(InspectError::TooLarge { size, limit });
    }
    if Parser::is_core_wasm(component) {
        return Err(InspectError::CoreModule);
    }
    if !Parser::is_component(component) {
        return Err(InspectError::NotWasm);
    }
    let outline = outline(component)?;
    let mut hooks = BTreeSet::new();
    let names: Vec<&str> = outline.exports.iter().map(String::as_str).collect();
    outline.imports.iter().map(String::as_str).chain(names.iter().copied()).try_for_each(version)?;
    if !names.contains(&interface("connector").as_str()) {
        let exports = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        return Err(InspectError::NoConnector { exports: plain(&exports, 300) });
    }
    for name in &names {
        hooks.extend(hook(name)?);
        refuse_async(&outline.types, name)?;
    }
    let class = class(&outline.imports)?;
    Ok(Inspected { digest: hex_digest(component), size, class, hooks })
}

/// SHA-256 in lower-case hex.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in digest(&SHA256, bytes).as_ref() {
        // Writing into a string cannot fail.
        let _written = write!(text, "{byte:02x}");
    }
    text
}

struct Outline {
    imports: Vec<String>,
    exports: Vec<String>,
    types: Types,
}

/// Names and types of the outermost component. Function bodies are left to the compiler, which validates them.
fn outline(component: &[u8]) -> Result<Outline, InspectError> {
    let malformed =
        |error: wasmparser::BinaryReaderError| InspectError::Malformed { reason: plain(&error.to_string(), 300) };
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let (mut imports, mut exports, mut depth, mut types) = (Vec::new(), Vec::new(), 0usize, None);
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(malformed)?;
        let valid = validator.payload(&payload).map_err(malformed)?;
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    imports.push(import.map_err(malformed)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    exports.push(export.map_err(malformed)?.name.name.to_owned());
                }
            }
            _ => {}
        }
        if let (ValidPayload::End(found), 0) = (valid, depth) {
            types = Some(found);
        }
    }
    let types = types.ok_or_else(|| InspectError::Malformed { reason: "it breaks off".into() })?;
    Ok(Outline { imports, exports, types })
}

fn interface(name: &str) -> String {
    format!("{CONTRACT}/{name}@{CONTRACT_VERSION}")
}

/// The interface's own name, where the contract's package holds it.
fn within_contract(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix(CONTRACT)?.strip_prefix('/')?;
    Some(rest.split_once('@').unwrap_or((rest, "")))
}

fn version(name: &str) -> Result<(), InspectError> {
    match within_contract(name) {
        Some((_, CONTRACT_VERSION)) | None => Ok(()),
        Some((_, "")) => Err(InspectError::WrongVersion { built_for: format!("{CONTRACT} without a version") }),
        Some((_, other)) => Err(InspectError::WrongVersion { built_for: plain(&format!("{CONTRACT}@{other}"), NAME) }),
    }
}

fn hook(name: &str) -> Result<Option<String>, InspectError> {
    match within_contract(name) {
        None | Some(("connector" | "types" | "manifest-types", _)) => Ok(None),
        Some((hook, _)) if HOOKS.contains(&hook) => Ok(Some(hook.to_owned())),
        Some(_) => Err(InspectError::UnknownHook { name: plain(name, NAME) }),
    }
}

fn class(imports: &[String]) -> Result<Class, InspectError> {
    let mut class = Class::Pure;
    for name in imports {
        if name.starts_with("wasi:") && !name.starts_with("wasi:http") {
            class = Class::GuestRuntime;
        } else if !within_contract(name).is_some_and(|(interface, _)| IMPORTS.contains(&interface)) {
            return Err(InspectError::ForeignImport { name: plain(name, NAME) });
        }
    }
    Ok(class)
}

fn refuse_async(types: &Types, export: &str) -> Result<(), InspectError> {
    let types = types.as_ref();
    let Some(item) = types.component_item_for_export(export) else { return Ok(()) };
    let ComponentEntityType::Instance(instance) = item.ty else { return Ok(()) };
    for (name, item) in types.get(instance).into_iter().flat_map(|instance| &instance.exports) {
        if let ComponentEntityType::Func(func) = item.ty
            && types.get(func).is_some_and(|func| func.async_)
        {
            return Err(InspectError::AsyncExport { name: plain(&format!("{export}#{name}"), NAME) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn look(wat: &str) -> Result<Inspected, InspectError> {
        inspect(&wat::parse_str(wat).unwrap(), 1 << 20)
    }

    fn exporting(name: &str) -> String {
        format!(r#"(component (instance $i) (export "{name}" (instance $i)))"#)
    }

    #[test]
    fn each_wrong_file_has_its_own_sentence() {
        assert_eq!(look("(module)"), Err(InspectError::CoreModule));
        assert_eq!(inspect(b"PK\x03\x04 a zip", 100), Err(InspectError::NotWasm));
        assert_eq!(inspect(b"", 100), Err(InspectError::NotWasm));
        assert_eq!(inspect(&[0; 101], 100), Err(InspectError::TooLarge { size: 101, limit: 100 }));
        let whole = wat::parse_str(exporting("jackfield:connector/connector@0.1.0")).unwrap();
        let cut = whole.get(..whole.len() - 5).unwrap();
        assert!(matches!(inspect(cut, 1 << 20), Err(InspectError::Malformed { .. })));
        assert!(matches!(look("(component)"), Err(InspectError::NoConnector { exports }) if exports == "nothing"));
        assert!(
            matches!(look(&exporting("wasi:cli/run@0.2.6")), Err(InspectError::NoConnector { exports }) if exports == "wasi:cli/run@0.2.6")
        );
    }

    #[test]
    fn another_version_is_named_beside_ours() {
        let error = look(&exporting("jackfield:connector/connector@0.2.0")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the component was built for jackfield:connector@0.2.0, this host speaks jackfield:connector@0.1.0: build it with the SDK of this version"
        );
    }

    #[test]
    fn imports_decide_the_class() {
        let with = |import: &str| {
            format!(
                r#"(component {import} (instance $i) (export "jackfield:connector/connector@0.1.0" (instance $i)))"#
            )
        };
        assert_eq!(look(&with("")).unwrap().class, Class::Pure);
        assert_eq!(look(&with(r#"(import "jackfield:connector/log@0.1.0" (instance))"#)).unwrap().class, Class::Pure);
        assert_eq!(
            look(&with(r#"(import "wasi:cli/environment@0.2.6" (instance))"#)).unwrap().class,
            Class::GuestRuntime
        );
        for foreign in ["wasi:http/outgoing-handler@0.2.6", "evil:kit/shell@1.0.0", "jackfield:connector/shell@0.1.0"] {
            let error = look(&with(&format!(r#"(import "{foreign}" (instance))"#))).unwrap_err();
            assert_eq!(error, InspectError::ForeignImport { name: foreign.to_owned() });
        }
    }

    #[test]
    fn hooks_are_named_and_unknown_ones_refused() {
        let with = |hook: &str| {
            format!(
                r#"(component (instance $i) (export "jackfield:connector/connector@0.1.0" (instance $i)) (instance $h) (export "jackfield:connector/{hook}@0.1.0" (instance $h)))"#
            )
        };
        assert_eq!(look(&with("revoke")).unwrap().hooks, BTreeSet::from(["revoke".to_owned()]));
        assert!(matches!(look(&with("teleport")), Err(InspectError::UnknownHook { .. })));
    }

    #[test]
    fn an_async_function_is_refused_by_name() {
        let wat = r#"(component
            (core module $m (func (export "f") (result i32) i32.const 0) (func (export "cb") (param i32 i32 i32) (result i32) i32.const 0))
            (core instance $c (instantiate $m))
            (type $t (func async))
            (func $f (type $t) (canon lift (core func $c "f") async (callback (core func $c "cb"))))
            (instance $i (export "verify" (func $f)))
            (export "jackfield:connector/connector@0.1.0" (instance $i)))"#;
        let error = look(wat).unwrap_err();
        assert_eq!(error, InspectError::AsyncExport { name: "jackfield:connector/connector@0.1.0#verify".into() });
    }
}
