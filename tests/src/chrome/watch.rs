//! A watch over what pages fetch and what the browser forbids them: nothing from elsewhere, nothing against their policy.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use url::{Origin, Url};

use super::Chrome;

/// A request of a page.
#[derive(Clone, Debug)]
struct Request {
    page: Url,
    url: Url,
    /// It opens a page instead of being part of one.
    opens: bool,
}

impl Chrome {
    /// Asserts that since the last time no page of `site` fetched from elsewhere, and none did what its policy forbids.
    pub async fn clean(&self, site: &str) -> Result<()> {
        let site = Url::parse(site)?.origin();
        for request in self.requests().await? {
            let own = request.page.origin() != site || request.opens || is_own(&request.url, &site);
            ensure!(own, "{} fetches {}", request.page, request.url);
        }
        let complaints: Vec<String> = self.complaints().await?;
        let ours = complaints.iter().filter(|said| said.starts_with(&site.ascii_serialization()));
        let forbidden: Vec<&String> = ours.filter(|said| said.contains("Content Security Policy")).collect();
        ensure!(forbidden.is_empty(), "{forbidden:#?}");
        Ok(())
    }

    /// What the console holds.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let entries = self.log("browser").await?;
        Ok(entries.iter().filter_map(|entry| Some(entry["message"].as_str()?.to_owned())).collect())
    }

    async fn requests(&self) -> Result<Vec<Request>> {
        let mut requests = Vec::new();
        for entry in self.log("performance").await? {
            let message = entry["message"].as_str().context("an entry of the log")?;
            let message: Value = serde_json::from_str(message)?;
            if message.pointer("/message/method").is_some_and(|method| method == "Network.requestWillBeSent") {
                requests.extend(read(&message["message"]["params"]));
            }
        }
        Ok(requests)
    }
}

/// Requests whose page has no address, such as those of the browser's own pages, are nobody's.
fn read(parameters: &Value) -> Option<Request> {
    let url = |pointer: &str| Url::parse(parameters.pointer(pointer)?.as_str()?).ok();
    let opens = parameters["type"] == "Document";
    Some(Request { page: url("/documentURL")?, url: url("/request/url")?, opens })
}

fn is_own(url: &Url, site: &Origin) -> bool {
    url.origin() == *site || url.scheme() == "data"
}
