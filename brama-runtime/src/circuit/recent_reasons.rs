//! The reasons of the last failures.

use std::{fmt, iter::repeat_n};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::Reason;

/// The reasons of the last failures, oldest first: at most [`MOST`].
///
/// Most outages have one reason, which is stored once. Room for other reasons is allocated when
/// they occur, and then kept, so that failures with alternating reasons do not allocate either.
#[derive(Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(try_from = "Vec<Reason>", into = "Vec<Reason>")
)]
pub(super) enum RecentReasons {
    #[default]
    None,
    Same(Reason, usize),
    /// Boxed because it is three times as large. Filled from the end: the first places are empty
    /// until there were [`MOST`] reasons.
    Mixed(Box<[Option<Reason>; MOST]>),
}

/// How many reasons are kept as evidence.
pub(super) const MOST: usize = 4;

impl RecentReasons {
    pub(super) fn push(&mut self, reason: Reason) {
        match self {
            Self::Same(same, times) if *same == reason => *times = MOST.min(*times + 1),
            Self::None => *self = Self::Same(reason, 1),
            Self::Same(..) => {
                let mut mixed = Box::default();
                self.iter().cloned().for_each(|reason| add(&mut mixed, reason));
                add(&mut mixed, reason);
                *self = Self::Mixed(mixed);
            }
            Self::Mixed(mixed) => add(mixed, reason),
        }
    }

    /// Replaces each reason.
    pub(super) fn replace(&mut self, replaced: impl Fn(Reason) -> Reason) {
        let reasons: Vec<_> = self.iter().cloned().collect();
        *self = Self::None;
        for reason in reasons {
            self.push(replaced(reason));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Reason> {
        let (same, mixed) = match self {
            Self::None => (None, None),
            Self::Same(reason, times) => (Some(repeat_n(reason, *times)), None),
            Self::Mixed(mixed) => (None, Some(mixed.iter().flatten())),
        };
        same.into_iter().flatten().chain(mixed.into_iter().flatten())
    }
}

impl fmt::Debug for RecentReasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn add(mixed: &mut [Option<Reason>; MOST], reason: Reason) {
    mixed.rotate_left(1);
    let [.., newest] = mixed;
    *newest = Some(reason);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_four_are_kept_however_they_repeat() {
        for number in 0..3_usize.pow(7) {
            let texts = (0..7).map(|place| ["a", "b", "c"][number / 3_usize.pow(place) % 3]);
            let (mut reasons, mut pushed) = (RecentReasons::default(), Vec::new());
            for text in texts {
                reasons.push(text.into());
                pushed.push(text);
                let last = pushed.iter().skip(pushed.len().saturating_sub(4));
                assert!(reasons.iter().eq(last), "{reasons:?} of {pushed:?}");
            }
        }
    }
}
