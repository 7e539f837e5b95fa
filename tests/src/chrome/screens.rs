//! Pictures of a page for people to look at: two widths, light and dark, below `target/screens/`.

use anyhow::{Context, Result};
use serde_json::json;

use super::Chrome;
use crate::components::workspace;

/// A telephone, in CSS pixels.
pub(super) const PHONE: (u32, u32) = (390, 844);
/// A wide screen.
pub(super) const WIDE: (u32, u32) = (1280, 900);

impl Chrome {
    /// Takes the page's pictures: `NAME-phone-light.png` and its three sisters.
    pub async fn keep(&self, name: &str) -> Result<()> {
        let folder = workspace().join("target/screens");
        std::fs::create_dir_all(&folder)?;
        for (width, size) in [("phone", PHONE), ("wide", WIDE)] {
            self.size(size).await?;
            for scheme in ["light", "dark"] {
                self.scheme(scheme).await?;
                let parameters = json!({ "format": "png", "captureBeyondViewport": true });
                let shot = self.protocol("Page.captureScreenshot", parameters).await?;
                let data = shot["data"].as_str().context("a picture")?;
                let picture = data_encoding::BASE64.decode(data.as_bytes())?;
                std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), picture)?;
            }
        }
        self.size(WIDE).await?;
        self.scheme("").await
    }

    /// Makes the window that large, whatever the screen is.
    pub(super) async fn size(&self, (width, height): (u32, u32)) -> Result<()> {
        let parameters = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.protocol("Emulation.setDeviceMetricsOverride", parameters).await.map(drop)
    }

    /// `light` or `dark`, as the person prefers; the browser's own where it is empty.
    pub(super) async fn scheme(&self, scheme: &str) -> Result<()> {
        // Colours change at once: one on its way to another has a contrast that nobody chose.
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.protocol("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
    }
}
