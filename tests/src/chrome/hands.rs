//! What a person does at a page: reads, types into a field by its label, presses a button by its words, waits until something is there.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::{Value, json};
use url::Url;

use super::Chrome;

/// How long a person waits for a page.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often somebody who waits looks.
const GLANCE: Duration = Duration::from_millis(20);

impl Chrome {
    /// Types an address.
    pub async fn open(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// Where the window is.
    pub async fn at(&self) -> Result<Url> {
        Ok(self.client.current_url().await?)
    }

    /// The text a person sees, as it is laid out.
    pub async fn text(&self) -> Result<String> {
        let text = self.client.execute("return document.body ? document.body.innerText : ''", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What a function of the page answers.
    pub async fn ask(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// The first element of a selector.
    pub async fn find(&self, css: &str) -> Result<Element> {
        Ok(self.client.find(Locator::Css(css)).await?)
    }

    /// How many elements a selector finds.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }

    /// The field of that label.
    pub async fn field(&self, label: &str) -> Result<Element> {
        let said = quoted(label);
        let path = format!("//label[starts-with(normalize-space(.), {said})]");
        let found = self.client.find(Locator::XPath(&path)).await;
        let found = found.with_context(|| format!("no field is called \"{label}\""))?;
        let id = found.attr("for").await?.with_context(|| format!("the label \"{label}\" is no field's"))?;
        Ok(self.client.find(Locator::Id(&id)).await?)
    }

    /// Types into the field of that label, in place of what is there.
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        let field = self.field(label).await?;
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// Presses a button, a link or what opens a section, by its words.
    pub async fn press(&self, words: &str) -> Result<()> {
        let path = clickable(words);
        let found = self.client.find(Locator::XPath(&path)).await;
        let Ok(found) = found else {
            bail!("nothing to press says \"{words}\" at {}: {}", self.at().await?, self.text().await?)
        };
        Ok(found.click().await?)
    }

    /// Whether something to press says so.
    pub async fn offers(&self, words: &str) -> Result<bool> {
        Ok(!self.client.find_all(Locator::XPath(&clickable(words))).await?.is_empty())
    }

    /// Waits until the page says so.
    pub async fn until_said(&self, words: &str) -> Result<()> {
        self.until(&format!("\"{words}\""), async || Ok(self.text().await?.contains(words))).await
    }

    /// Waits until the window is at an address that begins so.
    pub async fn until_at(&self, prefix: &str) -> Result<Url> {
        self.until(prefix, async || Ok(self.at().await?.as_str().starts_with(prefix))).await?;
        self.at().await
    }

    /// Waits until something holds. An error while a page is changing is asked again.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let looking = async {
            while !holds().await.unwrap_or(false) {
                tokio::time::sleep(GLANCE).await;
            }
        };
        if tokio::time::timeout(PATIENCE, looking).await.is_err() {
            bail!("never came to {what}; it is at {}: {}", self.at().await?, self.text().await?)
        }
        Ok(())
    }

    /// Asserts that the page says each of these.
    pub async fn says(&self, words: &[&str]) -> Result<()> {
        let text = self.text().await?;
        for said in words {
            ensure!(text.contains(said), "\"{said}\" is not said at {}: {text}", self.at().await?);
        }
        Ok(())
    }

    /// Turns to the window that came last, once there are `count`.
    pub async fn turn_to_last(&self, count: usize) -> Result<()> {
        self.until(&format!("{count} windows"), async || Ok(self.client.windows().await?.len() == count)).await?;
        let last = self.client.windows().await?.pop().context("a window")?;
        Ok(self.client.switch_to_window(last).await?)
    }

    /// Forgets the cookies that a site keeps in this browser; answers how many there were.
    pub async fn forget_cookies(&self, site: &str, prefix: &str) -> Result<usize> {
        let known = self.protocol("Network.getCookies", json!({ "urls": [site] })).await?;
        let names = known["cookies"].as_array().into_iter().flatten().filter_map(|cookie| cookie["name"].as_str());
        let names: Vec<&str> = names.filter(|name| name.starts_with(prefix)).collect();
        for name in &names {
            self.protocol("Network.deleteCookies", json!({ "name": name, "url": site })).await?;
        }
        Ok(names.len())
    }

    /// Goes on with the keyboard: what has the focus after `times` tabs.
    pub async fn tab(&self, times: usize) -> Result<String> {
        for _ in 0..times {
            let key = json!({ "type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.protocol("Input.dispatchKeyEvent", key).await?;
        }
        let focused = "const at = document.activeElement; return at ? (at.id || at.textContent.trim()) : ''";
        Ok(self.ask(focused).await?.as_str().unwrap_or_default().to_owned())
    }
}

fn clickable(words: &str) -> String {
    let said = quoted(words);
    format!("//*[self::button or self::a or self::summary or @role='button'][normalize-space(.)={said}]")
}

/// A text as `XPath` 1.0 writes it, which has no way to write both quotes in one.
fn quoted(text: &str) -> String {
    if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") }
}
