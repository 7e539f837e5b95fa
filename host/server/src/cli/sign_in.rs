//! `jackfield sign-in`: a link that signs somebody in to the pages, once.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{Stage, failed::UsedWrongly, output::text};

/// Make a link that signs somebody in to the pages: an operator, or a person of a tenant.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  jackfield sign-in --person grace\n  jackfield sign-in --tenant ten_01J… --person user-42 --administrator\n\n\
    The link works once, for five minutes, in whichever browser opens it first. Whoever follows it is asked whether it is theirs."
)]
pub(super) struct SignIn {
    /// Who: the name of an operator, or the application's own id of a person.
    #[arg(long, default_value = "operator")]
    person: String,
    /// What they are called on the pages.
    #[arg(long)]
    name: Option<String>,
    /// As an administrator of the tenant, and not as an end user.
    #[arg(long)]
    administrator: bool,
    /// The page they go on to, such as /connections/new.
    #[arg(long, value_name = "PATH")]
    to: Option<String>,
}

impl SignIn {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        let answer = if stage.global.tenant.is_some() {
            host.post(&["v1", "page-sessions"], &self.of_tenant()).await?
        } else {
            let only = self.administrator || self.name.is_some() || self.to.is_some();
            anyhow::ensure!(
                !only,
                UsedWrongly("--administrator, --name and --to are for people of a tenant: add --tenant")
            );
            host.post(&["v1", "operator-sessions"], &json!({ "person": self.person })).await?
        };
        stage.output.result(&answer, |answer| text(answer, "/url"));
        Ok(())
    }

    fn of_tenant(&self) -> Value {
        let role = if self.administrator { "administrator" } else { "end-user" };
        let mut body = json!({ "role": role, "person": self.person });
        if let Some(members) = body.as_object_mut() {
            let more = [("name", &self.name), ("to", &self.to)];
            members.extend(more.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?.into()))));
        }
        body
    }
}
