//! The public names: each item at one path. The facade re-exports this module as it is.

#[cfg(feature = "tokio")]
pub use crate::timed_out::TimedOut;
pub use crate::{
    breaker::{Breaker, CallError, CircuitOpen, Permit},
    circuit::{Expiry, Policy, PolicyPatch, Reason, State, Window},
    config::Config,
    connection::{Connection, ConnectionKind},
    counters::Totals,
    error::UnknownBreaker,
    identity::Identity,
    outcome::{Failure, Outcome},
    registry::{
        Registry, add_check, breaker, close, configure, failure, find, health, init, is_available,
        on_event, open, register, registry, reload, reset, shadow_all, status, statuses, subscribe,
        success, totals, unregister,
    },
    status::{Health, Status},
};

#[doc = include_str!("circuit/page.md")]
pub mod circuit {
    pub use crate::circuit::{Action, Admission, By, Circuit, Fate, Generation, Tick, Verdict};
}

/// Clocks: sources of time for a registry and its breakers.
pub mod clock {
    pub use crate::time::clock::{Clock, SystemClock};
}

/// Parts of a [`Config`], what a reload changed, and names that match nothing.
pub mod config {
    pub use crate::{
        circuit::Reasons,
        config::{ConfigChange, LastReload, Reconfigured, Reloaded, Unused},
    };
}

/// Named futures and streams of breakers and permits, for fields of your own types.
pub mod future {
    pub use crate::breaker::{Ready, WatchedFuture, WatchedStream};
}

/// Durations as text, as attributes and configuration accept them: `500ms`, `30s`, `1m 30s`.
pub mod duration {
    pub use crate::duration::{InvalidDuration, parse, show};
}

/// Errors of configuration and registration, and of actions by hand.
///
/// The root has the errors that calls and look-ups return: [`CircuitOpen`], [`CallError`],
/// [`UnknownBreaker`].
pub mod error {
    pub use crate::{
        circuit::{InvalidPolicy, InvalidSetting},
        config::{ConfigMistake, InitError, InvalidConfig},
        error::{AddCheckError, InvalidLength, NoThread, OpenForError},
        registry::RegisterError,
    };
}

/// Events of breakers, and subscriptions to them.
pub mod event {
    pub use crate::{
        bus::{EventCallback, EventStream, Observation, Subscription},
        event::{Event, EventDetail, EventFilter, EventKind, EventKinds, ProbeVerdict},
    };
}

/// Health checks in the background, and parts of [`Health`].
pub mod health {
    pub use crate::{
        checks::{CheckSchedule, HealthCheck},
        status::{HealthCounts, HealthThresholds},
    };
}

/// Metrics of all breakers: a text for Prometheus, and what it is made of.
pub mod metrics {
    pub use crate::{
        metrics::{CONTENT_TYPE, Exposition, Format, GaugeFamily, Naming, render, render_into},
        registry::RegistryCounts,
        status::Series,
    };
}

/// The outcome of a `Result`, as a call without a handler is judged, and of an abandoned call.
pub mod outcome {
    pub use crate::{
        breaker::{FailureReason, OfBox, OfError, of, of_error},
        circuit::Abandoned,
    };
}

/// Retries around a breaker: which errors not to retry, and when to try again.
pub mod retry {
    pub use crate::retry::{delay, is_rejection};
}

/// The word of a fleet over one breaker.
pub mod overlay {
    pub use crate::overlay::{InvalidShare, Overlay, OverlayStatus, StaleEpoch};
}

/// Parts of a [`Status`], such as the cause of an opening and the origin of each setting.
pub mod status {
    #[cfg(feature = "declared")]
    pub use crate::registry::Declared;
    pub use crate::{
        breaker::Opening,
        circuit::{
            Cause, Change, DurationSource, Limit, OpenDuration, Rule, SettingChange, SettingName,
            WindowCounts,
        },
        config::{ConfigLayer, LayerValue, Setting, Settings},
        connection::Labels,
        histogram::{DurationHistogram, Durations},
        registry::BreakerFilter,
        status::{PastOpening, Rate, Rejections, Transitions},
    };
}

/// Texts from outside, as messages show them.
pub mod text {
    pub use crate::text::Escaped;
}

/// The test kit: a registry for one test, and a clock that tests control. Feature `testing`.
#[cfg(feature = "testing")]
pub mod testing {
    pub use crate::{
        registry::Entered,
        testing::{EventLog, ManualClock, ScopedFuture, TestRegistry},
    };
}

/// Items that generated code calls. They may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}
