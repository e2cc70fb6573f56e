//! The part of the runtime that generated code calls.

mod cached_site;
mod call_site;
mod future;
mod key;
mod lookup;
mod policy;
mod rejected;
#[cfg(feature = "tokio")]
mod timeout;
mod verdict;

#[cfg(feature = "tokio")]
pub use self::timeout::{
    CallTimer, FromTimedOut, TimedOut, TimeoutFuture, TimeoutOutput, answer_timeout, record_timeout,
};
pub use self::{
    cached_site::CachedSite,
    call_site::{CallSite, SiteSlot},
    future::{IntoFutureOf, PinnedBox, make_future},
    key::{AsNumber, AsText, DisplayKey, Key, NumberKey, TextKey, key},
    lookup::{AsIdentifier, Lookup, acquire, enter, find},
    policy::{ExpiryOrDuration, checked},
    rejected::{FromCircuitOpen, OpenOutput, call_on_open},
    verdict::{
        BoxedError, BoxedOpaque, BoxedSendError, BoxedSendOpaque, CallErr, CallErrOpaque,
        DisplayOnly, HasError, Opaque, ReturnsResult, StdError, is_ignored, is_no_failure, verdict,
    },
};
#[cfg(feature = "declared")]
pub use crate::registry::DeclarationEntry;
pub use crate::{
    config::{Attribute, Declaration},
    identity::KeyText,
};
/// Makes a function known before its first call.
#[cfg(feature = "declared")]
pub use inventory::submit as declare;

/// Without the feature `declared`: nothing. A build script may share the attribute with a program
/// that has the feature.
#[cfg(not(feature = "declared"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __brama_declare {
    ($($entry:tt)*) => {};
}
#[cfg(not(feature = "declared"))]
pub use __brama_declare as declare;
