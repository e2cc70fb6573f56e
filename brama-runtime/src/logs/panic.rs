//! The line of a panic of user code: an observer, a callback or a health check.

use tracing::{Level, event};

use super::{fields::NameFields, level::is_on};
use crate::{identity::Identity, sys::panic::catch_panic};

/// Writes the line about user code that panicked and was caught. The caller must hold no lock.
pub(crate) fn write_panic(what: &str, identity: Option<&Identity<'_>>) {
    if is_on(Level::ERROR) {
        let _ = catch_panic(|| panic_line(what, identity));
    }
}

fn panic_line(what: &str, identity: Option<&Identity<'_>>) {
    let fields = identity.map(NameFields::of);
    let fields = fields.as_ref();
    event!(
        target: "brama::panic",
        Level::ERROR,
        breaker = fields.map(|it| &*it.breaker),
        scope = fields.and_then(|it| it.scope.as_deref()),
        key = fields.and_then(|it| it.key.as_deref()),
        "{what} panicked; the panic was caught, and breakers are not affected",
    );
}
