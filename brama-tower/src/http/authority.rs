//! The key of a client of many hosts.

use std::{fmt, fmt::Write as _, str};

use http::{Request, Uri, header::HOST};

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
        let uri = request.uri();
        let of_header = || request.headers().get(HOST)?.to_str().ok()?.parse().ok();
        let from_header;
        let authority = match uri.authority() {
            Some(authority) => authority,
            None => match of_header() {
                Some(authority) => {
                    from_header = authority;
                    &from_header
                }
                None => return then(None),
            },
        };
        let host = Lower(authority.host().strip_suffix('.').unwrap_or(authority.host()));
        let port = authority.port_u16().unwrap_or_else(|| default_port(uri));
        let mut key = Buffer::new();
        if write!(key, "{host}:{port}").is_ok() {
            return then(Some(key.as_str()));
        }
        then(Some(&format!("{host}:{port}")))
    }
}

fn default_port(uri: &Uri) -> u16 {
    match uri.scheme_str() {
        Some("https" | "wss") => 443,
        Some(_) | None => 80,
    }
}

/// Writes a text in lower case. Names of hosts are ASCII.
struct Lower<'a>(&'a str);

impl fmt::Display for Lower<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.0.chars().try_for_each(|it| f.write_char(it.to_ascii_lowercase()));
        }
        f.write_str(self.0)
    }
}

/// A text on the stack, so that a usual key allocates nothing.
struct Buffer {
    bytes: [u8; 128],
    length: usize,
}

impl Buffer {
    const fn new() -> Self {
        Self { bytes: [0; 128], length: 0 }
    }

    fn as_str(&self) -> &str {
        let written = self.bytes.get(..self.length).unwrap_or_default();
        str::from_utf8(written).unwrap_or_default()
    }
}

impl fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let place = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
