//! The effective policy of a breaker, and the cache through which breakers share it.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    Layers,
    layers::CacheKey,
    origin::{Origins, TimeoutSource},
};
use crate::{circuit::Policy, sys::sync::Mutex};

/// The effective policy, with the layers that produced it.
///
/// Breakers whose layers are equal share one value, so ten thousand keys of an identifier have one
/// policy.
#[derive(Debug)]
pub(crate) struct EffectivePolicy {
    /// The policy that the layers configure. It is effective unless something puts it into shadow.
    configured: Arc<Policy>,
    effective: Arc<Policy>,
    warnings: Box<[String]>,
    timeout_source: TimeoutSource,
    layers: Layers,
}

impl EffectivePolicy {
    fn resolve(layers: Layers) -> Self {
        #[cfg(test)]
        RESOLUTIONS.set(RESOLUTIONS.get() + 1);
        let resolved = layers.resolved();
        let configured = Arc::new(resolved.policy());
        let effective = if layers.is_shadowed() {
            Arc::new(resolved.shadowed())
        } else {
            Arc::clone(&configured)
        };
        let (warnings, timeout_source) =
            (layers.warnings(&resolved).into(), resolved.timeout_source());
        Self { configured, effective, warnings, timeout_source, layers }
    }

    pub(crate) const fn timeout_source(&self) -> TimeoutSource {
        self.timeout_source
    }

    pub(crate) const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The policy that the layers configure, in shadow or not.
    pub(crate) fn configured(&self) -> Arc<Policy> {
        Arc::clone(&self.configured)
    }

    /// The layer that the value of each setting comes from.
    pub(super) fn origins(&self) -> Origins {
        self.layers.resolved().origins()
    }

    /// Settings that have no effect, and settings that contradict each other.
    pub(crate) const fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl Deref for EffectivePolicy {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.effective
    }
}

/// A weak cache of the policies that breakers of a registry share.
///
/// A live entry keeps its layers alive, so the addresses in its key cannot have been reused.
#[derive(Debug, Default)]
pub(crate) struct PolicyCache {
    shared: Mutex<HashMap<CacheKey, Weak<EffectivePolicy>>>,
    /// Whether any policy had a time limit from above its attribute. It orders nothing, so it is
    /// not one of loom's.
    limits_time: AtomicBool,
}

impl PolicyCache {
    /// Returns the policy of these layers: resolved once for equal layers, unless a part of them is
    /// set for one breaker alone.
    pub(crate) fn policy_of(&self, layers: Layers) -> Arc<EffectivePolicy> {
        let policy = match layers.cache_key() {
            Some(key) => self.share(key, layers),
            None => Arc::new(EffectivePolicy::resolve(layers)),
        };
        if matches!(policy.timeout_source, TimeoutSource::Configured(_)) {
            self.limits_time.store(true, Ordering::Relaxed);
        }
        policy
    }

    /// Whether a policy may have a time limit from above its attribute. If not, a call that has a
    /// time limit need not look at the policy, which is behind a lock.
    pub(crate) fn limits_time(&self) -> bool {
        self.limits_time.load(Ordering::Relaxed)
    }

    fn share(&self, key: CacheKey, layers: Layers) -> Arc<EffectivePolicy> {
        let mut policies = self.shared.lock();
        if let Some(found) = policies.get(&key).and_then(Weak::upgrade) {
            return found;
        }
        // Before the map would grow, dead entries go. It then holds at most about twice as many
        // entries as policies were ever effective at once.
        if policies.len() == policies.capacity() {
            policies.retain(|_, policy| 0 < policy.strong_count());
        }
        let policy = Arc::new(EffectivePolicy::resolve(layers));
        policies.insert(key, Arc::downgrade(&policy));
        policy
    }
}

#[cfg(test)]
thread_local! {
    /// How many policies this thread has resolved.
    pub(crate) static RESOLUTIONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Configured, SharedConfig};

    #[test]
    fn unused_policies_are_dropped() {
        let (shared, cache) = (Arc::new(SharedConfig::new(None)), PolicyCache::default());
        let configured: Vec<_> = (0..1_000).map(|_| Arc::new(Configured::default())).collect();
        for configured in configured {
            let mut layers = Layers::new(Arc::clone(&shared));
            layers.set_of_identifier(Some(configured));
            drop(cache.policy_of(layers));
        }
        assert!(cache.shared.lock().len() < 10);
    }
}
