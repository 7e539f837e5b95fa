//! Fields that people type, placed into the URLs of endpoints.

use std::collections::BTreeMap;

use jackfield_auth::{
    endpoints::{Plain, resolve},
    fields::Inputs,
};
use jackfield_model::{
    manifest::{ClientAuth, OAuth2},
    template::Template,
};
use url::Url;

use crate::given;

/// Two lines, a label and a piece of a path: whatever is typed, the URL keeps its domain and its shape.
pub fn endpoint_fields(bytes: &[u8]) {
    let Some((label, piece)) = given::text(bytes).and_then(|text| text.split_once('\n')) else { return };
    let mut oauth2 = OAuth2::standard(ClientAuth::Basic);
    oauth2.token_url = Template::new("https://{shop}.example.com/{region}/token").ok();
    let fields = BTreeMap::from([("shop".to_owned(), label.to_owned()), ("region".to_owned(), piece.to_owned())]);
    let none = BTreeMap::new();
    let inputs = Inputs { fields: &fields, client_fields: &none, client_id: None };
    let Ok(endpoints) = resolve(&oauth2, &inputs, None, Plain::Refused) else { return };
    let Ok(url) = Url::parse(&endpoints.token) else { return };
    assert_eq!(url.host_str(), Some(format!("{}.example.com", label.to_ascii_lowercase()).as_str()));
    assert_eq!(url.path_segments().map(Iterator::count), Some(2));
    assert_eq!(url.path(), format!("/{piece}/token"));
    assert!(url.port().is_none() && url.query().is_none() && url.username().is_empty());
}
