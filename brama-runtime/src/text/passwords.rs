//! Passwords in a text that is shown.

use std::borrow::Cow;

/// The text without the passwords of its URLs: `redis://brama:***@10.0.0.5/`.
///
/// A URL ends at a space or a quote. What follows a `?` may be a password too.
#[must_use]
pub fn without_passwords(text: &str) -> Cow<'_, str> {
    let Some((start, rest)) = text.split_once(SCHEME) else { return Cow::Borrowed(text) };
    let (mut shown, mut rest) = (start.to_owned(), Some(rest));
    while let Some(after) = rest {
        let end = after.find(|it: char| it.is_whitespace() || "\"'`".contains(it));
        let (address, others) = after.split_at(end.unwrap_or(after.len()));
        shown.push_str(SCHEME);
        push_address(&mut shown, address);
        let (between, next) = match others.split_once(SCHEME) {
            Some((between, next)) => (between, Some(next)),
            None => (others, None),
        };
        shown.push_str(between);
        rest = next;
    }
    Cow::Owned(shown)
}

const SCHEME: &str = "://";
const HIDDEN: &str = "***";

/// What follows the scheme of a URL.
fn push_address(shown: &mut String, address: &str) {
    // A password that is not encoded may contain any of these signs: the last `@` ends it.
    let (user, place) = match address.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, address),
    };
    if let Some(user) = user {
        let name = user.split_once(':').map_or("", |(name, _)| name);
        shown.extend([name, ":", HIDDEN, "@"]);
    }
    let (place, has_query) = place.split_once('?').map_or((place, false), |it| (it.0, true));
    // Without its `@`, a password stands where a port should.
    match place.split_once(':').filter(|(_, port)| user.is_none() && !is_port(port)) {
        Some((host, _)) => shown.extend([host, ":", HIDDEN]),
        None => shown.push_str(place),
    }
    shown.push_str(if has_query { "?***" } else { "" });
}

fn is_port(text: &str) -> bool {
    let port = text.split(['/', '#', ',', ';', ')', ']', '}', '>']).next().unwrap_or_default();
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
            ("redis://a:p@ss/w?rd@host/#insecure", "redis://a:***@host/#insecure"),
            ("unix:///run/redis.sock?pass=secret", "unix:///run/redis.sock?***"),
            ("redis://brama:secret", "redis://brama:***"),
            (
                "url = \"redis://a:b@c\", 'redis://d:e@f' x",
                "url = \"redis://a:***@c\", 'redis://d:***@f' x",
            ),
            ("no URL: a:b@c", "no URL: a:b@c"),
        ];
        for (text, expected) in shown {
            assert_eq!(without_passwords(text), expected);
        }
    }
}
