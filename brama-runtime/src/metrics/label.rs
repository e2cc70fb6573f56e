//! Labels: texts from outside as the values of labels.

use std::borrow::Cow;

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
///
/// A `/` or `[` of a scope or an identifier that could be read as one of these has a backslash
/// before it, and so has a backslash. What follows the first `[` without one is the key.
pub(super) fn write_joined(identity: &Identity<'_>, out: &mut String) {
    out.push_str("name=\"");
    if let Some(scope) = identity.scope() {
        write_value(&escaped(scope, &['/', '[']), out);
        out.push('/');
    }
    let separators: &[_] = if identity.scope().is_some() { &['['] } else { &['/', '['] };
    write_value(&escaped(identity.identifier(), separators), out);
    if let Some(key) = identity.key() {
        out.push('[');
        write_value(&distinct(key), out);
        out.push(']');
    }
    out.push('"');
}

/// A part of a name, with a backslash before each separator and each backslash.
fn escaped<'a>(part: &'a str, separators: &[char]) -> Cow<'a, str> {
    let part = distinct(part);
    let is_special = |character| character == '\\' || separators.contains(&character);
    if !part.contains(is_special) {
        return part;
    }
    let escape = |character| is_special(character).then_some('\\').into_iter().chain([character]);
    part.chars().flat_map(escape).collect()
}

pub(super) fn write_label(label: &str, value: &str, out: &mut String) {
    out.push_str(label);
    out.push_str("=\"");
    write_value(&distinct(value), out);
    out.push('"');
}

/// Writes a value, with backslashes and quotes escaped as the formats require.
fn write_value(value: &str, out: &mut String) {
    if !value.contains(['\\', '"']) {
        return out.push_str(value);
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
        write_value(&distinct(text), &mut out);
        out
    }

    fn joined(identity: &Identity<'_>) -> String {
        let mut out = String::new();
        write_joined(identity, &mut out);
        out
    }

    #[test]
    fn a_joined_name_shows_the_parts() {
        let identity = Identity::new("x").in_scope("eu").with_key("a/b");
        assert_eq!(joined(&identity), "name=\"eu/x[a/b]\"");
        assert_eq!(joined(&Identity::new("eu/x").in_scope("a")), "name=\"a/eu/x\"");
        assert_eq!(joined(&Identity::new("eu/x")), "name=\"eu\\\\/x\"");
    }

    #[test]
    fn different_identities_have_different_joined_names() {
        let parts = ["x", "eu", "eu/x", "x[1]", "1][2", "a\\", "\\", "/", "[", "]", "a\\/b", "1"];
        let scopes = || [None].into_iter().chain(parts.map(Some));
        let mut names = BTreeSet::new();
        for (scope, identifier) in scopes().flat_map(|scope| parts.map(|it| (scope, it))) {
            for key in scopes() {
                let identity = Identity::new(identifier);
                let identity = scope.map_or(identity.clone(), |scope| identity.in_scope(scope));
                let identity = key.map_or(identity.clone(), |key| identity.with_key(key));
                let name = joined(&identity);
                assert!(names.insert(name.clone()), "{name} is twice there: {identity:?}");
            }
        }
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
