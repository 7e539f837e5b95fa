//! A secret typed at the hosted page: asked for in words, never sent back, parked, and used only after the application finished.

use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::doubles::api::Placement;
use jackfield_tests::scene::returned;
use jiff::SignedDuration;
use serde_json::json;
use url::Url;

use crate::links::assert_guarded;
use crate::stage::{SERVICE, Stage, TOKEN, browser};

/// Types the token and these values, presses the button; where the browser is sent on to.
async fn type_in(person: &mut Browser, page: &Page, values: &[(&str, &str)]) -> Url {
    let mut form = page.form().unwrap().fill("field.base_url", SERVICE).unwrap();
    form = form.fill("field.token", TOKEN).unwrap().fill("field.verify_path", "/me").unwrap();
    for (name, value) in values {
        form = form.fill(name, value).unwrap();
    }
    let onward = person.submit(page, &form).await.unwrap().page().unwrap();
    assert_guarded(&onward);
    assert!(!onward.body.contains(TOKEN), "{}", onward.body);
    onward.link("Continue to Acme").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_token_waits_for_the_application_and_for_its_person() {
    let stage = Stage::set().await;
    let mut person = browser();
    let page = stage.page(&mut person, "u1").await;
    assert_guarded(&page);
    let text = page.text().unwrap();
    for said in [
        "Connect API token",
        "Acme",
        "Read from the service",
        "Show advanced settings",
        "to this address and to no other",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("Change things in the service"), "an action that was not chosen: {text}");
    let form = page.form().unwrap();
    assert_eq!(form.value("name"), Some("My API token connection"));
    let pointers = [("field.account_pointer", "/id"), ("field.label_pointer", "/name")];
    let left = type_in(&mut person, &page, &[&[("name", "Build server")], &pointers[..]].concat()).await;
    assert!(!left.as_str().contains(TOKEN));
    let session = returned(&left)["session"].clone();
    let path = format!("/v1/connect-sessions/{session}");
    let parked = stage.host.get(&stage.tenant.key, &path).await.unwrap();
    assert_eq!(parked.json["stage"]["at"], "parked");
    assert!(stage.api.double().log().all().is_empty(), "the token was sent before the application finished");

    // Somebody else's person does not finish it, and takes nothing away by trying.
    let other = stage.host.complete(&stage.tenant, &left, "u2").await.unwrap();
    assert_eq!((other.status.as_u16(), other.code()), (403, "other-end-user"));
    let forged = json!({ "ticket": "A".repeat(43), "end_user": "u1" });
    let forged = stage.host.post(&stage.tenant.key, &format!("{path}/complete"), forged).await.unwrap();
    assert_eq!((forged.status.as_u16(), forged.code()), (403, "ticket-refused"));
    let done = stage.host.complete(&stage.tenant, &left, "u1").await.unwrap();
    assert_eq!(done.json["status"], "active", "{}", done.json);
    assert_eq!((&done.json["name"], &done.json["account"]["label"]), (&json!("Build server"), &json!("Account alice")));
    assert_eq!(done.json["end_user"], "u1");
    let seen = stage.api.double().log().to("/me");
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    let again = stage.host.complete(&stage.tenant, &left, "u1").await.unwrap();
    assert_eq!((again.status.as_u16(), again.code()), (409, "session-over"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_form_keeps_what_was_typed_except_secrets() {
    let stage = Stage::set().await;
    let mut person = browser();
    let page = stage.page(&mut person, "u1").await;
    let form = page.form().unwrap().fill("name", "Build server").unwrap();
    let form = form.fill("field.base_url", "api.example.com").unwrap().fill("field.token", TOKEN).unwrap();
    let form = form.fill("field.verify_path", "no slash").unwrap().fill("field.header_name", "X-Api-Key").unwrap();
    let again = person.submit(&page, &form).await.unwrap().page().unwrap();
    assert_guarded(&again);
    assert_eq!(again.status, 422);
    assert!(!again.body.contains(TOKEN), "{}", again.body);
    let text = again.text().unwrap();
    assert!(text.contains("Please look at this again"), "{text}");
    assert!(text.contains("Address of the service must be a whole https address"), "{text}");
    assert!(text.contains("Path to check the token does not have the expected form"), "{text}");
    assert!(again.body.contains("<details open"), "advanced settings stay shut over a fault: {}", again.body);
    let form = again.form().unwrap();
    assert_eq!(form.value("name"), Some("Build server"));
    assert_eq!(form.value("field.base_url"), Some("api.example.com"));
    assert_eq!(form.value("field.verify_path"), Some("no slash"));
    assert_eq!(form.value("field.header_name"), Some("X-Api-Key"));
    assert_eq!(form.value("field.token"), Some(""));
    let form = form.fill("name", " ").unwrap().fill("field.base_url", SERVICE).unwrap();
    let unnamed = person.submit(&again, &form).await.unwrap().page().unwrap();
    assert_eq!(unnamed.status, 422);
    assert!(stage.api.double().log().all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn advanced_settings_place_the_token_where_the_service_wants_it() {
    let stage = Stage::with(Placement::Header("x-api-key".into(), String::new())).await;
    let mut person = browser();
    let page = stage.page(&mut person, "u1").await;
    let form = page.form().unwrap();
    assert_eq!((form.value("field.header_name"), form.value("field.prefix")), (Some("Authorization"), Some("Bearer ")));
    let left = type_in(&mut person, &page, &[("field.header_name", "X-Api-Key"), ("field.prefix", "")]).await;
    let done = stage.host.complete(&stage.tenant, &left, "u1").await.unwrap();
    assert_eq!(done.json["status"], "active", "{}", done.json);
    let seen = stage.api.double().log().to("/me");
    assert_eq!((seen[0].header("x-api-key"), seen[0].header("authorization")), (Some(TOKEN), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_methods_are_offered_as_links() {
    let stage = Stage::with(Placement::Query("key".into())).await;
    let mut person = browser();
    let page = stage.page(&mut person, "u1").await;
    assert!(page.form().unwrap().names().contains(&"field.header_name"));
    let other = page.link("Token in the address").unwrap();
    let page = person.click(&page, &other).await.unwrap().page().unwrap();
    assert_guarded(&page);
    let form = page.form().unwrap();
    assert_eq!(form.value("method"), Some("query"));
    assert!(!form.names().contains(&"field.header_name"));
    assert!(page.text().unwrap().contains("Addresses are often logged"));
    let left = type_in(&mut person, &page, &[("field.parameter_name", "key")]).await;
    let done = stage.host.complete(&stage.tenant, &left, "u1").await.unwrap();
    assert_eq!((&done.json["status"], &done.json["method"]), (&json!("active"), &json!("query")), "{}", done.json);
    assert_eq!(stage.api.double().log().to("/me")[0].query_value("key").as_deref(), Some(TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_secret_is_good_for_two_minutes() {
    let stage = Stage::set().await;
    let mut person = browser();
    let page = stage.page(&mut person, "u1").await;
    let left = type_in(&mut person, &page, &[]).await;
    stage.host.clock.advance(SignedDuration::from_secs(121));
    let late = stage.host.complete(&stage.tenant, &left, "u1").await.unwrap();
    assert_eq!((late.status.as_u16(), late.code()), (403, "ticket-refused"));
    assert!(stage.api.double().log().all().is_empty());
    let listed = stage.host.get(&stage.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(listed.json["items"], json!([]));
}
