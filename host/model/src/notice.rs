//! Notices: what people are told about a connection without asking, each thing once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{connection::Connection, event::EventType, status::Status};

/// What a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Notice {
    /// The permission ends in so many days.
    Ends {
        /// How many.
        days: u16,
    },
    /// It stopped working.
    Broke,
    /// It works again.
    Recovered,
}

impl Notice {
    /// Its word, for keys and logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ends { .. } => "ends",
            Self::Broke => "broke",
            Self::Recovered => "recovered",
        }
    }
}

/// What was said of a connection so far, kept with it, so that nothing is said twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// The status applications know.
    pub status: Option<Status>,
    /// The last step of the ladder that was taken, and for which end.
    pub ends: Option<SaidEnd>,
    /// Whether it was said that the connection broke, and not yet that it works again.
    pub broke: bool,
}

/// A step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidEnd {
    /// The end it was about.
    pub at: Timestamp,
    /// How many days before it.
    pub days: u16,
}

impl Connection {
    /// What applications and people have to hear now that a line of `kind` is written; notes that they do.
    pub fn to_say(&mut self, kind: &str) -> (Vec<EventType>, Option<Notice>) {
        let before = self.said.status.replace(self.status);
        let is_new = before != Some(self.status);
        let by_status = EventType::of_status(self.status).filter(|_| is_new);
        let mut events: Vec<EventType> = EventType::of_kind(kind).into_iter().collect();
        events.extend(by_status.filter(|event| !events.contains(event)));
        if kind == "import-refused" {
            events.retain(|event| *event == EventType::Deleted);
        }
        (events, self.notice(kind, before))
    }

    fn notice(&mut self, kind: &str, before: Option<Status>) -> Option<Notice> {
        let worked = matches!(before, Some(Status::Active | Status::Expiring | Status::Uncertain));
        match self.status {
            _ if kind == "deleted" => None,
            Status::NeedsReauthorization | Status::Failing if worked && !self.said.broke => {
                self.said.broke = true;
                Some(Notice::Broke)
            }
            Status::Active | Status::Expiring if self.said.broke => {
                self.said.broke = false;
                Some(Notice::Recovered)
            }
            Status::Active => None,
            Status::Expiring if kind == "nears-end" => {
                self.said.ends.filter(|end| end.days > 0).map(|end| Notice::Ends { days: end.days })
            }
            _ => None,
        }
    }
}
