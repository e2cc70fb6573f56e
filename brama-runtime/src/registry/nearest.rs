//! The known name that was probably meant.

use super::{Inside, Named};
use crate::{error::UnknownBreaker, identity::Identity};

impl Inside {
    /// The error for an identity that nobody knows.
    #[cold]
    pub(super) fn unknown(&self, identity: &Identity<'_>) -> UnknownBreaker {
        let slots = self.slots.pin();
        let known = slots.iter().map(Named::slot).filter(|slot| slot.is_registered());
        let known = known.filter(|slot| !slot.identity().is_overflow());
        let measured = known.take(MOST_LOOKS).filter_map(|slot| {
            let known = slot.identity();
            Some((distance_within(identity, known)?, known))
        });
        let nearest = measured.min().map(|(_, known)| known.clone());
        UnknownBreaker::new(identity.clone().into_owned(), nearest)
    }
}

/// So that a name which is wrong in a loop costs no scan of ten thousand.
const MOST_LOOKS: usize = 1_000;

/// Nobody mistypes longer names; to compare two takes as long as their lengths multiplied.
const LONGEST_NAME: usize = 64;

/// How far one identity is from another, where it can have been meant: the same identifier in
/// another scope or with another key, or the same but for a third of the identifier's letters.
fn distance_within(wanted: &Identity<'_>, known: &Identity<'_>) -> Option<usize> {
    let (word, other) = (wanted.identifier(), known.identifier());
    if word == other {
        return Some(0);
    }
    let most = other.len() / 3;
    let near = wanted.scope() == known.scope() && word.len().abs_diff(other.len()) <= most;
    let short = other.len() <= LONGEST_NAME;
    (near && short).then(|| distance(word, other)).filter(|distance| *distance <= most)
}

/// How many bytes have to be put in, taken out or changed to make one word the other.
fn distance(word: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in word.bytes().enumerate() {
        let mut last = place + 1;
        let mut next = vec![last];
        for (above, pair) in other.bytes().zip(row.iter().zip(row.iter().skip(1))) {
            let changed = pair.0 + usize::from(above != letter);
            last = changed.min(pair.1 + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
