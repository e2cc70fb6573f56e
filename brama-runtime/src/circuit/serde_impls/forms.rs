//! The serialized forms of the circuit's public values.

use std::time::Duration;

use super::{form::form, nanos, text};
use crate::circuit::{
    self, Action, By, Cause, DurationSource, Generation, Limit, OpenDuration, Reason, Rule, State,
    Tick, WindowCounts, window::Span,
};

form! {
    #[serde(remote = "circuit::Tick")]
    Tick: struct (u64);
}

form! {
    #[serde(remote = "circuit::Generation")]
    Generation: struct (u64);
}

form! {
    #[serde(remote = "circuit::State", rename_all = "snake_case")]
    State: enum {
        Closed,
        Open,
        HalfOpen,
        #[serde(rename = "force_open")]
        ForcedOpen,
        Disabled,
    }
}

form! {
    #[serde(remote = "circuit::Change", deny_unknown_fields)]
    Change: struct { from: State, to: State, generation: Generation, at: Tick, cause: Cause }
}

form! {
    #[serde(remote = "circuit::Cause", deny_unknown_fields)]
    Cause: struct {
        rule: Rule,
        limit: Option<Limit>,
        run: u64,
        counts: WindowCounts,
        reasons: Vec<Reason>,
        duration: Option<OpenDuration>,
        by_hand: Option<(Action, By)>,
        #[serde(default)]
        held_back: bool,
    }
}

form! {
    #[serde(remote = "circuit::Rule", rename_all = "snake_case")]
    Rule: enum {
        FailureThreshold,
        FailureCount,
        FailureRate,
        SlowCallRate,
        Trip,
        ProbeFailed,
        InconclusiveProbes,
        ByHand,
        Expiry,
        HealthCheck,
        SuccessThreshold,
        Ramp,
        Saturated,
        Overlay,
    }
}

form! {
    #[serde(remote = "circuit::Limit", rename_all = "snake_case")]
    Limit: enum { Count(u32), Hundredths(u32) }
}

form! {
    #[serde(remote = "circuit::OpenDuration", deny_unknown_fields)]
    OpenDuration: struct {
        #[serde(with = "text")]
        duration: Duration,
        source: DurationSource,
        #[serde(with = "text")]
        jitter: Duration,
    }
}

form! {
    #[serde(remote = "circuit::DurationSource", rename_all = "snake_case")]
    DurationSource: enum { Fixed, Progressive { trips: u32 }, RetryAfter, Repeated, ByHand }
}

form! {
    #[serde(remote = "circuit::WindowCounts", deny_unknown_fields)]
    WindowCounts: struct { calls: u64, failures: u64, slow: u64 }
}

form! {
    #[serde(remote = "circuit::Action", rename_all = "snake_case")]
    Action: enum {
        #[serde(with = "text")]
        Open(Option<Duration>),
        ForceOpen,
        Close,
        Reset,
        Disable,
    }
}

form! {
    #[serde(remote = "circuit::By", deny_unknown_fields)]
    By: struct { who: Option<Reason>, reason: Reason }
}

form! {
    #[serde(remote = "circuit::Admission", rename_all = "snake_case")]
    Admission: enum {
        Admitted(Generation),
        Rejected {
            #[serde(with = "nanos")]
            retry_after: Option<Duration>,
        },
        Shadowed,
    }
}

form! {
    #[serde(remote = "circuit::Verdict", rename_all = "snake_case")]
    Verdict: enum {
        Success {
            #[serde(with = "nanos")]
            took: Option<Duration>,
        },
        Failure {
            reason: Reason,
            #[serde(with = "nanos")]
            retry_after: Option<Duration>,
            #[serde(with = "nanos")]
            took: Option<Duration>,
        },
        Trip {
            reason: Reason,
            #[serde(with = "nanos")]
            retry_after: Option<Duration>,
            #[serde(with = "nanos")]
            took: Option<Duration>,
        },
        Ignore,
        InnerRejection,
        Abandoned {
            #[serde(with = "nanos")]
            took: Option<Duration>,
        },
    }
}

form! {
    #[serde(remote = "circuit::Fate", rename_all = "snake_case")]
    Fate: enum { Judged, Late, Extended, TotalsOnly }
}

form! {
    #[serde(remote = "circuit::Window")]
    Window: struct (Span);
}

form! {
    #[serde(remote = "circuit::Abandoned", rename_all = "snake_case")]
    Abandoned: enum { Ignore, Failure }
}

form! {
    #[serde(remote = "circuit::Reasons", rename_all = "snake_case")]
    Reasons: enum { Text, Type, None }
}
