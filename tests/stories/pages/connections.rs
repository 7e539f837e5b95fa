//! The Connections page without script: who sees what, finding, and everything that is done to a connection from a row.

use http::Method;
use jackfield_tests::browser::{Browser, Page};
use serde_json::json;

use crate::desk::{Desk, form_to, open, post, read, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn people_see_their_own_and_the_shared_and_nobody_sees_another_tenants() {
    let desk = Desk::set().await;
    let host = &desk.host;
    let globex = host.tenant("Globex").await.unwrap();
    let hers = desk.connect(&desk.tenant, Some("ada"), "Hers").await;
    let his = desk.connect(&desk.tenant, Some("bob"), "His").await;
    let shared = desk.connect(&desk.tenant, None, "Everybody's").await;
    let (mut ada, list) = signed_in(host, &desk.tenant, "end-user", "ada").await;
    let text = list.text().unwrap();
    assert!(text.contains("Hers") && text.contains("Everybody's") && !text.contains("His "), "{text}");
    for (id, status) in [(&hers, 200), (&shared, 200), (&his, 404)] {
        assert_eq!(open(&mut ada, host, &format!("/connections/{id}")).await.status, status);
    }
    // Every verb on another's is as if there were none; on a shared one it is refused in words.
    let mark = form_to(&list, &format!("/connections/{hers}/verify")).value("mark").unwrap().to_owned();
    for (id, status) in [(&his, 404), (&shared, 403)] {
        for verb in ["rename", "delete"] {
            let page = open(&mut ada, host, &format!("/connections/{id}/{verb}")).await;
            assert_eq!(page.status, status, "{verb}: {}", page.body);
        }
        for verb in ["verify", "rename", "reauthorize", "delete", "target"] {
            let page =
                post(&desk, &ada, &format!("/connections/{id}/{verb}"), &format!("mark={mark}&name=x"), "same-origin")
                    .await;
            assert_eq!(page, status, "{verb}");
        }
    }
    assert_eq!(read(host, &desk.tenant, &his).await["name"], "His");
    let (mut eve, all) = signed_in(host, &desk.tenant, "administrator", "eve").await;
    let text = all.text().unwrap();
    assert!(["Hers", "His", "Everybody's", "ada", "bob"].iter().all(|said| text.contains(said)), "{text}");
    let only = open(&mut eve, host, "/connections?person=bob").await.text().unwrap();
    assert!(only.contains("His") && !only.contains("Hers"), "{only}");
    for role in ["end-user", "administrator"] {
        let (mut stranger, empty) = signed_in(host, &globex, role, "ada").await;
        assert!(empty.text().unwrap().contains("You have no connections yet"));
        for id in [&hers, &his, &shared] {
            assert_eq!(open(&mut stranger, host, &format!("/connections/{id}")).await.status, 404);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_or_without_its_mark_changes_nothing() {
    let desk = Desk::set().await;
    let id = desk.connect(&desk.tenant, Some("ada"), "Hers").await;
    let (browser, list) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    let mark = form_to(&list, &format!("/connections/{id}/rename")).value("mark").unwrap().to_owned();
    let path = format!("/connections/{id}/rename");
    let good = format!("mark={mark}&name=Mine");
    assert_eq!(post(&desk, &browser, &path, &good, "cross-site").await, 403);
    assert_eq!(post(&desk, &browser, &path, "name=Mine", "same-origin").await, 403);
    assert_eq!(post(&desk, &browser, &path, &format!("mark={}&name=Mine", "0".repeat(64)), "same-origin").await, 403);
    assert_eq!(read(&desk.host, &desk.tenant, &id).await["name"], "Hers");
    assert_eq!(post(&desk, &browser, &path, &good, "same-origin").await, 303);
    assert_eq!(read(&desk.host, &desk.tenant, &id).await["name"], "Mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_verified_and_renamed_where_it_is() {
    let desk = Desk::set().await;
    let id = desk.connect(&desk.tenant, Some("ada"), "Reporting").await;
    let (mut browser, _) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    let list = open(&mut browser, &desk.host, "/connections?sort=name").await;
    let form = form_to(&list, &format!("/connections/{id}/verify"));
    let after = browser.submit(&list, &form).await.unwrap().page().unwrap();
    assert!(after.url.query().unwrap().starts_with("sort=name"), "{}", after.url);
    let text = after.text().unwrap();
    assert!(text.contains("Verified just now: it works, and belongs to api.example.com"), "{text}");
    desk.api.refuse(crate::desk::TOKEN);
    let form = form_to(&after, &format!("/connections/{id}/verify"));
    let after = browser.submit(&after, &form).await.unwrap().page().unwrap();
    let text = after.text().unwrap();
    assert!(text.contains("Verified just now: it does not work") && text.contains("consent again"), "{text}");
    let form = form_to(&after, &format!("/connections/{id}/rename")).fill("name", "  Billing <b>1</b> ").unwrap();
    let after = browser.submit(&after, &form).await.unwrap().page().unwrap();
    assert!(after.url.path() == "/connections" && after.text().unwrap().contains("It is called Billing <b>1</b> now"));
    assert!(!after.body.contains("<b>1</b>"), "a name is text");
    for (bad, said) in
        [("   ", "Give the connection a name"), (&"x".repeat(10_000), "has 10000 characters. Shorten it to 120")]
    {
        let form = form_to(&after, &format!("/connections/{id}/rename")).fill("name", bad).unwrap();
        let refused = browser.submit(&after, &form).await.unwrap().page().unwrap();
        assert_eq!(refused.status, 422);
        assert!(refused.text().unwrap().contains(said), "{}", refused.text().unwrap());
        let again = form_to(&refused, &format!("/connections/{id}/rename"));
        assert_eq!(again.value("name"), Some(bad), "nothing typed is lost");
        assert_eq!(again.value("back"), Some("/connections?sort=name"));
    }
    assert_eq!(read(&desk.host, &desk.tenant, &id).await["name"], "Billing <b>1</b>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_found_in_pages_orders_and_filters() {
    let desk = Desk::set().await;
    for number in 0..30 {
        desk.connect(&desk.tenant, Some("ada"), &format!("Number {number:02}")).await;
    }
    let (mut browser, first) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    assert_eq!(rows(&first).first().map(String::as_str), Some("Number 29"));
    assert_eq!(rows(&first).len(), 25);
    let next = browser.click(&first, &first.link("Next page").unwrap()).await.unwrap().page().unwrap();
    assert_eq!(rows(&next).len(), 5);
    assert!(next.link("Next page").is_err() && next.link("First page").is_ok());
    let by_name = open(&mut browser, &desk.host, "/connections?sort=name").await;
    assert_eq!(rows(&by_name).first().map(String::as_str), Some("Number 00"));
    let found = open(&mut browser, &desk.host, "/connections?q=NUMBER+17").await;
    assert_eq!(rows(&found), ["Number 17"]);
    let none = open(&mut browser, &desk.host, "/connections?status=attention").await;
    assert!(none.text().unwrap().contains("Nothing fits what you are looking for"));
    let search = first.form_with("Show").unwrap().fill("q", "number 03").unwrap();
    let found = browser.submit(&first, &search).await.unwrap().page().unwrap();
    assert_eq!(rows(&found), ["Number 03"]);
    // A cursor of another list, or one somebody made up, begins anew.
    let stale = open(&mut browser, &desk.host, "/connections?sort=name&cursor=AAAA").await;
    assert_eq!((stale.url.query(), rows(&stale).len()), (Some("sort=name"), 25));
}

fn rows(page: &Page) -> Vec<String> {
    let names = page.body.split("<a class=\"name\"").skip(1);
    names.map(|rest| rest.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_asks_says_where_it_is_used_and_what_became_of_it() {
    let desk = Desk::set().await;
    let id = desk.connect(&desk.tenant, Some("ada"), "Reporting").await;
    let place = json!({ "label": "Monthly <report>", "url": "https://app.example.com/flows/7" });
    let used = format!("/v1/connections/{id}/uses/flow-7");
    assert!(desk.host.api(&desk.tenant.key, Method::PUT, &used, Some(place)).await.unwrap().status.is_success());
    let (mut browser, list) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    let asking = browser.click(&list, &list.link("Delete").unwrap()).await.unwrap().page().unwrap();
    let text = asking.text().unwrap();
    assert!(text.contains("Delete Reporting?") && text.contains("Monthly <report>"), "{text}");
    assert!(text.contains("has no way to be told"), "{text}");
    let path = format!("/connections/{id}/delete");
    // Not said that it goes although it is used: asked again, and it is there.
    let again = browser.submit(&asking, &form_to(&asking, &path)).await.unwrap().page().unwrap();
    assert_eq!(read(&desk.host, &desk.tenant, &id).await["status"], "active");
    let form = form_to(&again, &path).tick("although-used", "yes").unwrap();
    let done = browser.submit(&again, &form).await.unwrap().page().unwrap();
    let text = done.text().unwrap();
    assert!(text.contains("Reporting is deleted") && text.contains("It is removed here"), "{text}");
    let twice = browser.submit(&again, &form).await.unwrap().page().unwrap();
    assert_eq!(twice.status, 404);
    assert!(twice.text().unwrap().contains("There is no such connection"));
    assert!(
        open(&mut browser, &desk.host, "/connections").await.text().unwrap().contains("You have no connections yet")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_comes_back() {
    let desk = Desk::set().await;
    let id = desk.connect(&desk.tenant, Some("ada"), "Reporting").await;
    let mut browser = Browser::new(jackfield_tests::wire::Wire::loopback());
    let page = open(&mut browser, &desk.host, &format!("/connections/{id}?reauthorize")).await;
    assert_eq!(page.status, 401);
    assert!(page.url.query().unwrap().contains(&format!("connections%2F{id}%3Freauthorize")), "{}", page.url);
    let (mut ada, _) = signed_in(&desk.host, &desk.tenant, "end-user", "ada").await;
    let page = open(&mut ada, &desk.host, &format!("/connections/{id}/reauthorize")).await;
    assert!(page.text().unwrap().contains("You were asked to give your consent"), "{}", page.text().unwrap());
}
