//! Services to pick one of: a search, and a card each.

use jackfield_model::manifest::Manifest;
use maud::{Markup, html};

use super::icon::icon;
use crate::words::Words;

/// Whether a service has a text in its title, description or categories.
pub(super) fn holds(manifest: &Manifest, text: &str) -> bool {
    let wanted = text.to_lowercase();
    let presentation = &manifest.presentation;
    let places = [presentation.title.as_str(), &presentation.description, &manifest.name];
    let categories = presentation.categories.iter().map(String::as_str);
    places.into_iter().chain(categories).any(|place| place.to_lowercase().contains(&wanted))
}

/// The search, which works without script.
pub(super) fn search(words: &Words, path: &str, text: &str) -> Markup {
    html! {
        form method="get" action=(path) class="finder" role="search" {
            div class="filter wide-filter" {
                label for="service-q" { (words.say("new-search")) }
                input type="search" id="service-q" name="q" value=(text) autocomplete="off";
            }
            div class="filter filter-go" {
                button type="submit" class="button quiet-button" { (words.say("connections-apply")) }
                @if !text.is_empty() { a href=(path) { (words.say("connections-clear")) } }
            }
        }
    }
}

/// A card each, that leads to `to` with the connector's name.
pub(super) fn cards<'a>(
    words: &Words,
    services: impl Iterator<Item = &'a Manifest>,
    to: impl Fn(&str) -> String,
) -> Markup {
    html! {
        ul class="services" aria-label=(words.say("new-services")) {
            @for manifest in services {
                li class="service" {
                    (icon(&manifest.name, Some(manifest)))
                    div {
                        a href=(to(&manifest.name)) { (manifest.presentation.title) }
                        p class="quiet" { (manifest.presentation.description) }
                        @if !manifest.presentation.categories.is_empty() {
                            p class="quiet" { (manifest.presentation.categories.join(", ")) }
                        }
                    }
                }
            }
        }
    }
}
