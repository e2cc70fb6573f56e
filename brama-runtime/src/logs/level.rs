//! The level at which a subscriber listens, without asking a subscriber.

use tracing::{Level, level_filters::LevelFilter};

/// Whether any subscriber takes lines of this level, as far as one load of a static tells.
#[inline]
pub(crate) fn is_on(level: Level) -> bool {
    level <= LevelFilter::current() || is_on_in_log(level)
}

/// Whether there is a subscriber for rejections or outcomes of calls.
#[inline]
pub(crate) fn is_listening() -> bool {
    LevelFilter::current() != LevelFilter::OFF || is_on_in_log(Level::DEBUG)
}

/// Whether the logger of the crate `log` takes lines of this level. `tracing` passes lines on to it
/// while there is no subscriber.
#[cfg(feature = "log")]
#[inline]
fn is_on_in_log(level: Level) -> bool {
    let level = match level {
        Level::ERROR => log::Level::Error,
        Level::WARN => log::Level::Warn,
        Level::INFO => log::Level::Info,
        Level::DEBUG => log::Level::Debug,
        Level::TRACE => log::Level::Trace,
    };
    level <= log::max_level()
}

#[cfg(not(feature = "log"))]
#[inline]
const fn is_on_in_log(_: Level) -> bool {
    false
}
