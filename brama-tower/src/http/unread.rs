//! How much of a body is still to come.

use bytes::Buf;
use http::{HeaderMap, header::CONTENT_LENGTH};
use http_body::Body;

/// The bytes of a body that have not been read yet; `None` if their number is not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unread(Option<u64>);

impl Unread {
    pub(super) const fn unknown() -> Self {
        Self(None)
    }

    /// What the body itself knows, or else what the header `Content-Length` states.
    pub(super) fn of(body: &impl Body, headers: &HeaderMap) -> Self {
        let stated = || headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
        Self(body.size_hint().exact().or_else(stated))
    }

    /// Counts the bytes of a frame; a frame of trailers has none.
    pub(super) fn subtract(&mut self, data: Option<&impl Buf>) {
        let bytes = data.map_or(0, |data| data.remaining() as u64);
        self.0 = self.0.map(|unread| unread.saturating_sub(bytes));
    }

    pub(super) fn is_nothing(self) -> bool {
        self.0 == Some(0)
    }
}
