//! Tests of the attribute from text to text.

mod blocks;
mod durations;
mod messages;
mod page;
mod pictures;
mod plain;
mod streams;
mod survives;

use std::cell::Cell;

use proc_macro2::TokenStream;

use crate::decorate;

thread_local! {
    /// Whether functions are declared, as with the feature `declared`.
    pub(crate) static DECLARES: Cell<bool> = const { Cell::new(false) };
}

/// The expansion of `#[circuit_breaker(options)] item`.
fn expanded(options: &str, item: &str) -> TokenStream {
    let options = options.parse().expect("options are tokens");
    decorate(options, item.parse().expect("an item is tokens"))
}

const CHARGE: &str = "fn charge(card: &Card) -> Paid { bank.charge(card) }";

/// A function that returns a stream.
const FEED: &str = "fn feed(&self) -> impl Stream<Item = Paid> + Send { body }";
