//! What a connector asks for, shown, and the operator's answer.

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    host::Host,
    output::{ask, note, text},
};

/// What became of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It may run.
    Approved,
    /// It may not, for now.
    Left,
}

/// Everything asked for, one line each; what deserves a second look is marked.
pub(super) fn shown(requests: &[Value]) -> String {
    if requests.is_empty() {
        return "It asks for nothing.".to_owned();
    }
    let line = |request: &Value| {
        let mark = if request.pointer("/pointed_out") == Some(&json!(true)) { "!" } else { "-" };
        format!("  {mark} {} [{}]", text(request, "/sentence"), text(request, "/rule"))
    };
    let lines = requests.iter().map(line).collect::<Vec<_>>().join("\n");
    format!("It asks for:\n{lines}\n  (! deserves a second look)")
}

/// The requests in a host's answer about a connector.
pub(super) fn requests(answer: &Value) -> &[Value] {
    answer.pointer("/requests").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Shows what is asked for and asks, unless it was answered beforehand.
pub(super) fn decide(name: &str, requests: &[Value], beforehand: bool) -> Answer {
    note(&format!("{name}: {}", shown(requests)));
    let yes = beforehand || ask(&format!("May {name} have this?")).unwrap_or(false);
    if yes { Answer::Approved } else { Answer::Left }
}

/// Tells the host.
pub(super) async fn approve(host: &Host, name: &str, digest: &str) -> Result<Value> {
    Ok(host.post(&["v1", "connectors", name, "approve"], &json!({ "digest": digest })).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deserves_a_second_look_is_marked() {
        let requests = [
            json!({"rule": "endpoint", "sentence": "Uses a.", "pointed_out": false}),
            json!({"rule": "any-host", "sentence": "Any host.", "pointed_out": true}),
        ];
        let said = shown(&requests);
        assert!(said.contains("  - Uses a. [endpoint]\n  ! Any host. [any-host]"), "{said}");
    }
}
