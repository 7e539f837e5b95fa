//! What makes the kept values of a token response valid: public ones, under keys of their own.

use super::Checker;
use crate::{
    manifest::{KeptFrom, OAuth2},
    pattern::Pattern,
};

impl Checker<'_> {
    pub(super) fn kept(&mut self, place: &str, oauth2: &OAuth2) {
        for kept in &oauth2.response.keep {
            self.kept_key(place, &kept.key);
            if is_secret(oauth2, &kept.place) {
                let key = &kept.key;
                self.fault(
                    place,
                    format!("the kept value `{key}` is read where a secret stands: a kept value is public"),
                );
            }
        }
    }

    /// A kept value never takes the place of what a person or an operator typed.
    fn kept_key(&mut self, place: &str, key: &str) {
        let plain = Pattern::new("[a-z][a-z0-9_]{0,63}").is_ok_and(|pattern| pattern.matches(key));
        let taken = self.manifest.all_fields().any(|field| field.key == key);
        if !plain || taken {
            self.fault(
                place,
                format!("the kept value `{key}` needs a key of its own, in lower-case letters, digits and underscores"),
            );
        }
    }
}

/// Whether a token is read there, or the callback has its code or its state.
fn is_secret(oauth2: &OAuth2, place: &KeptFrom) -> bool {
    match place {
        KeptFrom::Response(pointer) => oauth2.response.is_token(pointer),
        KeptFrom::Callback(parameter) => {
            let rules = &oauth2.authorize;
            [rules.code_parameter(), rules.state_parameter()].contains(&parameter.as_str())
        }
    }
}
