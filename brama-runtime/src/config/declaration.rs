//! What a decorated function with a literal identifier declares.

use super::Attribute;

/// The name and the attribute of a decorated function, known when it is compiled.
#[derive(Debug)]
pub struct Declaration {
    identifier: &'static str,
    scope: Option<&'static str>,
    attribute: Attribute,
}

impl Declaration {
    /// Creates the declaration of a function with this identifier and attribute.
    #[must_use]
    pub const fn new(
        identifier: &'static str,
        scope: Option<&'static str>,
        attribute: Attribute,
    ) -> Self {
        Self { identifier, scope, attribute }
    }

    pub(crate) const fn identifier(&self) -> &'static str {
        self.identifier
    }

    pub(crate) const fn scope(&self) -> Option<&'static str> {
        self.scope
    }

    pub(crate) const fn attribute(&self) -> &Attribute {
        &self.attribute
    }
}
