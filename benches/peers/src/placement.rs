//! Where the threads of a measurement run.

use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

use crate::threads::processors;

/// The processors on which threads run.
///
/// A new thread often starts where the one that spawned it runs, and the kernel may need longer
/// than a measurement to move it. Then two threads take turns on one processor, and each call takes
/// twice as long. The tables therefore measure threads that are pinned apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Each thread on a processor of its own, as long as there are enough.
    Apart,
    /// Wherever the kernel puts them.
    Free,
    /// All on one processor.
    Together,
}

impl Placement {
    /// Every placement.
    pub const ALL: [Self; 3] = [Self::Apart, Self::Free, Self::Together];

    /// Pins this thread, the one of this number.
    pub(crate) fn pin(self, number: u64) {
        let place = match self {
            Self::Apart => usize::try_from(number).unwrap_or_default() % processors(),
            Self::Together => 0,
            Self::Free => return,
        };
        let mut one = CpuSet::new();
        one.set(place);
        // A container may forbid it; `cargo peers placement` shows whether it worked.
        let _ = sched_setaffinity(None, &one);
    }

    /// The processor on which this thread runs now.
    #[must_use]
    pub fn processor() -> usize {
        sched_getcpu()
    }
}
