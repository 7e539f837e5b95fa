//! A manifest of the contract in the words of the model; what this host does not run is named, not dropped.

use jackfield_model::manifest::{self as model, Fault};

use super::{advice, faults::Faults, fields, methods, oauth2, wit};

/// The largest icon, in bytes.
const ICON: usize = 16 * 1024;

/// Converts a manifest, or tells everything that keeps it from being one this host runs.
pub(crate) fn manifest(given: wit::Manifest) -> Result<model::Manifest, Vec<Fault>> {
    let mut faults = Faults::default();
    let converted = convert(&mut faults, given);
    match converted {
        Some(manifest) if faults.0.is_empty() => Ok(manifest),
        _ => Err(faults.0),
    }
}

fn convert(faults: &mut Faults, given: wit::Manifest) -> Option<model::Manifest> {
    faults.extras("manifest", &given.extras);
    let version = semver(faults, &given.version);
    let fields = faults.each("fields", given.fields, fields::field);
    let client_fields = faults.each("client-fields", given.client_fields, fields::field);
    let origins = faults.each("origins", given.origins, origin);
    let scopes = faults.each("scopes", given.scopes, |faults, place, given| Some(scope(faults, place, given)));
    let actions = faults.each("actions", given.actions, action);
    let methods = faults.each("methods", given.methods, methods::method);
    let requests = faults.each("requests", given.requests, hook_requests);
    let headers = faults.each("headers", given.headers, call_header);
    let failures = given.failures.into_iter().map(failure_rule).collect();
    let rate_limit = match given.rate_limit {
        Some(given) => rate_limit(faults, given).map(Some),
        None => Some(None),
    };
    let pagination = faults.each("pagination", given.pagination, pagination);
    Some(model::Manifest {
        name: given.name,
        version: version?,
        presentation: presentation(faults, given.presentation),
        fields: fields?,
        client_fields: client_fields?,
        origins: origins?,
        scopes: scopes?,
        actions: actions?,
        methods: methods?,
        requests: requests?,
        headers: headers?,
        failures,
        rate_limit: rate_limit?,
        pagination: pagination?,
    })
}

fn semver(faults: &mut Faults, text: &str) -> Option<semver::Version> {
    text.parse().map_err(|error| faults.add("version", format!("is no semantic version like 1.0.0: {error}"))).ok()
}

fn presentation(faults: &mut Faults, given: wit::Presentation) -> model::Presentation {
    faults.extras("presentation", &given.extras);
    faults.https("presentation.documentation", given.documentation.as_ref());
    if given.icon.as_ref().is_some_and(|icon| !is_plain_svg(icon)) {
        faults.add(
            "presentation.icon",
            "is no plain SVG: at most 16 KiB, without script, event attributes, entities and outside references",
        );
    }
    model::Presentation {
        title: given.title,
        description: given.description,
        categories: given.categories,
        icon: given.icon,
        documentation: given.documentation,
        register_client: given.register_client.map(|given| guide(faults, "presentation.register-client", given)),
    }
}

/// Refuses more than it must: an icon has no need of any of this.
fn is_plain_svg(icon: &str) -> bool {
    let text = icon.to_ascii_lowercase();
    let forbidden = [
        "<script",
        "<foreignobject",
        "<!",
        "<?",
        "javascript:",
        "data:",
        "url(",
        "@import",
        "<iframe",
        "<image",
        "<use",
        "<a ",
        "<style",
        "href",
        "&#",
    ];
    let event = text.split_ascii_whitespace().any(|word| word.starts_with("on") && word.contains('='));
    let namespace = text.replace("http://www.w3.org/2000/svg", "");
    icon.len() <= ICON
        && text.trim_start().starts_with("<svg")
        && !event
        && !namespace.contains("://")
        && !forbidden.iter().any(|bad| text.contains(bad))
}

pub(super) fn guide(faults: &mut Faults, place: &str, given: wit::Guide) -> model::Guide {
    faults.https(format!("{place}.url"), given.url.as_ref());
    model::Guide { text: given.text, url: given.url }
}

fn origin(faults: &mut Faults, place: &str, given: wit::Origin) -> Option<model::Origin> {
    faults.extras(place, &given.extras);
    let where_to = match given.place {
        wit::OriginPlace::Host(host) => faults.template(format!("{place}.place"), &host).map(model::OriginPlace::Host),
        wit::OriginPlace::Field(key) => Some(model::OriginPlace::Field(key)),
        wit::OriginPlace::ClientField(key) => Some(model::OriginPlace::ClientField(key)),
        wit::OriginPlace::Issuer => Some(model::OriginPlace::Issuer),
        wit::OriginPlace::Kept(kept) => Some(model::OriginPlace::Kept { key: kept.key, within: kept.within }),
        wit::OriginPlace::Other(other) => faults.unknown(format!("{place}.place"), &other),
    };
    Some(model::Origin { id: given.id, place: where_to?, credential: given.credential })
}

fn scope(faults: &mut Faults, place: &str, given: wit::Scope) -> model::Scope {
    faults.extras(place, &given.extras);
    model::Scope {
        id: given.id,
        title: given.title,
        description: given.description,
        implies: given.implies,
        scope_list: given.scope_list,
        always: given.always,
    }
}

fn action(faults: &mut Faults, place: &str, given: wit::Action) -> Option<model::Action> {
    faults.extras(place, &given.extras);
    let access = match given.access {
        wit::Access::Read => Some(model::Access::Read),
        wit::Access::Write => Some(model::Access::Write),
        wit::Access::Admin => Some(model::Access::Admin),
        wit::Access::Other(other) => faults.unknown(format!("{place}.access"), &other),
    };
    let requests = faults.each(&format!("{place}.requests"), given.requests, request_pattern);
    Some(model::Action {
        id: given.id,
        title: given.title,
        description: given.description,
        access: access?,
        any_of: given.any_of,
        requests: requests?,
        indivisible: given.indivisible,
    })
}

fn request_pattern(faults: &mut Faults, place: &str, given: wit::RequestPattern) -> Option<model::RequestPattern> {
    let path = faults.template(format!("{place}.path"), &given.path)?;
    Some(model::RequestPattern { methods: given.methods, origin: given.origin, path })
}

fn hook_requests(faults: &mut Faults, place: &str, given: wit::HookRequests) -> Option<model::HookRequests> {
    let requests = faults.each(&format!("{place}.requests"), given.requests, request_pattern)?;
    Some(model::HookRequests { hook: given.hook, requests })
}

fn call_header(faults: &mut Faults, place: &str, given: wit::CallHeader) -> Option<model::CallHeader> {
    faults.extras(place, &given.extras);
    let value = faults.template(format!("{place}.value"), &given.value)?;
    Some(model::CallHeader { name: given.name, value, replaceable: given.replaceable })
}

fn failure_rule(given: wit::FailureRule) -> model::FailureRule {
    model::FailureRule {
        statuses: given.statuses,
        header: given.header,
        body: given.body,
        advice: advice(given.advice),
        code: given.code,
    }
}

fn rate_limit(faults: &mut Faults, given: wit::RateLimit) -> Option<model::RateLimit> {
    faults.extras("rate-limit", &given.extras);
    let reset_format = oauth2::expiry(faults, "rate-limit.reset-format", given.reset_format)?;
    Some(model::RateLimit {
        limit: given.limit,
        remaining: given.remaining,
        reset: given.reset,
        reset_format,
        retry_after: given.retry_after,
    })
}

fn pagination(faults: &mut Faults, place: &str, given: wit::Pagination) -> Option<model::Pagination> {
    match given {
        wit::Pagination::LinkHeader => Some(model::Pagination::LinkHeader),
        wit::Pagination::Cursor((pointer, parameter)) => Some(model::Pagination::Cursor(pointer, parameter)),
        wit::Pagination::Offset((offset, limit)) => Some(model::Pagination::Offset(offset, limit)),
        wit::Pagination::Page(parameter) => Some(model::Pagination::Page(parameter)),
        wit::Pagination::Other(other) => faults.unknown(place, &other),
    }
}

#[cfg(test)]
mod tests {
    use super::is_plain_svg;

    #[test]
    fn an_icon_is_a_drawing_and_nothing_else() {
        assert!(is_plain_svg(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>"#
        ));
        let wicked = [
            "<svg><script>1</script></svg>",
            r#"<svg onload="x()"></svg>"#,
            r#"<svg><image href="https://evil.example/x"/></svg>"#,
            r#"<svg><a xlink:href="javascript:x()"/></svg>"#,
            r#"<?xml version="1.0"?><!DOCTYPE svg><svg/>"#,
            "<html></html>",
            r#"<svg style="background:url(//evil.example)"/>"#,
        ];
        assert!(wicked.iter().all(|icon| !is_plain_svg(icon)));
        assert!(!is_plain_svg(&format!("<svg>{}</svg>", " ".repeat(16 * 1024))));
    }
}
