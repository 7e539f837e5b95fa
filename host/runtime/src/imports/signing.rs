//! The `signing` interface: recipes are kept, numbers are answered, bytes never.

use crate::{
    bindings::jackfield::connector::{
        signing::{Encoding, Host},
        types::{Advice, Failure, Hole, Template},
    },
    convert::{hole, value},
    signatures::{Keyed, Recipe, Writing},
    state::CallState,
};

type Answer = wasmtime::Result<Result<u32, Failure>>;

impl Host for CallState {
    async fn sha256(&mut self, message: Template, encoding: Encoding) -> Answer {
        self.enter("signing.sha256")?;
        Ok(recipe(|writing| Ok(Recipe::Sha256 { message: value(message)?, writing }), &encoding)
            .and_then(|recipe| self.keep(recipe)))
    }

    async fn hmac(&mut self, algorithm: String, key: Hole, message: Template, encoding: Encoding) -> Answer {
        self.enter("signing.hmac")?;
        let Some(keyed) = Keyed::named(&algorithm) else {
            return Ok(Err(unsupported("an HMAC other than sha1, sha256 and sha512")));
        };
        let made =
            recipe(|writing| Ok(Recipe::Hmac { keyed, key: hole(key)?, message: value(message)?, writing }), &encoding);
        Ok(made.and_then(|recipe| self.keep(recipe)))
    }

    async fn jwt(
        &mut self,
        _algorithm: String,
        _key: Hole,
        _headers: Vec<(String, Template)>,
        _claims: Vec<(String, Template)>,
    ) -> Answer {
        self.enter("signing.jwt")?;
        Ok(Err(unsupported("signing a JWT")))
    }

    async fn oauth1(&mut self, _signature_method: String, _realm: Option<String>) -> Answer {
        self.enter("signing.oauth1")?;
        Ok(Err(unsupported("an OAuth 1.0a signature")))
    }

    async fn aws_sigv4(&mut self, _service: String, _region: String) -> Answer {
        self.enter("signing.aws-sigv4")?;
        Ok(Err(unsupported("AWS Signature Version 4")))
    }
}

impl CallState {
    fn keep(&mut self, recipe: Recipe) -> Result<u32, Failure> {
        self.signatures.add(recipe).map_err(|much| failure("signatures", much.to_owned()))
    }
}

fn recipe(make: impl FnOnce(Writing) -> Result<Recipe, String>, encoding: &Encoding) -> Result<Recipe, Failure> {
    let writing = match encoding {
        Encoding::Hex => Writing::Hex,
        Encoding::Base64 => Writing::Base64,
        Encoding::Base64Url => Writing::Base64Url,
        Encoding::Other(_) => return Err(unsupported("an encoding other than hex, base64 and base64-url")),
    };
    make(writing).map_err(|unknown| unsupported(&format!("the hole `{unknown}`")))
}

fn unsupported(what: &str) -> Failure {
    failure("unsupported", format!("{what} is part of the contract and not run by this host yet"))
}

fn failure(code: &str, message: String) -> Failure {
    Failure { advice: Advice::Unsupported, code: code.to_owned(), message, extras: vec![] }
}
