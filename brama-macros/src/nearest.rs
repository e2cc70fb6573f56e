//! The nearest of some known words, for "did you mean".

use strsim::levenshtein;

/// Returns the word that was probably meant: at most a third of its letters may differ.
pub(crate) fn nearest(
    known: impl IntoIterator<Item = &'static str>,
    word: &str,
) -> Option<&'static str> {
    let measured = known.into_iter().map(|name| (levenshtein(word, name), name));
    let (distance, name) = measured.min()?;
    (distance <= name.len() / 3).then_some(name)
}
