//! What a connector asks of the operator, grouped by what it touches, in words.

use jackfield_model::approval::Request;
use maud::{Markup, html};

use crate::words::Words;

/// Every rule a request can touch, the weightiest first.
const RULES: [&str; 8] = [
    "any-host",
    "deviation",
    "credential-origin",
    "client-secret-origin",
    "endpoint",
    "kept-value",
    "public-origin",
    "other",
];

/// The requests, a group a rule; what deserves a second look is marked.
pub(super) fn grouped(words: &Words, requests: &[Request]) -> Markup {
    let of = |rule: &str| -> Vec<&Request> {
        let known = |request: &&Request| RULES.contains(&request.rule.as_str());
        match rule {
            "other" => requests.iter().filter(|request| !known(request)).collect(),
            rule => requests.iter().filter(|request| request.rule == rule).collect(),
        }
    };
    html! {
        @if requests.is_empty() { p { (words.say("admin-asks-nothing")) } }
        @for (rule, asked) in RULES.iter().map(|rule| (rule, of(rule))).filter(|(_, asked)| !asked.is_empty()) {
            section class="asked" {
                h3 { (words.say(&format!("admin-asks-{rule}"))) }
                p class="quiet" { (words.say(&format!("admin-asks-{rule}-why"))) }
                ul { @for request in asked { li { (line(words, request)) } } }
            }
        }
    }
}

/// The connector's own sentence is English, whoever reads it.
fn line(words: &Words, request: &Request) -> Markup {
    html! {
        code { (request.subject) }
        @if request.pointed_out { " " span class="tag look" { (words.say("admin-look-twice")) } }
        span class="quiet sentence" lang="en" { (request.sentence) }
    }
}
