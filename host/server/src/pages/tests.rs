//! The pages as a browser gets them, from sample data: nothing runs in them, nothing secret comes back, words fit.
#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::sync::Arc;

use axum::response::Response;
use http_body_util::BodyExt;
use jackfield_model::{
    connector::{Class, Connector},
    id::{SessionId, TenantId},
    manifest::Manifest,
    session::{ConnectSession, Stage},
    tenant::Tenant,
};
use jiff::Timestamp;

use super::{
    connect_page::{Faults, View},
    fault, notice,
    posted::Posted,
    site::Site,
};
use crate::service::{ConnectPage, FieldFault, FieldRule, LinkError, ScopeWords};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn manifest() -> Manifest {
    serde_json::from_str(include_str!("tests/manifest.json")).unwrap()
}

fn words(manifest: &Manifest, id: &str) -> ScopeWords {
    let scope = manifest.scope(id).unwrap();
    ScopeWords { id: scope.id.clone(), title: scope.title.clone(), description: scope.description.clone() }
}

/// A page in the name of a tenant whose name is markup.
#[allow(clippy::too_many_lines, reason = "one value of everything")]
fn page() -> ConnectPage {
    let manifest = manifest();
    let scopes = vec![words(&manifest, "profile"), words(&manifest, "write")];
    let tenant = TenantId::new(NOW, 1);
    ConnectPage {
        session: ConnectSession {
            id: SessionId::new(NOW, 2),
            tenant,
            connector: Some("tracker".into()),
            actions: ["list".to_owned(), "comment".to_owned()].into(),
            offers: std::collections::BTreeMap::new(),
            end_user: "u1".into(),
            connection: None,
            fields: [("subdomain".to_owned(), "acme\"><img src=x>".to_owned())].into(),
            return_url: "https://app.example.com/done".into(),
            opener: None,
            stage: Stage::Open,
            created_at: NOW,
            expires_at: NOW,
        },
        tenant: Tenant {
            id: tenant,
            name: "Acme <script>alert(1)</script>".into(),
            return_urls: vec![],
            brand: jackfield_model::brand::Brand::default(),
            notices: jackfield_model::tenant::Notices::default(),
            created_at: NOW,
        },
        connector: Arc::new(Connector {
            name: "tracker".into(),
            digest: "0".repeat(64),
            size: 1,
            class: Class::Pure,
            manifest,
            hooks: std::collections::BTreeSet::new(),
            approval: None,
            installed_at: NOW,
        }),
        actions: ["list".to_owned(), "comment".to_owned()].into(),
        scopes: [("consent".to_owned(), scopes), ("token".to_owned(), vec![])].into(),
        methods: vec!["consent".into(), "token".into()],
        default_name: Some("Tracker".into()),
        connection: None,
    }
}

fn site(tenant: Option<&Tenant>) -> Site {
    Site::sample(tenant)
}

fn fresh(page: &ConnectPage, method: &str) -> Response {
    View::fresh(&site(Some(&page.tenant)), page, page.connector.manifest.method(method).unwrap(), "l1nk").answer()
}

async fn html(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The text between tags, folded.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<').skip(1) {
        text.push_str(piece.split_once('>').map_or("", |(_, after)| after));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn names_are_text_and_never_markup() {
    let html = html(fresh(&page(), "consent")).await;
    assert!(!html.contains("<script>") && !html.contains("<img") && !html.contains("<b>"), "{html}");
    assert!(html.contains("Acme &lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[tokio::test]
async fn nothing_on_a_page_runs_or_is_fetched_from_elsewhere() {
    for method in ["consent", "token"] {
        let html = html(fresh(&page(), method)).await;
        for forbidden in ["style=", "<style", " on", "javascript:", "src=\"h", "src=\"//"] {
            let tags: String = html.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag).collect();
            assert!(!tags.contains(forbidden), "{forbidden} in {tags}");
        }
        assert!(html.contains("href=\"/assets/page.css\""));
    }
}

#[tokio::test]
async fn core_13_st_11_every_page_is_guarded() {
    for response in [
        fresh(&page(), "consent"),
        fault::of_link(&site(None), &LinkError::Expired(Box::new(page().session))),
        fault::foreign(&site(None)),
    ] {
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        for directive in ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn the_page_says_what_will_be_allowed_and_why() {
    let text = text(&html(fresh(&page(), "consent")).await);
    for said in [
        "will be able to do",
        "list issues reads Shows your open issues.",
        "write comments changes",
        "will be asked to allow",
        "Change issues Needed to: list issues, write comments",
        "This also includes: See issues.",
        "Show advanced settings",
        "Data does not move between regions.",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("Jackfield") && !text.contains("Internal"), "{text}");
}

#[tokio::test]
async fn a_token_says_what_it_cannot_narrow_and_where_it_goes() {
    let html = html(fresh(&page(), "token")).await;
    let text = text(&html);
    assert!(text.contains("cannot narrow what a token allows"), "{text}");
    assert!(text.contains("is sent to this address and to no other"), "{text}");
    assert!(html.contains("type=\"password\""));
    assert!(html.contains(">Connect</button>"));
    assert!(html.contains("value=\"true\" checked"));
}

#[tokio::test]
async fn what_the_application_knows_is_shown_and_not_asked() {
    let html = html(fresh(&page(), "consent")).await;
    assert!(!html.contains("name=\"field.subdomain\""));
    assert!(html.contains("<dt>Workspace</dt>"));
}

#[tokio::test]
async fn a_pattern_is_one_a_browser_compiles() {
    let mut page = page();
    page.session.fields.clear();
    let html = html(fresh(&page, "consent")).await;
    assert!(html.contains("name=\"field.subdomain\"") && html.contains("pattern=\"[a-z0-9\\-]+\""), "{html}");
}

#[tokio::test]
async fn what_was_typed_is_kept_except_secrets() {
    let page = page();
    let form =
        b"method=token&name=Mine&field.base_url=https%3A%2F%2Fx.example&field.token=s3cr3t-v4lue&field.odd=unkn0wn";
    let site = site(Some(&page.tenant));
    let mut posted = Posted::read(form, &page.connector.manifest);
    let method = page.connector.manifest.method("token").unwrap();
    posted.fill_boxes(View::fresh(&site, &page, method, "l1nk").fields());
    let start = posted.take();
    assert_eq!(start.fields.get("token").unwrap().expose(), "s3cr3t-v4lue");
    assert_eq!(start.fields.get("sandbox").unwrap().expose(), "false");
    let faults = [FieldFault { key: "token".into(), rule: FieldRule::Form, message: "Token is too short".into() }];
    let html = html(View::again(&site, &page, method, "l1nk", &posted, Faults::Fields(&faults)).answer()).await;
    assert!(!html.contains("s3cr3t-v4lue") && !html.contains("unkn0wn"), "{html}");
    assert!(html.contains("value=\"Mine\"") && html.contains("value=\"https://x.example\""), "{html}");
    assert!(html.contains("href=\"#field-token\"") && html.contains("id=\"field-token-fault\""));
    assert!(html.contains("aria-invalid=\"true\""));
    assert!(!html.contains("value=\"true\" checked"));
    assert!(!format!("{posted:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn going_on_is_a_page_and_only_to_the_web() {
    let response = notice::onward(&site(None), "Tracker", "https://tracker.example/authorize?a=1&state=x").unwrap();
    let html = html(response).await;
    assert!(html.contains("content=\"0;url=https://tracker.example/authorize?a=1&amp;state=x\""), "{html}");
    assert!(html.contains(">Continue to Tracker</a>"));
    assert!(notice::onward(&site(None), "Tracker", "javascript:alert(1)").is_none());
}

#[tokio::test]
async fn each_dead_link_says_what_happened_and_what_to_do() {
    let over = || Box::new(page().session);
    let told = [
        (LinkError::Unknown, 404, "We do not know this link"),
        (LinkError::Expired(over()), 410, "This link has expired"),
        (LinkError::Used(over()), 410, "This link was used"),
        (LinkError::Ended(over()), 410, "This link is finished"),
        (LinkError::Gone(over()), 410, "This connection was deleted"),
    ];
    for (error, status, heading) in told {
        let response = fault::of_link(&site(None), &error);
        assert_eq!(response.status().as_u16(), status);
        let text = text(&html(response).await);
        assert!(text.contains(heading) && text.contains("application you came from"), "{text}");
    }
}
