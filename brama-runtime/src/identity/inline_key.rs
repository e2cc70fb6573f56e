//! A key as a few words, which are compared and hashed without its text.

use std::hash::{Hash, Hasher};

use super::{KeyParts, KeyText};

/// A short key: a text of at most [`MOST`] bytes, or an integer.
///
/// An integer stays a number, and so does a text that reads as one. Both name the same breaker, so
/// `7` and `"7"` are equal here too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InlineKey {
    /// The first bytes of a text, then zeros; or a magnitude, then zeros.
    start: [u64; 2],
    /// The bytes after them.
    middle: [u64; 2],
    /// The last bytes, and above them the length of the text or the [kind](NUMBER) of the number.
    end: u64,
}

/// How many words a key is.
pub(crate) const INLINE_KEY_WORDS: usize = 5;

/// The longest text: enough for a UUID.
const MOST: usize = 8 * INLINE_KEY_WORDS - 1;

/// Up to this length, the first two words hold the whole text.
const SHORT: usize = 16;

/// What stands in the place of the length for an integer that is not negative, or is. No text is as
/// long.
const NUMBER: u64 = 0x40;
const NEGATIVE: u64 = 0x41;

impl InlineKey {
    /// What no key equals.
    pub(crate) const NONE: Self = Self { start: [0; 2], middle: [0; 2], end: u64::MAX };

    /// `None` for a long text, and for a value that is no text before it is formatted.
    pub(crate) fn of(key: KeyText<'_>) -> Option<Self> {
        match key {
            KeyText::Text(text) => Self::of_text(text),
            KeyText::Number { magnitude, is_negative } => {
                Some(Self::of_number(magnitude, is_negative))
            }
            KeyText::Tuple(parts) => Self::of_parts(parts),
            KeyText::Shown(_) => None,
        }
    }

    /// The key of a text that is short and cannot be a number, as most are.
    #[inline]
    pub(crate) fn of_short_text(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_short = bytes.len() <= SHORT && !may_be_number(bytes);
        is_short.then(|| Self::of_short(bytes))
    }

    fn of_parts(parts: &dyn KeyParts) -> Option<Self> {
        let (mut bytes, mut length) = ([0; MOST], 0);
        parts.write_to(&mut |part| {
            let end = length + part.len();
            if let Some(place) = bytes.get_mut(length..end) {
                place.copy_from_slice(part);
            }
            length = end;
        });
        bytes.get(..length).and_then(Self::of_bytes)
    }

    pub(crate) fn of_text(text: &str) -> Option<Self> {
        Self::of_bytes(text.as_bytes())
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        if may_be_number(bytes)
            && let Some((magnitude, is_negative)) = number_of(bytes)
        {
            return Some(Self::of_number(magnitude, is_negative));
        }
        if bytes.len() <= SHORT {
            return Some(Self::of_short(bytes));
        }
        (bytes.len() <= MOST).then(|| Self::of_long(bytes))
    }

    #[inline]
    pub(crate) const fn of_number(magnitude: u64, is_negative: bool) -> Self {
        let kind = if is_negative { NEGATIVE } else { NUMBER };
        Self { start: [magnitude, 0], middle: [0; 2], end: kind << LENGTH }
    }

    #[inline]
    fn of_short(bytes: &[u8]) -> Self {
        Self { start: words_of(bytes), middle: [0; 2], end: length_of(bytes) }
    }

    fn of_long(bytes: &[u8]) -> Self {
        let (start, rest) = bytes.split_at_checked(SHORT).unwrap_or((bytes, &[]));
        let (middle, last) = rest.split_at_checked(SHORT).unwrap_or((rest, &[]));
        let [end, _] = words_of(last);
        Self { start: words_of(start), middle: words_of(middle), end: end | length_of(bytes) }
    }

    #[inline]
    pub(crate) const fn words(&self) -> [u64; INLINE_KEY_WORDS] {
        let Self { start: [first, second], middle: [third, fourth], end } = *self;
        [first, second, third, fourth, end]
    }

    #[inline]
    pub(crate) const fn of_words(words: [u64; INLINE_KEY_WORDS]) -> Self {
        let [first, second, third, fourth, end] = words;
        Self { start: [first, second], middle: [third, fourth], end }
    }

    /// Whether this is the key of these words, which are read as far as necessary.
    #[inline]
    pub(crate) fn is_of(&self, words: [impl Fn() -> u64; INLINE_KEY_WORDS]) -> bool {
        let [first, second, third, fourth, end] = words;
        let has_middle = SHORT as u64 <= self.end >> LENGTH;
        self.start == [first(), second()]
            && self.end == end()
            && (!has_middle || self.middle == [third(), fourth()])
    }
}

impl Hash for InlineKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [start, middle] = [self.start, self.middle].map(joined);
        state.write_u128(start);
        state.write_u128(middle ^ u128::from(self.end) << 32);
    }
}

#[inline]
fn joined([low, high]: [u64; 2]) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

/// The place of the length in the last word.
const LENGTH: u32 = 56;

#[inline]
const fn length_of(bytes: &[u8]) -> u64 {
    (bytes.len() as u64) << LENGTH
}

/// At most 16 bytes as words. Each is read by a load or two, since copying so few bytes would take
/// longer. Where two loads overlap, what the second repeats is shifted out.
#[inline]
fn words_of(bytes: &[u8]) -> [u64; 2] {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let repeated = u32::try_from(8 * (SHORT - bytes.len())).unwrap_or_default();
            let last = u64::from_le_bytes(*last).checked_shr(repeated).unwrap_or_default();
            [u64::from_le_bytes(*first), last]
        }
        _ => [short_word(bytes), 0],
    }
}

/// Fewer than eight bytes. The `or` does not see where loads overlap.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let at = |place: usize, byte: u8| u64::from(byte) << (8 * place);
    match (bytes.first_chunk(), bytes.last_chunk(), bytes) {
        (Some(first), Some(last), _) => {
            let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
            first | last << (8 * (length - 4))
        }
        (_, _, [first, .., last]) => {
            let middle = bytes.get(length / 2).copied().unwrap_or_default();
            at(0, *first) | at(length / 2, middle) | at(length - 1, *last)
        }
        (_, _, [only]) => u64::from(*only),
        _ => 0,
    }
}

/// Whether a text begins as a number does.
#[inline]
fn may_be_number(text: &[u8]) -> bool {
    text.first().is_some_and(|first| first.is_ascii_digit() || *first == b'-')
}

/// The magnitude and the sign of a text that is how an integer of 64 bits is formatted.
fn number_of(text: &[u8]) -> Option<(u64, bool)> {
    let (digits, is_negative) = match text {
        [b'-', digits @ ..] => (digits, true),
        digits => (digits, false),
    };
    let is_formatted_so = match digits {
        [] => false,
        [b'0', others @ ..] => others.is_empty() && !is_negative,
        _ => true,
    };
    let digits = Some(digits).filter(|_| is_formatted_so)?;
    let magnitude = digits.iter().try_fold(0_u64, |magnitude, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        magnitude.checked_mul(10)?.checked_add(digit.into())
    });
    Some((magnitude?, is_negative))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn of_text(text: &str) -> Option<InlineKey> {
        InlineKey::of_text(text)
    }

    /// Texts of every length around the sizes of words, numbers, and texts that are almost numbers.
    fn texts() -> Vec<String> {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut texts: Vec<_> = (0..=50).map(|length| letters[..length].to_owned()).collect();
        texts.extend((0..=50).map(|length| letters[1..=length.max(1)].to_owned() + "\0"));
        texts.extend((0..39).map(|place| "x".repeat(place) + "y" + &"x".repeat(38 - place)));
        let numbers =
            ["0", "7", "-7", "10", u64::MAX.to_string().as_str(), i64::MIN.to_string().as_str()]
                .map(str::to_owned);
        texts.extend(numbers);
        let almost = ["-", "-0", "00", "07", "-07", "+7", "7 ", "7.0", "1e3", "٧", "7\0"];
        texts.extend(almost.map(str::to_owned));
        texts.extend(["18446744073709551616", "-99999999999999999999999"].map(str::to_owned));
        texts.sort();
        texts.dedup();
        texts
    }

    #[test]
    fn two_texts_have_equal_keys_only_if_they_are_equal() {
        let mut known = HashMap::new();
        for text in texts() {
            match of_text(&text) {
                Some(key) => {
                    let short = InlineKey::of_short_text(&text);
                    assert!(short.is_none_or(|short| short == key), "{text:?}");
                    assert_eq!(known.insert(key, text.clone()), None, "{text:?}");
                }
                None => assert!(MOST < text.len(), "{text:?}"),
            }
        }
    }

    #[test]
    fn an_integer_has_the_key_of_its_text() {
        let numbers =
            [0, 1, 9, 10, i128::from(u64::MAX), i128::from(i64::MAX), i128::from(i64::MIN), -1];
        for number in numbers {
            let magnitude = u64::try_from(number.unsigned_abs()).unwrap();
            let key = InlineKey::of(KeyText::Number { magnitude, is_negative: number < 0 });
            assert_eq!(key, of_text(&number.to_string()), "{number}");
        }
    }

    #[test]
    fn a_key_is_of_its_own_words_and_of_no_others() {
        let keys: Vec<_> = texts().iter().filter_map(|text| of_text(text)).collect();
        for one in &keys {
            for other in &keys {
                let is_of = one.is_of(other.words().map(|word| move || word));
                assert_eq!(is_of, one == other, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn no_key_equals_none() {
        assert!(texts().iter().filter_map(|text| of_text(text)).all(|key| key != InlineKey::NONE));
        assert_eq!(InlineKey::of_words(InlineKey::NONE.words()), InlineKey::NONE);
    }
}
