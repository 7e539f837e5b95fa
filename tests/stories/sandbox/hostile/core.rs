//! Small components made from a few lines of text: an honest connector whose core module has one thing wrong.

use jackfield_tests::components::workspace;
use serde_json::{Value, json};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{InterfaceId, Resolve, Type};

use super::lowering::{Lowering, manifest};

/// The contract's package, as core modules name it.
const CONTRACT: &str = "jackfield:connector";
/// Where data begins; below it lies what an import answers.
const DATA: usize = 65536;

/// One hostile connector in the making. Its texts are WebAssembly text in which `{name}` is the address of what was laid
/// down under that name, `{heap}` where free memory begins and `{pages}` how many pages hold all of it.
pub(crate) struct Core {
    manifest: Value,
    hooks: Vec<&'static str>,
    wit: (&'static str, &'static str),
    memory: String,
    realloc: String,
    declared: String,
    verify: String,
    parts: String,
    imports: String,
    laid: Vec<(&'static str, Shape, Value)>,
}

/// What a value is laid down as.
enum Shape {
    /// What a function of an interface answers.
    Answer(&'static str, &'static str),
    /// A named type of `types`.
    Named(&'static str),
    /// Plain text.
    Text,
}

impl Core {
    /// An honest one: it declares, takes nothing, and says that the credential is alice's.
    pub(crate) fn named(name: &str) -> Self {
        let honest = Self {
            manifest: manifest(name),
            hooks: Vec::new(),
            wit: ("", ""),
            memory: r#"(memory (export "memory") {pages})"#.to_owned(),
            realloc: BUMP.to_owned(),
            declared: "(i32.const {manifest})".to_owned(),
            verify: "(call $drop (local.get $connection)) (i32.const {answer})".to_owned(),
            parts: String::new(),
            imports: String::new(),
            laid: Vec::new(),
        };
        honest.answers(json!({ "ok": { "id": "alice", "label": "Alice" } }))
    }

    /// Declares this instead.
    pub(crate) fn declares(mut self, manifest: Value) -> Self {
        self.manifest = manifest;
        self
    }

    /// `verify` answers this instead.
    pub(crate) fn answers(mut self, answer: Value) -> Self {
        self.laid.retain(|(name, _, _)| *name != "answer");
        self.laid.push(("answer", Shape::Answer("connector", "verify"), answer));
        self
    }

    /// `verify` does this instead; `$connection` is its handle, and an address remains.
    pub(crate) fn verify(mut self, body: &str) -> Self {
        body.clone_into(&mut self.verify);
        self
    }

    /// `manifest` does this instead.
    pub(crate) fn manifest(mut self, body: &str) -> Self {
        body.clone_into(&mut self.declared);
        self
    }

    /// `cabi_realloc` does this instead: old address, old size, alignment and size are its parameters.
    pub(crate) fn realloc(mut self, body: &str) -> Self {
        body.clone_into(&mut self.realloc);
        self
    }

    /// Has this memory instead.
    pub(crate) fn memory(mut self, memory: &str) -> Self {
        memory.clone_into(&mut self.memory);
        self
    }

    /// Has these further parts: functions, tables, a start function.
    pub(crate) fn with(mut self, parts: &str) -> Self {
        self.parts += parts;
        self
    }

    /// Imports further functions, of further interfaces: what the world says of them, and the interfaces themselves.
    pub(crate) fn imports(mut self, world: &'static str, interfaces: &'static str, functions: &str) -> Self {
        self.wit = (world, interfaces);
        functions.clone_into(&mut self.imports);
        self
    }

    /// Sends a request and says how that ended: with the rule that denied it, or `answered` and the body.
    pub(crate) fn asks(self, request: Value) -> Self {
        self.asking(request, "(call $ask (local.get $connection) (i32.const {request}))")
    }

    /// Sends a request, whatever comes back, and says that the credential is alice's.
    pub(crate) fn waits(mut self, request: Value) -> Self {
        self.laid.push(("request", Shape::Named("request"), request));
        self.verify(
            "(call $ask (local.get $connection) (i32.const {request})) (call $drop (local.get $connection))
            (i32.const {answer})",
        )
    }

    /// The same without the credential.
    pub(crate) fn fetches(self, request: Value) -> Self {
        self.asking(request, "(call $ask_openly (i32.const {request}))")
    }

    fn asking(mut self, request: Value, ask: &str) -> Self {
        self.laid.push(("request", Shape::Named("request"), request));
        self.verify(&format!("{ask} (call $drop (local.get $connection)) (call $told)"))
    }

    /// Plans this exchange in the hook `token-request`.
    pub(crate) fn plans(mut self, plan: Value) -> Self {
        self.laid.push(("plan", Shape::Answer("token-request", "exchange"), json!({ "ok": plan })));
        self.hook("token-request", "exchange", 7, "(i32.const {plan})").hook_part(
            "token-request",
            "refresh",
            7,
            "(i32.const {plan})",
        )
    }

    /// The same, after the exchange has done this; an address remains.
    pub(crate) fn plans_after(mut self, plan: Value, body: &str) -> Self {
        self.laid.push(("plan", Shape::Answer("token-request", "exchange"), json!({ "ok": plan })));
        self.hook("token-request", "exchange", 7, body).hook_part("token-request", "refresh", 7, "(i32.const {plan})")
    }

    /// Ends a grant by the hook `revoke`: the body does it, and these plans lie there for it.
    pub(crate) fn revokes(mut self, plans: Value, body: &str) -> Self {
        self.laid.push(("plans", Shape::Answer("revoke", "plans"), plans));
        self.hook("revoke", "plans", 7, body)
    }

    /// Lays a template down.
    pub(crate) fn template(mut self, name: &'static str, template: Value) -> Self {
        self.laid.push((name, Shape::Named("template"), template));
        self
    }

    /// Reads token responses: the body does it, with the body of the response at local 8 (address) and 9 (length).
    pub(crate) fn reads(mut self, tokens: Value, body: &str) -> Self {
        self.laid.push(("tokens", Shape::Answer("token-response", "read"), tokens));
        self.hook("token-response", "read", 10, body)
    }

    /// Answers these targets in the hook `discover`.
    pub(crate) fn discovers(mut self, targets: Value) -> Self {
        self.laid.push(("targets", Shape::Answer("discover", "targets"), json!({ "ok": targets })));
        self.searches("(call $drop (local.get 0)) (i32.const {targets})")
    }

    /// Does this in the hook `discover`.
    pub(crate) fn searches(self, body: &str) -> Self {
        self.hook("discover", "targets", 1, body)
    }

    /// Lays text down.
    pub(crate) fn text(mut self, name: &'static str, text: &str) -> Self {
        self.laid.push((name, Shape::Text, json!(text)));
        self
    }

    fn hook(mut self, interface: &'static str, function: &str, parameters: usize, body: &str) -> Self {
        self.hooks.push(interface);
        self.hook_part(interface, function, parameters, body)
    }

    fn hook_part(self, interface: &str, function: &str, parameters: usize, body: &str) -> Self {
        let parameters = " i32".repeat(parameters);
        let name = format!("{CONTRACT}/{interface}@0.1.0#{function}");
        self.with(&format!("(func (export \"{name}\") (param{parameters}) (result i32) {body})"))
    }

    /// The component.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let mut resolve = Resolve::default();
        resolve.push_path(workspace().join("wit")).unwrap();
        let hooks: String = self.hooks.iter().map(|hook| format!("export {CONTRACT}/{hook}@0.1.0;")).collect();
        let world = format!(
            "package guests:hostile; world guest {{ import {CONTRACT}/http@0.1.0; import {CONTRACT}/log@0.1.0; {} \
             export {CONTRACT}/connector@0.1.0; {hooks} }} {}",
            self.wit.0, self.wit.1
        );
        let package = resolve.push_str("hostile.wit", &world).unwrap();
        let world = resolve.select_world(&[package], Some("guest")).unwrap();
        let mut core = wat::parse_str(self.module(&resolve)).unwrap();
        embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8).unwrap();
        ComponentEncoder::default().module(&core).unwrap().validate(false).encode().unwrap()
    }

    fn module(&self, resolve: &Resolve) -> String {
        let mut data = Lowering::at(resolve, DATA);
        let mut places =
            vec![("manifest".to_owned(), data.put(&answer(resolve, "connector", "manifest"), &self.manifest))];
        let failed = json!({ "err": { "advice": "unsupported" } });
        places.push(("failed".to_owned(), data.put(&answer(resolve, "connector", "verify"), &failed)));
        for (name, shape, value) in &self.laid {
            let place = match shape {
                Shape::Answer(interface, function) => data.put(&answer(resolve, interface, function), value),
                Shape::Named(name) => data.put(&Type::Id(resolve.interfaces[types(resolve)].types[*name]), value),
                Shape::Text => data.text(value.as_str().unwrap().as_bytes()),
            };
            places.push(((*name).to_owned(), place));
        }
        for word in ["answered", "not-sent"] {
            places.push((word.to_owned(), data.text(word.as_bytes())));
        }
        let failure = resolve.interfaces[types(resolve)].types["failure"];
        let code = 8 + data.offset(failure, "code");
        places.push(("code".to_owned(), code));
        places.push(("message".to_owned(), 8 + data.offset(failure, "message")));
        let scopes = 8 + data.offset(resolve.interfaces[types(resolve)].types["account"], "granted-scopes");
        places.extend([("scopes".to_owned(), scopes + 4), ("scope_count".to_owned(), scopes + 8)]);
        let bytes = data.bytes();
        let heap = (DATA + bytes.len()).next_multiple_of(65536);
        places.extend([("heap".to_owned(), heap), ("pages".to_owned(), heap / 65536 + 4)]);
        let written: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let text = HONEST
            .replace("{imports}", &self.imports)
            .replace("{memory}", &self.memory)
            .replace("{realloc}", &self.realloc)
            .replace("{declared}", &self.declared)
            .replace("{verify}", &self.verify)
            .replace("{parts}", &self.parts);
        let text = places.iter().fold(text, |text, (name, at)| text.replace(&format!("{{{name}}}"), &at.to_string()));
        text.replace("{data}", &written)
    }
}

fn answer(resolve: &Resolve, of: &str, function: &str) -> Type {
    resolve.interfaces[interface(resolve, of)].functions[function].result.unwrap()
}

fn types(resolve: &Resolve) -> InterfaceId {
    interface(resolve, "types")
}

fn interface(resolve: &Resolve, name: &str) -> InterfaceId {
    let (_, contract) =
        resolve.packages.iter().find(|(_, package)| package.name.to_string().starts_with(CONTRACT)).unwrap();
    contract.interfaces[name]
}

/// Hands out memory and takes none back.
const BUMP: &str = "(local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 15)) (i32.const -16)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (local.get $at)";

const HONEST: &str = r#"(module
    (import "jackfield:connector/http@0.1.0" "[method]connection.send"
        (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "jackfield:connector/http@0.1.0" "fetch" (func $fetch (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "jackfield:connector/http@0.1.0" "[method]connection.auth-method" (func $auth_method (param i32 i32)))
    (import "jackfield:connector/http@0.1.0" "[resource-drop]connection" (func $drop (param i32)))
    (import "jackfield:connector/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))
    {imports}
    {memory}
    (global $free (mut i32) (i32.const {heap}))
    (data (i32.const 65536) "{data}")
    (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
    (func (export "jackfield:connector/connector@0.1.0#manifest") (result i32) {declared})
    (func $verify (export "jackfield:connector/connector@0.1.0#verify") (param $connection i32) (result i32) {verify})
    (func $ask (param $connection i32) (param $request i32)
        (call $send (local.get $connection)
            (i32.load (local.get $request)) (i32.load offset=4 (local.get $request))
            (i32.load offset=8 (local.get $request)) (i32.load offset=12 (local.get $request))
            (i32.load offset=16 (local.get $request)) (i32.load offset=20 (local.get $request))
            (i32.load8_u offset=24 (local.get $request)) (i32.load offset=28 (local.get $request))
            (i32.load offset=32 (local.get $request)) (i32.const 1024)))
    (func $ask_openly (param $request i32)
        (call $fetch
            (i32.load (local.get $request)) (i32.load offset=4 (local.get $request))
            (i32.load offset=8 (local.get $request)) (i32.load offset=12 (local.get $request))
            (i32.load offset=16 (local.get $request)) (i32.load offset=20 (local.get $request))
            (i32.load8_u offset=24 (local.get $request)) (i32.load offset=28 (local.get $request))
            (i32.load offset=32 (local.get $request)) (i32.const 1024)))
    (func $say (param $member i32) (param $at i32) (param $length i32)
        (i32.store (i32.add (i32.const {failed}) (local.get $member)) (local.get $at))
        (i32.store offset=4 (i32.add (i32.const {failed}) (local.get $member)) (local.get $length)))
    (func $told (result i32)
        (if (i32.load8_u (i32.const 1024))
            (then (if (i32.load8_u offset=4 (i32.const 1024))
                (then (call $say (i32.const {code}) (i32.const {not-sent}) (i32.const 8))
                    (call $say (i32.const {message})
                        (i32.load offset=8 (i32.const 1024)) (i32.load offset=12 (i32.const 1024))))
                (else (call $say (i32.const {code})
                        (i32.load offset=8 (i32.const 1024)) (i32.load offset=12 (i32.const 1024)))
                    (call $say (i32.const {message})
                        (i32.load offset=16 (i32.const 1024)) (i32.load offset=20 (i32.const 1024))))))
            (else (call $say (i32.const {code}) (i32.const {answered}) (i32.const 8))
                (call $say (i32.const {message})
                    (i32.load offset=16 (i32.const 1024)) (i32.load offset=20 (i32.const 1024)))))
        (i32.const {failed}))
    {parts})"#;
