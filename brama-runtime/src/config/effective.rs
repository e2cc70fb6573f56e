//! The policy in force for a breaker, and the layers that make it.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Weak},
};

use super::{Layers, layers::CacheKey, settings::Settings};
use crate::{circuit::Policy, sys::sync::Mutex};

/// A policy in force, and why it is.
///
/// A breaker has a pointer to one. Breakers of which the same was cache_key share it: ten thousand keys of
/// one identifier have one policy.
#[derive(Debug)]
pub(crate) struct EffectivePolicy {
    /// What the layers make: where nothing puts it into shadow, that is in force.
    configured: Arc<Policy>,
    effective: Arc<Policy>,
    warnings: Box<[String]>,
    layers: Layers,
}

impl EffectivePolicy {
    /// What such layers make: shared, unless some of it was cache_key for one breaker alone.
    pub(crate) fn of(layers: Layers) -> Arc<Self> {
        match layers.cache_key() {
            Some(cache_key) => {
                let shared = Arc::clone(layers.shared());
                shared.effective().share(cache_key, || Self::new(layers))
            }
            None => Arc::new(Self::new(layers)),
        }
    }

    fn new(layers: Layers) -> Self {
        let resolved = layers.resolved();
        let configured = Arc::new(resolved.policy());
        let effective = if layers.is_shadowed() {
            Arc::new(resolved.shadowed())
        } else {
            Arc::clone(&configured)
        };
        let warnings = layers.warnings(&resolved).into();
        Self { configured, effective, warnings, layers }
    }

    pub(crate) const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The policy that the layers make, in shadow or not.
    pub(crate) fn configured(&self) -> Arc<Policy> {
        Arc::clone(&self.configured)
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::new(self.configured(), self.layers.resolved().origins())
    }

    /// What was cache_key and does nothing, or contradicts itself.
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

/// The policies in force on one shared that are not one breaker's alone, while any breaker has them.
///
/// What is found alive keeps alive what its layers say, so nothing else can stand at the same address.
#[derive(Debug, Default)]
pub(super) struct PolicyCache(Mutex<HashMap<CacheKey, Weak<EffectivePolicy>>>);

impl PolicyCache {
    fn share(
        &self,
        cache_key: CacheKey,
        make: impl FnOnce() -> EffectivePolicy,
    ) -> Arc<EffectivePolicy> {
        let mut policies = self.0.lock();
        if let Some(found) = policies.get(&cache_key).and_then(Weak::upgrade) {
            return found;
        }
        // Before it would grow: so it keeps about twice as many as were ever in force at once, at most.
        if policies.len() == policies.capacity() {
            policies.retain(|_, policy| 0 < policy.strong_count());
        }
        let policy = Arc::new(make());
        policies.insert(cache_key, Arc::downgrade(&policy));
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Configured, SharedConfig};

    #[test]
    fn policies_that_nobody_has_any_more_are_not_kept() {
        let shared = Arc::new(SharedConfig::new(None));
        let configured: Vec<_> = (0..1_000).map(|_| Arc::new(Configured::default())).collect();
        for configured in configured {
            let mut layers = Layers::new(Arc::clone(&shared));
            layers.set_of_identifier(configured);
            drop(EffectivePolicy::of(layers));
        }
        assert!(shared.effective().0.lock().len() < 10);
    }
}
