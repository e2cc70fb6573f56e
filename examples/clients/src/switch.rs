//! A switch in front of a server: whether it works, and how many calls have reached it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::watch;

/// Whether a server works. Clones are the same switch.
#[derive(Debug, Clone, Default)]
pub struct Switch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    fails: watch::Sender<bool>,
    reached: AtomicUsize,
}

impl Switch {
    /// The server fails from now on.
    pub fn fail(&self) {
        self.0.fails.send_replace(true);
    }

    /// The server works from now on.
    pub fn work(&self) {
        self.0.fails.send_replace(false);
    }

    /// Counts a call that reaches the server, and returns whether it works.
    #[must_use]
    pub fn enter(&self) -> bool {
        self.0.reached.fetch_add(1, Ordering::Relaxed);
        !*self.0.fails.borrow()
    }

    /// Waits until the server fails.
    pub async fn failed(&self) {
        let mut fails = self.0.fails.subscribe();
        // The sender lives as long as this switch.
        drop(fails.wait_for(|fails| *fails).await);
    }

    /// How many calls have reached the server.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.0.reached.load(Ordering::Relaxed)
    }
}
