//! What a revocation endpoint answers (RFC 7009).

use jackfield_auth::revoke::{Revoked, read};
use jackfield_model::secret::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::given::{self, SHOWN};

/// A success ends the token; what is left alive is tried again within a day; a refusal says nothing of the token.
pub fn revocation_answer(bytes: &[u8]) {
    let Some(answer) = given::answer(bytes) else { return };
    for text in SHOWN {
        let read = read(&answer, &Secret::new(text.to_owned()), Timestamp::UNIX_EPOCH);
        assert!(!given::shows(&format!("{read:?}"), text));
        let status = answer.status();
        match read {
            Revoked::Done => assert!(status.is_success() || !(status.is_server_error() || status.as_u16() == 429)),
            Revoked::Later { retry_after } => {
                assert!(status.is_server_error() || status.as_u16() == 429);
                let bounded = |wait: SignedDuration| !wait.is_negative() && wait <= SignedDuration::from_hours(24);
                assert!(retry_after.is_none_or(bounded));
            }
            Revoked::Unsupported => assert!(!status.is_success()),
            Revoked::Refused { status: told, error } => {
                assert_eq!(told, status.as_u16());
                error.text.iter().for_each(|text| given::is_plain(text, 200));
            }
        }
    }
}
