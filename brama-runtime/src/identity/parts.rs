//! The parts of an identity, each by itself.

#[cfg(feature = "serde")]
use serde::Serialize;

/// An identity as it is ordered, printed and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename = "Identity"))]
pub(super) struct Parts<'a> {
    pub(super) scope: Option<&'a str>,
    pub(super) identifier: &'a str,
    pub(super) key: Option<&'a str>,
    /// Of all keys for which there was no room. No user can say it, so it collides with no name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub(super) is_overflow: bool,
}
