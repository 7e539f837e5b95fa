//! Auth methods: the four this host runs; the others by their names.

use jackfield_model::manifest::{self as model};

use super::{faults::Faults, fields, manifest::guide, oauth2, wit};

pub(super) fn method(faults: &mut Faults, place: &str, given: wit::AuthMethod) -> Option<model::Method> {
    faults.extras(place, &given.extras);
    let kind = kind(faults, &format!("{place}.kind"), given.kind);
    let fields = faults.each(&format!("{place}.fields"), given.fields, fields::field);
    let taken = faults.each(&format!("{place}.taken"), given.taken, taken);
    let placements = faults.each(&format!("{place}.placements"), given.placements, placement);
    let help = given.help.map(|given| guide(faults, &format!("{place}.help"), given));
    let lifetime = lifetime(faults, &format!("{place}.lifetime"), given.lifetime);
    let revocation = revocation(faults, &format!("{place}.revocation"), given.revocation);
    let revocation_ends = reach(faults, &format!("{place}.revocation-ends"), given.revocation_ends);
    Some(model::Method {
        id: given.id,
        title: given.title,
        help,
        kind: kind?,
        fields: fields?,
        taken: taken?,
        placements: placements?,
        lifetime,
        revocation: revocation?,
        revocation_ends: revocation_ends?,
    })
}

fn kind(faults: &mut Faults, place: &str, given: wit::MethodKind) -> Option<model::MethodKind> {
    let name = match given {
        wit::MethodKind::Oauth2Code(rules) => {
            return oauth2::oauth2(faults, place, rules).map(|rules| model::MethodKind::OAuth2Code(Box::new(rules)));
        }
        wit::MethodKind::ClientCredentials(rules) => {
            return oauth2::oauth2(faults, place, rules)
                .map(|rules| model::MethodKind::ClientCredentials(Box::new(rules)));
        }
        wit::MethodKind::ApiToken(field) => return Some(model::MethodKind::ApiToken { field }),
        wit::MethodKind::Basic(given) => return basic(faults, place, &given),
        wit::MethodKind::Other(other) => return faults.unknown(place, &other),
        wit::MethodKind::DeviceCode(_) => "device-code",
        wit::MethodKind::TokenExchange(_) => "token-exchange",
        wit::MethodKind::JwtBearer(_) => "jwt-bearer",
        wit::MethodKind::SessionLogin(_) => "session-login",
        wit::MethodKind::Mcp(_) => "mcp",
        wit::MethodKind::SelfSignedJwt(_) => "self-signed-jwt",
        wit::MethodKind::Oauth1(_) => "oauth1",
        wit::MethodKind::AppInstallation(_) => "app-installation",
        wit::MethodKind::AwsSigv4(_) => "aws-sigv4",
        wit::MethodKind::RequestSignature => "request-signature",
        wit::MethodKind::None => "none",
    };
    faults.not_run(place, &format!("`{name}`"))
}

fn taken(faults: &mut Faults, place: &str, given: wit::TakenValue) -> Option<model::TakenValue> {
    let pattern = faults.pattern(format!("{place}.pattern"), &given.pattern)?;
    Some(model::TakenValue { field: given.field, secret: given.secret, pattern })
}

fn placement(faults: &mut Faults, place: &str, given: wit::Placement) -> Option<model::Placement> {
    match given {
        wit::Placement::Header(given) => placed(faults, place, given).map(model::Placement::Header),
        wit::Placement::Query(given) => placed(faults, place, given).map(model::Placement::Query),
        wit::Placement::Body(given) => placed(faults, place, given).map(model::Placement::Body),
        wit::Placement::Cookie(given) => placed(faults, place, given).map(model::Placement::Cookie),
        wit::Placement::Other(other) => faults.unknown(place, &other),
    }
}

fn placed(faults: &mut Faults, place: &str, given: wit::Placed) -> Option<model::Placed> {
    faults.extras(place, &given.extras);
    let (name, prefix) = (faults.template(place, &given.name), faults.template(place, &given.prefix));
    Some(model::Placed { name: name?, prefix: prefix?, secret: given.secret })
}

fn basic(faults: &mut Faults, place: &str, given: &wit::Basic) -> Option<model::MethodKind> {
    let name = faults.template(format!("{place}.name"), &given.name);
    let password = faults.template(format!("{place}.password"), &given.password);
    Some(model::MethodKind::Basic(model::Basic { name: name?, password: password? }))
}

fn lifetime(faults: &mut Faults, place: &str, given: wit::Lifetime) -> model::Lifetime {
    faults.extras(place, &given.extras);
    if given.hard_cap.is_some() {
        faults.not_run::<()>(format!("{place}.hard-cap"), "an end told by a kept value");
    }
    let case = |case: wit::LifetimeCase| model::LifetimeCase {
        when: fields::condition(case.when),
        absolute: case.absolute,
        idle: case.idle,
    };
    model::Lifetime {
        absolute: given.absolute,
        idle: given.idle,
        hard_cap: given.hard_cap,
        renewable: given.renewable,
        cases: given.cases.into_iter().map(case).collect(),
    }
}

fn reach(faults: &mut Faults, place: &str, given: wit::Reach) -> Option<model::Reach> {
    match given {
        wit::Reach::Token => Some(model::Reach::Token),
        wit::Reach::Account => Some(model::Reach::Account),
        wit::Reach::Other(other) => faults.unknown(place, &other),
    }
}

fn revocation(faults: &mut Faults, place: &str, given: wit::Revocation) -> Option<model::Revocation> {
    match given {
        wit::Revocation::Rfc7009 => Some(model::Revocation::Rfc7009),
        wit::Revocation::Hook => Some(model::Revocation::Hook),
        wit::Revocation::Page(given) => Some(model::Revocation::Page(guide(faults, place, given))),
        wit::Revocation::None => Some(model::Revocation::None),
        wit::Revocation::Other(other) => faults.unknown(place, &other),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn placed(name: &str, prefix: &str) -> wit::Placed {
        wit::Placed { name: name.into(), prefix: prefix.into(), secret: None, extras: vec![] }
    }

    fn given(kind: wit::MethodKind, placement: wit::Placement) -> wit::AuthMethod {
        wit::AuthMethod {
            id: "m".into(),
            title: "M".into(),
            help: None,
            kind,
            fields: vec![],
            taken: vec![],
            placements: vec![placement],
            lifetime: wit::Lifetime {
                absolute: None,
                idle: None,
                hard_cap: None,
                renewable: true,
                cases: vec![],
                extras: vec![("grace".into(), "1".into())],
            },
            revocation: wit::Revocation::None,
            revocation_ends: wit::Reach::Account,
            extras: vec![],
        }
    }

    #[test]
    fn what_this_host_does_not_run_is_named_with_its_place_all_of_it() {
        let mut faults = Faults::default();
        let signed = wit::MethodKind::AwsSigv4(wit::AwsSigv4 {
            service: "s3".into(),
            region: "eu".into(),
            access_key_field: "a".into(),
            secret_key_field: "b".into(),
            session_token_field: None,
            extras: vec![],
        });
        assert!(method(&mut faults, "methods[1]", given(signed, wit::Placement::Other("trailer".into()))).is_none());
        let texts: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "methods[1].kind: `aws-sigv4` is part of the contract and not run by this host yet",
                "methods[1].placements[0]: `trailer` is not known to this host",
                "methods[1].lifetime.extras: `grace` is no key this host knows: remove it",
            ]
        );
    }

    #[test]
    fn a_kind_of_a_later_contract_is_unknown() {
        let mut faults = Faults::default();
        let later = given(wit::MethodKind::Other("telepathy".into()), wit::Placement::Query(placed("key", "")));
        assert!(method(&mut faults, "methods[0]", later).is_none());
        assert_eq!(faults.0.first().unwrap().to_string(), "methods[0].kind: `telepathy` is not known to this host");
    }

    #[test]
    fn a_pair_of_templates_is_run_and_a_broken_one_is_named() {
        let basic = |name: &str| {
            let pair = wit::Basic { name: name.into(), password: "{password}".into() };
            let mut method = given(wit::MethodKind::Basic(pair), wit::Placement::Cookie(placed("sid", "v1.")));
            method.lifetime.extras = vec![];
            method
        };
        let mut faults = Faults::default();
        let converted = method(&mut faults, "methods[0]", basic("{user}")).unwrap();
        assert!(matches!(&converted.kind, model::MethodKind::Basic(pair) if pair.name.source() == "{user}"));
        assert!(matches!(converted.placements.as_slice(), [model::Placement::Cookie(_)]));
        assert!(method(&mut faults, "methods[0]", basic("{user")).is_none());
        assert!(faults.0.first().unwrap().to_string().starts_with("methods[0].kind.name: `{user` has a brace"));
    }

    #[test]
    fn an_api_token_is_run() {
        let mut faults = Faults::default();
        let mut token =
            given(wit::MethodKind::ApiToken("token".into()), wit::Placement::Header(placed("x-api-key", "")));
        token.lifetime.extras = vec![];
        let converted = method(&mut faults, "methods[0]", token).unwrap();
        assert_eq!(converted.kind, model::MethodKind::ApiToken { field: "token".into() });
        assert!(faults.0.is_empty());
    }
}
