//! The lines of changes: of state, of configuration, and in the life of a breaker.

use tracing::{Level, event};

use super::{
    fields::{Message, NameFields, millis, percent},
    level::is_on,
};
use crate::{
    circuit::{Action, By, Cause, Rule, State},
    event::{Event, EventDetail},
    identity::Identity,
    sys::panic::catch_panic,
};

/// Whether a line about this change may reach a subscriber. Calls no subscriber.
pub(crate) fn has_line(detail: &EventDetail, identity: &Identity<'_>) -> bool {
    level(detail, identity).is_some_and(is_on)
}

/// Writes the line of a change.
pub(crate) fn write_change(event: &Event) {
    let Some(level) = level(&event.detail, &event.identity) else { return };
    if is_on(level) {
        let _ = catch_panic(|| write(event, level));
    }
}

/// The level of a change's line; `None` for an event of a call, which has no line.
///
/// What happens to each key is not shown by default, but its openings are: a configuration of ten
/// thousand keys is one decision, and the reload has a line of its own.
fn level(detail: &EventDetail, identity: &Identity<'_>) -> Option<Level> {
    match detail {
        EventDetail::StateChanged { to, cause, .. } => Some(match to {
            _ if cause.by_hand.is_some() => Level::WARN,
            State::Open | State::ForcedOpen => Level::WARN,
            State::HalfOpen | State::Closed | State::Disabled => Level::INFO,
        }),
        // A probe or a step of a ramp is a part of the recovery.
        EventDetail::Overlaid { permits: Some(1..), .. }
        | EventDetail::Overlaid { admitting: Some(1..), .. }
        | EventDetail::Extended { .. }
        | EventDetail::Lifted { .. } => Some(Level::INFO),
        EventDetail::Reset { .. } | EventDetail::Overlaid { .. } => Some(Level::WARN),
        EventDetail::Unregistered | EventDetail::Configured { .. } => {
            Some(if identity.key().is_some() { Level::DEBUG } else { Level::INFO })
        }
        EventDetail::Registered | EventDetail::Removed | EventDetail::Probed { .. } => {
            Some(Level::DEBUG)
        }
        EventDetail::Success
        | EventDetail::Failure { .. }
        | EventDetail::Ignored
        | EventDetail::Rejected
        | EventDetail::Abandoned
        | EventDetail::Late
        | EventDetail::Slow => None,
    }
}

fn write(event: &Event, level: Level) {
    match &event.detail {
        EventDetail::StateChanged { from, to, cause } => {
            write_transition(event, level, Some((*from, *to)), cause);
        }
        EventDetail::Reset { cause } => write_transition(event, level, None, cause),
        EventDetail::Extended { duration } => write_extension(event, millis(duration.duration)),
        EventDetail::Overlaid { epoch, .. }
        | EventDetail::Lifted { epoch, .. }
        | EventDetail::Probed { epoch, .. } => write_overlay(event, level, *epoch),
        EventDetail::Registered
        | EventDetail::Unregistered
        | EventDetail::Removed
        | EventDetail::Configured { .. } => write_configuration(event, level),
        EventDetail::Success
        | EventDetail::Failure { .. }
        | EventDetail::Ignored
        | EventDetail::Rejected
        | EventDetail::Abandoned
        | EventDetail::Late
        | EventDetail::Slow => {}
    }
}

/// A line with the fields that all changes have. The level and the target are constants of the
/// place in the code, by which subscribers filter.
macro_rules! line {
    ($target:literal, $level:expr, $event:expr, $($name:ident = $value:expr),* $(,)?) => {{
        let NameFields { breaker, scope, key } = NameFields::of(&$event.identity);
        let kind = $event.connection_kind.as_ref().map(ToString::to_string);
        event!(
            target: $target,
            $level,
            breaker = &*breaker,
            scope = scope.as_deref(),
            key = key.as_deref(),
            kind = kind.as_deref(),
            $($name = $value,)*
            opening = $event.opening,
            number = $event.number,
            "{}", Message($event),
        );
    }};
}

fn write_transition(event: &Event, level: Level, states: Option<(State, State)>, cause: &Cause) {
    let (from, to) = states.map(|(from, to)| (from.as_str(), to.as_str())).unzip();
    let Cause { rule, run, counts, reasons, duration, by_hand, .. } = cause;
    let (action, by) = by_hand.as_ref().map(|(action, by)| (Action::as_str(*action), by)).unzip();
    let by = by.and_then(By::who).map(ToString::to_string);
    let last_failure = reasons.last().map(ToString::to_string);
    let failure_rate = percent(counts.failures, counts.calls);
    let slow_call_rate = percent(counts.slow, counts.calls);
    let slow_call_rate = slow_call_rate.filter(|_| *rule == Rule::SlowCallRate);
    macro_rules! transition {
        ($level:expr) => {
            line!(
                "brama::transition",
                $level,
                event,
                from = from,
                to = to,
                reason = rule.as_str(),
                failure_rate = failure_rate,
                slow_call_rate = slow_call_rate,
                calls = (0 < counts.calls).then_some(counts.calls),
                in_a_row = is_of_a_run(*rule).then_some(*run),
                last_failure = last_failure.as_deref(),
                wait_ms = duration.map(|opening| millis(opening.duration)),
                action = action,
                by = by.as_deref(),
            )
        };
    }
    if level == Level::WARN { transition!(Level::WARN) } else { transition!(Level::INFO) }
}

/// Whether the rule judges calls in a row.
const fn is_of_a_run(rule: Rule) -> bool {
    match rule {
        Rule::FailureThreshold | Rule::SuccessThreshold | Rule::InconclusiveProbes => true,
        Rule::FailureCount
        | Rule::FailureRate
        | Rule::SlowCallRate
        | Rule::Trip
        | Rule::ProbeFailed
        | Rule::ByHand
        | Rule::Expiry
        | Rule::HealthCheck
        | Rule::Ramp
        | Rule::Saturated
        | Rule::Overlay => false,
    }
}

fn write_extension(event: &Event, wait_ms: u64) {
    let reason = "retry_after";
    line!("brama::transition", Level::INFO, event, reason = reason, wait_ms = wait_ms);
}

fn write_overlay(event: &Event, level: Level, epoch: u64) {
    let change = event.kind().as_str();
    macro_rules! overlay {
        ($level:expr) => {
            line!("brama::overlay", $level, event, change = change, epoch = epoch)
        };
    }
    match level {
        Level::WARN => overlay!(Level::WARN),
        Level::INFO => overlay!(Level::INFO),
        _ => overlay!(Level::DEBUG),
    }
}

fn write_configuration(event: &Event, level: Level) {
    let change = event.kind().as_str();
    if level == Level::INFO {
        line!("brama::config", Level::INFO, event, change = change);
    } else {
        line!("brama::config", Level::DEBUG, event, change = change);
    }
}
