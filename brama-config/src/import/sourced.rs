//! A value, and the key that sets it.

use super::field::Field;

/// A value, and the key that sets it; without a key, a default of the other library.
#[derive(Debug, Clone)]
pub(super) struct Sourced<'a, T> {
    pub(super) value: T,
    pub(super) field: Option<Field<'a>>,
}

impl<'a, T> Sourced<'a, T> {
    pub(super) const fn by_default(value: T) -> Self {
        Self { value, field: None }
    }

    /// Takes the value of a key, unless it is wrong.
    pub(super) fn set(&mut self, value: Option<T>, field: Field<'a>) {
        if let Some(value) = value {
            self.value = value;
        }
        self.field = Some(field);
    }
}
