//! What to write in place of a line that is not TOML.

use brama_runtime::api::text::Escaped;

use toml::de::DeTable;

use crate::{advice::called, toml_repair::mended_line};

/// What to write, if that is clear. `found` is the part of the line that is wrong.
pub(crate) fn help(message: &str, line: &str, found: &str) -> Option<String> {
    let written = line.split_once('=').map(|(_, value)| value.split('#').next().unwrap_or(value));
    if let Some(value) = written.and_then(called) {
        return write(&format!("{} = {value}", key(line)?));
    }
    let quoted = ["string values must be quoted", "invalid boolean", "invalid float"];
    if quoted.iter().any(|beginning| message.starts_with(beginning)) {
        return write(&format!("{} = {}", key(line)?, value(found)));
    }
    if let Some(mended) = mended_line(line) {
        return write(&mended).or_else(|| write(&with_quotes(&mended)?));
    }
    if message.ends_with("expected `\"`") || message.ends_with("expected `'`") {
        return Some("end the text with the quote with which it begins".to_owned());
    }
    message.starts_with("key with no value").then(|| "add `=` and a value behind it".to_owned())
}

/// `None` if the text would not be TOML either.
fn write(text: &str) -> Option<String> {
    let text = Escaped::within(LONGEST, text).to_string();
    DeTable::parse(&text).is_ok().then(|| format!("write `{text}`"))
}

/// A line whose value has quotes, without its comment.
fn with_quotes(line: &str) -> Option<String> {
    let (key, written) = line.split_once('=')?;
    let written = written.split('#').next().unwrap_or(written);
    Some(format!("{} = {}", key.trim(), value(written)))
}

/// The sentence of the parser in plain words.
pub(crate) fn plain(message: &str) -> &str {
    match message {
        _ if message.starts_with("string values must be quoted") => "a text needs quotes",
        _ if message.starts_with("invalid boolean") => "not a value; a text needs quotes",
        _ if message.starts_with("invalid float") => "not a value; a text needs quotes",
        _ => message.trim_end_matches(", expected nothing"),
    }
}

/// In bytes, of what to write.
const LONGEST: usize = 128;

/// The last key before the equals sign of the line.
fn key(line: &str) -> Option<&str> {
    let (before, _) = line.split_once('=')?;
    let key = before.rsplit(['{', ',']).next()?.trim();
    Some(key).filter(|key| !key.is_empty())
}

/// A text in quotes, or a truth value.
fn value(found: &str) -> String {
    match found.trim().to_lowercase().as_str() {
        "true" | "yes" => "true".to_owned(),
        "false" | "no" => "false".to_owned(),
        percent if percent.strip_suffix('%').is_some_and(|it| it.parse::<f64>().is_ok()) => {
            percent.trim_end_matches('%').to_owned()
        }
        _ => format!("\"{}\"", found.trim()),
    }
}
