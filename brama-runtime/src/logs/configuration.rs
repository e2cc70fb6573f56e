//! The lines of a registry's configuration: reloads, what is wrong with a file, the kill switch.

use tracing::{Level, event};

use super::level::is_on;
use crate::{
    circuit::Quantity,
    config::{ConfigProblem, LastReload, Reloaded},
    sys::panic::catch_panic,
    text::Escaped,
};

/// Writes the line of a reload. The caller must hold no lock.
pub(crate) fn write_reload(reloaded: &Reloaded, source: Option<&str>) {
    if is_on(Level::INFO) {
        let _ = catch_panic(|| reload_line(reloaded, source));
    }
}

fn reload_line(reloaded: &Reloaded, source: Option<&str>) {
    let Reloaded { configuration, breakers } = reloaded;
    let mut shown: Vec<_> =
        configuration.iter().take(MOST_CHANGES).map(ToString::to_string).collect();
    match configuration.len() - shown.len() {
        0 if shown.is_empty() => shown.push("no setting changed".to_owned()),
        0 => {}
        more => shown.push(format!("and {more} more")),
    }
    event!(
        target: "brama::config",
        Level::INFO,
        change = "reloaded",
        settings = configuration.len(),
        breakers = breakers.len(),
        source = source.map(|source| Escaped::name(source).to_string()),
        "the configuration was reloaded: {}",
        shown.join("; "),
    );
}

/// How many changes a line shows.
const MOST_CHANGES: usize = 16;

/// Writes the line of a reload that failed. The caller must hold no lock.
pub(crate) fn write_failed_reload(last: &LastReload, problems: &[ConfigProblem]) {
    if is_on(Level::WARN) {
        let _ = catch_panic(|| failed_reload_lines(last, problems));
    }
}

/// An error without a place, such as that of the network, needs no line of its own.
fn failed_reload_lines(last: &LastReload, problems: &[ConfigProblem]) {
    let source = last.source.as_deref();
    let (why, listed) = match problems {
        [only] if only.place.is_none() => (only.line(), [].as_slice()),
        _ => (Quantity(last.mistakes as u64, "mistake").to_string(), problems),
    };
    event!(
        target: "brama::config",
        Level::WARN,
        change = "reload_failed",
        mistakes = last.mistakes,
        source,
        "the configuration could not be reloaded and stays as it is: {why}",
    );
    let omitted = last.mistakes.saturating_sub(problems.len());
    problem_lines("mistake", source, listed, omitted);
}

/// Writes a line for each warning about a configuration that was applied. The caller must hold no
/// lock.
pub(crate) fn write_config_warnings(source: &str, warnings: &[ConfigProblem]) {
    if is_on(Level::WARN) {
        let source = Escaped::within(MAX_TEXT, source).to_string();
        let _ = catch_panic(|| problem_lines("warning", Some(&source), warnings, 0));
    }
}

/// Writes a line for each value of a file that an environment variable hides. The caller must hold
/// no lock.
pub(crate) fn write_hidden_values(source: &str, hidden: &[ConfigProblem]) {
    if is_on(Level::INFO) {
        let _ = catch_panic(|| hidden_lines(source, hidden));
    }
}

fn hidden_lines(source: &str, hidden: &[ConfigProblem]) {
    let source = shown(source);
    for ConfigProblem { message, place, key, .. } in hidden.iter().take(MOST_PROBLEMS) {
        event!(
            target: "brama::config",
            Level::INFO,
            change = "hidden",
            source,
            place = place.as_deref().map(shown),
            key = key.as_deref().map(shown),
            "{}",
            shown(message),
        );
    }
    let more = hidden.len().saturating_sub(MOST_PROBLEMS);
    if 0 < more {
        event!(target: "brama::config", Level::INFO, change = "hidden", source, "and {more} more");
    }
}

/// Writes the line of a reload of a part that belongs to a companion. The caller must hold no lock.
pub(crate) fn write_reloaded_part(source: &str, changes: &[String]) {
    if is_on(Level::INFO) && !changes.is_empty() {
        let _ = catch_panic(|| reloaded_part_line(source, changes));
    }
}

fn reloaded_part_line(source: &str, changes: &[String]) {
    let shown: Vec<_> = changes.iter().take(MOST_CHANGES).map(|it| shown(it)).collect();
    let source = Escaped::name(source).to_string();
    event!(
        target: "brama::config",
        Level::INFO,
        change = "reloaded_part",
        settings = changes.len(),
        source,
        "the configuration was reloaded: {}",
        shown.join("; "),
    );
}

/// Writes the line of a file that was applied at the start. The caller must hold no lock.
pub(crate) fn write_initialized(source: &str, breakers: usize, settings: usize) {
    if is_on(Level::INFO) {
        let _ = catch_panic(|| initialized_line(source, breakers, settings));
    }
}

fn initialized_line(source: &str, breakers: usize, settings: usize) {
    let (of_breakers, of_settings) =
        (Quantity(breakers as u64, "breaker"), Quantity(settings as u64, "setting"));
    event!(
        target: "brama::config",
        Level::INFO,
        change = "initialized",
        settings,
        breakers,
        source = Escaped::name(source).to_string(),
        "the configuration was applied: {of_settings}, {of_breakers} by name",
    );
}

/// Writes a line for each problem, the first ones, and one with the number of the rest.
fn problem_lines(kind: &str, source: Option<&str>, problems: &[ConfigProblem], omitted: usize) {
    for ConfigProblem { message, place, key, help } in problems.iter().take(MOST_PROBLEMS) {
        event!(
            target: "brama::config",
            Level::WARN,
            change = kind,
            source,
            place = place.as_deref().map(shown),
            key = key.as_deref().map(shown),
            help = help.as_deref().map(shown),
            "{}",
            shown(message),
        );
    }
    let more = problems.len().saturating_sub(MOST_PROBLEMS).saturating_add(omitted);
    if 0 < more {
        event!(target: "brama::config", Level::WARN, change = kind, source, "and {more} more");
    }
}

/// How many mistakes or warnings have a line of their own.
const MOST_PROBLEMS: usize = 20;

fn shown(text: &str) -> String {
    Escaped::within(MAX_TEXT, text).to_string()
}

/// In bytes, of a field or message as shown.
const MAX_TEXT: usize = 512;

/// Writes the line of the kill switch. The caller must hold no lock.
pub(crate) fn write_switch(is_on_now: bool) {
    if is_on(Level::WARN) {
        let _ = catch_panic(|| switch_line(is_on_now));
    }
}

fn switch_line(is_on_now: bool) {
    let effect = if is_on_now {
        "was turned on: every breaker only observes, and rejects no call"
    } else {
        "was turned off: each breaker follows its policy again"
    };
    event!(
        target: "brama::config",
        Level::WARN,
        change = "shadow_all",
        shadow_all = is_on_now,
        "the kill switch {effect}",
    );
}
