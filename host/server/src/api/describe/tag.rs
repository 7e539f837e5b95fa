//! The parts of the API, each for one reader.

/// A part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Tag {
    /// What applications do with connections.
    Connections,
    /// How connections are made.
    ConnectSessions,
    /// How people get to the pages.
    PageSessions,
    /// Credentials handed out.
    Leases,
    /// What can be connected.
    Connectors,
    /// Registrations at providers.
    Clients,
    /// Who owns connections.
    Tenants,
    /// What leaves the host by itself.
    Webhooks,
    /// Who may call.
    ApiKeys,
    /// Who did what.
    Audit,
    /// What leaves the host sealed.
    Backups,
    /// For the machinery around the host.
    Operations,
}

impl Tag {
    /// Every tag, in the order of the description.
    pub(in crate::api) const ALL: &[Self] = &[
        Self::ConnectSessions,
        Self::Connections,
        Self::PageSessions,
        Self::Leases,
        Self::Connectors,
        Self::Clients,
        Self::Tenants,
        Self::Webhooks,
        Self::ApiKeys,
        Self::Audit,
        Self::Backups,
        Self::Operations,
    ];

    /// Its name in the description, and in addresses.
    pub(in crate::api) fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectSessions => "connect-sessions",
            Self::PageSessions => "page-sessions",
            Self::Leases => "leases",
            Self::Connectors => "connectors",
            Self::Clients => "clients",
            Self::Tenants => "tenants",
            Self::Webhooks => "webhooks",
            Self::ApiKeys => "api-keys",
            Self::Audit => "audit",
            Self::Backups => "backups",
            Self::Operations => "operations",
        }
    }

    /// What it is, in a sentence or two.
    pub(in crate::api) fn description(self) -> &'static str {
        match self {
            Self::Connections => {
                "A tenant's stored links to accounts at providers. For applications: a key with `connect` changes them, \
                 a key with `read` looks at them."
            }
            Self::ConnectSessions => {
                "How a person connects: the application asks for a link, sends the person there, and finishes in the \
                 person's name when the person is back."
            }
            Self::PageSessions => {
                "How people get to the pages on which they look after their connections: the application says who they are."
            }
            Self::Leases => {
                "Credentials handed out for a stated time, where the proxy does not do. For keys with `lease`."
            }
            Self::Connectors => "What can be connected: installed components and what they ask. For operators.",
            Self::Clients => "Registrations at providers: client ids and secrets. For operators.",
            Self::Tenants => "Who owns connections. For operators.",
            Self::Webhooks => {
                "What a tenant hears of its connections without asking: webhooks, and the messages on their way. A key with \
                 `connect` changes them, a key with `read` looks at them."
            }
            Self::ApiKeys => "Who may call, and what. For operators.",
            Self::Audit => "Who did what to what. For operators, and of each tenant its own for its readers.",
            Self::Backups => {
                "Sealed copies of the whole host, and connections that move from one host to another. For operators."
            }
            Self::Operations => {
                "Health, what the host finds wrong with itself, and this description, for operators and the machinery \
                 around the host."
            }
        }
    }
}
