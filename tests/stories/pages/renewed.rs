//! Renewing from our own pages, without script: further actions, another account, and who may finish what somebody began.

use http::StatusCode;
use jackfield_tests::browser::{Browser, Landing, Page};
use jackfield_tests::scene::OpenId;

use crate::desk::{form_to, open, read, signed_in};

/// From our page of a service to the page after the provider's consent.
async fn through(browser: &mut Browser, connect: &Page, login: &str) -> Landing {
    let form = connect.forms().unwrap().pop().unwrap();
    let interim = browser.submit(connect, &form).await.unwrap().page().unwrap();
    let page = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().page().unwrap();
    let form = page.form().unwrap().fill("login", login).unwrap().fill("password", "any").unwrap();
    let page = browser.submit(&page, &form).await.unwrap().page().unwrap();
    browser.submit(&page, &page.form().unwrap()).await.unwrap()
}

/// Picks the service and what for; answers its page.
async fn pick(browser: &mut Browser, scene: &OpenId) -> Page {
    let services = open(browser, &scene.host, "/connections/new?q=openid").await;
    let what_for = browser.click(&services, &services.link("OpenID Connect").unwrap()).await.unwrap().page().unwrap();
    let form = what_for.form_with("Continue").unwrap().untick("action", "stay-connected").unwrap();
    let connect = browser.submit(&what_for, &form).await.unwrap().page().unwrap();
    assert!(connect.url.path().starts_with("/connect/"), "{}: {}", connect.url, connect.body);
    connect
}

fn id_of(page: &Page) -> String {
    page.url.path().rsplit('/').next().unwrap().to_owned()
}

async fn begin_again(browser: &mut Browser, scene: &OpenId, id: &str) -> Page {
    let page = open(browser, &scene.host, &format!("/connections/{id}")).await;
    let connect = browser.submit(&page, &form_to(&page, &format!("/connections/{id}/reauthorize"))).await.unwrap();
    connect.page().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_connects_adds_an_action_and_renews() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let (mut browser, _) = signed_in(&scene.host, &scene.tenant, "end-user", "ada").await;
    let connect = pick(&mut browser, &scene).await;
    let done = through(&mut browser, &connect, "alice").await.page().unwrap();
    assert!(done.text().unwrap().contains("Connected as alice"), "{}", done.text().unwrap());
    let id = id_of(&done);
    let made = read(&scene.host, &scene.tenant, &id).await;
    assert_eq!((&made["end_user"], &made["status"]), (&"ada".into(), &"active".into()), "{made}");
    // What was not chosen is offered, with what it would need; the connection stays the same one.
    let add = done.forms().unwrap().into_iter().find(|form| form.names().contains(&"action")).unwrap();
    let add = add.tick("action", "stay-connected").unwrap();
    let connect = browser.submit(&done, &add).await.unwrap().page().unwrap();
    let mut fresh = browser;
    let done = through_again(&mut fresh, &connect).await;
    assert!(done.text().unwrap().contains("Your consent is renewed. Connected as alice"), "{}", done.text().unwrap());
    assert_eq!(id_of(&done), id);
    let now = read(&scene.host, &scene.tenant, &id).await;
    let actions = now["actions"].as_array().unwrap();
    assert!(actions.contains(&"stay-connected".into()) && actions.len() > made["actions"].as_array().unwrap().len());
    let text = done.text().unwrap();
    for said in ["Consent given again by you", "Who needs which permission", "The last 30 days", "Where it is used"] {
        assert!(text.contains(said), "{said} in {text}");
    }
}

/// As `through`, where the provider still knows the person and only asks for consent.
async fn through_again(browser: &mut Browser, connect: &Page) -> Page {
    let form = connect.forms().unwrap().pop().unwrap();
    let interim = browser.submit(connect, &form).await.unwrap().page().unwrap();
    let page = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().page().unwrap();
    if page.url.path().starts_with("/connections/") {
        return page;
    }
    browser.submit(&page, &page.form().unwrap()).await.unwrap().page().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_person_it_was_begun_by_finishes_and_only_once() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let (mut ada, _) = signed_in(&scene.host, &scene.tenant, "end-user", "ada").await;
    let connect = pick(&mut ada, &scene).await;
    ada.leave_at(&format!("{}/connections/finish", scene.host.url().unwrap()));
    let returned = through(&mut ada, &connect, "alice").await.left().unwrap();
    for (role, person) in [("end-user", "bob"), ("administrator", "eve")] {
        let (mut other, _) = signed_in(&scene.host, &scene.tenant, role, person).await;
        let page = other.open(returned.as_str()).await.unwrap().page().unwrap();
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text().unwrap().contains("This was not begun by you"));
    }
    // Nothing was consumed; the right person finishes, and the back button leads to what came of it.
    let (mut ada, _) = signed_in(&scene.host, &scene.tenant, "end-user", "ada").await;
    let done = ada.open(returned.as_str()).await.unwrap().page().unwrap();
    assert!(done.text().unwrap().contains("Connected as alice"), "{}", done.text().unwrap());
    let again = ada.open(returned.as_str()).await.unwrap().page().unwrap();
    assert_eq!(id_of(&again), id_of(&done));
    let listed = scene.host.get(&scene.tenant.key, "/v1/connections").await.unwrap();
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 1, "{}", listed.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_refused_with_three_choices() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let id = scene.connect("ada", "alice").await.unwrap()["id"].as_str().unwrap().to_owned();
    let account = async || read(&scene.host, &scene.tenant, &id).await["account"]["id"].clone();
    for (choice, said, kept) in [
        ("Keep alice", "Nothing was changed: the connection belongs to alice", "alice"),
        ("Connect bob", "A new connection was made, as bob", "alice"),
        ("Replace it with bob", "The connection belongs to bob", "bob"),
    ] {
        // A fresh browser, in which the provider knows nobody yet.
        let (mut browser, _) = signed_in(&scene.host, &scene.tenant, "end-user", "ada").await;
        let connect = begin_again(&mut browser, &scene, &id).await;
        let asked = through(&mut browser, &connect, "bob").await.page().unwrap();
        let text = asked.text().unwrap();
        assert!(text.contains("belongs to alice of the peer, and you signed in as bob of the peer"), "{text}");
        assert!(!asked.url.query().unwrap().contains("ticket"), "{}", asked.url);
        let forms = asked.forms().unwrap();
        let form = forms.into_iter().find(|form| form.action.path() == "/connections/finish").unwrap();
        let value = match choice.split(' ').next().unwrap() {
            "Keep" => "keep",
            "Connect" => "connect-as-new",
            _ => "replace",
        };
        let label = asked.button_labels().into_iter().find(|label| label.starts_with(choice)).unwrap();
        let pressed = form.press(&label).unwrap();
        let done = browser.submit(&asked, &pressed).await.unwrap().page().unwrap();
        assert!(done.text().unwrap().contains(said), "{value}: {}", done.text().unwrap());
        assert_eq!(account().await, kept, "{value}");
        // Twice is once.
        let twice = browser.submit(&asked, &pressed).await.unwrap().page().unwrap();
        assert!(twice.status == 410 || twice.url.path().starts_with("/connections/con"), "{}", twice.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_renews_anothers_in_their_own_name() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let id = scene.connect("ada", "alice").await.unwrap()["id"].as_str().unwrap().to_owned();
    let (mut zelda, _) = signed_in(&scene.host, &scene.tenant, "administrator", "zelda").await;
    let connect = begin_again(&mut zelda, &scene, &id).await;
    let done = through(&mut zelda, &connect, "alice").await.page().unwrap();
    assert!(done.text().unwrap().contains("Your consent is renewed"), "{}", done.text().unwrap());
    assert_eq!(read(&scene.host, &scene.tenant, &id).await["end_user"], "ada");
    let timeline = scene.host.get(&scene.tenant.key, &format!("/v1/connections/{id}/timeline")).await.unwrap();
    let lines = timeline.json["items"].as_array().unwrap();
    let renewed = lines.iter().find(|line| line["kind"] == "reauthorized").unwrap();
    assert_eq!(renewed["by"], "administrator:zelda");
    // Its owner reads that somebody who looks after things did it, and not who.
    let (mut ada, _) = signed_in(&scene.host, &scene.tenant, "end-user", "ada").await;
    let text = open(&mut ada, &scene.host, &format!("/connections/{id}")).await.text().unwrap();
    assert!(text.contains("Consent given again by an administrator") && !text.contains("zelda"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_no_at_the_provider_reads_so_and_can_try_again() {
    let scene = OpenId::start(crate::PROGRAM).await.unwrap();
    let (mut browser, _) = signed_in(&scene.host, &scene.tenant, "end-user", "ada").await;
    let connect = pick(&mut browser, &scene).await;
    let form = connect.forms().unwrap().pop().unwrap();
    let interim = browser.submit(&connect, &form).await.unwrap().page().unwrap();
    let page = browser.click(&interim, &interim.link("Continue to").unwrap()).await.unwrap().page().unwrap();
    let refused = browser.click(&page, &page.link("[ Cancel ]").unwrap()).await.unwrap().page().unwrap();
    let text = refused.text().unwrap();
    assert!(refused.status == 410 && text.contains("You did not allow it"), "{text}");
    assert!(refused.link("Try again").unwrap().path().starts_with("/connections/new/"));
    let nothing = open(&mut browser, &scene.host, "/connections").await.text().unwrap();
    assert!(nothing.contains("You have no connections yet"), "{nothing}");
}
