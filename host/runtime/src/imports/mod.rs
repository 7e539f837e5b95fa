//! What a guest may call, and what each call does on the host's side.

mod http;
mod log;
mod signing;

use wasmtime::component::Linker;

use crate::{
    bindings::{Full, jackfield::connector},
    state::{CallState, Imports},
};

/// The connection a call works on. Holds nothing: what it may do is the call's context, which no guest can name.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ConnectionHandle;

/// Offers the contract's imports.
pub(crate) fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    Full::add_to_linker::<CallState, Imports>(linker, |state| state)
}

impl connector::types::Host for CallState {}
impl connector::manifest_types::Host for CallState {}
