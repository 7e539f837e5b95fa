//! One try to hand a mail to the mail server: put into words now, in the brand and language of now.

use jackfield_model::{
    brand::Sender,
    id::ConnectionId,
    message::{Content, Letter, Message},
    notice::Notice,
    tenant::Tenant,
};
use jackfield_store::StoreError;

use super::{Service, message::Came};
use crate::mail::{self, Envelope, Look, MailError};

impl Service {
    /// Hands a mail over; none where it needs no saying any more.
    pub(super) async fn try_mail(&self, message: &Message) -> Result<Option<Came>, StoreError> {
        let Content::Mail { address, name, language, end_user, letter } = &message.content else { return Ok(None) };
        let Some(tenant) = self.tenant(message.tenant).await? else { return Ok(None) };
        if let Some(connection) = message.connection
            && !self.is_still_so(tenant.id, connection, letter).await?
        {
            return Ok(None);
        }
        let Some(mailer) = &self.parts.mailer else { return Ok(Some(Came::later("no-mail-server"))) };
        let wanted = language.as_deref().unwrap_or_default();
        let words = self.languages().words(wanted, &tenant.brand.languages);
        let service = self.service_title(&letter.connector).await?;
        let link = self.letter_link(&tenant, message.connection, letter);
        let look = Look { tenant: &tenant, words: &words, name: name.as_deref(), service: &service, link: &link };
        let written = mail::write(&look, letter);
        let envelope = Envelope {
            id: message.id.to_string(),
            from: tenant.brand.sender.clone().unwrap_or_else(|| mailer.sender(&tenant.name)),
            to: Sender { name: name.clone().unwrap_or_default(), address: address.clone() },
            at: message.created_at,
        };
        Ok(Some(match mailer.send(&envelope, &written).await {
            Ok(code) => Came::sent(code),
            Err(MailError::Refused { code, recipient }) => {
                if let Some(end_user) = end_user.as_deref().filter(|_| recipient) {
                    self.bounced(tenant.id, end_user, address).await?;
                }
                let word = if recipient { "bounced" } else { "refused" };
                Came { status: Some(code), for_good: true, ..Came::later(word) }
            }
            Err(MailError::Later { code }) => Came { status: code, ..Came::later("mail-server") },
            Err(MailError::Unwritable) => Came { for_good: true, ..Came::later("unwritable") },
        }))
    }

    /// What a connector calls its provider.
    async fn service_title(&self, connector: &str) -> Result<String, StoreError> {
        let found = self.store().connectors().get(connector).await?;
        Ok(found.map_or_else(|| connector.to_owned(), |found| found.manifest.presentation.title.clone()))
    }

    /// The one link: it leads through sign-in to where something can be done.
    fn letter_link(&self, tenant: &Tenant, connection: Option<ConnectionId>, letter: &Letter) -> String {
        let link = self.link_to(tenant, connection);
        let asks = connection.is_some() && letter.notice != Notice::Recovered;
        if asks { format!("{link}?reauthorize") } else { link }
    }
}
