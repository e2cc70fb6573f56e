//! The reasons of the last failures.

use std::collections::VecDeque;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::Reason;

/// A few reasons, oldest first. A circuit that never failed keeps a pointer to none.
#[derive(Debug, Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(try_from = "Vec<Reason>", into = "Vec<Reason>")
)]
pub(super) struct Reasons(Option<Box<Last>>);

#[derive(Debug, Clone, Default)]
struct Last(VecDeque<Reason>);

/// How many are kept as evidence.
pub(super) const MOST: usize = 4;

impl Reasons {
    pub(super) const NONE: Self = Self(None);

    pub(super) fn push(&mut self, reason: Reason) {
        let Last(reasons) = &mut **self.0.get_or_insert_default();
        if reasons.len() == MOST {
            reasons.pop_front();
        }
        reasons.push_back(reason);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Reason> {
        self.0.iter().flat_map(|last| &last.0)
    }
}
