//! Labels: texts from outside as the values of labels.

use crate::{identity::Identity, text::distinct};

/// Writes the labels of a breaker: `name`, `scope` if it has one, and `key` if it has one.
pub(super) fn write_identity(identity: &Identity<'_>, out: &mut String) {
    write_label("name", identity.identifier(), out);
    for (label, value) in [("scope", identity.scope()), ("key", identity.key())] {
        if let Some(value) = value {
            out.push(',');
            write_label(label, value, out);
        }
    }
}

/// Writes the identity as the value of one label: `scope/identifier[key]`.
pub(super) fn write_joined(identity: &Identity<'_>, out: &mut String) {
    out.push_str("name=\"");
    if let Some(scope) = identity.scope() {
        write_value(scope, out);
        out.push('/');
    }
    write_value(identity.identifier(), out);
    if let Some(key) = identity.key() {
        out.push('[');
        write_value(key, out);
        out.push(']');
    }
    out.push('"');
}

fn write_label(label: &str, value: &str, out: &mut String) {
    out.push_str(label);
    out.push_str("=\"");
    write_value(value, out);
    out.push('"');
}

/// Writes a value, with backslashes and quotes escaped as the formats require.
fn write_value(value: &str, out: &mut String) {
    let value = distinct(value);
    if !value.contains(['\\', '"']) {
        return out.push_str(&value);
    }
    for character in value.chars() {
        if matches!(character, '\\' | '"') {
            out.push('\\');
        }
        out.push(character);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn value(text: &str) -> String {
        let mut out = String::new();
        write_value(text, &mut out);
        out
    }

    #[test]
    fn a_plain_text_is_shown_as_it_is() {
        assert_eq!(value("payment-api é"), "payment-api é");
    }

    #[test]
    fn quotes_and_backslashes_are_escaped_and_controls_are_visible() {
        assert_eq!(value("a\"b\\c"), "a\\\"b\\\\c");
        assert!(value("a\nb").starts_with("a\\\\nb…#"), "{}", value("a\nb"));
        assert!(!value("a\u{1b}[31m\r\u{202e}").contains(['\u{1b}', '\r', '\u{202e}']));
    }

    #[test]
    fn different_texts_have_different_labels() {
        let long = "k".repeat(10_000);
        let texts = ["", "a\nb", "a\\nb", "a\rb", &long, &format!("{long}1"), &format!("{long}2")];
        let mut values: BTreeSet<_> = texts.iter().map(|text| value(text)).collect();
        assert_eq!(values.len(), texts.len());
        assert!(values.iter().all(|value| value.len() <= 160));
        values.insert(value(&distinct("a\nb")));
        assert_eq!(values.len(), texts.len() + 1, "a label as a text is another label");
    }
}
