//! A text from outside as a label, which must differ from the labels of other texts.

use std::{borrow::Cow, fmt::Write, hash::BuildHasher};

use foldhash::quality::FixedState;

use super::Escaped;

/// Returns the text on one line, with nothing hidden, within a length, and not empty.
///
/// If that changes a text, a mark and the hash of the whole follow. So two texts never become one
/// label, which would be two series under one name. A text that has the mark itself gets it too.
pub(crate) fn distinct(text: &str) -> Cow<'_, str> {
    let escaped = Escaped::name(text);
    if escaped.is_plain() && !text.is_empty() && !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut shown = escaped.to_string();
    let hash = FixedState::with_seed(0).hash_one(text);
    let _infallible = write!(shown, "{MARK}{hash:016x}");
    Cow::Owned(shown)
}

/// Stands between a text that was changed and its hash.
const MARK: &str = "…#";
