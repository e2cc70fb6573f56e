//! The name of a breaker, as it travels.

use std::{fmt, fmt::Write as _, sync::Arc};

use brama_runtime::api::{Identity, text::Escaped};

use crate::name::is_plain;

/// The name of a breaker as the nodes of a fleet write it to each other: scope, identifier and key,
/// with `/` between them. Each is percent-encoded; `~` stands for a part that is missing.
///
/// ```
/// use brama_fleet::BreakerName;
/// use brama_runtime::api::Identity;
///
/// let name = BreakerName::of(&Identity::new("payment_api").with_key("eu/1"));
/// assert_eq!(name.as_str(), "~/payment_api/eu%2F1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BreakerName(Arc<str>);

impl BreakerName {
    /// The longest name that a fleet shares, in bytes: 1 KiB. Each byte other than letters and
    /// digits of ASCII, `-`, `_` and `.` travels as three.
    pub const LONGEST: usize = 1_024;

    /// The name of this identity.
    #[must_use]
    pub fn of(identity: &Identity<'_>) -> Self {
        let mut name = String::new();
        encode(&mut name, identity.scope());
        name.push('/');
        encode(&mut name, Some(identity.identifier()));
        name.push('/');
        encode(&mut name, identity.key());
        Self(name.into())
    }

    /// Reads a name that [`of`](Self::of) has written. Returns `None` for any other text.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let parts: Vec<_> = name.split('/').collect();
        let is_name = parts.len() == 3 && parts.into_iter().all(is_part);
        is_name.then(|| Self(name.into()))
    }

    /// Returns the identity whose name this is; `None` if the name was read and is no identity's.
    ///
    /// ```
    /// use brama_fleet::BreakerName;
    /// use brama_runtime::api::Identity;
    ///
    /// let identity = Identity::new("price").in_scope("shop").with_key("eu/1");
    /// assert_eq!(BreakerName::of(&identity).to_identity(), Some(identity));
    /// ```
    #[must_use]
    pub fn to_identity(&self) -> Option<Identity<'static>> {
        let mut parts = self.0.split('/').map(|part| (part != MISSING_TEXT).then_some(part));
        let [scope, identifier, key] = [parts.next()?, parts.next()?, parts.next()?];
        let mut identity = Identity::new(decode(identifier?)?);
        if let Some(scope) = scope {
            identity = identity.in_scope(decode(scope)?);
        }
        if let Some(key) = key {
            identity = identity.with_key(decode(key)?);
        }
        Some(identity)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn encode(name: &mut String, part: Option<&str>) {
    let Some(part) = part else { return name.push(MISSING) };
    for byte in part.bytes() {
        if is_plain(byte) {
            name.push(char::from(byte));
        } else {
            let _infallible = write!(name, "%{byte:02X}");
        }
    }
}

/// The text of an encoded part, if it is one.
fn decode(part: &str) -> Option<String> {
    let mut pieces = part.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

fn is_part(part: &str) -> bool {
    part == MISSING_TEXT || part.bytes().all(|byte| is_plain(byte) || byte == b'%')
}

const MISSING: char = '~';
const MISSING_TEXT: &str = "~";

impl fmt::Display for BreakerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Escaped::within(LONGEST_SHOWN, &self.0))
    }
}

/// In bytes.
const LONGEST_SHOWN: usize = 256;
