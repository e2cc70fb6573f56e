//! Breakers of one peer under 10 000 keys, in the map that brama's registry uses.

use foldhash::fast::RandomState;
use papaya::HashMap;

use crate::subject::Calls;

/// How many keys there are.
const KEYS: u64 = 10_000;

/// The keys, which the caller has as owned strings.
pub(super) struct Keys(Vec<String>);

impl Keys {
    pub(super) fn new() -> Self {
        Self((0..KEYS).map(|number| format!("node-{number}")).collect())
    }

    /// The key of a number. Successive numbers have distant keys.
    #[inline]
    pub(super) fn of(&self, number: u64) -> &str {
        let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let place = usize::try_from((spread * KEYS) >> 32).unwrap_or_default();
        self.0.get(place).map_or("", String::as_str)
    }
}

/// Calls that look up a breaker, then call through it.
pub(super) fn keyed<B: Send + Sync + 'static, A>(
    make: impl Fn() -> B,
    call: impl Fn(&B, u64) -> A + Send + Sync + 'static,
    is_rejected: impl Fn(&A) -> bool + Send + Sync + 'static,
) -> Calls {
    let keys = Keys::new();
    let breakers = HashMap::with_capacity_and_hasher(keys.0.len(), RandomState::default());
    for key in &keys.0 {
        breakers.pin().insert(key.clone(), make());
    }
    let look_up_and_call = move |number| {
        let breakers = breakers.pin();
        let breaker = breakers.get(keys.of(number)).expect("each key has its breaker");
        call(breaker, number)
    };
    Calls::new(look_up_and_call, is_rejected)
}
