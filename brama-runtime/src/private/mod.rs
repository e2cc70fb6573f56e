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
pub use crate::{config::Attribute, identity::KeyText};
