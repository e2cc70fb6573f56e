//! The nearest of some known words, for "did you mean".

use strsim::levenshtein;

/// Returns the word that was probably meant: the nearest one, if at most a third of its letters
/// differ, or the only one that begins like this.
pub(crate) fn nearest(
    known: impl IntoIterator<Item = &'static str>,
    word: &str,
) -> Option<&'static str> {
    let known: Vec<_> = known.into_iter().collect();
    let measured = known.iter().map(|name| (levenshtein(word, name), *name));
    let nearest = measured.min().filter(|(distance, name)| *distance <= name.len() / 3);
    nearest.map(|(_, name)| name).or_else(|| only_beginning(&known, word))
}

/// The only word that begins with `word`. One or two letters are no beginning.
fn only_beginning(known: &[&'static str], word: &str) -> Option<&'static str> {
    let mut longer = known.iter().filter(|name| 3 <= word.len() && name.starts_with(word));
    longer.next().filter(|_| longer.next().is_none()).copied()
}
