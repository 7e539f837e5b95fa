//! OAuth 2 rules. Empty pointers and separators become the standard ones here, so that nobody else has to know them.

use jackfield_model::manifest::{self as model};

use super::{faults::Faults, fields::condition, wit};

pub(super) fn oauth2(faults: &mut Faults, place: &str, given: wit::Oauth2) -> Option<model::OAuth2> {
    faults.extras(place, &given.extras);
    if given.device_url.is_some() {
        faults.add(format!("{place}.device-url"), "belongs to `device-code`, which this method is not");
    }
    let issuer = faults.optional_template(format!("{place}.issuer"), given.issuer.as_ref());
    let authorize_url = faults.optional_template(format!("{place}.authorize-url"), given.authorize_url.as_ref());
    let token_url = faults.optional_template(format!("{place}.token-url"), given.token_url.as_ref());
    let refresh_url = faults.optional_template(format!("{place}.refresh-url"), given.refresh_url.as_ref());
    let revoke_url = faults.optional_template(format!("{place}.revoke-url"), given.revoke_url.as_ref());
    let authorize = authorize(faults, &format!("{place}.authorize"), given.authorize);
    let request = token_request(faults, &format!("{place}.request"), given.request);
    let response = token_response(faults, &format!("{place}.response"), given.response);
    let refresh = refresh(faults, &format!("{place}.refresh"), given.refresh);
    Some(model::OAuth2 {
        issuer: issuer?,
        authorize_url: authorize_url?,
        token_url: token_url?,
        refresh_url: refresh_url?,
        revoke_url: revoke_url?,
        authorize: authorize?,
        request: request?,
        response: response?,
        refresh: refresh?,
    })
}

fn parameter(faults: &mut Faults, place: &str, given: wit::Parameter) -> Option<model::Parameter> {
    let value = faults.template(format!("{place}.value"), &given.value)?;
    Some(model::Parameter { name: given.name, value, when: given.when.map(condition) })
}

fn renames(given: Vec<wit::Rename>) -> Vec<model::Rename> {
    given.into_iter().map(|rename| model::Rename { standard: rename.standard, actual: rename.actual }).collect()
}

fn authorize(faults: &mut Faults, place: &str, given: wit::AuthorizeRules) -> Option<model::AuthorizeRules> {
    faults.extras(place, &given.extras);
    match given.start {
        wit::Start::Host => Some(()),
        wit::Start::Provider => faults.not_run(format!("{place}.start"), "a start at the provider"),
        wit::Start::Webhook => faults.not_run(format!("{place}.start"), "a code that arrives by webhook"),
        wit::Start::Other(other) => faults.unknown(format!("{place}.start"), &other),
    };
    let parameters = faults.each(&format!("{place}.parameters"), given.parameters, parameter);
    let pkce = match given.pkce {
        wit::Pkce::S256 => model::Pkce::S256,
        wit::Pkce::Unsupported(reason) => model::Pkce::Unsupported(reason),
    };
    Some(model::AuthorizeRules {
        parameters: parameters?,
        renames: renames(given.renames),
        emptied: given.emptied,
        unencoded: given.unencoded,
        fragment_route: given.fragment_route,
        scope_separator: or_standard(given.scope_separator, " "),
        scope_lists: given.scope_lists,
        pkce,
        code_parameter: given.code_parameter,
    })
}

fn token_request(faults: &mut Faults, place: &str, given: wit::TokenRequestRules) -> Option<model::TokenRequestRules> {
    faults.extras(place, &given.extras);
    let client_auth = match given.client_auth {
        wit::ClientAuth::Basic => Some(model::ClientAuth::Basic),
        wit::ClientAuth::Body => Some(model::ClientAuth::Body),
        wit::ClientAuth::None => Some(model::ClientAuth::None),
        wit::ClientAuth::Custom => Some(model::ClientAuth::Custom),
        wit::ClientAuth::PrivateKeyJwt => faults.not_run(format!("{place}.client-auth"), "`private-key-jwt`"),
        wit::ClientAuth::MutualTls => faults.not_run(format!("{place}.client-auth"), "`mutual-tls`"),
        wit::ClientAuth::Other(other) => faults.unknown(format!("{place}.client-auth"), &other),
    };
    let body = match given.body {
        wit::BodyFormat::Form => Some(model::BodyFormat::Form),
        wit::BodyFormat::Json => Some(model::BodyFormat::Json),
        wit::BodyFormat::Query(reason) => Some(model::BodyFormat::Query(reason)),
        wit::BodyFormat::Xml => faults.not_run(format!("{place}.body"), "an XML body outside a plan"),
        wit::BodyFormat::Other(other) => faults.unknown(format!("{place}.body"), &other),
    };
    let headers = faults.each(&format!("{place}.headers"), given.headers, parameter);
    let parameters = faults.each(&format!("{place}.parameters"), given.parameters, parameter);
    Some(model::TokenRequestRules {
        client_auth: client_auth?,
        body: body?,
        get_because: given.get_because,
        headers: headers?,
        parameters: parameters?,
        renames: renames(given.renames),
        further_steps: given.further_steps,
    })
}

fn token_response(
    faults: &mut Faults,
    place: &str,
    given: wit::TokenResponseRules,
) -> Option<model::TokenResponseRules> {
    faults.extras(place, &given.extras);
    let access_token = token_source(faults, &format!("{place}.access-token"), given.access_token, "/access_token");
    let refresh_token = token_source(faults, &format!("{place}.refresh-token"), given.refresh_token, "/refresh_token");
    let expiry = expiry(faults, &format!("{place}.expiry"), given.expiry);
    let scope_format = match given.scope_format {
        wit::ScopeFormat::Separated(separator) => Some(model::ScopeFormat::Separated(or_standard(separator, " "))),
        wit::ScopeFormat::Array => Some(model::ScopeFormat::Array),
        wit::ScopeFormat::Other(other) => faults.unknown(format!("{place}.scope-format"), &other),
    };
    let envelope = given.envelope.map(|given| model::Envelope {
        success: given.success,
        success_values: given.success_values,
        payload: given.payload,
        error: given.error,
        message: given.message,
    });
    let keep = faults.each(&format!("{place}.keep"), given.keep, kept);
    let tokens = faults.each(&format!("{place}.tokens"), given.tokens, named_token);
    Some(model::TokenResponseRules {
        access_token: access_token?,
        refresh_token: refresh_token?,
        token_type: or_standard(given.token_type, "/token_type"),
        expires: or_standard(given.expires, "/expires_in"),
        scope: or_standard(given.scope, "/scope"),
        id_token: or_standard(given.id_token, "/id_token"),
        expiry: expiry?,
        scope_format: scope_format?,
        envelope,
        keep: keep?,
        tokens: tokens?,
    })
}

#[allow(clippy::unnecessary_wraps, reason = "converted one by one, like what can fail")]
fn named_token(faults: &mut Faults, place: &str, given: wit::NamedToken) -> Option<model::TokenRules> {
    faults.extras(place, &given.extras);
    Some(model::TokenRules { name: given.name, under: given.under, bearer: given.bearer, scope_list: given.scope_list })
}

fn token_source(
    faults: &mut Faults,
    place: &str,
    given: wit::TokenSource,
    standard: &str,
) -> Option<model::TokenSource> {
    match given {
        wit::TokenSource::Pointer(pointer) => Some(model::TokenSource::Pointer(or_standard(pointer, standard))),
        wit::TokenSource::WholeBody => Some(model::TokenSource::WholeBody),
        wit::TokenSource::Header(name) => Some(model::TokenSource::Header(name)),
        wit::TokenSource::Cookie(name) => Some(model::TokenSource::Cookie(name)),
        wit::TokenSource::Other(other) => faults.unknown(place, &other),
    }
}

fn kept(faults: &mut Faults, place: &str, given: wit::KeptValue) -> Option<model::KeptValue> {
    let from = match given.place {
        wit::KeptFrom::Response(pointer) => Some(model::KeptFrom::Response(pointer)),
        wit::KeptFrom::Callback(parameter) => Some(model::KeptFrom::Callback(parameter)),
        wit::KeptFrom::Other(other) => faults.unknown(format!("{place}.place"), &other),
    };
    let pattern = faults.pattern(format!("{place}.pattern"), &given.pattern);
    Some(model::KeptValue { key: given.key, place: from?, pattern: pattern? })
}

pub(super) fn expiry(faults: &mut Faults, place: &str, given: wit::Expiry) -> Option<model::ExpiryFormat> {
    match given {
        wit::Expiry::Seconds => Some(model::ExpiryFormat::Seconds),
        wit::Expiry::Milliseconds => Some(model::ExpiryFormat::Milliseconds),
        wit::Expiry::EpochSeconds => Some(model::ExpiryFormat::EpochSeconds),
        wit::Expiry::EpochMilliseconds => Some(model::ExpiryFormat::EpochMilliseconds),
        wit::Expiry::IsoDate => Some(model::ExpiryFormat::IsoDate),
        wit::Expiry::Jwt => Some(model::ExpiryFormat::Jwt),
        wit::Expiry::Assumed(seconds) => Some(model::ExpiryFormat::Assumed(seconds)),
        wit::Expiry::Never => Some(model::ExpiryFormat::Never),
        wit::Expiry::Other(other) => faults.unknown(place, &other),
    }
}

fn refresh(faults: &mut Faults, place: &str, given: wit::RefreshRules) -> Option<model::RefreshRules> {
    faults.extras(place, &given.extras);
    let parameters = faults.each(&format!("{place}.parameters"), given.parameters, parameter);
    let rotation = match given.rotation {
        wit::Rotation::None => Some(model::Rotation::None),
        wit::Rotation::Grace(seconds) => Some(model::Rotation::Grace(seconds)),
        wit::Rotation::Strict => Some(model::Rotation::Strict),
        wit::Rotation::Unknown => Some(model::Rotation::Unknown),
        wit::Rotation::Other(other) => faults.unknown(format!("{place}.rotation"), &other),
    };
    let without_token = match given.without_token {
        wit::WithoutToken::IsFailure => Some(model::WithoutToken::IsFailure),
        wit::WithoutToken::Extends => Some(model::WithoutToken::Extends),
        wit::WithoutToken::Other(other) => faults.unknown(format!("{place}.without-token"), &other),
    };
    let using = match given.using {
        wit::RefreshUsing::RefreshToken => Some(model::RefreshUsing::RefreshToken),
        wit::RefreshUsing::AccessToken => Some(model::RefreshUsing::AccessToken),
        wit::RefreshUsing::SameGrant => Some(model::RefreshUsing::SameGrant),
        wit::RefreshUsing::None => Some(model::RefreshUsing::None),
        wit::RefreshUsing::Other(other) => faults.unknown(format!("{place}.using"), &other),
    };
    Some(model::RefreshRules {
        parameters: parameters?,
        repeat_scope: given.repeat_scope,
        rotation: rotation?,
        earliest: given.earliest,
        margin: given.margin,
        without_token: without_token?,
        using: using?,
    })
}

fn or_standard(given: String, standard: &str) -> String {
    if given.is_empty() { standard.to_owned() } else { given }
}
