//! Passwords in a text that is shown.

use std::borrow::Cow;

/// The text without the passwords of its addresses: `redis://brama:***@10.0.0.5/`.
///
/// An address ends at a quote, or with the text. What follows a `?` may be a password too.
#[must_use]
pub fn without_passwords(text: &str) -> Cow<'_, str> {
    if !text.contains("://") && !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let parts = text.split_inclusive(['"', '\'', '`']).map(|part| {
        let quote = part.len() - part.trim_end_matches(['"', '\'', '`']).len();
        let (part, quote) = part.split_at(part.len() - quote);
        format!("{}{quote}", without_password(part))
    });
    Cow::Owned(parts.collect())
}

fn without_password(part: &str) -> String {
    let (before, address) = part.split_once("://").map_or(("", part), |(scheme, rest)| {
        (part.get(..scheme.len() + "://".len()).unwrap_or_default(), rest)
    });
    // A password that is not encoded may contain any sign: the last `@` ends it.
    if let Some((user, place)) = address.rsplit_once('@') {
        let name = user.split_once(':').map(|(name, _)| name);
        // Without a scheme, a word before a `@` is no password.
        let name = name.or_else(|| (!before.is_empty()).then_some(""));
        return match name {
            Some(name) => format!("{before}{name}:{HIDDEN}@{}", without_query(place)),
            None => part.to_owned(),
        };
    }
    if before.is_empty() {
        return part.to_owned();
    }
    // Without its `@`, a password stands where a port should.
    match address.split_once(':').filter(|(_, port)| !is_port(port)) {
        Some((host, _)) => format!("{before}{host}:{HIDDEN}"),
        None => format!("{before}{}", without_query(address)),
    }
}

const HIDDEN: &str = "***";

fn without_query(place: &str) -> String {
    place.split_once('?').map_or_else(|| place.to_owned(), |(place, _)| format!("{place}?{HIDDEN}"))
}

fn is_port(text: &str) -> bool {
    let ends = |it: char| it.is_whitespace() || "/?#,;)]}>".contains(it);
    let port = text.split(ends).next().unwrap_or_default();
    port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_shows_the_address_of_a_store_and_no_password() {
        let shown = [
            ("redis://10.0.0.5:6379/2", "redis://10.0.0.5:6379/2"),
            ("redis://brama:secret@10.0.0.5/", "redis://brama:***@10.0.0.5/"),
            ("redis://:secret@host:1/", "redis://:***@host:1/"),
            ("redis://secret@host/", "redis://:***@host/"),
            ("redis://a:p@ss/w?r d@host/#insecure", "redis://a:***@host/#insecure"),
            ("unix:///run/redis.sock?pass=secret", "unix:///run/redis.sock?***"),
            ("redis://brama:secret", "redis://brama:***"),
            ("redis://host:6379 has gone", "redis://host:6379 has gone"),
            ("a = \"r://b:c@d\", 'r://e:f@g' h", "a = \"r://b:***@d\", 'r://e:***@g' h"),
            ("url = \"brama:secret@host\"", "url = \"brama:***@host\""),
            ("mail = \"ops@example.org\"", "mail = \"ops@example.org\""),
        ];
        for (text, expected) in shown {
            assert_eq!(without_passwords(text), expected);
        }
    }
}
