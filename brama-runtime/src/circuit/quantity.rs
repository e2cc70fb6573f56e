//! A count with its noun, for people.

use std::fmt;

use super::WindowCounts;

/// Prints `1 failure`, `2 failures`, `1 success` or `2 successes`.
pub(crate) struct Quantity(pub(crate) u64, pub(crate) &'static str);

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, noun) = self;
        let ending = match count {
            1 => "",
            _ if noun.ends_with('s') => "es",
            _ => "s",
        };
        write!(f, "{count} {noun}{ending}")
    }
}

/// Prints `lost a window with 1 failure in 30 calls`.
pub(crate) struct LostWindow(pub(crate) WindowCounts);

impl fmt::Display for LostWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WindowCounts { calls, failures, .. } = self.0;
        let (calls, failures) = (Quantity(calls, "call"), Quantity(failures, "failure"));
        write!(f, "lost a window with {failures} in {calls}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let printed = |noun| [0, 1, 2].map(|count| Quantity(count, noun).to_string());
        assert_eq!(printed("failure"), ["0 failures", "1 failure", "2 failures"]);
        assert_eq!(printed("success"), ["0 successes", "1 success", "2 successes"]);
    }
}
