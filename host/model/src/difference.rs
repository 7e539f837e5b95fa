//! What differs between two manifests, fact by fact, so that nothing a component declares changes unseen. Weighing it is the
//! operator's.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::manifest::Manifest;

/// The longest text that is shown of a fact.
const SHOWN: usize = 160;
/// What things in lists are called by.
const NAMES: [&str; 4] = ["id", "key", "hook", "name"];

/// One fact that came, went or became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it is declared: `actions["read"].requests[0].path`.
    pub place: String,
    /// What it was; none where it is new.
    pub before: Option<String>,
    /// What it is; none where it is gone.
    pub after: Option<String>,
}

/// Everything that differs, in the order of its place. The connector's own version is no fact about it.
pub fn between(before: &Manifest, after: &Manifest) -> Vec<Difference> {
    let (before, after) = (facts(before), facts(after));
    let places = before.keys().chain(after.keys().filter(|place| !before.contains_key(*place)));
    let mut all: Vec<Difference> = places
        .filter(|place| before.get(*place) != after.get(*place))
        .map(|place| Difference {
            place: place.clone(),
            before: before.get(place).map(|text| shown(text)),
            after: after.get(place).map(|text| shown(text)),
        })
        .collect();
    all.sort_by(|one, other| one.place.cmp(&other.place));
    all
}

fn facts(manifest: &Manifest) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    match serde_json::to_value(manifest) {
        Ok(whole) => walk(String::new(), &whole, &mut facts),
        // Never so for what was read from a component; and if it were, it would be seen.
        Err(error) => drop(facts.insert("manifest".to_owned(), error.to_string())),
    }
    facts.remove("version");
    facts
}

/// Every leaf by its place. What has a name in a list goes by it, so that an order is no difference.
fn walk(place: String, value: &Value, facts: &mut BTreeMap<String, String>) {
    let at = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                walk(at(name), member, facts);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let names: Vec<Option<&str>> = items.iter().map(name_of).collect();
            let is_told_apart = names
                .iter()
                .enumerate()
                .all(|(place, name)| name.is_some() && !names.iter().take(place).any(|earlier| earlier == name));
            for (number, (item, name)) in items.iter().zip(&names).enumerate() {
                // Quoted, so that no name reads as another place.
                let name =
                    name.filter(|_| is_told_apart).map_or_else(|| number.to_string(), |name| format!("{name:?}"));
                walk(format!("{place}[{name}]"), item, facts);
            }
        }
        Value::String(text) => drop(facts.insert(place, text.clone())),
        other => drop(facts.insert(place, other.to_string())),
    }
}

fn name_of(item: &Value) -> Option<&str> {
    NAMES.iter().find_map(|name| item.get(name)?.as_str())
}

fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a failed test is a panic")]

    use super::*;
    use crate::{
        approval,
        manifest::{Access, CallHeader, HookRequests, MethodKind, OAuth2, Origin, OriginPlace, Pkce, Placement, Reach},
        sample,
    };

    type Edit = fn(&mut Manifest);

    fn oauth2(manifest: &mut Manifest) -> &mut OAuth2 {
        match &mut manifest.methods[0].kind {
            MethodKind::OAuth2Code(oauth2) => oauth2,
            _ => panic!("the sample connects by a code"),
        }
    }

    /// Adds a copy of one that is there, under an id of its own.
    fn another<T: Clone>(list: &mut Vec<T>, place: usize, id: fn(&mut T) -> &mut String) {
        let mut copy = list[place].clone();
        "more".clone_into(id(&mut copy));
        list.push(copy);
    }

    /// Every way in which another version can ask for more, and where that is seen.
    const WIDER: [(&str, Edit, &str); 21] = [
        (
            "another host",
            |m| m.origins[0].place = OriginPlace::Host(sample::template("api.elsewhere.test")),
            r#"origins["api"]"#,
        ),
        (
            "a further host",
            |m| {
                m.origins.push(Origin {
                    id: "more".into(),
                    place: OriginPlace::Host(sample::template("more.example.com")),
                    credential: true,
                });
            },
            r#"origins["more"]"#,
        ),
        (
            "a host the person types",
            |m| m.origins[0].place = OriginPlace::Field("url".into()),
            r#"origins["api"].place"#,
        ),
        ("the credential for a host without", |m| m.origins[0].credential ^= true, r#"origins["api"].credential"#),
        ("a further scope", |m| another(&mut m.scopes, 1, |scope| &mut scope.id), r#"scopes["more"]"#),
        ("a scope asked for always", |m| m.scopes[3].always = true, r#"scopes["admin"].always"#),
        ("a scope that implies more", |m| m.scopes[1].implies = vec!["admin".into()], r#"scopes["read"].implies"#),
        (
            "an action that needs more",
            |m| m.actions[0].any_of = vec![vec!["admin".into()]],
            r#"actions["look"].any_of"#,
        ),
        (
            "an action that does more",
            |m| m.actions[0].requests[0].methods.push("DELETE".into()),
            r#"actions["look"].requests"#,
        ),
        (
            "an action that reaches further",
            |m| m.actions[0].requests[0].path = sample::template("/**"),
            r#"actions["look"].requests"#,
        ),
        ("an action that is stronger", |m| m.actions[0].access = Access::Admin, r#"actions["look"].access"#),
        ("a further action", |m| another(&mut m.actions, 0, |action| &mut action.id), r#"actions["more"]"#),
        ("a hook that sends more", |m| m.requests[0].requests[0].methods.push("POST".into()), r#"requests["verify"]"#),
        (
            "a further hook",
            |m| m.requests.push(HookRequests { hook: "revoke".into(), ..m.requests[0].clone() }),
            r#"requests["revoke"]"#,
        ),
        ("another way to connect", |m| another(&mut m.methods, 0, |method| &mut method.id), r#"methods["more"]"#),
        (
            "a further placement",
            |m| m.methods[0].placements.push(Placement::Query(sample::placed("token", ""))),
            r#"methods["oauth"].placements"#,
        ),
        (
            "another header",
            |m| m.methods[0].placements = vec![Placement::Header(sample::placed("X-Key", ""))],
            r#"methods["oauth"].placements"#,
        ),
        (
            "no PKCE",
            |m| oauth2(m).authorize.pkce = Pkce::Unsupported("it answers 400".into()),
            r#"methods["oauth"].kind"#,
        ),
        (
            "another token endpoint",
            |m| oauth2(m).token_url = Some(sample::template("https://elsewhere.test/t")),
            r#"methods["oauth"].kind"#,
        ),
        (
            "no revocation of the whole",
            |m| m.methods[0].revocation_ends = Reach::Token,
            r#"methods["oauth"].revocation_ends"#,
        ),
        (
            "a header of every call",
            |m| {
                m.headers.push(CallHeader {
                    name: "x-act-as".into(),
                    value: sample::template("admin"),
                    replaceable: false,
                });
            },
            "headers",
        ),
    ];

    #[test]
    fn each_widening_is_seen_and_so_is_each_narrowing() {
        let narrow = sample::manifest();
        assert_eq!(between(&narrow, &narrow), []);
        for (what, edit, place) in WIDER {
            let mut wide = narrow.clone();
            edit(&mut wide);
            for (before, after) in [(&narrow, &wide), (&wide, &narrow)] {
                let seen = between(before, after);
                assert!(seen.iter().any(|one| one.place.starts_with(place)), "{what}: {seen:?}");
            }
        }
    }

    #[test]
    fn what_may_receive_the_credential_is_asked_for_again() {
        let (asked, wider) = (approval::requests(&sample::manifest()), ["another host", "a further host", "no PKCE"]);
        for (what, edit, _) in WIDER.iter().filter(|(what, ..)| wider.contains(what)) {
            let mut wide = sample::manifest();
            edit(&mut wide);
            assert!(approval::requests(&wide).iter().any(|request| !asked.contains(request)), "{what}");
        }
    }

    /// Whatever a manifest will declare one day: another leaf anywhere is another fact.
    #[test]
    fn no_leaf_is_left_out() {
        let whole = serde_json::to_value(sample::manifest()).unwrap();
        let of = |whole: &Value| {
            let mut facts = BTreeMap::new();
            walk(String::new(), whole, &mut facts);
            facts
        };
        let mut places = Vec::new();
        leaves(String::new(), &whole, &mut places);
        assert!(places.len() > 100, "{}", places.len());
        for place in places {
            let mut other = whole.clone();
            *other.pointer_mut(&place).unwrap() = Value::from("something else");
            assert_ne!(of(&other), of(&whole), "{place}");
        }
    }

    fn leaves(place: String, value: &Value, places: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, one)| leaves(format!("{place}/{name}"), one, places));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(number, one)| leaves(format!("{place}/{number}"), one, places));
            }
            _ => places.push(place),
        }
    }

    #[test]
    fn an_order_is_no_difference_and_a_long_text_is_cut() {
        let before = sample::manifest();
        let mut after = before.clone();
        after.scopes.reverse();
        after.version = semver::Version::new(9, 0, 0);
        assert_eq!(between(&before, &after), []);
        after.presentation.description = "x".repeat(5000);
        let seen = between(&before, &after);
        assert_eq!((seen.len(), seen[0].place.as_str()), (1, "presentation.description"));
        assert!(seen[0].after.as_ref().is_some_and(|text| text.chars().count() == SHOWN + 1));
    }
}
