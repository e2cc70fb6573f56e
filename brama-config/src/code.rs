//! The code that a configuration is for.

use std::collections::{HashMap, HashSet};

use brama_runtime::api::{
    Identity, Registry, Status,
    status::{BreakerFilter, Declared},
};

use crate::{contents::ConfiguredBreaker, words::nearest};

/// What is known of the code.
pub(crate) struct Code {
    pub(crate) declared: Vec<Declared>,
    /// Of the functions that were not called yet.
    uncalled: HashMap<Identity<'static>, Status>,
}

impl Code {
    pub(crate) fn of(registry: &Registry, breakers: &[ConfiguredBreaker]) -> Self {
        let declared = registry.declared();
        let named: HashSet<_> = breakers.iter().map(|breaker| &breaker.identity).collect();
        let is_uncalled =
            |it: &Declared| named.contains(&it.identity) && registry.find(&it.identity).is_none();
        let all = BreakerFilter::new().with_declared();
        let has_uncalled = declared.iter().any(is_uncalled);
        let statuses = if has_uncalled { registry.statuses(all) } else { Vec::new() };
        let statuses = statuses.into_iter().map(|status| (status.identity.clone(), status));
        Self { uncalled: statuses.collect(), declared }
    }

    pub(crate) fn status(
        &self,
        registry: &Registry,
        identity: &Identity<'static>,
    ) -> Option<Status> {
        registry.status(identity).or_else(|| self.uncalled.get(identity).cloned())
    }

    /// The first function that uses this identity.
    pub(crate) fn declared(&self, identity: &Identity<'static>) -> Option<&Declared> {
        self.declared.iter().find(|it| it.uses(identity))
    }

    /// The identifier of a function that may be meant.
    pub(crate) fn nearest(&self, identity: &Identity<'static>) -> Option<String> {
        let known = self.declared.iter().map(|it| it.identity.identifier());
        nearest(known, identity.identifier()).map(|name| Identity::new(name).to_string())
    }

    /// The place of the attribute: file and line.
    pub(crate) fn place(&self, identity: &Identity<'static>) -> String {
        self.declared(identity)
            .map_or_else(String::new, |it| format!(" at {}:{}", it.file, it.line))
    }
}
