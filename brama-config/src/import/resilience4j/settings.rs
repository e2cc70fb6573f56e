//! The settings of one circuit breaker of Resilience4j.

use std::{collections::HashMap, time::Duration};

use brama_runtime::api::{PolicyPatch, Window};

use super::{
    super::{
        field::{Branch, Field, word_of},
        log::ImportLog,
        sentences::REJECTS_NO_CALL,
        sourced::Sourced,
        time_text::{SPRING, duration_literal},
    },
    wait::{Wait, WaitLevel},
};

/// The settings of one circuit breaker. They begin as the defaults of Resilience4j.
#[derive(Debug, Clone)]
pub(super) struct Resilience4jSettings<'a> {
    failure_rate: f64,
    slow_call_rate: f64,
    slow_call_duration: Duration,
    wait: Wait,
    window: u32,
    is_timed: bool,
    minimum: Sourced<'a, u32>,
    permitted: u32,
    probe_timeout: Option<Duration>,
    shadow: bool,
}

impl Default for Resilience4jSettings<'_> {
    fn default() -> Self {
        Self {
            failure_rate: 50.0,
            slow_call_rate: 100.0,
            slow_call_duration: Duration::from_secs(60),
            wait: Wait::default(),
            window: 100,
            is_timed: false,
            minimum: Sourced::by_default(100),
            permitted: 10,
            probe_timeout: None,
            shadow: false,
        }
    }
}

impl<'a> Resilience4jSettings<'a> {
    /// The settings of a table over these.
    pub(super) fn under(mut self, table: &Branch<'a>, log: &mut ImportLog) -> Self {
        let (mut waits, mut words) = (WaitLevel::default(), HashMap::new());
        for field in table.fields() {
            if let Some(first) = words.insert(field.word(), field.clone()) {
                let reason = "the key is written in another way below, and the last one counts";
                log.note(&first, reason);
            }
            if !waits.take(&field) {
                self.take(field, log);
            }
        }
        self.wait = waits.over(self.wait, log);
        self
    }

    /// Takes the value of a key, or notes it.
    fn take(&mut self, field: Field<'a>, log: &mut ImportLog) {
        match field.word().as_str() {
            "failureratethreshold" => rate(&mut self.failure_rate, "failure_rate", &field, log),
            "slowcallratethreshold" => {
                rate(&mut self.slow_call_rate, "slow_call_rate", &field, log);
            }
            "slowcalldurationthreshold" => {
                let limit = log.duration_of_a_milli(&field, "slow_call_duration", &SPRING);
                self.slow_call_duration = limit.unwrap_or(self.slow_call_duration);
            }
            "slidingwindowsize" => self.window = log.count(&field).unwrap_or(self.window),
            "slidingwindowtype" => self.take_window_type(&field, log),
            "minimumnumberofcalls" => {
                self.minimum.set(log.count(&field), field);
            }
            "permittednumberofcallsinhalfopenstate" => {
                self.permitted = log.count(&field).unwrap_or(self.permitted);
            }
            "maxwaitdurationinhalfopenstate" => self.take_half_open_wait(&field, log),
            "initialstate" => self.take_initial_state(&field, log),
            "baseconfig" => {}
            word => note(word, &field, log),
        }
    }

    fn take_window_type(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        let Some(text) = log.text(field) else { return };
        match word_of(&text).as_str() {
            "countbased" => self.is_timed = false,
            "timebased" => self.is_timed = true,
            _ => log.wrong(field, "COUNT_BASED or TIME_BASED"),
        }
    }

    fn take_half_open_wait(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        let Some(wait) = log.duration_or_zero(field, &SPRING) else { return };
        self.probe_timeout =
            (!wait.is_zero()).then(|| log.whole_millis(field, "probe_timeout", wait));
        if let Some(wait) = self.probe_timeout {
            let replacement = format!("probe_timeout = {}", duration_literal(wait));
            let reason = "Resilience4j leaves the half-open state then; brama gives the places of \
                          probes that have not ended to the next calls";
            log.note_replacement(field, replacement, reason);
        }
    }

    fn take_initial_state(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        let Some(text) = log.text(field) else { return };
        self.shadow = false;
        match word_of(&text).as_str() {
            "closed" => {}
            "metricsonly" => {
                self.shadow = true;
                log.note_replacement(field, "shadow = true", REJECTS_NO_CALL);
            }
            "open" | "halfopen" => log.note(field, "a circuit begins closed: call `open`"),
            "forcedopen" => log.note(field, "a circuit begins closed: call `force_open`"),
            "disabled" => log.note(field, "a circuit begins closed: call `disable`"),
            _ => log.wrong(field, "a state such as CLOSED, OPEN, DISABLED or METRICS_ONLY"),
        }
    }

    pub(super) fn patch(self, log: &mut ImportLog) -> PolicyPatch {
        let Sourced { value: exact, field } = &self.minimum;
        let (window, minimum) = if self.is_timed {
            (Window::time(Duration::from_secs(self.window.into())), *exact)
        } else {
            (Window::calls(self.window), self.window.min(*exact))
        };
        if let Some(field) = field.as_ref().filter(|_| minimum < *exact) {
            let replacement = format!("minimum_calls = {minimum}");
            log.note_replacement(field, replacement, "Resilience4j lowers it to the window");
        }
        let patch = PolicyPatch::new()
            .failure_rate_decimal(self.failure_rate)
            .slow_call_rate_decimal(self.slow_call_rate)
            .slow_call_duration(self.slow_call_duration)
            .window(window)
            .minimum_calls(minimum)
            .half_open_limit(self.permitted)
            .success_threshold(self.permitted.min(minimum));
        let patch = if self.shadow { patch.shadow(true) } else { patch };
        let patch = self.probe_timeout.map_or(patch, |timeout| patch.probe_timeout(timeout));
        self.wait.over(patch)
    }
}

/// Reads a percentage, to two decimals.
fn rate(rate: &mut f64, setting: &str, field: &Field<'_>, log: &mut ImportLog) {
    let read =
        log.number(field, "a percentage from 1 to 100", |it: f64| (1.0..=100.0).contains(&it));
    let Some(exact) = read else { return };
    *rate = log.hundredths(field, setting, exact);
}

/// Notes a key that has no setting.
fn note(word: &str, field: &Field<'_>, log: &mut ImportLog) {
    let reason = match word {
        "recordexceptions" | "recordfailurepredicate" => {
            "set it in code, with the attribute's `failure_if`"
        }
        "ignoreexceptions" | "ignoreexceptionpredicate" => {
            "set it in code, with the attribute's `ignore_if`"
        }
        "recordresultpredicate" => "set it in code, with the attribute's `error_handler`",
        "automatictransitionfromopentohalfopenenabled" => {
            "with the cleanup that `init` starts, every circuit becomes half-open on its own, at \
             most `cleanup_interval` late"
        }
        "transitiontostateafterwaitduration" => {
            "brama stays half-open, and gives places of probes to the next calls"
        }
        "writablestacktraceenabled" => "a rejection here has no stack trace",
        "eventconsumerbuffersize" => "each subscription here has a bounded queue",
        "subscribeforevents" => "subscribe in code: `on_event`",
        "registerhealthindicator" | "allowhealthindicatortofail" => {
            "`health` covers all breakers; its thresholds are set in code"
        }
        "ignoreclassbindingexceptions" => "there are no classes to bind here",
        "ringbuffersizeinclosedstate" => {
            "a key of Resilience4j before 1.0: write `window` and `minimum_calls`"
        }
        "ringbuffersizeinhalfopenstate" => {
            "a key of Resilience4j before 1.0: write `half_open_limit` and `success_threshold`"
        }
        _ => return log.unknown(field, &KEYS),
    };
    log.note(field, reason);
}

/// Keys with a meaning, for those that are misspelt.
const KEYS: [&str; 21] = [
    "automaticTransitionFromOpenToHalfOpenEnabled",
    "baseConfig",
    "enableExponentialBackoff",
    "enableRandomizedWait",
    "exponentialBackoffMultiplier",
    "exponentialMaxWaitDurationInOpenState",
    "failureRateThreshold",
    "ignoreExceptionPredicate",
    "ignoreExceptions",
    "initialState",
    "maxWaitDurationInHalfOpenState",
    "minimumNumberOfCalls",
    "permittedNumberOfCallsInHalfOpenState",
    "randomizedWaitFactor",
    "recordExceptions",
    "recordFailurePredicate",
    "slidingWindowSize",
    "slidingWindowType",
    "slowCallDurationThreshold",
    "slowCallRateThreshold",
    "waitDurationInOpenState",
];
