//! The options that set a policy.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, spanned::Spanned};

use crate::{
    facade::Facade,
    reader::{self, Kind},
    span::at,
    value::Value,
};

/// What the attribute says of its breaker's policy.
#[derive(Default)]
pub(crate) struct Policy(Vec<Setting>);

struct Setting {
    name: &'static str,
    place: Ident,
    value: Value,
}

/// Another name for `failure_threshold`.
pub(crate) const ALIAS: &str = "max_attempts";

/// Names and kinds, in the order of the documentation's table.
const KNOBS: [(&str, Kind); 14] = [
    ("failure_threshold", Kind::Threshold),
    ("expiry", Kind::Expiry),
    ("success_threshold", Kind::Count),
    ("half_open_limit", Kind::Count),
    ("probe_timeout", Kind::Length),
    ("failure_rate", Kind::Percent),
    ("slow_call_rate", Kind::Percent),
    ("slow_call_duration", Kind::Length),
    ("window", Kind::Window),
    (MINIMUM, Kind::Count),
    ("abandoned", Kind::Abandoned),
    ("jitter", Kind::Share),
    ("retry_after_cap", Kind::Length),
    ("shadow", Kind::Flag),
];

/// Comes last in a patch, because its limit is the window.
const MINIMUM: &str = "minimum_calls";

/// Every name that sets a policy.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    KNOBS.into_iter().map(|(name, _)| name).chain([ALIAS])
}

/// The name under which an option is known elsewhere.
pub(crate) fn unaliased(name: &str) -> &str {
    if name == ALIAS { "failure_threshold" } else { name }
}

impl Policy {
    /// Reads the value of one option; a name that is none of the policy's is left alone.
    pub(crate) fn set(&mut self, place: &Ident, value: &Expr) -> syn::Result<()> {
        let word = place.to_string();
        if let Some((name, kind)) = KNOBS.into_iter().find(|(name, _)| *name == unaliased(&word)) {
            let value = reader::read(&word, kind, value)?;
            self.0.push(Setting { name, place: place.clone(), value });
        }
        Ok(())
    }

    /// The patch as a constant expression.
    ///
    /// A constant of the user's is checked right after it is set, so that the compiler's error
    /// stands at it. The same goes for `minimum_calls`, whose limit is known only here.
    ///
    /// ```text
    /// max_attempts = LIMIT,       ::brama::PolicyPatch::new()
    /// expiry = "30s"                  .failure_threshold(LIMIT).checked()
    ///                                 .expiry(::brama::Expiry::fixed(Duration::from_millis(30000)))
    /// ```
    pub(crate) fn patch(&self, facade: &Facade<'_>, place: Span) -> TokenStream {
        let brama = facade.at(place);
        let mut patch = quote_spanned!(at(place)=> #brama::PolicyPatch::new());
        let (last, first): (Vec<_>, Vec<_>) = self.0.iter().partition(|set| set.name == MINIMUM);
        patch.extend(first.into_iter().chain(last).map(|setting| setting.printed(facade)));
        patch
    }
}

impl Setting {
    fn printed(&self, facade: &Facade<'_>) -> TokenStream {
        let place = at(self.place.span());
        let value = self.value.printed(facade, place);
        let off = if matches!(self.value, Value::Off) { "_off" } else { "" };
        let method = Ident::new(&format!("{}{off}", self.name), place);
        let set = quote_spanned!(place=> .#method(#value));
        match self.value.constant() {
            Some(constant) => checked(set, constant),
            None if self.name == MINIMUM => checked(set, value.span()),
            None => set,
        }
    }
}

fn checked(set: TokenStream, place: Span) -> TokenStream {
    let check = quote_spanned!(at(place)=> .checked());
    [set, check].into_iter().collect()
}
