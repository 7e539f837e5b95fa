//! The way to the mail server: SMTP over TLS, with a name and a password where it wants them. The only file that knows lettre,
//! which writes headers itself, so that nobody's text becomes one.

use std::{path::PathBuf, time::Duration};

use jackfield_model::{brand::Sender, secret::Secret};
use lettre::{
    Address,
    message::{
        Mailbox, Message, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};

use super::{Envelope, Written};
use crate::config::{MailServer, MailTls};

/// A mail server that cannot be used as it is set.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The password's file.
    #[error("cannot read `mail.password_file` {}: {source}", path.display())]
    Password {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate authorities.
    #[error("cannot use the certificate authorities of `mail.ca_file` {}", .0.display())]
    Authorities(PathBuf),
    /// The sender.
    #[error("`mail.from` is no address of a mailbox")]
    Sender,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailError {
    /// For good.
    Refused {
        /// What the server said.
        code: u16,
        /// Whether it was about the recipient.
        recipient: bool,
    },
    /// Not now.
    Later {
        /// What the server said; none where it said nothing.
        code: Option<u16>,
    },
    /// No mail can be made of it.
    Unwritable,
}

/// The mail server and how to speak to it.
pub struct Mailer {
    server: MailServer,
    from: Address,
    password: Option<Secret>,
    authorities: Vec<Certificate>,
}

impl Mailer {
    /// A mail server as the operator set it.
    pub fn new(server: &MailServer) -> Result<Self, MailerError> {
        let read = |path: &PathBuf| {
            let unreadable = |source| MailerError::Password { path: path.clone(), source };
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
        };
        let authorities = match &server.ca_file {
            None => vec![],
            Some(path) => {
                let unusable = || MailerError::Authorities(path.clone());
                let pem = std::fs::read(path).map_err(|_| unusable())?;
                vec![Certificate::from_pem(&pem).map_err(|_| unusable())?]
            }
        };
        Ok(Self {
            from: server.from.parse().map_err(|_| MailerError::Sender)?,
            password: server.password_file.as_ref().map(read).transpose()?,
            authorities,
            server: server.clone(),
        })
    }

    /// Whose name mails carry where the brand names nobody: the tenant's, at the host's address.
    pub fn sender(&self, name: &str) -> Sender {
        Sender { name: name.to_owned(), address: self.server.from.clone() }
    }

    /// Hands a mail over; answers what the server said.
    pub async fn send(&self, envelope: &Envelope, written: &Written) -> Result<u16, MailError> {
        let message = Self::message(envelope, written).ok_or(MailError::Unwritable)?;
        let to = envelope.to.address.parse::<Address>().map_err(|_| MailError::Unwritable)?;
        let formatted = message.formatted();
        let work = self.hand_over(to, &formatted);
        tokio::time::timeout(self.patience() * 4, work).await.unwrap_or(Err(MailError::Later { code: None }))
    }

    /// Connects, says who we are, and leaves again: for the doctor.
    pub async fn try_connection(&self) -> Result<(), MailError> {
        let work = async {
            let mut connection = self.connect().await?;
            let _ = connection.quit().await;
            Ok(())
        };
        tokio::time::timeout(self.patience() * 2, work).await.unwrap_or(Err(MailError::Later { code: None }))
    }

    /// Where it is, for people.
    pub fn place(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.server.timeout_ms)
    }

    fn message(envelope: &Envelope, written: &Written) -> Option<Message> {
        let mailbox = |of: &Sender| {
            let name = Some(of.name.trim().to_owned()).filter(|name| !name.is_empty());
            Some(Mailbox::new(name, of.address.parse().ok()?))
        };
        let from = mailbox(&envelope.from)?;
        let id = format!("<{}@{}>", envelope.id, from.email.domain());
        let mut message = Message::builder()
            .from(from)
            .to(mailbox(&envelope.to)?)
            .subject(written.subject.clone())
            .date(envelope.at.into())
            .message_id(Some(id))
            .multipart(MultiPart::alternative_plain_html(written.plain.clone(), written.html.clone()))
            .ok()?;
        // No reply of a machine comes back to it (RFC 3834 section 5).
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(automatic, "auto-generated".to_owned()));
        Some(message)
    }

    async fn hand_over(&self, to: Address, mail: &[u8]) -> Result<u16, MailError> {
        let mut connection = self.connect().await?;
        // The envelope's sender is the host's own, so that bounces come back to who runs it.
        connection.command(Mail::new(Some(self.from.clone()), vec![])).await.map_err(|error| told(&error, false))?;
        connection.command(Rcpt::new(to, vec![])).await.map_err(|error| told(&error, true))?;
        connection.command(Data).await.map_err(|error| told(&error, false))?;
        let answer = connection.message(mail).await.map_err(|error| told(&error, false))?;
        let _ = connection.quit().await;
        Ok(answer.code().into())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let (host, port) = (self.server.host.as_str(), self.server.port);
        let us = ClientId::Domain(self.from.domain().to_owned());
        let tls = match self.server.tls {
            MailTls::None => None,
            MailTls::Implicit | MailTls::Starttls => Some(self.tls().ok_or(MailError::Later { code: None })?),
        };
        let implicit = tls.clone().filter(|_| self.server.tls == MailTls::Implicit);
        let opened = AsyncSmtpConnection::connect_tokio1((host, port), Some(self.patience()), &us, implicit, None);
        let mut connection = opened.await.map_err(|error| later(&error))?;
        if let Some(tls) = tls.filter(|_| self.server.tls == MailTls::Starttls) {
            // Where the server offers none, nothing is said in the clear.
            connection.starttls(tls, &us).await.map_err(|error| later(&error))?;
        }
        if let (Some(user), Some(password)) = (&self.server.user, &self.password) {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            let ways = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&ways, &credentials).await.map_err(|error| later(&error))?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Option<TlsParameters> {
        let builder = TlsParameters::builder(self.server.host.clone());
        let own = self.authorities.iter().cloned();
        own.fold(builder, lettre::transport::smtp::client::TlsParametersBuilder::add_root_certificate)
            .build_rustls()
            .ok()
    }
}

/// A server that refuses us, and not a mail, is mended by its operator: nothing is lost meanwhile.
fn later(error: &SmtpError) -> MailError {
    MailError::Later { code: error.status().map(u16::from) }
}

fn told(error: &SmtpError, recipient: bool) -> MailError {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() => MailError::Refused { code, recipient },
        code => MailError::Later { code },
    }
}
