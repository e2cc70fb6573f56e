//! The part of the runtime that generated code and companions call.

mod cached_site;
mod call;
mod call_site;
mod companion;
mod future;
mod held;
mod judge;
mod key;
mod key_value;
mod lookup;
mod made_stream;
mod marker;
mod policy;
mod rejected;
mod site_keys;
#[cfg(feature = "tracing")]
mod span;
mod stacked;
mod stream;
#[cfg(feature = "tracing")]
mod stream_span;
#[cfg(feature = "tokio")]
mod stream_timer;
#[cfg(feature = "tokio")]
mod timeout;
mod verdict;

#[cfg(feature = "tracing")]
pub use self::span::{CallSpan, EnteredCall, InSpan, SpannedFuture};
#[cfg(feature = "tracing")]
pub use self::stream_span::{SpannedStream, StreamSpan};
#[cfg(feature = "tokio")]
pub use self::stream_timer::{LimitedStream, judge_timeout};
#[cfg(feature = "tokio")]
pub use self::timeout::{
    CallTimer, FromTimedOut, GenericFromTimedOut, TimeoutFuture, TimeoutOutput, answer_timeout,
    record_rejection, record_timeout,
};
pub use self::{
    cached_site::CachedSite,
    call::{call, call_declared, judged},
    call_site::{CallSite, Declares, SiteSlot},
    companion::{
        breaker_of_joined_key, call_back, is_awaited, log_hidden_values, log_initialized,
        log_reloaded_part, log_warnings, note_timeout, record_inner_rejection, record_mistakes,
        with_kept, without_secrets,
    },
    future::{IntoFutureOf, PinnedBox, declare, make_future},
    held::HeldBreaker,
    judge::{ErrorRules, FailedCall, HandlerAnswer, ReasonAnswer, handled},
    key::{DisplayKey, Key, NumberKey, TextKey, TupleKey, key},
    key_value::{AsNumber, AsPart, AsText},
    lookup::{AsIdentifier, Lookup, OwnRegistry, acquire, acquire_on_thread, admit, enter, find},
    made_stream::{IntoStreamOf, PinnedBoxOfStream, make_stream},
    policy::{ExpiryOrDuration, PolicyOrPatch},
    rejected::{FromCircuitOpen, GenericFromCircuitOpen, OpenOutput, call_on_open},
    stacked::InnerRejection,
    stream::{
        AdmittedStream, ItemsOf, LateCall, NoStreamLimit, ProtectedStream, StreamLimit, answer,
        protect_stream,
    },
    verdict::{
        BoxedError, BoxedOpaque, BoxedSendError, BoxedSendOpaque, CallErr, CallErrOpaque,
        DisplayOnly, HasError, Opaque, ReturnsResult, StdError, verdict,
    },
};
#[cfg(all(feature = "http", feature = "tokio"))]
pub use crate::answers::timeout_response;
#[cfg(feature = "http")]
pub use crate::answers::unavailable_response;
#[cfg(feature = "declared")]
pub use crate::registry::DeclarationEntry;
pub use crate::{
    breaker::{JudgedAt, SiteRef, watch_rejections},
    config::{Attribute, ConfigProblem, Declaration},
    identity::{KeyPart, KeyParts, KeyText},
    outcome::Judgement,
    text::without_passwords,
};
/// Makes a function known before its first call.
#[cfg(feature = "declared")]
pub use inventory::submit as list;

/// Without the feature `declared`: nothing. A build script may share the attribute with a program
/// that has the feature.
#[cfg(not(feature = "declared"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __brama_list {
    ($($entry:tt)*) => {};
}
#[cfg(not(feature = "declared"))]
pub use __brama_list as list;
