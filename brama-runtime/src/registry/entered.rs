//! The registry that this thread has entered, which its call sites use instead of the global one.

use std::{cell::RefCell, fmt, marker::PhantomData};

use super::Registry;

/// While it lives, decorated functions on this thread use the registry that was entered.
///
/// Guards nest: of those that live, the newest decides. They may be dropped in any order. A guard
/// stays on its thread; one that is leaked lasts as long as the thread does. Give it a name: `let _ =`
/// drops it at once.
///
/// ```compile_fail
/// # use brama_runtime::api as brama;
/// fn sent(_: impl Send) {}
/// sent(brama::testing::TestRegistry::new().enter());
/// ```
#[must_use = "the registry is left again when this is dropped"]
pub struct Entered {
    number: u64,
    /// Neither `Send` nor `Sync`: it is this thread that entered.
    thread: PhantomData<*const ()>,
}

impl Entered {
    pub(crate) fn new(registry: Registry) -> Self {
        let number = STACK.with_borrow_mut(|stack| stack.push(registry));
        Self { number, thread: PhantomData }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // A thread that is being torn down has left everything. What is removed is dropped here and
        // not inside: the registry's clock may be the user's.
        drop(STACK.try_with(|stack| stack.borrow_mut().remove(self.number)));
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

/// The registry that this thread has entered last and not left; none while it is torn down.
///
/// A copy, so that nothing is borrowed while the user's names are written out: they may enter and
/// leave too.
#[inline]
pub(crate) fn entered() -> Option<Registry> {
    STACK.try_with(|stack| stack.borrow().newest().cloned()).ok().flatten()
}

thread_local! {
    static STACK: RefCell<Stack> = const { RefCell::new(Stack { registries: Vec::new(), next: 0 }) };
}

/// What the thread has entered, the newest last, each under the number of its guard.
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
        let place = self.registries.iter().rposition(|(other, _)| *other == number)?;
        Some(self.registries.remove(place).1)
    }

    fn newest(&self) -> Option<&Registry> {
        self.registries.last().map(|(_, registry)| registry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A registry that knows one name.
    fn entry(name: &str) -> Registry {
        let registry = Registry::new();
        registry.breaker(name).success();
        registry
    }

    fn current() -> Option<String> {
        entered().map(|registry| format!("{registry:?}"))
    }

    #[test]
    fn the_newest_guard_that_lives_decides_in_whatever_order_they_drop() {
        let [outer, middle, inner] = ["outer", "middle", "inner"].map(|n| Entered::new(entry(n)));
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
        let registry = entry("twice");
        let first = Entered::new(registry.clone());
        let second = Entered::new(registry);
        drop(first);
        assert_eq!(current().as_deref(), Some("{\"twice\"}"));
        drop(second);
        assert_eq!(current(), None);
    }

    #[test]
    fn a_leaked_guard_ends_with_its_thread() {
        let registry = entry("leaked");
        let there = registry.clone();
        std::thread::spawn(move || std::mem::forget(Entered::new(there))).join().unwrap();
        assert_eq!(current(), None);
        assert!(registry.find("leaked").is_some());
    }

    #[test]
    fn a_thread_that_is_torn_down_has_entered_nothing() {
        struct Late;

        impl Drop for Late {
            fn drop(&mut self) {
                assert_eq!(current(), None);
                drop(Entered { number: 0, thread: PhantomData });
            }
        }

        thread_local! {
            static LATE: Late = const { Late };
        }

        // Whichever is torn down first.
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
