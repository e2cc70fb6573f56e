//! The words of a file: the settings of each table, and the nearest one to a word that is none.

use brama_runtime::api::status::SettingName;
use strsim::levenshtein;

use crate::{
    advice::{in_a_file, translated},
    elsewhere::{ELSEWHERE, OPTIONS},
    node::Node,
    settings::{BREAKER, REGISTRY, TABLES, row},
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
}

impl Vocabulary {
    /// The words, in the order in which they are listed.
    fn words(self) -> Vec<&'static str> {
        let settings = SettingName::ALL.into_iter().map(SettingName::as_str);
        match self {
            Self::File => TABLES.to_vec(),
            Self::Registry => REGISTRY.iter().map(|row| row.name).collect(),
            Self::Policy => settings.collect(),
            Self::Breaker => BREAKER.iter().map(|(word, _)| *word).chain(settings).collect(),
        }
    }

    /// What to write instead of `word`, which is not in this vocabulary and has the value `node`.
    pub(crate) fn help(self, word: &str, node: Option<&Node>) -> String {
        let word = snake_case(word);
        if self.words().contains(&word.as_str()) {
            return format!("write `{word}`");
        }
        if let Some(table) = self.home(&word) {
            return table;
        }
        if let Some(meaning) = self.meaning(&word, node) {
            return meaning;
        }
        let words = self.words();
        let nearest = nearest(words.iter().copied(), &word);
        let similar = nearest.map(|word| format!("did you mean `{word}`?"));
        similar.unwrap_or_else(|| {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("known here are {}", words.join(", "))
        })
    }

    /// Whether a word is probably one of this vocabulary, or is one of another.
    pub(crate) fn is_near(self, word: &str) -> bool {
        let word = snake_case(word);
        self.home(&word).is_some() || nearest(self.words().into_iter(), &word).is_some()
    }

    /// The table in which a word belongs that is known elsewhere in the file.
    fn home(self, word: &str) -> Option<String> {
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
        let of_breaker = has(Self::Breaker) && BREAKER.iter().any(|(other, _)| *other == word);
        of_breaker.then(|| format!("`{word}` belongs in a table of [breakers]"))
    }

    /// What a word of the attribute, or of another circuit breaker, is here.
    fn meaning(self, word: &str, node: Option<&Node>) -> Option<String> {
        // The names of tables are our own words.
        if self == Self::File {
            return None;
        }
        if let Some((help, _)) = ELSEWHERE.iter().find(|(_, words)| words.contains(&word)) {
            let help = help.replace("time(\"10s\")", "{ time = \"10s\" }");
            return Some(help.replace("\nhelp: ", "; "));
        }
        let known = |(option, _, _, words): &&Row| *option == word || words.contains(&word);
        let (option, meaning, example, _) = OPTIONS.iter().find(known)?;
        if let Some(row) = row(option) {
            let own = node.and_then(|node| translated(row.form, example, word, node));
            let value = own.or_else(|| in_a_file(example));
            let value = value.as_deref().unwrap_or(row.example);
            return Some(format!("`{option}` {meaning}: write `{option} = {value}`"));
        }
        let is_here = self == Self::Breaker && BREAKER.iter().any(|(other, _)| other == option);
        Some(if is_here {
            format!("`{option}` {meaning}")
        } else {
            format!("`{option}` {meaning}: it is an option of the attribute, in the code")
        })
    }
}

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

/// The path of a key: `breakers.payment_api.keys."10.0.0.7"`.
pub(crate) fn path(parts: &[&str]) -> String {
    let shown = parts.iter().map(|part| {
        let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        let shown = brama_runtime::api::text::Escaped::within(LONGEST, part).to_string();
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
    fn a_path_quotes_what_is_no_bare_key() {
        assert_eq!(
            path(&["breakers", "a-b_1", "10.0.0.7", ""]),
            "breakers.a-b_1.\"10.0.0.7\".\"\""
        );
    }
}
