//! The contract's Rust face on the host side, generated from `wit/`: the view in which every hook is probed one by one.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated; the documentation is in wit/"
)]

wasmtime::component::bindgen!({
    world: "full",
    path: "../../wit",
    imports: { default: async | trappable },
    exports: { default: async },
    additional_derives: [PartialEq],
    with: { "jackfield:connector/http.connection": crate::imports::ConnectionHandle },
});
