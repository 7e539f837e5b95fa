//! What the demo did, told step by step and summed up at the end.

use std::time::Instant;

use serde_json::{Value, json};

use super::{scenery::Scenery, story::Outcome};
use crate::cli::output::{Output, progress};

/// The steps so far.
pub(super) struct Playbill {
    output: Output,
    steps: Vec<Value>,
    since: Instant,
}

impl Playbill {
    pub(super) fn new(output: Output) -> Self {
        Self { output, steps: Vec::new(), since: Instant::now() }
    }

    /// Tells a step that is done: its name for programs, a sentence for people.
    pub(super) fn tell(&mut self, step: &str, sentence: &str) {
        let took = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.since = Instant::now();
        self.output.step(&format!("{:>2}. {sentence}", self.steps.len() + 1));
        self.steps.push(json!({ "step": step, "said": sentence, "took_ms": took }));
    }

    /// Tells more about the step before.
    pub(super) fn add(&self, text: &str) {
        self.output.step(text);
    }

    /// Tells what is being waited for.
    pub(super) fn wait(text: &str) {
        progress(text);
    }

    /// Everything, for programs.
    pub(super) fn summary(&self, scenery: &Scenery, outcome: &Outcome, link: &str) -> Value {
        json!({
            "ok": true,
            "steps": self.steps,
            "host": scenery.host_url(),
            "provider": scenery.provider.issuer(),
            "provider_saw": scenery.provider.counts(),
            "connections": outcome.json(),
            "page": link,
        })
    }
}
