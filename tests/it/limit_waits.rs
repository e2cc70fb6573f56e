//! Who waits while all places of `concurrency_limit` are taken.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use brama::{Permit, testing::TestRegistry};

use crate::concurrency_limit::{acquire, limited};

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_task_that_waits_is_woken_when_a_call_ends() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 2);
    let permits = acquire(&breaker, 2);
    let (woken, mut ready) = (Arc::new(Woken::default()), pin!(breaker.ready()));
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    assert_eq!(ready.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    permits.into_iter().for_each(Permit::success);
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert_eq!(ready.as_mut().poll(&mut context), Poll::Ready(()));
}

#[test]
fn a_task_that_waits_for_the_circuit_is_woken_when_both_admit() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    breaker.open("maintenance");
    let (woken, mut ready) = (Arc::new(Woken::default()), pin!(breaker.ready()));
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    assert_eq!(ready.as_mut().poll(&mut context), Poll::Pending);
    breaker.close("mended");
    permit.success();
    assert_eq!(ready.as_mut().poll(&mut context), Poll::Ready(()));
    assert_ne!(woken.0.load(Ordering::Relaxed), 0);
}

#[test]
fn a_thread_that_waits_goes_on_when_a_call_ends() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| breaker.wait_timeout(Duration::from_secs(60)));
        permit.success();
        assert!(waiting.join().unwrap());
    });
}
