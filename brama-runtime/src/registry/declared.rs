//! Decorated functions that are known before their first call. Feature `declared`.
//!
//! Each function with a literal identifier submits an entry, and `inventory` links the entries of a
//! program into a list before `main` runs. `linkme` collects them in a section of the binary
//! instead. It costs as much at compile time, but does not support WebAssembly and does not find
//! the functions of a library that is loaded at run time. The elimination of dead code removes no
//! entry, with fat LTO neither, but rustc does not link a crate that is named nowhere.

use std::collections::BTreeSet;

use super::{Registry, RegistryInner};
#[cfg(feature = "testing")]
use crate::breaker::Breaker;
use crate::{
    breaker::Slot,
    circuit::PolicyPatch,
    config::{Attribute, Declaration},
    connection::ConnectionKind,
    identity::Identity,
    status::Status,
};

/// A decorated function with a literal identifier: see [`Registry::declared`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Declared {
    /// The scope and the identifier. It has no key, even if the function has.
    pub identity: Identity<'static>,
    /// The kind from the attribute's `type`.
    pub kind: Option<ConnectionKind>,
    /// The settings from the attribute; empty if it has none. `None` if they are known only once
    /// the function is called: those of a function with a `key` or a `registry`, if they contain
    /// constants.
    pub policy: Option<PolicyPatch>,
    /// The file of the attribute, as the compiler names it.
    pub file: &'static str,
    /// The line on which the attribute begins. The first line is 1.
    pub line: u32,
    /// Whether the function has a `key`, and so a breaker for each key that it is called with.
    pub is_keyed: bool,
    /// Whether the function has a `registry`, so that its breakers may be elsewhere.
    pub has_own_registry: bool,
    /// Whether the function has a `timeout`, so that one of the configuration applies to its calls.
    pub has_timeout: bool,
}

impl Declared {
    /// Returns whether the function may use the breaker of this identity.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Identity, Registry};
    ///
    /// // Names in a configuration that no function uses, and no breaker either.
    /// fn unused<'a>(registry: &Registry, names: &[&'a str]) -> Vec<&'a str> {
    ///     let declared = registry.declared();
    ///     let is_used = |name: &&str| {
    ///         let identity = Identity::new(*name);
    ///         registry.find(&identity).is_some() || declared.iter().any(|it| it.uses(&identity))
    ///     };
    ///     names.iter().filter(|name| !is_used(name)).copied().collect()
    /// }
    /// assert_eq!(unused(&Registry::new(), &["paymnet_api"]), ["paymnet_api"]);
    /// ```
    #[must_use]
    pub fn uses(&self, identity: &Identity<'_>) -> bool {
        self.identity == identity.without_key() && (self.is_keyed || identity.key().is_none())
    }
}

impl Registry {
    /// Returns the decorated functions that are known before their first call, sorted by identity
    /// and place. Feature `declared`.
    ///
    /// These are all functions with a literal identifier in the crates that are linked into the
    /// program, called or not. rustc does not link a dependency that the program names nowhere:
    /// name it, as in `use payments as _;`. Every registry returns the same list, because a
    /// function uses the registry that is entered when it is called. A generic function is listed
    /// once. A function that is compiled out by `cfg` is not listed, and neither is one whose
    /// identifier is an expression.
    #[must_use]
    pub fn declared(&self) -> Vec<Declared> {
        let mut declared: Vec<_> = entries().map(DeclarationEntry::describe).collect();
        declared.sort_by(|one, other| {
            let key = |it: &Declared| (it.identity.clone(), it.file, it.line);
            key(one).cmp(&key(other))
        });
        declared
    }
}

#[cfg(feature = "testing")]
impl Registry {
    /// The breaker of this identity, with the settings of the function that declares it.
    pub(crate) fn declared_breaker(&self, identity: &Identity<'_>) -> Breaker {
        Breaker::new(self.slot(identity, declared_attribute(identity)))
    }

    /// The status that the first call of a declared function would find.
    pub(crate) fn declared_status(&self, identity: &Identity<'_>) -> Option<Status> {
        self.inner.declared_status(identity)
    }
}

impl RegistryInner {
    /// The statuses of declared functions that have a breaker of their own here, but no call yet.
    pub(super) fn declared_statuses(&self) -> Vec<Status> {
        let unkeyed = entries().filter(|entry| !entry.is_keyed && !entry.has_own_registry);
        let names: BTreeSet<_> = unkeyed.map(DeclarationEntry::identity).collect();
        names.iter().filter_map(|identity| self.declared_status(identity)).collect()
    }

    /// The status that the first call of a declared function would find; `None` if no function
    /// declares the identity, or if it has a breaker.
    fn declared_status(&self, identity: &Identity<'_>) -> Option<Status> {
        let attribute = declared_attribute(identity)?;
        if self.known(identity).is_some() {
            return None;
        }
        let layers = self.writer.lock().layers(identity, Some(attribute));
        let (context, now) = (self.context.clone(), self.context.timestamp().now());
        Some(Slot::new(identity.clone().into_owned(), layers, 0, context, now).status())
    }
}

/// The attribute of the first function that uses this identity, in the order of files and lines, if
/// its settings are known.
fn declared_attribute(identity: &Identity<'_>) -> Option<&'static Attribute> {
    let users = entries().filter(|entry| {
        let fits = entry.is_keyed || identity.key().is_none();
        fits && !entry.has_own_registry && entry.identity() == identity.without_key()
    });
    let first = users.min_by_key(|entry| entry.declaration().attribute().location())?;
    first.knows_policy.then(|| first.declaration().attribute())
}

/// Whether a declared function may use the breaker of this identity.
pub(super) fn is_declared(identity: &Identity<'_>) -> bool {
    entries().any(|entry| entry.describe().uses(identity))
}

/// The kinds of the declared functions.
pub(super) fn declared_kinds() -> impl Iterator<Item = ConnectionKind> {
    entries().filter_map(|entry| entry.describe().kind)
}

fn entries() -> impl Iterator<Item = &'static DeclarationEntry> {
    inventory::iter::<DeclarationEntry>()
}

inventory::collect!(DeclarationEntry);

/// What generated code submits for a function.
#[derive(Debug)]
pub struct DeclarationEntry {
    source: DeclarationSource,
    knows_policy: bool,
    is_keyed: bool,
    has_own_registry: bool,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it lies in a static and is never moved")]
enum DeclarationSource {
    /// In the static of the call site.
    Site(&'static Declaration),
    /// For a function whose call site has none.
    Own(Declaration),
}

impl DeclarationEntry {
    /// The entry of a function whose call site has its declaration.
    #[must_use]
    pub const fn of_site(declaration: &'static Declaration) -> Self {
        Self::new(DeclarationSource::Site(declaration))
    }

    /// The entry of another function.
    #[must_use]
    pub const fn of(declaration: Declaration) -> Self {
        Self::new(DeclarationSource::Own(declaration))
    }

    const fn new(source: DeclarationSource) -> Self {
        Self { source, knows_policy: true, is_keyed: false, has_own_registry: false }
    }

    /// The function has a key.
    #[must_use]
    pub const fn keyed(mut self) -> Self {
        self.is_keyed = true;
        self
    }

    /// The function has a registry of its own.
    #[must_use]
    pub const fn in_own_registry(mut self) -> Self {
        self.has_own_registry = true;
        self
    }

    /// The settings cannot be named outside the function.
    #[must_use]
    pub const fn without_policy(mut self) -> Self {
        self.knows_policy = false;
        self
    }

    const fn declaration(&self) -> &Declaration {
        match &self.source {
            DeclarationSource::Site(declaration) => declaration,
            DeclarationSource::Own(declaration) => declaration,
        }
    }

    fn identity(&self) -> Identity<'static> {
        let declaration = self.declaration();
        Identity::from_parts(declaration.scope(), declaration.identifier(), None)
    }

    fn describe(&self) -> Declared {
        let attribute = self.declaration().attribute();
        let (file, line) = attribute.location();
        Declared {
            identity: self.identity(),
            kind: attribute.kind(),
            policy: self.knows_policy.then(|| *attribute.policy()),
            file,
            line,
            is_keyed: self.is_keyed,
            has_own_registry: self.has_own_registry,
            has_timeout: attribute.is_timed(),
        }
    }
}
