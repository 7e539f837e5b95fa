//! What a value of a field breaks: a word for pages, which say it in the reader's language, and a sentence for callers of the API.

use jackfield_model::manifest::Field;

use super::VALUE_LIMIT;

/// The rule a value breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldRule {
    /// It is needed and not there.
    Needed,
    /// It is too long.
    Long,
    /// It is more than one line.
    Line,
    /// It is not of the declared form.
    Form,
    /// It is no whole number.
    Number,
    /// It is neither on nor off.
    Switch,
    /// It is no e-mail address.
    Email,
    /// It is no label of a host name.
    HostLabel,
    /// It is none of the choices.
    Choice,
    /// It is no whole https URL.
    Url,
    /// It is an address that nothing may be sent to.
    Address,
    /// It is a name with a colon in it.
    Colon,
    /// Nobody declared it.
    Unknown,
    /// It does not say where it belongs.
    Place,
}

impl FieldRule {
    /// Its word, which ends the keys of its sentences.
    pub fn word(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::Long => "long",
            Self::Line => "line",
            Self::Form => "form",
            Self::Number => "number",
            Self::Switch => "switch",
            Self::Email => "email",
            Self::HostLabel => "host-label",
            Self::Choice => "choice",
            Self::Url => "url",
            Self::Address => "address",
            Self::Colon => "colon",
            Self::Unknown => "unknown",
            Self::Place => "place",
        }
    }

    /// The sentence for callers of the API.
    pub(super) fn told(self, field: &Field) -> String {
        let label = &field.label;
        let example = field.example.as_ref().map(|example| format!(", for example {example}")).unwrap_or_default();
        match self {
            Self::Needed => format!("{label} is needed"),
            Self::Long => format!("{label} is longer than {VALUE_LIMIT} bytes"),
            Self::Line => format!("{label} must be one line"),
            Self::Form => format!("{label} does not have the expected form{example}"),
            Self::Number => format!("{label} must be a whole number"),
            Self::Switch => format!("{label} must be true or false"),
            Self::Email => format!("{label} must be an e-mail address"),
            Self::HostLabel => format!("{label} may have letters, digits and hyphens only"),
            Self::Choice => format!("{label} must be one of the choices"),
            Self::Url => format!("{label} must be a whole https URL, for example https://api.example.com"),
            Self::Address => format!("{label} is an address that nothing may be sent to"),
            Self::Colon => format!("{label} must not hold a colon: servers take what follows it for the password"),
            Self::Unknown => format!("there is no field `{}` here", field.key),
            Self::Place => format!("{label} does not have the form that says where it belongs"),
        }
    }
}
