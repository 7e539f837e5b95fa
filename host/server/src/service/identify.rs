//! Who consented, by the issuer's own word: ID tokens, believed only under its published keys.

use jackfield_auth::{
    id_token::{self, Expected, IdTokenError, KeySet},
    token::Tokens,
};
use jackfield_model::secret::Secret;

use super::{Service, establish::EstablishError, resolve::Party};

impl Service {
    /// Who an ID token says it is. An issuer that was asked for one must bring it.
    pub(super) async fn identify(
        &self,
        party: &Party,
        tokens: &Tokens,
        nonce: Option<&Secret>,
    ) -> Result<Option<String>, EstablishError> {
        let issuer = party.connection.endpoints.as_ref().and_then(|endpoints| endpoints.issuer.as_ref());
        match (&tokens.id_token, nonce, issuer) {
            (None, Some(_), Some(_)) => Err(EstablishError::NoIdToken),
            (Some(_), _, Some(_)) => Ok(Some(self.subject(party, tokens, nonce).await?)),
            _ => Ok(None),
        }
    }

    /// Checks an ID token against the issuer's keys; an unknown key fetches them once more (ID-2).
    pub(super) async fn subject(
        &self,
        party: &Party,
        tokens: &Tokens,
        nonce: Option<&Secret>,
    ) -> Result<String, EstablishError> {
        let missing = || EstablishError::NoIdToken;
        let endpoints = party.connection.endpoints.as_ref().ok_or_else(missing)?;
        let expected = Expected {
            issuer: endpoints.issuer.as_deref().ok_or_else(missing)?,
            client_id: party.client.as_ref().map(|client| client.public_id.as_str()).ok_or_else(missing)?,
            nonce,
            access_token: Some(&tokens.access_token),
            algorithms: &endpoints.id_token_algorithms,
            now: self.now(),
        };
        let token = tokens.id_token.as_ref().ok_or_else(missing)?;
        let jwks = endpoints.jwks.as_deref().ok_or_else(|| EstablishError::Keys("its metadata names none".into()))?;
        let (keys, may_be_fetched_again) = self.keys(party, jwks, false).await?;
        match id_token::check(token, &keys, &expected) {
            Err(IdTokenError::KeyMiss) if may_be_fetched_again => {
                let (keys, _) = self.keys(party, jwks, true).await?;
                Ok(id_token::check(token, &keys, &expected)?.subject)
            }
            other => Ok(other?.subject),
        }
    }

    async fn keys(&self, party: &Party, jwks: &str, again: bool) -> Result<(KeySet, bool), EstablishError> {
        let (connector, tenant) = (&party.connector.name, party.connection.tenant);
        let document = self.document(connector, Some(tenant), jwks, again).await;
        let document = document.map_err(|error| EstablishError::Keys(error.to_string()))?;
        let keys = KeySet::read(&document.body).map_err(|error| {
            self.documents.forget(jwks);
            EstablishError::Keys(error.to_string())
        })?;
        Ok((keys, document.may_be_fetched_again))
    }
}
