//! The contract as generated Rust: one small world for the connector and one per hook, so that a component exports exactly
//! the hooks its author names. Types are generated once, in [`base`], and shared by the hooks.
//!
//! Public only because the export macros of a connector's crate reach into it; its names are not for authors.

/// Writes the module of one hook: its world, its bindings and the trait that [`crate::export!`] asks for.
macro_rules! hook {
    ($module:ident, $world:literal, $bindings:literal, { $($interface:literal: $shared:ident),* }) => {
        #[allow(
            unsafe_code,
            missing_docs,
            unreachable_pub,
            clippy::all,
            clippy::pedantic,
            clippy::restriction,
            reason = "generated from the contract"
        )]
        pub mod $module {
            wit_bindgen::generate!({
                world: $world,
                path: "../wit",
                pub_export_macro: true,
                default_bindings_module: $bindings,
                additional_derives: [PartialEq, Eq],
                with: {
                    "jackfield:connector/types@0.1.0": crate::bindings::base::jackfield::connector::types,
                    "jackfield:connector/log@0.1.0": crate::bindings::base::jackfield::connector::log,
                    $($interface: crate::bindings::base::jackfield::connector::$shared,)*
                },
            });
            pub use exports::jackfield::connector::$module::*;
        }
    };
}

#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    reason = "generated from the contract"
)]
pub mod base {
    wit_bindgen::generate!({
        world: "base",
        path: "../wit",
        pub_export_macro: true,
        default_bindings_module: "jackfield_sdk::bindings::base",
        additional_derives: [PartialEq, Eq],
        generate_unused_types: true,
    });
    pub use exports::jackfield::connector::connector::Guest;
}

hook!(authorize, "hook-authorize", "jackfield_sdk::bindings::authorize", { "jackfield:connector/signing@0.1.0": signing });
hook!(callback, "hook-callback", "jackfield_sdk::bindings::callback", { "jackfield:connector/http@0.1.0": http, "jackfield:connector/signing@0.1.0": signing });
hook!(classify, "hook-classify", "jackfield_sdk::bindings::classify", {});
hook!(discover, "hook-discover", "jackfield_sdk::bindings::discover", { "jackfield:connector/http@0.1.0": http });
hook!(revoke, "hook-revoke", "jackfield_sdk::bindings::revoke", { "jackfield:connector/signing@0.1.0": signing });
hook!(sign, "hook-sign", "jackfield_sdk::bindings::sign", { "jackfield:connector/signing@0.1.0": signing });
hook!(token_request, "hook-token-request", "jackfield_sdk::bindings::token_request", { "jackfield:connector/signing@0.1.0": signing });
hook!(token_response, "hook-token-response", "jackfield_sdk::bindings::token_response", {});
