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
    Limited, TimedOut, TimeoutError, TimeoutOutput, Timer, answer_timeout, record_timeout,
};
pub use self::{
    cached_site::CachedSite,
    call_site::{CallSite, Held},
    future::{Answering, PinnedBox, made},
    key::{AsNumber, AsText, Key, Number, Shown, Text, key},
    lookup::{Asked, Name, ask, enter, find},
    policy::{Given, checked},
    rejected::{OpenError, OpenOutput, answer},
    verdict::{
        Call, Chained, Judged, Questionable, SendWrapped, SilentCall, SilentSendWrapped,
        SilentWrapped, Unknown, Wrapped, Written, is_ignored, is_no_failure, verdict,
    },
};
pub use crate::{config::Attribute, identity::Spelling};
