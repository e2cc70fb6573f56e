//! The words of a file: the settings of each table, and the nearest one to a word that is none.

use brama_runtime::api::{status::SettingName, text::Escaped};
use strsim::levenshtein;

use crate::{
    advice::{in_a_file, translated},
    elsewhere::{ELSEWHERE, OPTIONS},
    fleet_words,
    node::Node,
    setting_rows::{BREAKER_WORDS, BREAKERS, REGISTRY_ROWS, TABLES, policy_row, without_alias},
};

/// What a table may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// The tables of the file.
    File,
    /// The settings of the registry.
    Registry,
    /// Settings of a policy: of the defaults, a kind or a key.
    Policy,
    /// Settings of a policy, and the words of a breaker.
    Breaker,
    /// The settings of the fleet.
    Fleet,
}

impl Vocabulary {
    /// The words, in the order in which they are listed.
    fn words(self) -> Vec<&'static str> {
        let settings = SettingName::ALL.into_iter().map(SettingName::as_str);
        match self {
            Self::File => TABLES.to_vec(),
            Self::Registry => REGISTRY_ROWS.iter().map(|row| row.name).collect(),
            Self::Policy => settings.collect(),
            Self::Breaker => BREAKER_WORDS.iter().map(|(word, _)| *word).chain(settings).collect(),
            Self::Fleet => fleet_words::words(),
        }
    }

    /// What to write instead of `given`, which is not in this vocabulary and has the value `node`.
    pub(crate) fn help(self, given: &str, node: Option<&Node>) -> String {
        let word = snake_case(given);
        if self.words().contains(&word.as_str()) {
            return format!("write `{word}`");
        }
        if let Some(hint) = self.table_hint(&word) {
            return hint;
        }
        if let Some(hint) = self.hint(&word, node) {
            return hint;
        }
        let words = self.words();
        let similar = did_you_mean(words.iter().copied(), &word);
        let similar = similar.or_else(|| same_last_word(&words, &word));
        let has_settings = node.and_then(Node::as_table).is_some();
        let of_breaker = (self == Self::File && has_settings)
            .then(|| format!("a breaker stands in `[{}]`", path(&[BREAKERS, given])));
        similar.or(of_breaker).unwrap_or_else(|| known_here(&words))
    }

    /// Whether a word is probably one of this vocabulary, or is one of another.
    pub(crate) fn is_near(self, word: &str) -> bool {
        let word = snake_case(word);
        self.table_hint(&word).is_some() || nearest(self.words().into_iter(), &word).is_some()
    }

    /// The table in which a word belongs that is known elsewhere in the file.
    fn table_hint(self, word: &str) -> Option<String> {
        let has = |vocabulary: Self| vocabulary != self && vocabulary.words().contains(&word);
        if has(Self::Policy) && self != Self::Breaker {
            return Some(format!("`{word}` is a setting of breakers: put it into [defaults]"));
        }
        if has(Self::Registry) {
            return Some(format!("`{word}` is a setting of the registry: put it into [registry]"));
        }
        if has(Self::File) {
            return Some(format!("`{word}` begins a table: write a header such as `[{word}…]`"));
        }
        // In a table of breakers, such a word may be one of another circuit breaker.
        if self == Self::File && has(Self::Fleet) {
            return Some(format!("`{word}` is a setting of the fleet: put it into [fleet]"));
        }
        let of_breaker =
            has(Self::Breaker) && BREAKER_WORDS.iter().any(|(other, _)| *other == word);
        of_breaker.then(|| format!("`{word}` belongs in a table of [breakers]"))
    }

    /// What a word of the attribute, or of another circuit breaker, is here.
    fn hint(self, word: &str, node: Option<&Node>) -> Option<String> {
        // The names of tables are our own words.
        if self == Self::File {
            return None;
        }
        if self == Self::Fleet {
            return fleet_words::hint(word);
        }
        if let Some((_, help)) = IN_A_FILE.iter().find(|(words, _)| words.contains(&word)) {
            return Some((*help).to_owned());
        }
        if let Some((help, _)) = ELSEWHERE.iter().find(|(_, words)| words.contains(&word)) {
            let help = help.replace("time(\"10s\")", "{ time = \"10s\" }");
            return Some(help.replace("\nhelp: ", "; "));
        }
        let known = |(option, _, _, words): &&Row| *option == word || words.contains(&word);
        let (option, meaning, example, _) = OPTIONS.iter().find(known)?;
        if let Some(row) = policy_row(option) {
            let own = node.and_then(|node| translated(row.form, example, word, node));
            if let Some(value) = own {
                return Some(format!("`{option}` {meaning}: write `{option} = {value}`"));
            }
            let value = in_a_file(example);
            let value = value.as_deref().unwrap_or(row.example);
            return Some(format!("`{option}` {meaning}, such as `{option} = {value}`"));
        }
        let is_here =
            self == Self::Breaker && BREAKER_WORDS.iter().any(|(other, _)| other == option);
        Some(if is_here {
            format!("`{option}` {meaning}")
        } else {
            format!("`{option}` {meaning}: it is an option of the attribute, in the code")
        })
    }
}

/// The answers of [`ELSEWHERE`] are about code. These are about files.
const IN_A_FILE: [(&[&str], &str); 3] = [
    (
        &["enable", "enabled", "disable", "disabled"],
        "every breaker is enabled: to let every call through, write `shadow = true`",
    ),
    (
        &["force_open", "manual_control"],
        "a file cannot open a breaker: that is done in the code, with `force_open`",
    ),
    (
        &["on_state_change", "on_state_changed", "listener"],
        "changes of state are events, which the code subscribes to: remove this line",
    ),
];

/// A row of the table of words.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// `resetTimeout` and `reset-timeout` as `reset_timeout`, at most the length of a word.
fn snake_case(word: &str) -> String {
    let (mut snake, mut is_lower) = (String::new(), false);
    for letter in word.chars().take(LONGEST) {
        if letter.is_uppercase() && is_lower {
            snake.push('_');
        }
        is_lower = letter.is_lowercase();
        snake.extend(if letter == '-' { '_' } else { letter }.to_lowercase());
    }
    snake
}

/// A name without regard to case, with `_` for all that is no letter and no digit.
pub(crate) fn folded(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase);
    letters.map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect()
}

/// A word of ours, folded, and in place of its alias.
pub(crate) fn canonical(word: &str) -> String {
    without_alias(&folded(word)).to_owned()
}

/// In characters: no word of ours is longer, and comparing longer ones would take long.
const LONGEST: usize = 64;

/// Returns the word that was probably meant: the nearest one, if at most a third of its letters
/// differ, or the only one that begins like this, or with which it begins.
pub(crate) fn nearest<'a>(known: impl Iterator<Item = &'a str>, word: &str) -> Option<&'a str> {
    if LONGEST < word.len() {
        return None;
    }
    let near = |name: &&str| name.len().abs_diff(word.len()) <= name.len() / 3;
    let mut beginning = Vec::new();
    let known = known.inspect(|name| {
        let is_alike =
            3 <= word.len() && name.starts_with(word) || 3 <= name.len() && word.starts_with(name);
        if is_alike && beginning.len() < 2 {
            beginning.push(*name);
        }
    });
    let measured = known.filter(near).map(|name| (levenshtein(word, name), name));
    let nearest = measured.min().filter(|(distance, name)| *distance <= name.len() / 3);
    let nearest = nearest.map(|(_, name)| name);
    match (nearest, beginning.as_slice()) {
        (None, [only]) => Some(only),
        (nearest, _) => nearest,
    }
}

/// Suggests the word that was probably meant.
pub(crate) fn did_you_mean<'a>(known: impl Iterator<Item = &'a str>, word: &str) -> Option<String> {
    let nearest = nearest(known, word)?;
    Some(format!("did you mean `{}`?", Escaped::within(LONGEST, nearest)))
}

/// Suggests the words that end like this one: `treshold` may be one of two thresholds.
fn same_last_word(known: &[&str], word: &str) -> Option<String> {
    let last = |word: &str| word.rsplit('_').next().map(str::to_owned);
    let own = last(word).filter(|own| 4 <= own.len())?;
    let is_alike =
        |name: &&&str| last(name).is_some_and(|other| levenshtein(&own, &other) <= other.len() / 4);
    let alike: Vec<_> = known.iter().filter(is_alike).map(|name| format!("`{name}`")).collect();
    let is_short = (1..=3).contains(&alike.len());
    is_short.then(|| format!("did you mean {}?", alike.join(" or ")))
}

/// The first words of a table.
fn known_here(words: &[&str]) -> String {
    let shown = words.iter().take(MOST_LISTED).map(|word| format!("`{word}`"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match words.len().saturating_sub(MOST_LISTED) {
        0 => format!("known here are {shown}"),
        more => format!("known here are {shown} and {more} more, which the guide lists"),
    }
}

/// More fill the screen of an operator.
const MOST_LISTED: usize = 8;

/// The path of a key: `breakers.payment_api.keys."10.0.0.7"`.
pub(crate) fn path(parts: &[&str]) -> String {
    let shown = parts.iter().map(|part| {
        let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        let shown = Escaped::within(LONGEST, part).to_string();
        let plain = !part.is_empty() && part.chars().take(LONGEST).all(is_bare);
        if plain { shown } else { format!("\"{}\"", shown.replace('"', "\\\"")) }
    });
    shown.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_another_circuit_breaker_leads_to_an_answer() {
        let words = OPTIONS.iter().flat_map(|(_, _, _, words)| *words);
        for word in words.chain(ELSEWHERE.iter().flat_map(|(_, words)| *words)) {
            let help = Vocabulary::Breaker.help(word, None);
            assert!(!help.starts_with("known here are"), "{word}: {help}");
        }
    }

    #[test]
    fn the_nearest_word_is_found_by_its_letters_or_its_beginning() {
        let words = ["failure_threshold", "failure_rate", "expiry", "max"];
        let nearest = |word| nearest(words.into_iter(), word);
        assert_eq!(nearest("failure_treshold"), Some("failure_threshold"));
        assert_eq!(nearest("failure_r"), Some("failure_rate"));
        assert_eq!(nearest("maximum"), Some("max"));
        assert_eq!(nearest("failure"), None);
        assert_eq!(nearest("color"), None);
    }

    #[test]
    fn words_with_the_same_end_are_suggested() {
        assert_eq!(
            Vocabulary::Breaker.help("treshold", None),
            "did you mean `failure_threshold` or `success_threshold`?"
        );
    }

    #[test]
    fn a_suggestion_escapes_hidden_characters() {
        let help = did_you_mean(["default\u{1b}"].into_iter(), "default").unwrap();
        assert!(!help.contains('\u{1b}') && help.starts_with("did you mean `default"), "{help}");
    }

    #[test]
    fn a_path_quotes_what_is_no_bare_key() {
        assert_eq!(
            path(&["breakers", "a-b_1", "10.0.0.7", ""]),
            "breakers.a-b_1.\"10.0.0.7\".\"\""
        );
    }
}
