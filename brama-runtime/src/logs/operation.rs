//! The lines of a registry as a whole: reloads, and user code that panicked.

use tracing::{Level, event};

use super::{fields::NameFields, level::is_on};
use crate::{config::Reloaded, identity::Identity, sys::panic::catch_panic};

/// Writes the line of a reload. The caller must hold no lock.
pub(crate) fn reloaded(reloaded: &Reloaded) {
    if is_on(Level::INFO) {
        let _ = catch_panic(|| write_reload(reloaded));
    }
}

fn write_reload(reloaded: &Reloaded) {
    let Reloaded { configuration, breakers } = reloaded;
    let mut shown: Vec<_> =
        configuration.iter().take(MOST_CHANGES).map(ToString::to_string).collect();
    match configuration.len() - shown.len() {
        0 if shown.is_empty() => shown.push("it sets what the one before has set".to_owned()),
        0 => {}
        more => shown.push(format!("and {more} more")),
    }
    event!(
        target: "brama::config",
        Level::INFO,
        change = "reloaded",
        settings = configuration.len(),
        breakers = breakers.len(),
        "the configuration was reloaded: {}",
        shown.join("; "),
    );
}

/// How many changes a line shows.
const MOST_CHANGES: usize = 16;

/// Writes the line about user code that panicked and was caught. The caller must hold no lock.
pub(crate) fn panicked(what: &str, identity: Option<&Identity<'_>>) {
    if is_on(Level::ERROR) {
        let _ = catch_panic(|| write_panic(what, identity));
    }
}

fn write_panic(what: &str, identity: Option<&Identity<'_>>) {
    let fields = identity.map(NameFields::of);
    let (breaker, rest) = fields.map(|it| (it.breaker, (it.scope, it.key))).unzip();
    let (scope, key) = rest.unzip();
    event!(
        target: "brama::panic",
        Level::ERROR,
        breaker,
        scope = scope.flatten(),
        key = key.flatten(),
        "{what} panicked; the panic was caught, and breakers go on",
    );
}
