//! `jackfield tenant brand`: how a tenant's pages and mails look, from a file to keep beside one's other configuration.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{
    Stage,
    failed::UsedWrongly,
    host::Host,
    output::{card, text},
};

/// The largest file read, in bytes; the host's own limit is lower and says so better.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// Show or set how a tenant's pages and mails look, and where they live.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jackfield tenant brand ten_01J… --file brand.toml --logo logo.png\n\n\
    A brand file, every line of it optional:\n  host = \"connect.acme.example\"\n  languages = [\"en\", \"de\"]\n  \
    origins = [\"https://app.acme.example\"]\n  sign_in_url = \"https://app.acme.example/sign-in\"\n  \
    typeface = \"rounded\"          # system, rounded, serif, or own with --font\n  [colours]\n  accent = \"#1f5fbf\"\n  \
    accent_dark = \"#7ab0ff\"\n  [links]\n  support = \"mailto:help@acme.example\"\n  \
    privacy = \"https://acme.example/privacy\"\n  [sender]\n  name = \"Acme\"\n  address = \"connections@acme.example\"")]
pub(in crate::cli) struct Brand {
    /// The tenant's id.
    id: String,
    /// The brand, TOML or JSON: all of it but its files. What is left out is neutral again.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The picture beside its name: PNG, JPEG or WebP.
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// The picture of its browser tabs: square.
    #[arg(long, value_name = "FILE")]
    favicon: Option<PathBuf>,
    /// A font of its own: WOFF2.
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// A file to take away. May be repeated.
    #[arg(long, value_name = "WHICH", value_parser = ["logo", "favicon", "font"])]
    remove: Vec<String>,
}

impl Brand {
    pub(super) async fn run(self, stage: &Stage) -> Result<()> {
        let host = stage.host()?;
        // The font before the settings that may name it.
        for (which, file) in [("font", &self.font), ("logo", &self.logo), ("favicon", &self.favicon)] {
            if let Some(file) = file {
                host.put_bytes(&["v1", "tenants", &self.id, "brand", which], read(file)?.into()).await?;
            }
        }
        for which in &self.remove {
            host.delete(&["v1", "tenants", &self.id, "brand", which]).await?;
        }
        if let Some(file) = &self.file {
            self.set(&host, file).await?;
        }
        let answer = host.get(&["v1", "tenants", &self.id]).await?;
        stage.output.result(&answer, described);
        Ok(())
    }

    async fn set(&self, host: &Host, file: &Path) -> Result<()> {
        let content = String::from_utf8(read(file)?)?;
        let is_json = file.extension().is_some_and(|extension| extension == "json");
        let read = if is_json { serde_json::from_str(&content).ok() } else { toml::from_str(&content).ok() };
        let brand: Value =
            read.ok_or(UsedWrongly("the brand file is neither TOML nor, under a name that ends in .json, JSON"))?;
        host.patch(&["v1", "tenants", &self.id], &json!({ "brand": brand })).await?;
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let size = fs::metadata(path).with_context(|| format!("there is no {}", path.display()))?.len();
    anyhow::ensure!(size <= FILE_LIMIT, "{} has {size} bytes: no file of a brand is that large", path.display());
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn described(tenant: &Value) -> String {
    let lines = [
        ("id", "/id"),
        ("name", "/name"),
        ("pages", "/site_url"),
        ("accent", "/brand/colours/accent"),
        ("accent in the dark", "/brand/colours/accent_dark"),
        ("languages", "/brand/languages"),
        ("sender", "/brand/sender/address"),
        ("logo", "/brand_files/logo/media_type"),
        ("favicon", "/brand_files/favicon/media_type"),
        ("font", "/brand_files/font/media_type"),
    ];
    let uris = tenant.pointer("/redirect_uris").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut told = vec![card(tenant, &lines)];
    if !uris.is_empty() {
        told.push("Registered at the providers must be, exactly:".to_owned());
    }
    told.extend(uris.iter().map(|one| {
        format!("  {} ({}): {}", text(one, "/connector"), text(one, "/client"), text(one, "/redirect_uri"))
    }));
    told.join("\n")
}
