//! The scripted browser holds pages to what a real one would: forms as they stand, form-action, and honesty about where it comes from.

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use jackfield_tests::authority::Authority;
use jackfield_tests::browser::{Browser, Page};
use jackfield_tests::doubles::Double;
use jackfield_tests::wire::Wire;

const PAGE: &str = r#"<title>t</title><a href="/next">Go on</a>
<form method="post" action="/take">
  <input type="hidden" name="kept" value="k&amp;1"><input name="name" value="default">
  <input type="checkbox" name="box" value="a" checked><input type="checkbox" name="box" value="b">
  <input type="radio" name="one" value="x" checked><input type="radio" name="one" value="y">
  <select name="size"><option value="s">small</option><option value="l" selected>large</option></select>
  <textarea name="note">text</textarea><input name="off" disabled value="never">
  <button name="go" value="1">Send</button><button name="go" value="2" formaction="/other">Other</button>
</form>"#;

struct Stage {
    home: Double,
    browser: Browser,
}

/// `home.test` shows the page under `policy`; `away.other.test` is another site.
async fn stage(policy: &'static str) -> Stage {
    let authority = Authority::new().unwrap();
    let headers = [(CONTENT_SECURITY_POLICY, policy), (REFERRER_POLICY, "no-referrer")];
    let home = Router::new()
        .route("/", get(move || async move { (headers, Html(PAGE)) }))
        .route("/take", post(async || Redirect::to("https://away.other.test/landed")))
        .route("/other", post(async || "taken"))
        .route("/next", get(async || "next"));
    let away = Router::new().route("/landed", get(async || "landed"));
    let home = Double::serve(&authority, vec![("home.test", home), ("away.other.test", away)]).await.unwrap();
    let mut wire = Wire::trusting(&authority).unwrap();
    home.place_on(&mut wire);
    Stage { home, browser: Browser::new(wire) }
}

impl Stage {
    async fn page(&mut self) -> Page {
        self.browser.open("https://home.test/").await.unwrap().page().unwrap()
    }
}

#[tokio::test]
async fn a_form_is_sent_as_it_stands_with_what_was_changed() {
    let mut stage = stage("form-action 'self' https://away.other.test").await;
    let page = stage.page().await;
    let form = page.form().unwrap();
    assert_eq!((form.value("one"), form.value("size")), (Some("x"), Some("l")));
    let form = form.fill("name", "a b").unwrap().untick("box", "a").unwrap().tick("box", "b").unwrap();
    let form = form.tick("one", "y").unwrap().tick("size", "s").unwrap().press("Send").unwrap();
    let landed = stage.browser.submit(&page, &form).await.unwrap().page().unwrap();
    assert_eq!(landed.body, "landed");
    let sent = stage.home.log().to("/take");
    assert_eq!(sent[0].body, "kept=k%261&name=a+b&box=b&one=y&size=s&note=text&go=1");
}

#[tokio::test]
async fn what_a_form_does_not_have_cannot_be_filled_in() {
    let page = stage("").await.page().await;
    let form = || page.form().unwrap();
    assert!(form().fill("nothing", "x").is_err());
    assert!(form().fill("off", "x").is_err());
    assert!(form().tick("box", "c").is_err());
    assert!(form().press("Delete").is_err());
    assert!(page.link("Go back").is_err());
}

#[tokio::test]
async fn a_button_may_send_the_form_elsewhere() {
    let mut stage = stage("").await;
    let page = stage.page().await;
    let form = page.form_with("Other").unwrap().press("Other").unwrap();
    assert_eq!(stage.browser.submit(&page, &form).await.unwrap().page().unwrap().body, "taken");
}

#[tokio::test]
async fn form_action_holds_for_the_redirect_after_the_form_too() {
    let mut stage = stage("default-src 'none'; form-action 'self'").await;
    let page = stage.page().await;
    let form = page.form().unwrap().press("Send").unwrap();
    let refused = stage.browser.submit(&page, &form).await.unwrap_err();
    assert!(refused.to_string().contains("form-action forbids https://away.other.test/landed"), "{refused}");
    let next = page.link("Go on").unwrap();
    assert_eq!(stage.browser.click(&page, &next).await.unwrap().page().unwrap().body, "next");
}

#[tokio::test]
async fn it_tells_where_a_request_comes_from_as_browsers_do() {
    let mut stage = stage("").await;
    let page = stage.page().await;
    let form = page.form().unwrap();
    stage.browser.submit(&page, &form).await.unwrap();
    let log = stage.home.log();
    assert_eq!(log.to("/")[0].header("sec-fetch-site"), Some("none"));
    let sent = log.to("/take");
    assert_eq!((sent[0].header("sec-fetch-site"), sent[0].header("origin")), (Some("same-origin"), Some("null")));
    let landed = log.to("/landed");
    assert_eq!((landed[0].header("sec-fetch-site"), landed[0].header("origin")), (Some("cross-site"), None));
}
