//! Header names: whose they are, in every spelling a server may read as the same.

use http::HeaderName;
use jackfield_model::header::{folded, is_owned, is_same, is_token, takes_credential};

use crate::given;

/// A name belongs to the host in each of its spellings, or in none; a credential goes into none but `Authorization` of those.
pub fn header_name(bytes: &[u8]) {
    let Some(text) = given::text(bytes) else { return };
    let (name, other) = text.split_once('\n').unwrap_or((text, "Authorization"));
    let plain = folded(name);
    assert_eq!(folded(&plain), plain);
    assert!(is_same(name, &plain) && is_same(&name.to_ascii_uppercase(), name));
    for spelling in [plain.replace('-', "_"), name.to_ascii_uppercase(), plain.clone()] {
        assert_eq!(is_owned(&spelling), is_owned(name), "{spelling} {name}");
        assert_eq!(takes_credential(&spelling), takes_credential(name), "{spelling} {name}");
    }
    assert!(!(is_owned(name) && takes_credential(name)) || plain == "authorization", "{name}");
    assert_eq!(is_same(name, other), plain == folded(other));
    // The form of a name is that of another reader, which folds case.
    assert_eq!(is_token(name), HeaderName::from_bytes(name.as_bytes()).is_ok(), "{name:?}");
}
