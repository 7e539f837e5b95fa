//! What a list of connections is asked for, as its address says it. What nobody offers counts as not said.

use jackfield_model::{person::Role, status::Status};
use url::form_urlencoded;

use crate::service::{Looked, Sort};

/// The statuses a list can be held to, by their words; those that need somebody together.
pub(super) const STATUSES: [(&str, &[Status]); 8] = [
    ("attention", &[Status::NeedsReauthorization, Status::Failing, Status::Uncertain, Status::Expiring]),
    ("active", &[Status::Active]),
    ("expiring", &[Status::Expiring]),
    ("needs-reauthorization", &[Status::NeedsReauthorization]),
    ("failing", &[Status::Failing]),
    ("uncertain", &[Status::Uncertain]),
    ("pending", &[Status::Pending]),
    ("revoked", &[Status::Revoked]),
];

/// The orders a list is offered in, by their words.
pub(super) const SORTS: [(&str, Sort); 7] = [
    ("newest", Sort::Newest),
    ("oldest", Sort::Oldest),
    ("name", Sort::Name),
    ("service", Sort::Service),
    ("attention", Sort::Attention),
    ("verified", Sort::Verified),
    ("ends", Sort::Ends),
];

/// The longest text that is looked for, in characters.
const TEXT_LIMIT: usize = 200;

/// What a list is asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Text in it.
    pub(super) q: String,
    /// The connector.
    pub(super) service: String,
    /// A word of `STATUSES`.
    pub(super) status: String,
    /// An end user.
    pub(super) person: String,
    /// A word of `SORTS`.
    pub(super) sort: String,
    /// Where it goes on.
    pub(super) cursor: Option<String>,
    /// What was done just now, and to which connection.
    pub(super) told: Option<(String, String)>,
}

impl Asked {
    /// Reads the query of an address.
    pub(super) fn read(query: Option<&str>) -> Self {
        let mut asked = Self::default();
        let (mut told, mut about) = (None, None);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value: String = value.trim().chars().take(TEXT_LIMIT).collect();
            match name.as_ref() {
                "q" => asked.q = value,
                "service" => asked.service = value,
                "status" if STATUSES.iter().any(|(word, _)| *word == value) => asked.status = value,
                "person" => asked.person = value,
                "sort" if SORTS.iter().any(|(word, _)| *word == value) => asked.sort = value,
                "cursor" => asked.cursor = Some(value).filter(|value| !value.is_empty()),
                "told" => told = Some(value),
                "about" => about = Some(value),
                _ => {}
            }
        }
        asked.told = told.zip(about);
        asked
    }

    /// As the service is asked.
    pub(super) fn looked(&self, role: Role) -> Looked {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Looked {
            connector: some(&self.service),
            end_user: some(&self.person).filter(|_| role == Role::Administrator),
            status: STATUSES
                .iter()
                .find(|(word, _)| *word == self.status)
                .map(|(_, all)| all.to_vec())
                .unwrap_or_default(),
            text: some(&self.q),
            sort: SORTS.iter().find(|(word, _)| *word == self.sort).map(|(_, sort)| *sort).unwrap_or_default(),
        }
    }

    /// Whether it leaves something out.
    pub(super) fn is_narrowed(&self) -> bool {
        [&self.q, &self.service, &self.status, &self.person].into_iter().any(|text| !text.is_empty())
    }

    /// The address of the same page, or of the one that a cursor goes on with.
    pub(super) fn path(&self, cursor: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let said = [
            ("q", self.q.as_str()),
            ("service", &self.service),
            ("status", &self.status),
            ("person", &self.person),
            ("sort", &self.sort),
            ("cursor", cursor.unwrap_or_default()),
        ];
        for (name, value) in said.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { "/connections".to_owned() } else { format!("/connections?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_and_nothing_else() {
        let asked = Asked::read(Some("q=+a%26b+&status=attention&sort=nonsense&person=eve&x=y&told=verified&about=c"));
        assert_eq!((asked.q.as_str(), asked.sort.as_str()), ("a&b", ""));
        assert_eq!(asked.path(Some("cur")), "/connections?q=a%26b&status=attention&person=eve&cursor=cur");
        assert_eq!(asked.looked(Role::EndUser).end_user, None);
        assert_eq!(asked.looked(Role::Administrator).end_user.as_deref(), Some("eve"));
        assert_eq!(asked.looked(Role::EndUser).status.len(), 4);
        assert_eq!(asked.told, Some(("verified".to_owned(), "c".to_owned())));
        assert_eq!(Asked::read(None).path(None), "/connections");
    }
}
