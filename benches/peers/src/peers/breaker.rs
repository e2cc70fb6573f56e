//! brama through a `Breaker`, the handle.

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use brama::{Breaker, CallError, Expiry, Identity, PolicyPatch, Registry, Window};

use super::{LONG, Package, Peer, shelf::Keys};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Rule, Subject, Tasks, Why},
};

pub(super) struct Handle;

impl Peer for Handle {
    fn name(&self) -> &'static str {
        "brama, `Breaker`"
    }

    fn package(&self) -> Option<Package> {
        None
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Why> {
        let breaker = breaker(rule);
        Ok(Calls::new(move |number| breaker.call(|| answer(number)), refused))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Why> {
        let breaker = Arc::new(breaker(rule));
        Ok(Tasks::new(move |numbers| {
            let breaker = Arc::clone(&breaker);
            async move {
                let mut refusals = 0;
                for number in numbers {
                    let call = breaker.call_async(async { answer(black_box(number)) });
                    refusals += u64::from(refused(black_box(&call.await)));
                }
                refusals
            }
        }))
    }

    fn keyed(&self) -> Result<Calls, Why> {
        let (registry, keys) = (Registry::new(), Keys::new());
        let look_up_and_call = move |number| {
            let identity = Identity::new("keyed").with_key(keys.of(number));
            registry.breaker(identity).call(|| answer(number))
        };
        Ok(Calls::new(look_up_and_call, refused))
    }

    /// That of another key: whoever has so many breakers has keys, and settings for all of them.
    fn fresh(&self, rule: Rule) -> Result<Subject, Why> {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let identity = Identity::new(rule.name());
        if brama::find(identity.clone()).is_none() {
            configure(&brama::breaker(identity.clone()), rule);
        }
        let breaker = brama::breaker(identity.with_key(KEYS.fetch_add(1, Relaxed)));
        let call = move |number| breaker.call(|| answer(number));
        Ok(Subject::Sync(Calls::new(call, refused)))
    }
}

/// A breaker under a name of its own in the global registry, where users have theirs.
fn breaker(rule: Rule) -> Breaker {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let breaker = brama::breaker(format!("breaker-{}", NAMES.fetch_add(1, Relaxed)).as_str());
    configure(&breaker, rule);
    breaker
}

fn configure(breaker: &Breaker, rule: Rule) {
    let patch = PolicyPatch::new().expiry(Expiry::fixed(LONG));
    let configured = breaker.configure(match rule {
        Rule::InARow => patch.failure_threshold(10),
        Rule::Last100Calls => patch.failure_rate(50).window(Window::calls(100)),
        Rule::Last10Seconds => {
            patch.failure_rate(50).window(Window::time(std::time::Duration::from_secs(10)))
        }
    });
    configured.expect("within the limits");
}

fn refused(answer: &Result<u64, CallError<Failed>>) -> bool {
    matches!(answer, Err(CallError::Rejected(_)))
}
