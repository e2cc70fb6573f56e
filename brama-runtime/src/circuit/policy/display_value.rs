//! The value of a setting, as people read it.

use std::time::Duration;

use crate::{
    circuit::{Abandoned, Expiry, Window},
    duration::Exact,
};

/// Formats the value of a setting for people.
pub(super) trait DisplayValue {
    fn display_value(self) -> String;
}

macro_rules! displayed {
    ($($value:ty),*) => {
        $(impl DisplayValue for $value {
            fn display_value(self) -> String {
                self.to_string()
            }
        })*
    };
}

displayed!(u32, f64, bool, Expiry, Window, Abandoned);

impl DisplayValue for Duration {
    fn display_value(self) -> String {
        Exact(self).to_string()
    }
}

impl<V: DisplayValue> DisplayValue for Option<V> {
    fn display_value(self) -> String {
        self.map_or_else(|| "off".to_owned(), V::display_value)
    }
}
