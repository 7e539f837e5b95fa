//! An audit for people who see, hear or move otherwise: axe-core, run by the driver, which no policy of the page forbids.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::Chrome;
use super::screens::{PHONE, WIDE};
use crate::components::workspace;

/// Answers what is wrong in a serious way; asked twice because colours differ.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] })
        .then(found => done(found.violations.filter(one => ['serious', 'critical'].includes(one.impact))
            .map(one => one.id + ': ' + one.help + ' ' + one.nodes.map(node =>
                node.target + ' ' + node.failureSummary.replace(/\\s+/g, ' ')).join(' | '))))
        .catch(error => done([String(error)]));";

impl Chrome {
    /// Asserts that axe-core has nothing serious or critical to say about the page, light and dark, on a phone and wide.
    pub async fn audit(&self) -> Result<()> {
        let file = workspace().join("tests/peers/axe/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(file).context("axe-core is not installed: run `make setup`")?;
        self.client.execute(&axe, vec![]).await?;
        for (size, scheme) in [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light")] {
            self.size(size).await?;
            self.scheme(scheme).await?;
            let found = self.client.execute_async(RUN, vec![]).await?;
            let Value::Array(found) = found else { bail!("axe-core answered {found}") };
            let at = self.at().await?;
            ensure!(found.is_empty(), "at {at}, {scheme}, {} wide: {found:#?}", size.0);
            let across = self.ask("return document.documentElement.scrollWidth - window.innerWidth").await?;
            ensure!(across.as_i64().is_some_and(|over| over <= 0), "{at} is {across} pixels wider than {}", size.0);
        }
        self.size(WIDE).await?;
        self.scheme("").await
    }
}
