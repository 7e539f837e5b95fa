//! Mail: what a letter looks like in a tenant's brand, and the way to the mail server. Nothing of this host is named in it.

mod server;

use jackfield_model::{
    brand::{Colour, Sender},
    message::Letter,
    notice::Notice,
    tenant::Tenant,
};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::words::{Value, Words};

pub use server::{MailError, Mailer, MailerError};

/// What a letter is written with.
pub struct Look<'a> {
    /// Whose name it carries.
    pub tenant: &'a Tenant,
    /// The reader's language.
    pub words: &'a Words,
    /// What the reader is called.
    pub name: Option<&'a str>,
    /// What the service is called that the connection leads to.
    pub service: &'a str,
    /// Where something can be done.
    pub link: &'a str,
}

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its subject.
    pub subject: String,
    /// For readers of HTML.
    pub html: String,
    /// For everybody else.
    pub plain: String,
}

/// Who sends what to whom.
pub struct Envelope {
    /// The message's id: the mail carries it, so that the same mail is known when it comes twice.
    pub id: String,
    /// Whose name it carries.
    pub from: Sender,
    /// Whom it goes to.
    pub to: Sender,
    /// When it was written.
    pub at: Timestamp,
}

/// The neutral colour of a brand without one.
const NEUTRAL: Colour = Colour::of(0x1f, 0x4f, 0x8f);

/// Puts a letter into words.
pub fn write(look: &Look<'_>, letter: &Letter) -> Written {
    let kind = match (letter.notice, letter.count) {
        (Notice::Ends { .. }, 0 | 1) => "ends",
        (Notice::Broke, 0 | 1) => "broke",
        (Notice::Recovered, 0 | 1) => "recovered",
        (Notice::Ends { .. }, _) => "many-ends",
        (Notice::Broke, _) => "many-broke",
        (Notice::Recovered, _) => "many-recovered",
    };
    let days = match letter.notice {
        Notice::Ends { days } => i64::from(days),
        Notice::Broke | Notice::Recovered => 0,
    };
    let values: [(&str, Value); 6] = [
        ("connection", letter.connection.as_str().into()),
        ("service", look.service.into()),
        ("account", letter.account.clone().unwrap_or_else(|| letter.connection.clone()).into()),
        ("days", days.into()),
        ("count", i64::try_from(letter.count).unwrap_or(i64::MAX).into()),
        ("brand", look.tenant.name.as_str().into()),
    ];
    let tell = |key: String| look.words.tell(&key, &values);
    let advice = letter.advice.as_deref().filter(|advice| letter.count <= 1 && *advice != "reauthorize");
    let todo = match (kind, advice) {
        ("broke", Some("misconfigured")) => tell("mail-broke-todo-misconfigured".to_owned()),
        ("broke", Some(_)) => tell("mail-broke-todo-other".to_owned()),
        _ => tell(format!("mail-{kind}-todo")),
    };
    let greeting = match look.name {
        Some(name) => look.words.tell("mail-greeting", &[("name", name.into())]),
        None => look.words.say("mail-greeting-nobody"),
    };
    let parts = Parts {
        subject: one_line(&tell(format!("mail-{kind}-subject"))),
        greeting,
        what: tell(format!("mail-{kind}-what")),
        todo,
        button: tell(format!("mail-{kind}-button")),
        why: tell("mail-why".to_owned()),
    };
    Written { html: page(look, &parts).into_string(), plain: plain(look, &parts), subject: parts.subject }
}

struct Parts {
    subject: String,
    greeting: String,
    what: String,
    todo: String,
    button: String,
    why: String,
}

/// Names in a subject are other people's text: it stays one line, and short.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(150).collect()
}

fn plain(look: &Look<'_>, parts: &Parts) -> String {
    let Parts { greeting, what, todo, button, why, .. } = parts;
    let mut text =
        format!("{greeting}\n\n{what}\n\n{todo}\n\n{button}:\n{}\n\n-- \n{}\n{why}\n", look.link, look.tenant.name);
    for (label, url) in small_print(look) {
        text.extend([label.as_str(), ": ", url, "\n"]);
    }
    text
}

/// Where the reader finds help and the small print.
fn small_print<'a>(look: &'a Look<'_>) -> Vec<(String, &'a str)> {
    let (links, words) = (&look.tenant.brand.links, look.words);
    let all = [
        (words.say("page-support"), &links.support),
        (words.say("page-terms"), &links.terms),
        (words.say("page-privacy"), &links.privacy),
        (words.say("page-imprint"), &links.imprint),
    ];
    all.into_iter().filter_map(|(label, url)| Some((label, url.as_deref()?))).collect()
}

/// Styles stand on the elements, since many readers drop every other.
fn page(look: &Look<'_>, parts: &Parts) -> Markup {
    let accent = look.tenant.brand.colours.on_light().unwrap_or(NEUTRAL);
    let body = "margin:0;padding:24px 12px;background:#f4f5f7;color:#1d2126;\
                font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:1.5";
    let card = "max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px;padding:28px";
    let button = format!(
        "display:inline-block;padding:12px 20px;border-radius:6px;font-weight:600;text-decoration:none;\
         background:{accent};color:{}",
        accent.ink()
    );
    html! {
        (DOCTYPE)
        html lang=(look.words.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (parts.subject) }
            }
            body style=(body) {
                div style=(card) {
                    p style={ "margin:0 0 20px;font-weight:700;font-size:18px;color:" (accent) } { (look.tenant.name) }
                    p { (parts.greeting) }
                    p { (parts.what) }
                    p { (parts.todo) }
                    p style="margin:24px 0" { a href=(look.link) style=(button) { (parts.button) } }
                }
                p style="max-width:560px;margin:16px auto 0;font-size:13px;color:#4b535d" {
                    (parts.why)
                    @for (label, url) in small_print(look) { " · " a href=(url) style="color:#4b535d" { (label) } }
                }
            }
        }
    }
}
