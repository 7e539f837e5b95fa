//! Values as they lie in a guest's memory: JSON on one side, the canonical ABI's bytes on the other.
//!
//! A record's member that is left out is empty, false, none, zero or the first case; a case with a payload is an object
//! of one member. So a manifest of ten lines of JSON is a whole manifest.

use serde_json::{Map, Value, json};
use wit_parser::{Resolve, SizeAlign, Type, TypeDefKind, TypeId, Variant};

/// Memory that begins at an address and grows.
pub(crate) struct Lowering<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
    begin: usize,
    bytes: Vec<u8>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn at(resolve: &'a Resolve, begin: usize) -> Self {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve);
        Self { resolve, sizes, begin, bytes: Vec::new() }
    }

    /// Lays a value down; its address.
    pub(crate) fn put(&mut self, ty: &Type, value: &Value) -> usize {
        let at = self.room(self.sizes.size(ty).size_wasm32(), self.sizes.align(ty).align_wasm32());
        self.store(at, ty, value);
        at
    }

    /// Lays text down; its address.
    pub(crate) fn text(&mut self, text: &[u8]) -> usize {
        let at = self.room(text.len(), 1);
        self.write(at, text);
        at
    }

    /// Everything laid down, in order from the first address.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Where a member of a record begins, counted from the record.
    pub(crate) fn offset(&self, ty: TypeId, member: &str) -> usize {
        let TypeDefKind::Record(record) = &self.resolve.types[ty].kind else { panic!("{member} of no record") };
        let place = record.fields.iter().position(|field| field.name == member).unwrap();
        self.sizes.field_offsets(record.fields.iter().map(|field| &field.ty))[place].0.size_wasm32()
    }

    fn room(&mut self, size: usize, align: usize) -> usize {
        let at = (self.begin + self.bytes.len()).next_multiple_of(align);
        self.bytes.resize(at + size - self.begin, 0);
        at
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        let at = at - self.begin;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn word(&mut self, at: usize, value: usize) {
        self.write(at, &u32::try_from(value).unwrap().to_le_bytes());
    }

    fn store(&mut self, at: usize, ty: &Type, value: &Value) {
        let number = || value.as_u64().unwrap_or_else(|| panic!("{value} is no number")).to_le_bytes();
        match (ty, value) {
            (Type::Id(id), _) => self.store_named(at, *id, value),
            (_, Value::Null) => {}
            (Type::String, Value::String(text)) => {
                let begin = self.text(text.as_bytes());
                self.word(at, begin);
                self.word(at + 4, text.len());
            }
            (Type::Bool, Value::Bool(truth)) => self.write(at, &[u8::from(*truth)]),
            (Type::U8 | Type::U16 | Type::U32 | Type::U64, _) => {
                let size = self.sizes.size(ty).size_wasm32();
                self.write(at, &number()[..size]);
            }
            (other, _) => panic!("{value} as {other:?}"),
        }
    }

    fn store_named(&mut self, at: usize, id: TypeId, value: &Value) {
        let resolve = self.resolve;
        match &resolve.types[id].kind {
            TypeDefKind::Type(other) => self.store(at, other, value),
            TypeDefKind::Record(record) => {
                let none = Map::new();
                let members = value.as_object().unwrap_or(&none);
                let unknown = members.keys().find(|key| !record.fields.iter().any(|field| field.name == **key));
                assert!(unknown.is_none(), "no member {unknown:?}");
                let types: Vec<&Type> = record.fields.iter().map(|field| &field.ty).collect();
                let values: Vec<&Value> =
                    record.fields.iter().map(|field| members.get(&field.name).unwrap_or(&Value::Null)).collect();
                self.store_all(at, &types, &values);
            }
            TypeDefKind::Tuple(tuple) => {
                let values = value.as_array().map(|items| items.iter().collect::<Vec<_>>()).unwrap_or_default();
                self.store_all(at, &tuple.types.iter().collect::<Vec<_>>(), &values);
            }
            TypeDefKind::List(item) => self.store_list(at, item, value.as_array().map_or(&[], Vec::as_slice)),
            TypeDefKind::Option(_) if value.is_null() => {}
            TypeDefKind::Option(inner) => {
                self.write(at, &[1]);
                self.store(at + self.align_of(inner), inner, value);
            }
            TypeDefKind::Result(result) => {
                let align = [result.ok, result.err].iter().flatten().map(|ty| self.align_of(ty)).max().unwrap_or(1);
                let (case, payload) = (value.get("ok"), value.get("err"));
                self.write(at, &[u8::from(case.is_none())]);
                let inner = if case.is_some() { result.ok } else { result.err };
                self.store(at + align, &inner.unwrap(), case.or(payload).unwrap());
            }
            TypeDefKind::Variant(variant) => self.store_variant(at, variant, value),
            other => panic!("{value} as {}", other.as_str()),
        }
    }

    fn store_all(&mut self, at: usize, types: &[&Type], values: &[&Value]) {
        let offsets: Vec<usize> =
            self.sizes.field_offsets(types.iter().copied()).iter().map(|(offset, _)| offset.size_wasm32()).collect();
        for ((offset, ty), value) in offsets.into_iter().zip(types).zip(values) {
            self.store(at + offset, ty, value);
        }
    }

    fn store_list(&mut self, at: usize, item: &Type, items: &[Value]) {
        let size = self.sizes.size(item).size_wasm32();
        let begin = self.room(size * items.len(), self.align_of(item));
        for (place, value) in items.iter().enumerate() {
            self.store(begin + place * size, item, value);
        }
        self.word(at, begin);
        self.word(at + 4, items.len());
    }

    fn store_variant(&mut self, at: usize, variant: &Variant, value: &Value) {
        let (name, payload) = match value {
            Value::Null => (variant.cases[0].name.as_str(), &Value::Null),
            Value::String(name) => (name.as_str(), &Value::Null),
            other => {
                other.as_object().and_then(|case| case.iter().next()).map(|(name, of)| (name.as_str(), of)).unwrap()
            }
        };
        let case = variant.cases.iter().position(|case| case.name == name).unwrap_or_else(|| panic!("no case {name}"));
        assert!(variant.cases.len() < 256);
        self.write(at, &[u8::try_from(case).unwrap()]);
        if let Some(ty) = &variant.cases[case].ty {
            let offset = self.sizes.payload_offset(variant.tag(), variant.cases.iter().map(|case| case.ty.as_ref()));
            self.store(at + offset.size_wasm32(), ty, payload);
        }
    }

    fn align_of(&self, ty: &Type) -> usize {
        self.sizes.align(ty).align_wasm32()
    }
}

/// A manifest without a fault: a token for `provider.test`, and client credentials from `login.test` for hooks.
pub(crate) fn manifest(name: &str) -> Value {
    let header = json!({ "header": { "name": "Authorization", "prefix": "Bearer " } });
    let any = |origin: &str| json!({ "methods": ["GET", "POST"], "origin": origin, "path": "/**" });
    json!({
        "name": name,
        "version": "1.0.0",
        "presentation": { "title": name },
        "origins": [
            { "id": "api", "place": { "host": "provider.test" }, "credential": true },
            { "id": "other", "place": { "host": "other.test" } },
        ],
        "methods": [{
            "id": "token", "title": "API token", "kind": { "api-token": "token" },
            "fields": [{ "key": "token", "label": "Token", "required": true, "secret": true }],
            "placements": [header], "lifetime": { "renewable": true }, "revocation": "none",
            "revocation-ends": "account",
        }],
        "requests": [{ "hook": "verify", "requests": [any("api"), any("other")] }],
    })
}

/// The same, with a method whose token a machine asks for at `login.test`.
pub(crate) fn machine(name: &str) -> Value {
    let mut manifest = manifest(name);
    let oauth2 = json!({
        "token-url": "https://login.test/token",
        "authorize": { "scope-separator": " " },
        "response": {
            "access-token": { "pointer": "/access_token" }, "refresh-token": { "pointer": "/refresh_token" },
            "scope-format": { "separated": " " },
        },
        "refresh": { "rotation": "unknown", "using": "same-grant" },
    });
    let mut method = manifest["methods"][0].clone();
    method["id"] = json!("machine");
    method["kind"] = json!({ "client-credentials": oauth2 });
    method["fields"] = json!([]);
    manifest["methods"].as_array_mut().unwrap().push(method);
    manifest
}
