//! Five brands on one host: mails and webhooks carry their own name, colours and addresses, and lead to their own pages.

use jackfield_tests::brands::{BRANDS, Branded, five, only_of};
use jackfield_tests::browser::{Browser, Form, Page};
use jackfield_tests::doubles::Recorded;
use jackfield_tests::mail_server::Tls;
use jackfield_tests::wire::Wire;
use serde_json::json;
use url::Url;

use crate::stage::{Stage, TOKEN};

/// Everything of a message that its receiver sees.
fn shown(message: &Recorded) -> String {
    let headers =
        message.headers.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    headers.collect::<String>() + &String::from_utf8_lossy(&message.body)
}

fn form_to(page: &Page, path: &str) -> Form {
    let forms = page.forms().unwrap();
    forms
        .into_iter()
        .find(|form| form.action.path() == path)
        .unwrap_or_else(|| panic!("no form to {path}: {}", page.body))
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_and_webhooks_are_in_their_own_brand_and_no_other() {
    let (mut stage, server) = Stage::with_mail(Tls::None).await;
    let own_name = stage.host.running().unwrap().address.to_string();
    for (number, one) in five(&stage.host).await.unwrap().into_iter().enumerate() {
        stage.tenant = one.tenant.clone();
        let brand = one.brand;
        let hook = stage.hook(&format!("/{}", brand.word), &["connection.needs-reauthorization"]).await;
        let address = format!("ada@{}.example", brand.word);
        stage.contact("ada", json!({ "email": address, "name": "Ada" })).await;
        let id = stage.connect("ada").await;
        stage.break_down(&id, "ada").await;
        stage.round().await;
        let (arrived, mails) = (server.arrived(), server.mails().await.unwrap());
        assert_eq!((arrived.len(), mails.len()), (number + 1, number + 1), "{}", brand.name);
        let (raw, mail) = (&arrived[number], &mails[number]);
        assert_eq!(raw.to, [address]);
        let from = format!("{} <connections@{}.example>", brand.name, brand.word);
        assert_eq!(mail["headers"]["from"].as_str().unwrap().replace('"', ""), from);
        let html = mail["html"].as_str().unwrap();
        assert!(html.contains(brand.accent) && html.contains(&format!("lang=\"{}\"", brand.languages[0])), "{html}");
        for text in [raw.raw.as_str(), mail["plain"].as_str().unwrap(), html] {
            only_of(&brand, &own_name, "a mail", text).unwrap();
        }
        let told = stage.hooks.log().to(&hook.path);
        assert_eq!(told.len(), 1, "{}", brand.name);
        only_of(&brand, &own_name, "a webhook", &shown(&told[0])).unwrap();
        assert!(shown(&told[0]).contains(&format!("//{}:", brand.host())), "the link is on its own site");
    }
}

/// The link of a mail, opened by somebody the pages do not know: through the application's own sign-in, to their connection.
async fn signed_in_by_mail(stage: &Stage, plain: &str) -> (Browser, Page) {
    let link = plain.split_whitespace().find(|word| word.contains("/connections/")).unwrap();
    let mut browser = Browser::new(Wire::loopback());
    browser.leave_at("https://app.integromat.example/");
    let application = browser.open(link).await.unwrap().left().unwrap();
    let given = |name: &str| application.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    let wanted = json!({ "person": "ada", "name": "Ada", "to": given("to"), "begun": given("begun") });
    let made = stage.post("/v1/page-sessions", wanted).await;
    let page = browser.open(&made.text("/url").unwrap()).await.unwrap().page().unwrap();
    assert_eq!(Some(page.url.path()), Url::parse(link).ok().as_ref().map(Url::path), "{}", page.body);
    (browser, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_mail_leads_through_signing_in_to_a_connection_that_works_again() {
    let (mut stage, server) = Stage::with_mail(Tls::None).await;
    let one = Branded::set_up(&stage.host, BRANDS[0]).await.unwrap();
    stage.tenant = one.tenant.clone();
    stage.contact("ada", json!({ "email": "ada@integromat.example" })).await;
    let id = stage.connect("ada").await;
    stage.break_down(&id, "ada").await;
    stage.round().await;
    let plain = server.mails().await.unwrap()[0]["plain"].as_str().unwrap().to_owned();
    let (mut browser, page) = signed_in_by_mail(&stage, &plain).await;
    assert!(page.text().unwrap().contains("Needs your consent again"), "{}", page.body);
    let form = form_to(&page, &format!("/connections/{id}/reauthorize"));
    let connect = browser.submit(&page, &form).await.unwrap().page().unwrap();
    stage.api.accept(&format!("{TOKEN}-anew"), "ada");
    let form = connect.forms().unwrap().pop().unwrap().fill("field.token", &format!("{TOKEN}-anew")).unwrap();
    let onward = browser.submit(&connect, &form).await.unwrap().page().unwrap();
    let done = browser.click(&onward, &onward.link("Continue to").unwrap()).await.unwrap().page().unwrap();
    assert!(done.text().unwrap().contains("Your consent is renewed"), "{}", done.body);
    let now = stage.get(&format!("/v1/connections/{id}")).await;
    assert_eq!(now.json["status"], "active", "{}", now.json);
    stage.round().await;
    let mails = server.mails().await.unwrap();
    assert_eq!(mails.len(), 2, "it is said that it works again");
    assert!(mails[1]["headers"]["subject"].as_str().unwrap().contains("works again"), "{}", mails[1]["headers"]);
}
