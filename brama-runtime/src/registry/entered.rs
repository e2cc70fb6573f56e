//! The registry that a thread has entered: its call sites use it instead of the global one.

use std::{cell::RefCell, fmt, marker::PhantomData};

use super::Registry;

/// A guard: while it lives, decorated functions on this thread use the registry that was entered.
///
/// Guards nest, and may be dropped in any order: the newest live guard decides. A guard cannot
/// leave its thread. A leaked guard is in effect until its thread ends. Bind the guard to a name:
/// `let _ = …` drops it immediately.
///
/// ```compile_fail
/// # use brama_runtime::api as brama;
/// fn sent(_: impl Send) {}
/// sent(brama::testing::TestRegistry::new().enter());
/// ```
#[must_use = "dropping the guard leaves the registry"]
pub struct Entered {
    number: u64,
    /// Makes the guard neither `Send` nor `Sync`: only the thread that entered can leave.
    thread: PhantomData<*const ()>,
}

impl Entered {
    pub(crate) fn new(registry: Registry) -> Self {
        let number = STACK.try_with(|stack| stack.borrow_mut().push(registry));
        // A thread that is being torn down enters nothing, and leaves nothing.
        Self { number: number.unwrap_or(u64::MAX), thread: PhantomData }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // On a thread that is being torn down, there is nothing to leave. The registry is dropped
        // after the borrow of the stack ends, since its clock may be user code.
        drop(STACK.try_with(|stack| stack.borrow_mut().remove(self.number)));
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

/// The registry that this thread has entered most recently and not left; `None` while the thread is
/// torn down.
///
/// It returns a clone, so that the stack is not borrowed while user code formats a key: that code
/// may enter and leave registries too.
#[inline]
pub(crate) fn entered() -> Option<Registry> {
    STACK.try_with(|stack| stack.borrow().newest().cloned()).ok().flatten()
}

/// Whether this thread has entered a registry.
#[inline]
pub(crate) fn has_entered() -> bool {
    STACK.try_with(|stack| stack.borrow().newest().is_some()).unwrap_or_default()
}

thread_local! {
    static STACK: RefCell<Stack> = const { RefCell::new(Stack { registries: Vec::new(), next: 0 }) };
}

/// The registries that the thread has entered, newest last, each with the number of its guard.
struct Stack {
    registries: Vec<(u64, Registry)>,
    next: u64,
}

impl Stack {
    fn push(&mut self, registry: Registry) -> u64 {
        let number = self.next;
        self.next += 1;
        self.registries.push((number, registry));
        number
    }

    fn remove(&mut self, number: u64) -> Option<Registry> {
        let index = self.registries.iter().rposition(|(other, _)| *other == number)?;
        Some(self.registries.remove(index).1)
    }

    fn newest(&self) -> Option<&Registry> {
        self.registries.last().map(|(_, registry)| registry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A registry with one breaker, which identifies it.
    fn registry_with(name: &str) -> Registry {
        let registry = Registry::new();
        registry.breaker(name).success();
        registry
    }

    fn current() -> Option<String> {
        entered().map(|registry| format!("{registry:?}"))
    }

    #[test]
    fn the_newest_guard_that_lives_decides_in_whatever_order_they_drop() {
        let [outer, middle, inner] =
            ["outer", "middle", "inner"].map(|name| Entered::new(registry_with(name)));
        assert_eq!(current().as_deref(), Some("{\"inner\"}"));
        drop(middle);
        assert_eq!(current().as_deref(), Some("{\"inner\"}"));
        drop(inner);
        assert_eq!(current().as_deref(), Some("{\"outer\"}"));
        drop(outer);
        assert_eq!(current(), None);
    }

    #[test]
    fn a_registry_entered_twice_is_left_twice() {
        let registry = registry_with("twice");
        let first = Entered::new(registry.clone());
        let second = Entered::new(registry);
        drop(first);
        assert_eq!(current().as_deref(), Some("{\"twice\"}"));
        drop(second);
        assert_eq!(current(), None);
    }

    #[test]
    fn a_leaked_guard_ends_with_its_thread() {
        let registry = registry_with("leaked");
        let clone = registry.clone();
        std::thread::spawn(move || std::mem::forget(Entered::new(clone))).join().unwrap();
        assert_eq!(current(), None);
        assert!(registry.find("leaked").is_some());
    }

    #[test]
    fn a_thread_that_is_torn_down_has_entered_nothing() {
        struct Late;

        impl Drop for Late {
            fn drop(&mut self) {
                drop(Entered::new(Registry::new()));
                assert_eq!(current(), None);
            }
        }

        thread_local! {
            static LATE: Late = const { Late };
        }

        // One thread for each order of teardown.
        let before = std::thread::spawn(|| {
            LATE.with(|_| ());
            let _entered = Entered::new(Registry::new());
        });
        let after = std::thread::spawn(|| {
            let _entered = Entered::new(Registry::new());
            LATE.with(|_| ());
        });
        assert!(before.join().is_ok() && after.join().is_ok());
    }
}
