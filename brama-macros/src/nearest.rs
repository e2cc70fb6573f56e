//! The nearest of some known words, for "did you mean".

use strsim::levenshtein;

/// Returns the word that was probably meant: the nearest one, if at most a third of its letters
/// differ, or else the only one that begins with `word`, if `word` has three letters or more.
pub(crate) fn nearest(
    known: impl IntoIterator<Item = &'static str>,
    word: &str,
) -> Option<&'static str> {
    let known: Vec<_> = known.into_iter().collect();
    let measured = known.iter().map(|name| (levenshtein(word, name), *name));
    let nearest = measured.min().filter(|(distance, name)| *distance <= name.len() / 3);
    nearest.map(|(_, name)| name).or_else(|| completed(known, word).filter(|_| 3 <= word.len()))
}

/// The only word that begins with `word`. One letter is no beginning.
pub(crate) fn completed(
    known: impl IntoIterator<Item = &'static str>,
    word: &str,
) -> Option<&'static str> {
    let begins = |name: &&str| 2 <= word.len() && name.starts_with(word);
    let mut longer = known.into_iter().filter(begins);
    longer.next().filter(|_| longer.next().is_none())
}
