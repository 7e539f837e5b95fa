//! The calls: verify, discover, the token hooks, revoke. Each takes a settled context and brings an answer in the model's words.

mod discover;

use std::{
    future::Future,
    sync::{Arc, PoisonError},
};

use http::Response;
use jackfield_model::{plan::Plan, secret::Secret};
use tracing::Instrument;
use wasmtime::Store;

use crate::{
    bindings::{
        exports::jackfield::connector::{
            revoke::RevokeContext,
            token_request::TokenContext,
            token_response::{TokenResponseContext, Tokens},
        },
        jackfield::connector::types,
    },
    breaker::Tries,
    call::{CallError, Ended, Outcome, bounded, instantiate, store},
    context::CallContext,
    convert::{self, Verified},
    egress::Denial,
    guest_log::{GuestLog, LogBook},
    hook::{Hook, Occasion},
    imports::ConnectionHandle,
    limits::Limits,
    load::Loaded,
    plan::Planned,
    redact::{Claimed, ReadTokens, Redacted, forbid, redact},
    runtime::Runtime,
    signatures::Signatures,
    state::CallState,
    turn::Turn,
    waited::Waited,
};

/// A call on its way: what stays with the host while the guest runs.
struct Running {
    context: Arc<CallContext>,
    loaded: Arc<Loaded>,
    book: LogBook,
    waited: Waited,
    turn: Turn,
    /// Which breakers let it through to try.
    tries: Tries,
}

impl Runtime {
    /// Asks the provider whether a connection's credential works, and whose it is.
    pub async fn verify(&self, context: CallContext) -> Outcome<Verified> {
        match self.begin(Hook::Verify, context).await {
            Ok((running, state)) => {
                let result = self.ask_account(&running, state).instrument(running.span()).await;
                self.end(&running, result)
            }
            Err(error) => refused(error),
        }
    }

    /// Asks the hook for the request that redeems a code or refreshes.
    pub async fn token_request(&self, context: CallContext, occasion: Occasion) -> Outcome<Planned> {
        match self.begin(Hook::TokenRequest, context).await {
            Ok((running, state)) => {
                let result = self.ask_request(&running, state, occasion).instrument(running.span()).await;
                self.end(&running, result)
            }
            Err(error) => refused(error),
        }
    }

    /// Lets the hook find the tokens in the response to a request, which it sees only as placeholders. Of the secrets that
    /// the request showed the provider it sees nothing either.
    pub async fn token_response(
        &self,
        context: CallContext,
        occasion: Occasion,
        response: &Response<Vec<u8>>,
        sent: &[&Secret],
    ) -> Outcome<ReadTokens> {
        match self.begin(Hook::TokenResponse, context).await {
            Ok((running, state)) => {
                let redacted = redact(response, &running.context.reading, sent, &self.random);
                let result = self.ask_tokens(&running, state, occasion, redacted).instrument(running.span()).await;
                self.end(&running, result)
            }
            Err(error) => refused(error),
        }
    }

    /// Asks the hook for the requests that end a grant.
    pub async fn revoke_plans(&self, context: CallContext, account: Option<&str>) -> Outcome<Vec<Planned>> {
        match self.begin(Hook::Revoke, context).await {
            Ok((running, state)) => {
                let result = self.ask_revocation(&running, state, account).instrument(running.span()).await;
                self.end(&running, result)
            }
            Err(error) => refused(error),
        }
    }

    async fn ask_account(&self, running: &Running, state: CallState) -> Result<Verified, CallError> {
        let loaded = &running.loaded;
        let work = async {
            let mut store = store(loaded, state);
            let instance = instantiate(loaded, &mut store).await?;
            let guest = loaded.exports.connector.load(&mut store, &instance)?;
            let handle = store.data_mut().table.push(ConnectionHandle)?;
            guest.call_verify(&mut store, handle).await
        };
        let account = running.said(running.bounded(&self.limits, work).await)?;
        convert::account(account).map_err(|denial| running.denied(denial))
    }

    async fn ask_request(&self, running: &Running, state: CallState, occasion: Occasion) -> Result<Planned, CallError> {
        let (loaded, context) = (&running.loaded, &running.context);
        let indices = loaded.exports.token_request.as_ref().ok_or_else(|| running.missing(Hook::TokenRequest))?;
        let known = TokenContext {
            auth_method: context.method.clone(),
            fields: running.fields(),
            scopes: context.granted.clone(),
            step: occasion.step(),
        };
        let work = async {
            let mut store = store(loaded, state);
            let instance = instantiate(loaded, &mut store).await?;
            let guest = indices.load(&mut store, &instance)?;
            let answer = match occasion {
                Occasion::Exchange | Occasion::Further(_) => guest.call_exchange(&mut store, &known).await?,
                Occasion::Refresh => guest.call_refresh(&mut store, &known).await?,
            };
            Ok(answer.map(|plan| (plan, signatures(&mut store))))
        };
        let (plan, signatures) = running.said(running.bounded(&self.limits, work).await)?;
        running.planned(plan, &signatures)
    }

    async fn ask_tokens(
        &self,
        running: &Running,
        mut state: CallState,
        occasion: Occasion,
        redacted: Redacted,
    ) -> Result<ReadTokens, CallError> {
        let (loaded, context) = (&running.loaded, &running.context);
        let indices = loaded.exports.token_response.as_ref().ok_or_else(|| running.missing(Hook::TokenResponse))?;
        state.placeholders = true;
        let known = TokenResponseContext {
            auth_method: context.method.clone(),
            occasion: occasion.name().to_owned(),
            step: occasion.step(),
        };
        let shown = types::Response { status: redacted.status, headers: redacted.headers, body: redacted.body };
        let work = async {
            let mut store = store(loaded, state);
            let instance = instantiate(loaded, &mut store).await?;
            indices.load(&mut store, &instance)?.call_read(&mut store, &known, &shown).await
        };
        let answer = running.bounded(&self.limits, work).await;
        if let Ok(Err(failure)) = &answer {
            without_placeholders(failure).map_err(|denial| running.denied(denial))?;
        }
        let claimed = claimed(running.said(answer)?);
        let tokens = redacted.table.read(&claimed, &context.reading, context.client_secret.as_ref());
        tokens.map_err(|denial| running.denied(denial))
    }

    async fn ask_revocation(
        &self,
        running: &Running,
        state: CallState,
        account: Option<&str>,
    ) -> Result<Vec<Planned>, CallError> {
        let (loaded, context) = (&running.loaded, &running.context);
        let indices = loaded.exports.revoke.as_ref().ok_or_else(|| running.missing(Hook::Revoke))?;
        let known = RevokeContext {
            auth_method: context.method.clone(),
            fields: running.fields(),
            account: account.map(str::to_owned),
        };
        let work = async {
            let mut store = store(loaded, state);
            let instance = instantiate(loaded, &mut store).await?;
            let answer = indices.load(&mut store, &instance)?.call_plans(&mut store, &known).await?;
            Ok(answer.map(|plans| (plans, signatures(&mut store))))
        };
        let (plans, signatures) = running.said(running.bounded(&self.limits, work).await)?;
        if plans.len() > usize::try_from(self.limits.requests).unwrap_or(usize::MAX) {
            let message = format!(
                "the hook `revoke` plans {} requests and one call sends at most {}; the operator may raise `limits.requests`",
                plans.len(),
                self.limits.requests
            );
            return Err(running.denied(Denial::new("plans", message)));
        }
        plans.into_iter().map(|plan| running.planned(plan, &signatures)).collect()
    }

    /// Finds the component, asks the breaker, and makes the host's side of a fresh instance.
    async fn begin(&self, hook: Hook, context: CallContext) -> Result<(Running, CallState), CallError> {
        let connector = context.connector.clone();
        if context.hook != hook {
            let denial =
                Denial::new("wrong-context", format!("a context settled for `{}` serves no `{hook}`", context.hook));
            return Err(CallError::Denied { connector, denial });
        }
        let found = self.find(&context.digest, &connector, context.now).await;
        let loaded = found.ok_or_else(|| CallError::NotLoaded { connector: connector.clone() })?;
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = breakers.admit(&context.digest, &context.caller, context.now);
        drop(breakers);
        let tries = tries.map_err(|until| CallError::Open { connector: connector.clone(), until })?;
        let book = LogBook::new(&connector, &self.limits, Arc::clone(&context.masker));
        let context = Arc::new(context);
        let state = CallState::new(Some(Arc::clone(&context)), &loaded, &self.limits, &self.sender, book.clone());
        let (waited, turn) = (state.waited.clone(), state.turn.clone());
        Ok((Running { context, loaded, book, waited, turn, tries }, state))
    }

    /// Tells the breaker how it went and hands the log over.
    fn end<T>(&self, running: &Running, result: Result<T, CallError>) -> Outcome<T> {
        let (digest, caller, now) = (&running.context.digest, &running.context.caller, running.context.now);
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        match &result {
            Err(error) if error.is_fault() => {
                let opened = breakers.fault(digest, caller, running.tries, now);
                tracing::warn!(connector = running.context.connector, kind = error.kind(), %error, left_alone_for = opened, "a connector's call failed");
            }
            // It says nothing of the component, which may not even have begun.
            Err(CallError::Limit { .. }) => {}
            _ => breakers.works(digest, caller, running.tries),
        }
        Outcome { result, log: running.book.take() }
    }
}

impl Running {
    /// Work in the guest, within the bounds of a call.
    async fn bounded<T: Send>(
        &self,
        limits: &Limits,
        work: impl Future<Output = wasmtime::Result<T>> + Send,
    ) -> Result<T, Ended> {
        bounded(&self.loaded, limits, Some(self.context.tenant), (&self.waited, &self.turn), work).await
    }

    fn span(&self) -> tracing::Span {
        let context = &self.context;
        let connection = context.connection.map(|id| id.to_string());
        tracing::info_span!("call", connector = context.connector, hook = %context.hook, tenant = %context.tenant, connection)
    }

    /// A guest's answer, or why there is none.
    fn said<T>(&self, answer: Result<Result<T, types::Failure>, Ended>) -> Result<T, CallError> {
        let connector = &self.context.connector;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(failure)) => {
                Err(CallError::Guest { connector: connector.clone(), failure: convert::failure(failure) })
            }
            Err(ended) => Err(ended.of(connector, &self.book.so_far())),
        }
    }

    fn denied(&self, denial: Denial) -> CallError {
        CallError::Denied { connector: self.context.connector.clone(), denial }
    }

    fn missing(&self, hook: Hook) -> CallError {
        self.denied(Denial::new("hook-missing", format!("the component does not export the hook `{hook}`")))
    }

    /// Public values, as the contract hands them to hooks.
    fn fields(&self) -> Vec<(String, String)> {
        self.context.values.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    fn planned(&self, plan: types::Plan, signatures: &Arc<Signatures>) -> Result<Planned, CallError> {
        let plan: Plan = convert::plan(plan).map_err(|denial| self.denied(denial))?;
        let context = &self.context;
        Ok(Planned {
            plan,
            signatures: Arc::clone(signatures),
            gate: Arc::clone(&context.gate),
            secrets_in_query: context.secrets_in_query,
        })
    }
}

fn refused<T>(error: CallError) -> Outcome<T> {
    Outcome { result: Err(error), log: GuestLog::default() }
}

fn signatures(store: &mut Store<CallState>) -> Arc<Signatures> {
    Arc::new(std::mem::take(&mut store.data_mut().signatures))
}

fn claimed(tokens: Tokens) -> Claimed {
    Claimed {
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token,
        expires: tokens.expires,
        scope: tokens.scope,
        kept: tokens.kept,
        extras: tokens.extras,
    }
}

fn without_placeholders(failure: &types::Failure) -> Result<(), Denial> {
    forbid("a failure's code", &failure.code)?;
    forbid("a failure's message", &failure.message)?;
    failure.extras.iter().try_for_each(|(key, value)| {
        forbid("a failure's extras", key).and_then(|()| forbid("a failure's extras", value))
    })?;
    match &failure.advice {
        types::Advice::InsufficientScope(scopes) => {
            scopes.iter().try_for_each(|scope| forbid("a failure's scope", scope))
        }
        types::Advice::Other(other) => forbid("a failure's advice", other),
        _ => Ok(()),
    }
}
