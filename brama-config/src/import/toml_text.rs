//! A configuration as a file in TOML.

use brama_runtime::api::{Config, text::Escaped};
use toml::{Value, ser::Error};

use crate::setting_rows::{BREAKERS, KINDS, REGISTRY};

/// The configuration as people write it: a header for each table, and one line for each setting.
pub(super) fn text(config: &Config) -> Result<String, Error> {
    let (tables, built_in) =
        (toml::Table::try_from(config)?, toml::Table::try_from(Config::new())?);
    let mut sections = Vec::new();
    for (name, value) in tables {
        match (name.as_str(), value) {
            (REGISTRY, Value::Table(mut own)) => {
                let built_in = built_in.get(REGISTRY);
                own.retain(|name, value| built_in.and_then(|it| it.get(name)) != Some(value));
                if !own.is_empty() {
                    sections.insert(0, section(REGISTRY, &own));
                }
            }
            (BREAKERS | KINDS, Value::Table(entries)) => {
                let named = entries.iter().filter_map(|(key, value)| {
                    Some(section(&format!("{name}.{}", quoted(key)), value.as_table()?))
                });
                sections.extend(named);
            }
            (_, Value::Table(settings)) => {
                sections.insert(0, section(&name, &settings));
            }
            (_, _) => {}
        }
    }
    Ok(sections.join("\n"))
}

fn section(header: &str, settings: &toml::Table) -> String {
    let lines = settings.iter().map(|(name, value)| format!("{name} = {value}\n"));
    std::iter::once(format!("[{header}]\n")).chain(lines).collect()
}

/// A key of TOML, in quotes if it needs them. Hidden characters are escaped, so that a reader of
/// the text sees them.
fn quoted(key: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !key.is_empty() && key.chars().all(is_bare) {
        return key.to_owned();
    }
    let letters = key.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        _ if is_hidden(letter) => format!("\\U{:08X}", u32::from(letter)),
        _ => letter.to_string(),
    });
    format!("\"{}\"", letters.collect::<String>())
}

fn is_hidden(letter: char) -> bool {
    let text = letter.to_string();
    Escaped::within(MAX_ESCAPED, &text).to_string() != text
}

/// In bytes, of a character that is escaped.
const MAX_ESCAPED: usize = 12;
