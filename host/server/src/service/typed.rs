//! What was typed for one method: each field by itself, then what they make together.

use jackfield_model::manifest::{Manifest, Method, MethodKind, PairError};
use jackfield_runtime::egress;

use super::{
    Service,
    fields::{Checked, FieldFault, FieldRule, Typed, take_out},
};

impl Service {
    /// [`Service::checked`] for a method: its pair must be one (RFC 7617), and a request must be able to carry its
    /// secrets where the manifest places them.
    pub(super) fn checked_for(
        &self,
        manifest: &Manifest,
        method: &Method,
        typed: Typed,
    ) -> Result<Checked, Vec<FieldFault>> {
        let mut checked = self.checked(&manifest.name, manifest.fields_of(method), typed)?;
        take_out(manifest, method, &mut checked)?;
        let mut faults = pair(manifest, method, &checked);
        if faults.is_empty() && method.kind.oauth2().is_none() {
            let values = egress::public_values(manifest, method, &checked.public, None, None);
            let misplaced = egress::misplaced(method, &checked.secret, &values).into_iter();
            faults.extend(misplaced.map(|found| {
                let message = format!("{}: {}", label(manifest, method, &found.key), found.denial.message);
                FieldFault { key: found.key, rule: FieldRule::Form, message }
            }));
        }
        if faults.is_empty() { Ok(checked) } else { Err(faults) }
    }
}

fn pair(manifest: &Manifest, method: &Method, checked: &Checked) -> Vec<FieldFault> {
    let MethodKind::Basic(basic) = &method.kind else { return Vec::new() };
    let Err(error) = basic.pair(&checked.public, &checked.secret) else { return Vec::new() };
    let Some(key) = basic.keys().next() else { return Vec::new() };
    let message = format!("{} {error}", label(manifest, method, key));
    let rule = match error {
        PairError::Colon => FieldRule::Colon,
        PairError::Control => FieldRule::Line,
        PairError::Empty => FieldRule::Needed,
    };
    vec![FieldFault { key: key.to_owned(), rule, message }]
}

fn label(manifest: &Manifest, method: &Method, key: &str) -> String {
    let field = manifest.fields_of(method).find(|field| field.key == key);
    field.map_or_else(|| key.to_owned(), |field| field.label.clone())
}
