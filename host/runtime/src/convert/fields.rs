//! Fields and conditions.

use jackfield_model::manifest::{self as model};

use super::{faults::Faults, wit};

pub(super) fn field(faults: &mut Faults, place: &str, given: wit::Field) -> Option<model::Field> {
    faults.extras(place, &given.extras);
    let kind = kind(faults, place, given.kind);
    let pattern = match &given.pattern {
        Some(source) => faults.pattern(format!("{place}.pattern"), source).map(Some),
        None => Some(None),
    };
    Some(model::Field {
        key: given.key,
        label: given.label,
        help: given.help,
        kind: kind?,
        pattern: pattern?,
        example: given.example,
        default: given.default,
        prefix: given.prefix,
        suffix: given.suffix,
        required: given.required,
        secret: given.secret,
        hidden: given.hidden,
        advanced: given.advanced,
        visible_when: given.visible_when.map(condition),
        warning: given.warning,
    })
}

fn kind(faults: &mut Faults, place: &str, given: wit::FieldKind) -> Option<model::FieldKind> {
    match given {
        wit::FieldKind::Text => Some(model::FieldKind::Text),
        wit::FieldKind::Number => Some(model::FieldKind::Number),
        wit::FieldKind::Boolean => Some(model::FieldKind::Boolean),
        wit::FieldKind::Email => Some(model::FieldKind::Email),
        wit::FieldKind::HostLabel => Some(model::FieldKind::HostLabel),
        wit::FieldKind::BaseUrl => Some(model::FieldKind::BaseUrl),
        wit::FieldKind::Url => Some(model::FieldKind::Url),
        wit::FieldKind::MultiLine => Some(model::FieldKind::MultiLine),
        wit::FieldKind::Choice(choices) => {
            let choices = choices.into_iter().map(|choice| model::Choice { value: choice.value, label: choice.label });
            Some(model::FieldKind::Choice(choices.collect()))
        }
        wit::FieldKind::Other(other) => faults.unknown(format!("{place}.kind"), &other),
    }
}

pub(super) fn condition(given: wit::Condition) -> model::Condition {
    model::Condition { field: given.field, one_of: given.one_of }
}
