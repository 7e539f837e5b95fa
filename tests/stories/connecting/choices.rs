//! Another account consents: the application keeps the connection, replaces its account, or connects the other one beside it.

use http::{Method, StatusCode};
use jackfield_tests::doubles::{Fault, Gate, On};
use jackfield_tests::host::Answer;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::again::{again, connected, token};
use crate::stage::Stage;

const REVOCATION: &str = "/token/revocation";

/// alice's connection, and a session in which bob consented.
struct Asked {
    stage: Stage,
    id: String,
    session: String,
    refused: Answer,
}

impl Asked {
    async fn start() -> Self {
        let stage = Stage::start().await;
        let id = connected(&stage).await;
        let (session, refused) = Self::consent(&stage, &id, "bob").await;
        Self { stage, id, session, refused }
    }

    async fn consent(stage: &Stage, id: &str, login: &str) -> (String, Answer) {
        let invited = again(stage, id, &[]).await;
        let back = stage.returned(&invited.link, login).await;
        (invited.session, stage.complete(&back, "u-1").await)
    }

    async fn choose(&self, choice: &str) -> Answer {
        self.choose_as(&self.stage.acme.key, json!({ "choice": choice })).await
    }

    async fn choose_as(&self, key: &str, body: Value) -> Answer {
        let path = format!("/v1/connect-sessions/{}/choose", self.session);
        self.stage.host.post(key, &path, body).await.unwrap()
    }

    async fn session(&self) -> Value {
        self.stage.read(&format!("/v1/connect-sessions/{}", self.session)).await["stage"].clone()
    }

    async fn kinds(&self, id: &str) -> Vec<String> {
        let timeline = self.stage.read(&format!("/v1/connections/{id}/timeline")).await;
        let lines = timeline["items"].as_array().unwrap().iter();
        lines.map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// The tokens the provider was told to end.
    fn ended(&self) -> Vec<String> {
        let log = self.stage.provider.log().to(REVOCATION);
        log.iter().map(|request| request.form_value("token").unwrap()).collect()
    }

    /// Time for the queue of revocations.
    async fn later(&self, seconds: i64) {
        self.stage.host.clock.advance(SignedDuration::from_secs(seconds));
        self.stage.host.keep_house().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_says_what_can_be_chosen_where_and_until_when() {
    let asked = Asked::start().await;
    assert_eq!((asked.refused.status, asked.refused.code()), (StatusCode::CONFLICT, "other-account"));
    let choice = &asked.refused.json["choice"];
    assert_eq!(choice["choices"], json!(["keep", "replace", "connect-as-new"]), "{}", asked.refused.json);
    assert_eq!(choice["choose"], json!(format!("/v1/connect-sessions/{}/choose", asked.session)));
    let stage = asked.session().await;
    assert_eq!(
        (&stage["at"], &stage["expected"]["id"], &stage["given"]["id"], &stage["until"]),
        (&json!("choosing"), &json!("alice"), &json!("bob"), &choice["until"])
    );
    // Nothing was changed, and nothing waits in the clear or was revoked.
    assert_eq!(asked.stage.connections().await, 1);
    assert_eq!(asked.ended(), Vec::<String>::new());
    let unknown = asked.choose("swap").await;
    assert_eq!((unknown.status, unknown.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"));
    let stranger = asked.choose_as(&asked.stage.beta.key, json!({ "choice": "replace" })).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}", stranger.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_leaves_the_connection_and_ends_the_other_accounts_tokens() {
    let asked = Asked::start().await;
    let old = token(&asked.stage, &asked.id).await;
    let kept = asked.choose("keep").await;
    assert_eq!(
        (kept.status, &kept.json["id"], &kept.json["account"]["id"]),
        (StatusCode::OK, &json!(asked.id), &json!("alice"))
    );
    assert_eq!(asked.session().await, json!({ "at": "ended", "code": "kept" }));
    asked.later(60).await;
    assert_eq!(asked.ended().len(), 2, "bob's refresh token and access token");
    assert_eq!(token(&asked.stage, &asked.id).await, old);
    let again = asked.choose("replace").await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "session-over"), "{}", again.json);
    assert!(asked.kinds(&asked.id).await.contains(&"account-kept".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn replace_keeps_the_id_and_ends_what_it_had() {
    let asked = Asked::start().await;
    let old = token(&asked.stage, &asked.id).await;
    let replaced = asked.choose("replace").await;
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.json);
    assert_eq!(
        (&replaced.json["id"], &replaced.json["account"]["id"], &replaced.json["status"]),
        (&json!(asked.id), &json!("bob"), &json!("active"))
    );
    assert_eq!((replaced.json["version"].clone(), &replaced.json["same_account"]), (json!(2), &json!([])));
    assert_ne!(token(&asked.stage, &asked.id).await, old);
    assert_eq!(asked.session().await, json!({ "at": "completed", "connection": asked.id }));
    let kinds = asked.kinds(&asked.id).await;
    assert!(kinds.contains(&"account-replaced".to_owned()) && kinds.contains(&"other-account".to_owned()), "{kinds:?}");
    asked.later(60).await;
    assert!(asked.ended().contains(&old), "alice's token is no longer good");
    // The account is bob's from now on: alice is the other one.
    let (_, other) = Asked::consent(&asked.stage, &asked.id, "alice").await;
    assert_eq!(other.code(), "other-account", "{}", other.json);
    // And alice's is free: a new connection to it has no twin.
    assert_eq!(asked.stage.connect("u-1", "alice").await["same_account"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_as_new_makes_a_second_connection_with_a_name_of_its_own() {
    let mut asked = Asked::start().await;
    let name = asked.stage.read(&format!("/v1/connections/{}", asked.id)).await["name"].clone();
    // The waiting credential survives a restart.
    asked.stage.host.stop().await.unwrap();
    asked.stage.host.start_again().await.unwrap();
    let made = asked.choose("connect-as-new").await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.json);
    assert_eq!((&made.json["account"]["id"], &made.json["status"]), (&json!("bob"), &json!("active")));
    assert_eq!(made.json["name"], json!(format!("{} (bob of the peer)", name.as_str().unwrap())));
    let id = made.text("/id").unwrap();
    assert_ne!(id, asked.id);
    assert_eq!(asked.session().await, json!({ "at": "completed", "connection": id }));
    assert_ne!(token(&asked.stage, &id).await, token(&asked.stage, &asked.id).await);
    assert_eq!(asked.stage.read(&format!("/v1/connections/{}", asked.id)).await["account"]["id"], "alice");
    asked.later(60).await;
    assert_eq!(asked.ended(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_nobody_makes_ends_by_itself_with_its_tokens() {
    let asked = Asked::start().await;
    asked.later(599).await;
    assert_eq!(asked.session().await["at"], "choosing");
    asked.later(2).await;
    assert_eq!(asked.session().await, json!({ "at": "ended", "code": "choice-over" }));
    let late = asked.choose("replace").await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "session-over"), "{}", late.json);
    asked.later(60).await;
    assert_eq!(asked.ended().len(), 2);
    // Too late is too late, also before the host swept.
    let (session, _) = Asked::consent(&asked.stage, &asked.id, "bob").await;
    let other = Asked { session, ..asked };
    other.stage.host.clock.advance(SignedDuration::from_secs(601));
    let late = other.choose("connect-as-new").await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "session-over"), "{}", late.json);
    assert_eq!(other.stage.connections().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_another_account_asks_nothing() {
    let stage = Stage::start().await;
    let invited = stage.invite("u-1").await;
    let path = format!("/v1/connect-sessions/{}/choose", invited.session);
    let early = stage.host.post(&stage.acme.key, &path, json!({ "choice": "keep" })).await.unwrap();
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "session-not-ready"), "{}", early.json);
    let done = stage.complete(&stage.returned(&invited.link, "alice").await, "u-1").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.json);
    let late = stage.host.post(&stage.acme.key, &path, json!({ "choice": "keep" })).await.unwrap();
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "session-over"), "{}", late.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_account_twice_is_noticed_and_said_before_one_is_ended() {
    let stage = Stage::start().await;
    let first = stage.connect("u-1", "alice").await;
    assert_eq!(first["same_account"], json!([]));
    let second = stage.connect("u-2", "alice").await;
    let (one, two) = (first["id"].as_str().unwrap(), second["id"].as_str().unwrap());
    assert_eq!(second["same_account"], json!([one]));
    assert_eq!(stage.read(&format!("/v1/connections/{one}")).await["same_account"], json!([two]));
    let timeline = stage.read(&format!("/v1/connections/{two}/timeline")).await;
    let noted = timeline["items"].as_array().unwrap().iter().find(|line| line["kind"] == "same-account").unwrap();
    assert!(noted["note"].as_str().unwrap().contains(one), "{noted}");
    // Another tenant's is nobody's business.
    let elsewhere = stage.host.get(&stage.beta.key, &format!("/v1/connections/{one}")).await.unwrap();
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);

    let delete = async |query: &str| {
        stage.host.api(&stage.acme.key, Method::DELETE, &format!("/v1/connections/{two}{query}"), None).await.unwrap()
    };
    let asked = delete("").await;
    assert_eq!((asked.status, asked.code()), (StatusCode::CONFLICT, "twins"), "{}", asked.json);
    assert_eq!(asked.json["connections"], json!([one]));
    assert_eq!(delete("?twins=both").await.code(), "invalid-query");
    let kept = delete("?twins=keep").await;
    assert_eq!(
        (&kept.json["revocation"]["outcome"], &kept.json["twins"]),
        (&json!("kept"), &json!([])),
        "{}",
        kept.json
    );
    assert_eq!(stage.provider.log().to(REVOCATION).len(), 0);
    assert_eq!(stage.read(&format!("/v1/connections/{one}")).await["same_account"], json!([]));

    let third = stage.connect("u-1", "alice").await;
    let path = format!("/v1/connections/{}?twins=end", third["id"].as_str().unwrap());
    let ended = stage.host.api(&stage.acme.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!(ended.json["revocation"]["outcome"], "revoked", "{}", ended.json);
    // This provider keeps grants apart, which nobody could know: asking said so.
    assert_eq!(ended.json["twins"], json!([{ "id": one, "status": "active" }]), "{}", ended.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_stays_while_a_choice_waits_and_until_what_was_not_chosen_is_revoked() {
    let asked = Asked::start().await;
    let remove = async |key: &str, path: String| asked.stage.host.api(key, Method::DELETE, &path, None).await.unwrap();
    let tenant = || format!("/v1/tenants/{}", asked.stage.acme.id);
    let deleted = remove(&asked.stage.acme.key, format!("/v1/connections/{}", asked.id)).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.json);
    let before = asked.ended().len();
    let refused = remove(asked.stage.host.operator(), tenant()).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "in-use"), "{}", refused.json);
    asked.later(601).await;
    asked.later(60).await;
    assert_eq!(asked.ended().len() - before, 2, "bob's refresh token and access token");
    assert_eq!(remove(asked.stage.host.operator(), tenant()).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_chosen_is_not_ended_where_its_account_was_connected_since() {
    let asked = Asked::start().await;
    asked.choose("keep").await;
    // Before the queue ends the consent that nobody wanted, the same account consents to a connection of its own.
    let bob = asked.stage.connect("u-1", "bob").await;
    asked.later(60).await;
    assert_eq!(asked.ended(), Vec::<String>::new(), "the new connection lives on the same grant");
    let audit = asked.stage.read("/v1/audit?kind=revocation.kept").await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 1, "{audit}");
    asked.later(24 * 3600).await;
    assert_eq!(asked.ended(), Vec::<String>::new(), "and nothing of it waits any more");
    let path = format!("/v1/connections/{}", bob["id"].as_str().unwrap());
    let deleted = asked.stage.host.api(&asked.stage.acme.key, Method::DELETE, &path, None).await.unwrap();
    assert_eq!((&deleted.json["revocation"]["outcome"], asked.ended().len()), (&json!("revoked"), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_came_back_to_its_first_account_does_not_end_with_what_it_had() {
    let asked = Asked::start().await;
    let of_alice = token(&asked.stage, &asked.id).await;
    assert_eq!(asked.choose("replace").await.status, StatusCode::OK);
    let of_bob = token(&asked.stage, &asked.id).await;
    let (session, _) = Asked::consent(&asked.stage, &asked.id, "alice").await;
    let back = Asked { session, ..asked };
    assert_eq!(back.choose("replace").await.status, StatusCode::OK);
    back.later(60).await;
    let ended = back.ended();
    assert!(ended.contains(&of_bob) && !ended.contains(&of_alice), "alice's grant is in use again");
}

/// A choice that is over ends, whatever of it cannot be read, and keeps no other from ending.
#[tokio::test(flavor = "multi_thread")]
async fn a_choice_of_which_something_cannot_be_read_ends_all_the_same() {
    for (damaged, tokens) in [("choice-secret/", 0), ("connection/", 2), ("session/", 2)] {
        let mut asked = Asked::start().await;
        let (id, session) = (asked.id.clone(), asked.session.clone());
        let rewritten = asked.stage.host.rewrite(|key, value| {
            if key.starts_with(damaged) && [&id, &session].iter().any(|record| key.contains(*record)) {
                value.truncate(value.len() / 2);
            }
        });
        rewritten.await.unwrap();
        asked.later(601).await;
        asked.later(60).await;
        assert_eq!(asked.ended().len(), tokens, "{damaged}: bob's tokens are ended where they can be read");
        if damaged != "session/" {
            assert_eq!(asked.session().await, json!({ "at": "ended", "code": "choice-over" }), "{damaged}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_consents_while_the_account_is_replaced_is_another_account_by_then() {
    let asked = Asked::start().await;
    let gate = Gate::default();
    let invited = again(&asked.stage, &asked.id, &[]).await;
    let back = asked.stage.returned(&invited.link, "alice").await;
    asked.stage.provider.faults().once(On::path("/me"), Fault::HeldAnswer(gate.clone()));
    let replacing = async {
        gate.reached(1).await;
        let replaced = asked.choose("replace").await;
        assert_eq!(replaced.json["account"]["id"], "bob", "{}", replaced.json);
        gate.open();
    };
    let (late, ()) = tokio::join!(asked.stage.complete(&back, "u-1"), replacing);
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "other-account"), "{}", late.json);
    let shown = asked.stage.read(&format!("/v1/connections/{}", asked.id)).await;
    assert_eq!((&shown["account"]["id"], &shown["version"]), (&json!("bob"), &json!(2)), "{shown}");
}
