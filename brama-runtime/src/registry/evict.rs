//! Keys: an identifier has a breaker for each, within a bound.

use std::sync::Arc;

use super::{Announcements, Registry, RegistryInner, configure::Writer};
use crate::{breaker::Slot, config::Attribute, counters::Totals, identity::Identity};

impl Registry {
    /// What was counted under an identity: `None` where there is no such breaker.
    ///
    /// An identity without a key speaks for its identifier as a whole: the breaker of that name, those of
    /// all its keys, those that were forgotten among them, and what found no room. Nothing is missed
    /// and nothing counted twice. The breakers of keys are read one by one while nobody can make
    /// another: 10 000 take about 0.3 ms.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Identity, Registry};
    ///
    /// let registry = Registry::new();
    /// for node in 0..3 {
    ///     registry.breaker(Identity::new("storage").with_key(node)).success();
    /// }
    /// assert_eq!(registry.totals("storage").map(|totals| totals.successes), Some(3));
    /// assert_eq!(registry.totals("never used"), None);
    /// ```
    #[must_use]
    pub fn totals<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Totals> {
        let identity = identity.into();
        if identity != identity.without_key() {
            return self.inside.slot(&identity).map(|slot| slot.counted());
        }
        let writer = self.inside.writer.lock();
        let counted = |identity| self.inside.peek(identity).map(|slot| slot.counted());
        let (alone, overflow) = (counted(&identity), counted(&identity.overflow()));
        let all = [alone, overflow, writer.keys.totals(&identity)].into_iter().flatten();
        all.reduce(|mut sum, totals| {
            sum += totals;
            sum
        })
    }
}

impl RegistryInner {
    /// Makes the slot of that identity, or where its identifier has no room for another key answers with
    /// that which counts for all such. Holder of the writer's lock only.
    pub(super) fn make(
        &self,
        writer: &mut Writer,
        identity: &Identity<'_>,
        attribute: Option<&'static Attribute>,
        news: &mut Announcements,
    ) -> Arc<Slot> {
        if self.make_room(writer, identity, news) {
            let layers = writer.layers(identity, attribute);
            return self.insert(writer, identity.clone().into_owned(), layers, news);
        }
        let overflow = identity.overflow();
        self.peek(&overflow).unwrap_or_else(|| {
            let layers = writer.layers(&overflow, attribute).observing();
            self.insert(writer, overflow.into_owned(), layers, news)
        })
    }

    /// Makes room for that identity, for which others may go: whether there is room now. One without a
    /// key needs none. Holder of the writer's lock only.
    pub(super) fn make_room(
        &self,
        writer: &mut Writer,
        identity: &Identity<'_>,
        news: &mut Announcements,
    ) -> bool {
        let max_keys = writer.keys.max_keys();
        identity.key().is_none()
            || writer.keys.key_set(identity).make_room(max_keys, |slot| self.evict(slot, news))
    }

    /// Forgets a breaker, if it may go: what it has counted. Holder of the writer's lock only.
    pub(super) fn evict(&self, slot: &Arc<Slot>, news: &mut Announcements) -> Option<Totals> {
        let (totals, those) = slot.evict(news.at, || is_held(slot))?;
        self.slots.pin().remove(slot.identity());
        news.wakes.and(those);
        Some(totals)
    }

    /// What there is to say of the calls of an identifier whose keys found no room.
    pub(super) fn overflowed(&self, identity: &Identity<'_>) -> Option<String> {
        let calls = self.peek(&identity.overflow()).map(|slot| slot.calls())?;
        (0 < calls).then(|| {
            format!(
                "calls of {} that found no room for their key, and were only observed: {calls}; raise \
                 `max_keys`, or use fewer keys",
                identity.without_key()
            )
        })
    }
}

/// Whether anybody but the registry holds a slot. The count is read by writing to it: promise 4 of the
/// gate.
fn is_held(slot: &Arc<Slot>) -> bool {
    drop(Arc::clone(slot));
    HELD_BY_REGISTRY < Arc::strong_count(slot)
}

/// By its set and by the key_set.
const HELD_BY_REGISTRY: usize = 2;
