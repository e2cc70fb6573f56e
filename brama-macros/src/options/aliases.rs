//! Names in other circuit breakers, and what they correspond to here.
//!
//! The words are those of resilience4j, Polly, opossum, Hystrix, gobreaker, failsafe, of Brama for
//! Elixir and of distribute for Gleam, in snake case.

use super::{
    elsewhere::{ELSEWHERE, OPTIONS},
    names,
};

/// What a word of another circuit breaker corresponds to.
pub(crate) struct Meaning {
    /// The option; `None` if the word stands for several options, or for none.
    pub(crate) option: Option<&'static str>,
    /// What it is, and what to write.
    pub(crate) help: String,
}

/// Returns what is called `word` elsewhere.
pub(crate) fn meaning(word: &str) -> Option<Meaning> {
    let word = snake_case(word);
    of_option(&word).or_else(|| of_no_option(&word))
}

fn of_option(word: &str) -> Option<Meaning> {
    let (option, meaning, value, _) =
        OPTIONS.iter().find(|(_, _, _, words)| words.contains(&word))?;
    let value = if value.is_empty() { names::example(option) } else { value };
    let help = format!("`{option}` {meaning}: write `{option} = {value}`");
    Some(Meaning { option: Some(option), help })
}

fn of_no_option(word: &str) -> Option<Meaning> {
    let (help, _) = ELSEWHERE.iter().find(|(_, words)| words.contains(&word))?;
    Some(Meaning { option: None, help: (*help).to_owned() })
}

/// Every word of another circuit breaker.
#[cfg(test)]
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let of_options = OPTIONS.iter().flat_map(|(_, _, _, words)| *words);
    of_options.chain(ELSEWHERE.iter().flat_map(|(_, words)| *words)).copied()
}

/// Every option with the value that a message shows.
#[cfg(test)]
pub(crate) fn forms() -> impl Iterator<Item = String> {
    let own = OPTIONS.iter().filter(|(_, _, value, _)| !value.is_empty());
    own.map(|(option, _, value, _)| format!("{option} = {value}"))
}

/// `resetTimeout`, `ResetTimeout` and `reset-timeout` as `reset_timeout`.
pub(crate) fn snake_case(word: &str) -> String {
    let mut snake = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && snake.ends_with(|last: char| last.is_lowercase()) {
            snake.push('_');
        }
        snake.extend(if letter == '-' { '_' } else { letter }.to_lowercase());
    }
    snake
}
