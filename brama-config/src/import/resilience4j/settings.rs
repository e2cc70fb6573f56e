//! The settings of one circuit breaker of Resilience4j.

use std::{collections::HashMap, time::Duration};

use brama_runtime::api::{PolicyPatch, Window};

use super::{
    super::{
        field::{Branch, Field, word_of},
        log::ImportLog,
        time_text::{SPRING, shown},
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
    minimum: u32,
    permitted: u32,
    probe_timeout: Option<Duration>,
    shadow: bool,
    minimum_field: Option<Field<'a>>,
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
            minimum: 100,
            permitted: 10,
            probe_timeout: None,
            shadow: false,
            minimum_field: None,
        }
    }
}

impl<'a> Resilience4jSettings<'a> {
    /// The settings of a table over these.
    pub(super) fn under(mut self, table: &Branch<'a>, log: &mut ImportLog) -> Self {
        let (mut waits, mut words) = (WaitLevel::default(), HashMap::new());
        for field in table.fields() {
            if let Some(first) = words.insert(field.word(), field.clone()) {
                let why = "the key is written in another way below, and the last one counts";
                log.unsaid(&first, why);
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
                self.minimum = log.count(&field).unwrap_or(self.minimum);
                self.minimum_field = Some(field);
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
            let instead = format!("probe_timeout = {}", shown(wait));
            let why = "Resilience4j leaves the half-open state then; brama gives the places of \
                       probes that have not ended to the next calls";
            log.instead(field, instead, why);
        }
    }

    fn take_initial_state(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        let Some(text) = log.text(field) else { return };
        self.shadow = false;
        match word_of(&text).as_str() {
            "closed" => {}
            "metricsonly" => {
                self.shadow = true;
                log.instead(
                    field,
                    "shadow = true",
                    "brama decides and counts, but rejects no call",
                );
            }
            "open" | "halfopen" => log.unsaid(field, "a circuit begins closed: call `open`"),
            "forcedopen" => log.unsaid(field, "a circuit begins closed: call `force_open`"),
            "disabled" => log.unsaid(field, "a circuit begins closed: call `disable`"),
            _ => log.wrong(field, "a state such as CLOSED, OPEN, DISABLED or METRICS_ONLY"),
        }
    }

    pub(super) fn patch(self, log: &mut ImportLog) -> PolicyPatch {
        let (window, minimum) = if self.is_timed {
            (Window::time(Duration::from_secs(self.window.into())), self.minimum)
        } else {
            (Window::calls(self.window), self.minimum.min(self.window))
        };
        if let Some(field) = self.minimum_field.as_ref().filter(|_| minimum < self.minimum) {
            let instead = format!("minimum_calls = {minimum}");
            log.instead(field, instead, "Resilience4j lowers it to the window");
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
    let why = match word {
        "recordexceptions" | "recordfailurepredicate" => {
            "say it in code: `failure_if` of the attribute"
        }
        "ignoreexceptions" | "ignoreexceptionpredicate" => {
            "say it in code: `ignore_if` of the attribute"
        }
        "recordresultpredicate" => "say it in code: `error_handler` of the attribute",
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
    log.unsaid(field, why);
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
