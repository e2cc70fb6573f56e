//! A `match` in the handler that omits a variant.

use brama::{Outcome, circuit_breaker};

enum Paid {
    Fully,
    Partly,
}

#[circuit_breaker(
    identifier = "bank",
    fallback = Paid::Partly,
    error_handler = |paid| match paid {
        Paid::Fully => Outcome::Success,
    },
)]
fn charge() -> Paid {
    Paid::Fully
}

fn main() {}
