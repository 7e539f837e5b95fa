//! Records of what goes out, to try things with.

use jackfield_model::{
    event::{About, EventType, Told},
    id::{EventId, MessageId, WebhookId},
    message::{Attempt, Content, Letter, Message, MessageState},
    notice::Notice,
    person::{Contact, Reached},
    webhook::Webhook,
};

use super::sample::{at, connection, connection_id, tenant_id};
use crate::{Digest, Held};

/// A change on its way out.
pub(super) fn told() -> Told {
    let connection = connection(1);
    Told {
        id: EventId::new(at(12), 12),
        tenant: connection.tenant,
        at: at(12),
        events: vec![EventType::NeedsReauthorization],
        notice: Some(Notice::Broke),
        about: About::of(&connection),
    }
}

pub(super) fn webhook() -> Webhook {
    Webhook {
        id: WebhookId::new(at(13), 13),
        tenant: tenant_id(1),
        url: "https://app.example/hooks".into(),
        events: [EventType::NeedsReauthorization].into(),
        generation: 1,
        former_until: None,
        failing_since: Some(at(14)),
        paused: None,
        created_at: at(13),
    }
}

pub(super) fn letter() -> Letter {
    Letter {
        notice: Notice::Ends { days: 7 },
        connector: "github".into(),
        connection: "GitHub 1".into(),
        account: Some("octocat".into()),
        advice: None,
        ends_at: Some(at(700)),
        count: 1,
    }
}

/// A mail that waits for its second try.
pub(super) fn message() -> Message {
    let content = Content::Mail {
        address: "ada@example.com".into(),
        name: Some("Ada".into()),
        language: Some("de".into()),
        end_user: Some("user-17".into()),
        letter: letter(),
    };
    Message {
        id: MessageId::new(at(15), 15),
        tenant: tenant_id(1),
        event: EventType::Expiring,
        connection: Some(connection_id(1)),
        content,
        state: MessageState::Waiting,
        tries: 1,
        attempts: vec![Attempt { at: at(15), took_ms: 7, status: Some(451), failure: Some("mail-server".into()) }],
        created_at: at(15),
        next_at: Some(at(75)),
    }
}

pub(super) fn reached() -> Reached {
    let contact = Contact { email: Some("ada@example.com".into()), name: Some("Ada".into()), language: None };
    Reached { end_user: "user-17".into(), contact, bouncing_since: Some(at(16)), updated_at: at(12) }
}

pub(super) fn digest() -> Digest {
    Digest { tenant: tenant_id(1), connector: "github".into(), kind: "ends".into(), said: 5, until: at(900) }
}

pub(super) fn held() -> Held {
    Held { connection: connection_id(1), end_user: Some("user-17".into()), letter: letter() }
}
