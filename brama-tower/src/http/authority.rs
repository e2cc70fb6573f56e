//! The key of a client of many hosts.

use http::{HeaderMap, Request, Uri, header::HOST};

use crate::key::KeyExtractor;

/// The host and the port that a request is for, such as `api.example.com:443`.
///
/// The host is in lower case, and a missing port is that of the scheme: 443 for `https` and `wss`,
/// else 80. Names and passwords of the authority are left out, and so is the path. A request whose
/// URI has no authority has that of its header `Host`; one without either has no key.
///
/// It is for clients. At a server, strangers choose the host, and with it the keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct Authority;

impl<Body> KeyExtractor<Request<Body>> for Authority {
    fn with_key<R>(&self, request: &Request<Body>, then: impl FnOnce(Option<&str>) -> R) -> R {
        self.with_joined_key(request, |key| then(key.map(|parts| parts.concat()).as_deref()))
    }

    #[inline]
    fn with_joined_key<R>(
        &self,
        request: &Request<Body>,
        then: impl FnOnce(Option<[&str; 2]>) -> R,
    ) -> R {
        let uri = request.uri();
        let Some(authority) = uri.authority() else {
            let key = of_header(request.headers()).map(|authority| key_of(&authority, uri));
            return then(key.as_deref().map(|key| [key, ""]));
        };
        match plain_parts(authority.as_str(), uri) {
            Some(parts) => then(Some(parts)),
            None => then(Some([&key_of(authority, uri), ""])),
        }
    }
}

/// The parts of the key, if the authority itself is one: a host in lower case, perhaps with a port,
/// as most are. Nothing is copied then.
#[inline]
fn plain_parts<'a>(authority: &'a str, uri: &Uri) -> Option<[&'a str; 2]> {
    let mut colon = None;
    for (place, byte) in authority.bytes().enumerate() {
        match byte {
            b'@' | b'A'..=b'Z' => return None,
            b':' => colon = Some(place),
            _ => {}
        }
    }
    // The colons of an address stand between brackets.
    let (host, parts) = match colon.filter(|_| !authority.ends_with(']')) {
        Some(place) => {
            let (host, port) = authority.split_at_checked(place)?;
            (host, is_port(port).then_some([authority, ""])?)
        }
        None => (authority, [authority, default_port(uri)]),
    };
    (!host.ends_with('.')).then_some(parts)
}

/// Whether this is a colon and a port without needless digits.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').filter(|it| !it.starts_with(['0', '+']));
    digits.is_some_and(|digits| digits.parse::<u16>().is_ok())
}

#[cold]
fn of_header(headers: &HeaderMap) -> Option<http::uri::Authority> {
    headers.get(HOST)?.to_str().ok()?.parse().ok()
}

/// The key of any authority.
#[inline(never)]
fn key_of(authority: &http::uri::Authority, uri: &Uri) -> String {
    let host = authority.host();
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    match (authority.port_u16(), port_as_written(authority)) {
        (Some(port), _) => format!("{host}:{port}"),
        (None, Some(port)) => format!("{host}:{port}"),
        (None, None) => host + default_port(uri),
    }
}

/// A port that no host has, such as 99999, must not share the breaker of another port.
fn port_as_written(authority: &http::uri::Authority) -> Option<&str> {
    let (_, rest) = authority.as_str().rsplit_once(authority.host())?;
    rest.strip_prefix(':').filter(|port| !port.is_empty())
}

#[inline]
fn default_port(uri: &Uri) -> &'static str {
    match uri.scheme_str() {
        Some("https" | "wss") => ":443",
        Some(_) | None => ":80",
    }
}
