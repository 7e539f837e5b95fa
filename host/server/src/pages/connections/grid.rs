//! A picture of who needs which permission: actions across, permissions down, a mark where one needs the other.

use maud::{Markup, html};

use crate::{
    service::{ActionWords, Permissions, Right},
    words::Words,
};

/// The table; nothing where there is nothing to compare.
pub(super) fn grid(words: &Words, permissions: &Permissions) -> Markup {
    let actions: Vec<&ActionWords> = permissions.actions.iter().filter(|action| action.chosen).collect();
    let mut rows: Vec<(&Right, &str)> = vec![];
    for (rights, state) in
        [(&permissions.granted, "granted"), (&permissions.implied, "implied"), (&permissions.missing, "missing")]
    {
        rows.extend(rights.iter().map(|right| (right, state)));
    }
    html! {
        @if !actions.is_empty() && !rows.is_empty() {
            h3 id="grid-title" { (words.say("rights-grid")) }
            div class="across" role="region" aria-labelledby="grid-title" tabindex="0" {
                table class="grid" {
                    thead {
                        tr {
                            th scope="col" { (words.say("rights-permission")) }
                            @for action in &actions { th scope="col" { (action.title) } }
                        }
                    }
                    tbody {
                        @for (right, state) in rows {
                            tr {
                                th scope="row" {
                                    (right.words.title) " "
                                    span class={ "tag right-" (state) } { (words.say(&format!("rights-{state}"))) }
                                }
                                @for action in &actions {
                                    td { (cell(words, right.serves.contains(&action.id), state == "missing")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(words: &Words, needs: bool, lacks: bool) -> Markup {
    html! {
        @if needs && lacks {
            span class="mark lacking" aria-hidden="true" { "✕" } span class="spoken" { (words.say("rights-needs-lacks")) }
        } @else if needs {
            span class="mark" aria-hidden="true" { "●" } span class="spoken" { (words.say("rights-needs")) }
        } @else {
            span class="spoken" { (words.say("rights-needs-not")) }
        }
    }
}
