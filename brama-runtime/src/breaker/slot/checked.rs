//! What a health check says of a breaker. One that is unregistered is told nothing: a check is no use.

use super::Slot;
use crate::{
    breaker::{inside::Inside, news::News},
    circuit::{Reason, Verdict},
    sync::lock,
};

impl Slot {
    /// Takes a check that passed.
    pub(crate) fn pass_check(&self) {
        let mut news = News::of(self.moment());
        let inside = lock(&self.inside);
        if !inside.is_registered() {
            return;
        }
        let mut inside = self.unsettle(inside);
        let Inside { circuit, policy, past, .. } = &mut *inside;
        let (fate, change) = circuit.check_passed(policy, news.now());
        if fate.is_some() {
            past.get_or_insert_default().totals.count(&Verdict::SUCCESS, policy);
            news.add_outcome(&Verdict::SUCCESS, policy);
        }
        inside.note(change, &mut news);
        self.finish(inside, news);
    }

    /// Takes a check that failed.
    pub(crate) fn fail_check(&self, reason: Reason) {
        let news = News::of(self.moment());
        let inside = lock(&self.inside);
        if inside.is_registered() {
            self.tell_circuit(self.unsettle(inside), Verdict::failure(reason), news);
        }
    }
}
