//! brama through its handle, `Breaker`.

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use brama::{Breaker, CallError, Expiry, Identity, PolicyPatch, Registry, Window};

use super::{LONG, Package, Peer, keyed::Keys};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Subject, Tasks},
};

pub(super) struct Handle;

impl Peer for Handle {
    fn name(&self) -> &'static str {
        "brama (`Breaker`)"
    }

    fn package(&self) -> Option<Package> {
        None
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        let breaker = breaker(rule);
        Ok(Calls::new(move |number| breaker.call(|| answer(number)), is_rejected))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        let breaker = Arc::new(breaker(rule));
        Ok(Tasks::new(move |numbers| {
            let breaker = Arc::clone(&breaker);
            async move {
                let mut rejections = 0;
                for number in numbers {
                    let call = breaker.call_async(async { answer(black_box(number)) });
                    rejections += u64::from(is_rejected(black_box(&call.await)));
                }
                rejections
            }
        }))
    }

    fn keyed(&self) -> Result<Calls, Note> {
        let (registry, keys) = (Registry::new(), Keys::new());
        let look_up_and_call = move |number| {
            let identity = Identity::new("keyed").with_key(keys.of(number));
            registry.breaker(identity).call(|| answer(number))
        };
        Ok(Calls::new(look_up_and_call, is_rejected))
    }

    /// A new key of one identifier, since an application with many breakers uses keys.
    fn fresh(&self, rule: Rule) -> Result<Subject, Note> {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let identity = Identity::new(rule.name());
        if brama::find(identity.clone()).is_none() {
            configure(&brama::breaker(identity.clone()), rule);
        }
        let breaker = brama::breaker(identity.with_key(KEYS.fetch_add(1, Relaxed)));
        let call = move |number| breaker.call(|| answer(number));
        Ok(Subject::Sync(Calls::new(call, is_rejected)))
    }
}

/// A breaker with a new name in the global registry, as applications have them.
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

fn is_rejected(answer: &Result<u64, CallError<Failed>>) -> bool {
    matches!(answer, Err(CallError::Rejected(_)))
}
