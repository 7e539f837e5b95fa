//! Two tenants, every operation the host describes, every kind of name swapped: whatever one calls by the other's names is not there,
//! and nothing of the other is shown or changed. The operations are read off the served description, so a new one is walked too.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use jackfield_tests::host::{Answer, RETURN_URL, Tenant};
use serde_json::{Value, json};

use crate::stage::{SERVICE, Stage, raw};

/// One operation: its method, its path with braces, and what the description says of it.
struct Operation {
    method: Method,
    path: String,
    described: Value,
}

/// The tenant whose names are used.
const OTHER: &str = "borealis";

/// A tenant with something of everything.
struct Party {
    tenant: Tenant,
    word: &'static str,
    token: String,
    /// What it has, by what it is: the prefix of its id, or the name of the parameter that takes it.
    names: BTreeMap<&'static str, String>,
}

/// What the other tenant's creation at this path is known by, and what the one who asks says too.
fn once(path: &str) -> String {
    format!("once-{}", path.replace('/', "-"))
}

impl Party {
    #[allow(clippy::too_many_lines, reason = "one of everything")]
    async fn settle(stage: &Stage, word: &'static str) -> Self {
        let tenant = stage.host.tenant(&format!("canary-tenant-{word}")).await.unwrap();
        let token = format!("canary-token-of-{word}-0123456789");
        stage.api.accept(&token, &format!("canary-account-{word}"));
        let mut party = Self { tenant, word, token, names: BTreeMap::new() };
        party.own("end_user", format!("canary-user-{word}"));
        party.own("reference", format!("canary-flow-{word}"));
        party.own("ten", party.tenant.id.clone());
        let fields = json!({
            "base_url": SERVICE, "token": party.token, "verify_path": "/me", "account_pointer": "/id",
        });
        let wanted = json!({
            "connector": "api-token", "method": "header", "fields": fields, "end_user": party.names["end_user"],
            "name": format!("canary-name-{word}"),
        });
        let made = party.post(stage, "/v1/connections", wanted).await;
        assert_eq!(made.json["status"], "active", "{}", made.json);
        party.own("conn", made.text("/id").unwrap());
        let session = json!({
            "connector": "api-token", "actions": [], "end_user": party.names["end_user"], "return_url": RETURN_URL,
        });
        let made = party.post(stage, "/v1/connect-sessions", session).await;
        party.own("ses", made.text("/id").unwrap());
        let hook = json!({ "url": format!("https://hooks.example.com/canary-hook-{word}"), "events": [] });
        let made = party.post(stage, "/v1/webhooks", hook).await;
        party.own("whk", made.text("/id").unwrap());
        let message = party.post(stage, &format!("/v1/webhooks/{}/test", party.names["whk"]), Value::Null).await;
        party.own("msg", message.text("/id").unwrap());
        party
            .put(
                stage,
                &format!("/v1/contacts/{}", party.names["end_user"]),
                json!({
                    "email": format!("canary-mail-{word}@example.com"),
                }),
            )
            .await;
        let used = format!("/v1/connections/{}/uses/{}", party.names["conn"], party.names["reference"]);
        party.put(stage, &used, json!({ "label": format!("canary-label-{word}") })).await;
        party.with_what_operators_made(stage).await;
        party
    }

    async fn with_what_operators_made(&mut self, stage: &Stage) {
        let client = json!({
            "connector": "openid-connect", "tenant": self.tenant.id, "client_id": format!("canary-client-{}", self.word),
            "client_secret": "a-secret-of-the-client", "fields": { "issuer": "https://login.example.com" },
        });
        let made = stage.host.post(stage.host.operator(), "/v1/clients", client).await.unwrap();
        self.own("cli", made.text("/id").unwrap());
        let key =
            json!({ "name": format!("canary-key-{}", self.word), "tenant": self.tenant.id, "permissions": ["read"] });
        let made = stage.host.post(stage.host.operator(), "/v1/api-keys", key).await.unwrap();
        self.own("key", made.text("/id").unwrap());
        let page = stage.host.get(&self.tenant.key, "/v1/audit?limit=1").await.unwrap();
        self.own("cursor", page.text("/next").unwrap());
    }

    fn own(&mut self, what: &'static str, name: String) {
        self.names.insert(what, name);
    }

    async fn post(&self, stage: &Stage, path: &str, body: Value) -> Answer {
        let (bearer, once) = (format!("Bearer {}", self.tenant.key), once(path));
        let mut headers = vec![("authorization", bearer.as_str())];
        let text = if body.is_null() { String::new() } else { body.to_string() };
        if !body.is_null() {
            headers.push(("content-type", "application/json"));
        }
        if !body.is_null() && self.word == OTHER {
            headers.push(("idempotency-key", &once));
        }
        let answer = raw(&stage.host, Method::POST, path, &headers, text.as_bytes()).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.json);
        answer
    }

    async fn put(&self, stage: &Stage, path: &str, body: Value) {
        let answer = stage.host.api(&self.tenant.key, Method::PUT, path, Some(body)).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {}", answer.json);
    }

    /// Texts that only this tenant may see.
    fn secrets(&self) -> Vec<String> {
        let word = self.word;
        let said = ["tenant", "name", "account", "hook", "mail", "label", "client", "key", "token-of"];
        let said = said.map(|what| format!("canary-{what}-{word}"));
        said.into_iter().chain(self.names.values().cloned()).collect()
    }

    /// All of it that can be read, as it is now; and what was asked for with its credential.
    async fn state(&self, stage: &Stage) -> (Vec<Value>, usize) {
        let of = |what: &str| self.names[what].clone();
        let paths = [
            format!("/v1/connections/{}", of("conn")),
            format!("/v1/connections/{}/timeline", of("conn")),
            format!("/v1/connections/{}/uses", of("conn")),
            format!("/v1/connect-sessions/{}", of("ses")),
            format!("/v1/webhooks/{}", of("whk")),
            format!("/v1/messages/{}", of("msg")),
            format!("/v1/contacts/{}", of("end_user")),
            "/v1/connections".to_owned(),
            "/v1/webhooks".to_owned(),
            "/v1/messages".to_owned(),
            "/v1/audit".to_owned(),
        ];
        let mut read = Vec::new();
        for path in paths {
            let answer = stage.host.get(&self.tenant.key, &path).await.unwrap();
            assert_eq!(answer.status, 200, "the control: {path} is its own: {}", answer.json);
            read.push(answer.json);
        }
        let bearer = format!("Bearer {}", self.token);
        let log = stage.api.double().log().all();
        (read, log.iter().filter(|request| request.header("authorization") == Some(&bearer)).count())
    }
}

/// Every operation that takes a key, those that read first and those that make something last.
async fn operations(stage: &Stage) -> Vec<Operation> {
    let served = stage.host.get("", "/openapi.json").await.unwrap().json;
    let mut all = Vec::new();
    for (path, item) in served["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            if described.pointer("/security/0/bearer").is_some() {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                all.push(Operation { method, path: path.clone(), described: described.clone() });
            }
        }
    }
    // The proxy takes whatever a provider takes, so no description can have it.
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        all.push(Operation { method, path: "/v1/connections/{id}/proxy/me".into(), described: Value::Null });
    }
    let order = ["GET", "DELETE", "PATCH", "POST", "PUT"];
    all.sort_by_key(|one| order.iter().position(|method| *method == one.method.as_str()));
    all
}

impl Operation {
    fn parameters(&self, place: &str) -> BTreeSet<String> {
        let all = self.described["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == place);
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether its path names something.
    fn names_something(&self) -> bool {
        self.path.contains('{')
    }

    /// Its path with this in the place of whatever it names, and every filter and cursor the other's.
    fn target(&self, name: &str, other: &Party) -> String {
        let mut path = self.path.clone();
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            let file = &path[from..=to] == "{file}";
            path.replace_range(from..=to, if file { "logo" } else { name });
        }
        let query = self.parameters("query").into_iter().filter_map(|parameter| {
            let value = match parameter.as_str() {
                "tenant" => &other.names["ten"],
                "client" => &other.names["cli"],
                "by" => &other.names["key"],
                "subject" => &other.names["conn"],
                "webhook" => &other.names["whk"],
                same => other.names.get(same)?,
            };
            Some(format!("{parameter}={value}"))
        });
        let query: Vec<String> = query.collect();
        if self.names_something() || query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// Bodies that name what is the other's: the description's own example, and those that get further than it.
    fn bodies(&self, other: &Party) -> Vec<Value> {
        let example = &self.described["requestBody"]["content"]["application/json"]["example"];
        let mut bodies = vec![renamed(example, other)];
        match (self.method.as_str(), self.path.as_str()) {
            ("POST", "/v1/connect-sessions") => bodies.push(json!({
                "connector": "api-token", "actions": [], "end_user": other.names["end_user"],
                "connection": other.names["conn"], "return_url": RETURN_URL,
            })),
            ("POST", "/v1/connections/import") => bodies.push(json!({
                "connector": "openid-connect", "method": "code", "actions": [], "client": other.names["cli"],
                "end_user": other.names["end_user"],
                "tokens": { "access_token": "an-access-token-of-old", "refresh_token": "a-refresh-token-of-old" },
            })),
            ("POST", "/v1/webhooks") => {
                bodies.push(json!({ "url": "https://hooks.example.com/another", "events": [] }));
            }
            _ => {}
        }
        bodies
    }
}

/// A value with the other's names wherever it has a name of that kind.
fn renamed(value: &Value, other: &Party) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, member)| match other.names.get(key.as_str()) {
                Some(name) if member.is_string() => (key.clone(), json!(name)),
                _ => (key.clone(), renamed(member, other)),
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, other)).collect(),
        Value::String(text) => {
            let kind = text.split_once('_').filter(|(_, rest)| rest.len() == 26).map(|(kind, _)| kind);
            json!(kind.and_then(|kind| other.names.get(kind)).unwrap_or(text))
        }
        same => same.clone(),
    }
}

/// Who asks: a key, and the tenant an operator's key speaks for.
struct Asking<'a> {
    bearer: String,
    speaks_for: Option<&'a str>,
}

impl Asking<'_> {
    /// `again`: not the first body of an operation, which alone comes as the other's did.
    async fn ask(&self, stage: &Stage, operation: &Operation, target: &str, (body, again): (&Value, bool)) -> Answer {
        let (once, text) = (once(&operation.path), body.to_string());
        let mut headers = vec![("authorization", self.bearer.as_str())];
        let takes = operation.parameters("header");
        if takes.contains("Idempotency-Key") && !again {
            headers.push(("idempotency-key", &once));
        }
        if let Some(tenant) = self.speaks_for.filter(|_| operation.path.starts_with("/v1/con") || !takes.is_empty()) {
            headers.push(("jackfield-tenant", tenant));
        }
        if body.is_null() {
            return raw(&stage.host, operation.method.clone(), target, &headers, b"").await;
        }
        headers.push(("content-type", "application/json"));
        raw(&stage.host, operation.method.clone(), target, &headers, text.as_bytes()).await
    }
}

/// Fails where the answer shows what the question did not say.
fn shows_nothing(of: &Party, asked: &str, answer: &Answer) {
    let told = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
    let seen: Vec<_> = of.secrets().into_iter().filter(|text| told.contains(text) && !asked.contains(text)).collect();
    assert!(seen.is_empty(), "{asked} shows {seen:?}: {told}");
}

/// Every operation by every name of the other's; how many questions that were.
async fn walk(stage: &Stage, asking: &Asking<'_>, own: &Party, other: &Party) -> usize {
    let mut asked = 0;
    for operation in operations(stage).await {
        // A person's name is the application's own, so both tenants may have one of it: each its own.
        let shared = operation.path == "/v1/contacts/{end_user}" && operation.method == Method::PUT;
        let is_tenants = operation.parameters("header").contains("jackfield-tenant") || operation.described.is_null();
        if asking.speaks_for.is_some() && !is_tenants {
            continue;
        }
        let mut targets: Vec<String> = other.names.values().map(|name| operation.target(name, other)).collect();
        let last = format!("/{}", other.names["reference"]);
        targets.extend(targets.clone().iter().filter(|one| one.ends_with(&last) && one.contains("/uses/")).map(|_| {
            // The right connection, and the other's place in it.
            operation.path.replace("{id}", &own.names["conn"]).replace("{reference}", &other.names["reference"])
        }));
        targets.dedup();
        let makes_use = operation.method == Method::PUT && operation.path.ends_with("{reference}");
        for target in targets {
            for (place, body) in operation.bodies(other).into_iter().enumerate() {
                let answer = asking.ask(stage, &operation, &target, (&body, place > 0)).await;
                let told = format!("{} {target} {body}", operation.method);
                shows_nothing(other, &told, &answer);
                let own_use = makes_use && target.contains(&own.names["conn"]);
                if operation.names_something() && !shared && !own_use {
                    assert!([403, 404].contains(&answer.status.as_u16()), "{told}: {} {}", answer.status, answer.json);
                }
                let names_others = ["conn", "cli"].iter().any(|kind| body.to_string().contains(&other.names[kind]));
                assert!(!names_others || answer.status.is_client_error(), "{told}: {}", answer.json);
                if operation.method == Method::PUT && answer.status.is_success() {
                    // Its own, of the same name: gone again before anybody else asks.
                    let removed = stage.host.api(&own.tenant.key, Method::DELETE, &target, None).await.unwrap();
                    assert_eq!(removed.status, 204, "{told}");
                }
                asked += 1;
            }
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_there_by_the_names_of_another_tenant() {
    let stage = Stage::quiet().await;
    stage.host.install("openid-connect").await.unwrap();
    let (acme, borealis) = (Party::settle(&stage, "acme").await, Party::settle(&stage, OTHER).await);
    let before = borealis.state(&stage).await;
    let key = Asking { bearer: format!("Bearer {}", acme.tenant.key), speaks_for: None };
    let asked = walk(&stage, &key, &acme, &borealis).await;
    let count = operations(&stage).await.len();
    assert!(count > 50 && asked > 5 * count, "{asked} questions to {count} operations");
    // An operator who speaks for one tenant finds nothing of another's either.
    let operator = Asking { bearer: format!("Bearer {}", stage.host.operator()), speaks_for: Some(&acme.tenant.id) };
    walk(&stage, &operator, &acme, &borealis).await;
    assert_eq!(borealis.state(&stage).await, before);
}

/// A key that names another tenant to speak for is refused by every operation that can be told one.
#[tokio::test(flavor = "multi_thread")]
async fn no_operation_lets_a_key_speak_for_another_tenant() {
    let stage = Stage::quiet().await;
    stage.host.install("openid-connect").await.unwrap();
    let (acme, borealis) = (Party::settle(&stage, "acme").await, Party::settle(&stage, OTHER).await);
    let before = borealis.state(&stage).await;
    let bearer = format!("Bearer {}", acme.tenant.key);
    let asking = Asking { bearer, speaks_for: Some(&borealis.tenant.id) };
    let mut refused = 0;
    for operation in operations(&stage).await {
        if !operation.parameters("header").contains("jackfield-tenant") && !operation.described.is_null() {
            continue;
        }
        let prefix = operation.path.split('/').nth(2).unwrap_or_default();
        let kind = match prefix {
            "connections" => "conn",
            "connect-sessions" => "ses",
            "webhooks" => "whk",
            "messages" => "msg",
            _ => "end_user",
        };
        let target = operation.target(&borealis.names[kind], &borealis);
        let answer = asking.ask(&stage, &operation, &target, (&operation.bodies(&borealis)[0], false)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not-found"), "{} {target}", operation.method);
        refused += 1;
    }
    assert!(refused > 30, "{refused}");
    assert_eq!(borealis.state(&stage).await, before);
}
