//! Text from outside, as it is shown: clients may choose identifiers, keys, reasons and values.

mod distinct;
mod passwords;
#[cfg(feature = "serde")]
mod short_errors;

use std::{borrow::Cow, fmt, ops::RangeInclusive};

pub(crate) use self::distinct::distinct;
pub use self::passwords::without_passwords;
#[cfg(feature = "serde")]
pub(crate) use self::short_errors::ShortErrors;

/// A text from outside in a message: on one line, with nothing hidden, and cut to a length.
///
/// Controls (line breaks, ESC, NUL, DEL, C1 …), separators of lines and of paragraphs, and
/// characters that are shown as nothing or turn the direction of the text become escapes such as
/// `\n` and `\u{202e}`. A text whose shown form exceeds the bound is cut at a whole character and
/// ends in `…`. A backslash stays one: this is for people and not an encoding.
///
/// Every message of brama shows names, reasons and values so. Use it for the texts of your own that
/// clients choose.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::text::Escaped;
///
/// assert_eq!(Escaped::within(16, "a\nb").to_string(), "a\\nb");
/// assert_eq!(Escaped::within(16, "a name that is long").to_string(), "a name that i…");
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "the text is escaped when it is printed"]
pub struct Escaped<'a> {
    text: &'a str,
    max_bytes: usize,
}

impl<'a> Escaped<'a> {
    /// A name: a part of an identity, a kind, a label.
    pub(crate) const fn name(text: &'a str) -> Self {
        Self { text, max_bytes: MAX_NAME }
    }

    /// A rejected value, in its error.
    pub(crate) const fn rejected(text: &'a str) -> Self {
        Self { text, max_bytes: MAX_REJECTED }
    }

    /// Creates the form of any text, of which at most `max_bytes` bytes are shown.
    pub const fn within(max_bytes: usize, text: &'a str) -> Self {
        Self { text, max_bytes }
    }

    /// Whether the text is shown as it is.
    pub(crate) fn is_plain(&self) -> bool {
        self.text.len() <= self.max_bytes && !self.text.contains(is_hidden)
    }

    /// The text itself if it can be shown as it is, as nearly all can.
    pub(crate) fn shown(&self) -> Cow<'a, str> {
        if self.is_plain() { Cow::Borrowed(self.text) } else { Cow::Owned(self.escaped()) }
    }

    fn escaped(&self) -> String {
        let (mut shown, mut cut) = (String::new(), 0);
        for character in self.text.chars() {
            if is_hidden(character) {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
            if shown.len() <= self.max_bytes.saturating_sub(ELLIPSIS.len()) {
                cut = shown.len();
            }
            if self.max_bytes < shown.len() {
                shown.truncate(cut);
                shown.push_str(ELLIPSIS);
                break;
            }
        }
        shown
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown())
    }
}

/// In bytes, as shown.
const MAX_NAME: usize = 128;

/// In bytes, as shown.
const MAX_REJECTED: usize = 64;

const ELLIPSIS: &str = "…";

fn is_hidden(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\0'..='\u{9f}' => true,
        _ => HIDDEN.iter().any(|range| range.contains(&character)),
    }
}

/// What Unicode lists as `Default_Ignorable_Code_Point` (zero-width and invisible characters, marks
/// of direction, selectors of variations, tags), with the separators of lines and paragraphs, the
/// embeddings and overrides of direction, and the marks of annotations.
const HIDDEN: [RangeInclusive<char>; 17] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::*;

    fn shown(text: &str) -> String {
        Escaped::name(text).to_string()
    }

    #[test]
    fn a_text_without_hidden_characters_is_shown_as_it_is() {
        for text in ["", "payment_api", "größe", "दिल्ली", "C:\\n", "e\u{301}", "\"quoted\""]
        {
            assert_eq!(shown(text), text);
            assert!(matches!(Escaped::name(text).shown(), Cow::Borrowed(_)));
        }
        assert_eq!(format!("[{:>4}]", Escaped::name("a")), "[   a]");
    }

    #[test]
    fn hidden_characters_are_escaped() {
        let text = "a\n\r\t\0\u{1b}[2J\u{7f}\u{85}\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}z";
        assert_eq!(
            shown(text),
            r"a\n\r\t\u{0}\u{1b}[2J\u{7f}\u{85}\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}z"
        );
    }

    #[test]
    fn a_long_text_is_cut_at_a_whole_character() {
        assert_eq!(shown(&"a".repeat(128)), "a".repeat(128));
        assert_eq!(shown(&"a".repeat(129)), format!("{}…", "a".repeat(125)));
        assert_eq!(shown(&"ä".repeat(65)), format!("{}…", "ä".repeat(62)));
        assert_eq!(shown(&"\n".repeat(64)), r"\n".repeat(64));
        assert_eq!(shown(&"\u{202e}".repeat(65)), format!("{}…", r"\u{202e}".repeat(15)));
    }

    #[test]
    fn nothing_hidden_is_shown_whatever_the_text_and_the_bound() {
        let characters = prop::collection::vec(any::<char>(), 0..60);
        proptest!(|(characters in characters, hidden in prop::sample::select(HIDDEN.to_vec()),
                    max_bytes in 3_usize..80)| {
            let mut text: String = characters.into_iter().collect();
            text.extend(hidden.take(9));
            let shown = Escaped::within(max_bytes, &text).to_string();
            assert!(!shown.contains(is_hidden) && shown.len() <= max_bytes, "{shown:?}");
            assert_eq!(shown == text, text.len() <= max_bytes && !text.contains(is_hidden));
        });
    }
}
