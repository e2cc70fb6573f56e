//! A node, as small as the protocol allows.

use brama_fleet::ballot::ServerMillis;

use crate::network::{Kind, Word};

/// What a node knows. Its clock runs as fast as the store's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Node {
    /// Whether its own circuit is open.
    pub(crate) is_open: bool,
    /// The number of the last decision that it has heard.
    pub(crate) heard: u64,
    pub(crate) overlay: Option<Overlay>,
    /// When it asked for the lease that it waits for.
    pub(crate) asked: Option<ServerMillis>,
    pub(crate) lease: Option<Lease>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Overlay {
    pub(crate) epoch: u64,
    pub(crate) kind: Kind,
    pub(crate) until: ServerMillis,
}

/// The right to probe, until the probe is reported. The call may take longer than the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lease {
    pub(crate) token: u64,
    pub(crate) until: ServerMillis,
}

impl Node {
    /// Lays the overlay of a newer decision.
    pub(crate) fn hear(&mut self, word: Word, now: ServerMillis) {
        let Word { epoch, kind, remaining } = word;
        if epoch <= self.heard {
            return;
        }
        self.heard = epoch;
        let overlay = Overlay { epoch, kind, until: now + remaining };
        self.overlay = Some(overlay).filter(|it| it.kind != Kind::Lift && now < it.until);
    }

    /// Hears what is in force at `at`. A lesser decision than that moment is over, because a later
    /// one would have a number of at least `at`.
    pub(crate) fn read(&mut self, at: ServerMillis, word: Option<Word>, now: ServerMillis) {
        match word {
            Some(word) => self.hear(word, now),
            None if self.heard < at => {
                self.heard = at - 1;
                self.overlay = None;
            }
            None => {}
        }
    }

    /// Takes a lease. It is counted from when the node asked: the answer may have been late.
    pub(crate) fn take(&mut self, asked: ServerMillis, token: u64, length: u64) {
        if self.asked == Some(asked) {
            (self.asked, self.lease) = (None, Some(Lease { token, until: asked + length }));
        }
    }

    pub(crate) fn is_rejecting(&self) -> bool {
        self.overlay.is_some_and(|overlay| overlay.kind == Kind::Reject)
    }

    pub(crate) fn is_probing(&self, now: ServerMillis) -> bool {
        self.lease.is_some_and(|lease| now < lease.until)
    }

    pub(crate) fn pass(&mut self, now: ServerMillis) {
        self.overlay = self.overlay.filter(|overlay| now < overlay.until);
    }
}
