//! How long an opening of Resilience4j lasts.

use std::time::Duration;

use brama_runtime::api::{Expiry, PolicyPatch};

use super::super::{
    field::Field,
    log::ImportLog,
    time_text::{SPRING, shown},
};

/// The length of openings, and its jitter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    expiry: Expiry,
    jitter: Option<f64>,
}

/// The keys of one table that say how long an opening lasts. They act together.
#[derive(Debug, Default)]
pub(super) struct WaitLevel<'a> {
    wait: Option<Field<'a>>,
    is_exponential: Option<Field<'a>>,
    multiplier: Option<Field<'a>>,
    max: Option<Field<'a>>,
    is_randomized: Option<Field<'a>>,
    share: Option<Field<'a>>,
}

impl Default for Wait {
    fn default() -> Self {
        Self { expiry: Expiry::fixed(Duration::from_secs(60)), jitter: None }
    }
}

impl Wait {
    /// The patch with these settings.
    pub(super) const fn over(self, patch: PolicyPatch) -> PolicyPatch {
        let patch = patch.with_expiry(self.expiry);
        match self.jitter {
            Some(jitter) => patch.jitter(jitter),
            None => patch,
        }
    }
}

/// What Resilience4j uses if a table does not say it.
const MULTIPLIER: f64 = 1.5;
const SHARE: f64 = 0.5;

/// For a wait that grows without end.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl<'a> WaitLevel<'a> {
    /// Takes a field if it says how long an opening lasts.
    pub(super) fn take(&mut self, field: &Field<'a>) -> bool {
        let place = match field.word().as_str() {
            "waitdurationinopenstate" => &mut self.wait,
            "enableexponentialbackoff" => &mut self.is_exponential,
            "exponentialbackoffmultiplier" => &mut self.multiplier,
            "exponentialmaxwaitdurationinopenstate" => &mut self.max,
            "enablerandomizedwait" => &mut self.is_randomized,
            "randomizedwaitfactor" => &mut self.share,
            _ => return false,
        };
        *place = Some(field.clone());
        true
    }

    /// The wait of this table, or that of the table below if this one does not say it.
    pub(super) fn over(self, below: Wait, log: &mut ImportLog) -> Wait {
        let flag = |field: &Option<Field<'_>>, log: &mut ImportLog| {
            field.as_ref().and_then(|field| log.flag(field)).unwrap_or(false)
        };
        let is_exponential = flag(&self.is_exponential, log);
        let is_randomized = flag(&self.is_randomized, log);
        if let Some(field) = self.is_randomized.as_ref().filter(|_| is_exponential && is_randomized)
        {
            log.wrong(field, "false, because `enableExponentialBackoff` is true");
        }
        let wait =
            self.wait.as_ref().and_then(|field| log.duration_of_a_milli(field, "expiry", &SPRING));
        match wait {
            Some(wait) if is_exponential => {
                note_unused([&self.share], "without enableRandomizedWait it has no effect", log);
                self.exponential(wait, log)
            }
            Some(wait) => {
                let unused = "without enableExponentialBackoff it has no effect";
                note_unused([&self.multiplier, &self.max], unused, log);
                if is_randomized {
                    return self.randomized(wait, log);
                }
                note_unused([&self.share], "without enableRandomizedWait it has no effect", log);
                Wait { expiry: Expiry::fixed(wait), jitter: None }
            }
            None => {
                let all = [&self.is_exponential, &self.multiplier, &self.max];
                let others = [&self.is_randomized, &self.share];
                note_unused(all.into_iter().chain(others), ALONE, log);
                below
            }
        }
    }

    fn exponential(&self, initial: Duration, log: &mut ImportLog) -> Wait {
        let factor = self.multiplier.as_ref().and_then(|field| {
            let must_be = "a number above 0";
            let exact = log.number(field, must_be, |it: f64| 0.0 < it && it.is_finite())?;
            let factor = (exact.clamp(1.0, 100.0) * 1000.0).round() / 1000.0;
            if (factor - exact).abs() > 1e-9 {
                let why = "a factor is from 1 to 100, in whole thousandths";
                log.instead(field, format_args!("factor = {factor}"), why);
            }
            Some(factor)
        });
        let max = self.max.as_ref().and_then(|field| log.duration(field, "max", &SPRING));
        let max = match (max, &self.max) {
            (Some(max), Some(field)) if max < initial => {
                let why = "an initial wait above the maximum is cut to it";
                log.instead(field, format_args!("expiry = {}", shown(max)), why);
                return Wait { expiry: Expiry::fixed(max), jitter: None };
            }
            (Some(max), _) => max,
            (None, _) => {
                let max = LONGEST.max(initial);
                let field = self.is_exponential.as_ref();
                let instead = format!("max = {}", shown(max));
                log.instead_or_default(field, instead, "brama needs a longest wait");
                max
            }
        };
        let factor = factor.unwrap_or(MULTIPLIER);
        Wait { expiry: Expiry::progressive(initial, max).with_factor(factor), jitter: None }
    }

    /// Resilience4j draws from `wait` less and plus a share of it. Jitter only shortens, so the
    /// expiry is the longest wait, and jitter reaches down to the shortest.
    fn randomized(&self, wait: Duration, log: &mut ImportLog) -> Wait {
        let share = self.share.as_ref().and_then(|field| {
            log.number(field, "a number from 0 to below 1", |it: f64| (0.0..1.0).contains(&it))
        });
        let share = share.unwrap_or(SHARE);
        let longest = Duration::from_millis(millis(wait.as_secs_f64() * (1.0 + share)));
        let exact = 2.0 * share / (1.0 + share);
        let jitter = ((exact * 1000.0).round() / 1000.0).min(0.9);
        let field = self.is_randomized.as_ref();
        let instead = format!("expiry = {}, jitter = {jitter}", shown(longest));
        let why = if jitter < 0.9 {
            "jitter only shortens, so the expiry is the longest wait and jitter the whole range"
        } else {
            "jitter only shortens, and is at most 0.9; shorter waits are not drawn"
        };
        log.instead_or_default(field, instead, why);
        Wait { expiry: Expiry::fixed(longest), jitter: Some(jitter) }
    }
}

const ALONE: &str =
    "without `waitDurationInOpenState` in the same table, Resilience4j does not use it";

fn note_unused<'a: 'b, 'b>(
    fields: impl IntoIterator<Item = &'b Option<Field<'a>>>,
    why: &str,
    log: &mut ImportLog,
) {
    for field in fields.into_iter().flatten() {
        log.unsaid(field, why);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most 2000 days, and never below 0"
)]
fn millis(seconds: f64) -> u64 {
    ((seconds * 1000.0).round() as u64).max(1)
}
