//! The one line that turns a type into a component.

/// Makes the component of a [`Connector`](crate::Connector), with the hooks named after `with`.
///
/// A hook that is named must be implemented ([`Revoke`](crate::Revoke) for `revoke`); one that is not named is not
/// exported. The names: `authorize`, `callback`, `classify`, `discover`, `revoke`, `sign`, `token_request`,
/// `token_response`.
///
/// ```text
/// jackfield_sdk::export!(Notes);
/// jackfield_sdk::export!(Notes with revoke, token_response);
/// ```
#[macro_export]
macro_rules! export {
    ($connector:ident) => {
        $crate::export!($connector with);
    };
    ($connector:ident with $($hook:ident),* $(,)?) => {
        // Checked on every target, so that the author's own tests and editor say what is missing.
        const _: fn() = || {
            fn connector<T: $crate::Connector>() {}
            connector::<$connector>();
            $({
                fn hook<T: $crate::bindings::$hook::Guest>() {}
                hook::<$connector>();
            })*
        };

        // Symbols of the component model mean nothing to a native linker.
        #[cfg(target_family = "wasm")]
        #[allow(unsafe_code, reason = "the component model's entry points, generated from the contract")]
        const _: () = {
            $crate::bindings::base::export!($connector with_types_in $crate::bindings::base);
            $($crate::bindings::$hook::export!($connector with_types_in $crate::bindings::$hook);)*
        };
    };
}
