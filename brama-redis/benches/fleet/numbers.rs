//! Sorted durations.

use std::time::Duration;

pub(crate) struct Numbers(Vec<Duration>);

impl Numbers {
    pub(crate) fn new(mut numbers: Vec<Duration>) -> Self {
        numbers.sort_unstable();
        Self(numbers)
    }

    /// The value below which this share lies, per cent.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let place = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[place]
    }

    /// `p50 3.2 ms, p99 9.1 ms, longest 12.0 ms`
    pub(crate) fn show(&self) -> String {
        let millis = |percent| self.percentile(percent).as_secs_f64() * 1_000.0;
        let [p50, p99, most] = [50, 99, 100].map(millis);
        format!("p50 {p50:.1} ms, p99 {p99:.1} ms, longest {most:.1} ms")
    }
}
