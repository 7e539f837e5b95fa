//! Declares something else each time it is asked. A component that imports only the contract cannot: with everything
//! denied it has no clock, no randomness and a fresh memory. So this one asks WASI for a random number.
#![allow(unsafe_code, reason = "generated from the interface of WASI")]

use std::sync::atomic::{AtomicU64, Ordering};

use jackfield_guests::{manifest, me};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

#[cfg(target_family = "wasm")]
mod wasi {
    #![allow(
        missing_docs,
        unreachable_pub,
        clippy::all,
        clippy::pedantic,
        clippy::restriction,
        reason = "generated from the interface of WASI"
    )]
    wit_bindgen::generate!({
        inline: r"
            package guests:changing;

            world changing {
                import wasi:random/random@0.2.0;
            }

            package wasi:random@0.2.0 {
                interface random {
                    get-random-u64: func() -> u64;
                }
            }
        ",
        generate_all,
    });
}

struct ChangingManifest;

impl Connector for ChangingManifest {
    fn manifest() -> Manifest {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let number = random().wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed));
        manifest("changing-manifest").description(&format!("The {number}th of its kind."))
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        me(connection)
    }
}

#[cfg(target_family = "wasm")]
fn random() -> u64 {
    wasi::wasi::random::random::get_random_u64()
}

#[cfg(not(target_family = "wasm"))]
fn random() -> u64 {
    0
}

jackfield_sdk::export!(ChangingManifest);
