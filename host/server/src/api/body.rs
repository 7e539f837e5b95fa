//! Whole bodies within a limit. What is too large is read on for a while and thrown away: a caller who is
//! still sending when the connection closes would never see the refusal.

use axum::body::Body;
use http_body_util::BodyExt;

use super::problem::Problem;

/// How much of a body that is too large is read before the connection is given up, as a multiple of the limit.
const PATIENCE: usize = 4;

/// The whole body, at most `limit` bytes.
pub(super) async fn whole(mut body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut kept = Vec::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Problem::cut_off())?.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else if seen > limit.saturating_mul(PATIENCE) {
            break;
        } else {
            kept = Vec::new();
        }
    }
    if seen <= limit { Ok(kept) } else { Err(Problem::too_large(limit)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

    use super::*;

    #[tokio::test]
    async fn a_body_is_whole_or_refused() {
        assert_eq!(whole(Body::from("12345"), 5).await.unwrap(), b"12345");
        assert_eq!(whole(Body::empty(), 5).await.unwrap(), b"");
        let refusal = whole(Body::from("123456"), 5).await.unwrap_err();
        assert_eq!((refusal.status().as_u16(), refusal.code()), (413, "too-large"));
        assert_eq!(whole(Body::from(vec![0; 100]), 5).await.unwrap_err().code(), "too-large");
    }
}
