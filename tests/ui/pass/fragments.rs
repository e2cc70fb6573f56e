//! Functions written by a `macro_rules!` keep the meaning of their fragments.

use brama::{CircuitOpen, Outcome, circuit_breaker};

macro_rules! method {
    ($this:ident, $name:ident, $ty:ty, $limit:expr, $wait:literal, $body:block, $value:expr) => {
        #[circuit_breaker(
            identifier = stringify!($name),
            error_handler = |_: &Result<$ty, CircuitOpen>| Outcome::Success,
            max_attempts = $limit,
            expiry = $wait,
            fallback = Ok($value),
        )]
        fn $name(&$this) -> Result<$ty, CircuitOpen> $body
    };
}

struct Client(u8);

impl Client {
    method!(self, body, u8, 5, "30s", { Ok(self.0) }, self.0 + 1);
    method!(self, diverging, (u8, Vec<u8>), 2 + 3, "1m 30s", { return Ok((1, vec![])) }, (0, vec![]));
}

fn main() {
    assert_eq!(Client(3).body().ok(), Some(3));
    brama::breaker("body").force_open("test");
    assert_eq!(Client(3).body().ok(), Some(4));
    assert!(Client(3).diverging().is_ok());
}
