//! The attribute of [`brama`](https://docs.rs/brama). Depend on `brama`, which re-exports it.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "syn's enums have many variants of no interest here, and may grow"
)]

mod block;
mod errors;
mod excerpt;
mod expand;
mod facade;
mod function;
mod literal;
mod nearest;
mod options;
mod plain;
mod shape;
mod span;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::ToTokens;

use self::{block::Block, function::Function, options::Options};

/// Protects the function or method below it with a circuit breaker. The
/// [page of the latest release](https://docs.rs/brama/latest/brama/attr.circuit_breaker.html)
/// documents every option, with examples.
#[proc_macro_attribute]
pub fn circuit_breaker(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    decorate(options.into(), item.into()).into()
}

fn decorate(options: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(expanded) = plain::expand(&options, &item) {
        return expanded;
    }
    match Block::find(&item) {
        Some(block) => block.decorate(options),
        None => decorate_function(options, item),
    }
}

fn decorate_function(options: TokenStream, item: TokenStream) -> TokenStream {
    match read(options, item.clone()) {
        Ok((options, mut function)) => {
            let mut stack = vec![options];
            stack.extend(function.take_breakers());
            expand::protected(&stack, function).into_token_stream()
        }
        // An error in place of an expression has every type, so rustc reports no other.
        Err(mistakes) if function::is_expression(&item) => mistakes.to_compile_error(),
        Err(mistakes) => errors::untouched(&mistakes, item),
    }
}

/// Reads the item first: on a `struct`, mistakes in the options are not worth a message.
fn read(options: TokenStream, item: TokenStream) -> syn::Result<(Options, Function)> {
    let function = Function::read(item)?;
    let options = Options::read(options).and_then(|options| {
        options.check(&function.signature)?;
        Ok(options)
    });
    match (function.check(), options) {
        (Ok(()), Ok(options)) => Ok((options, function)),
        (Err(mut mistakes), Err(more)) => {
            mistakes.combine(more);
            Err(mistakes)
        }
        (Err(mistakes), Ok(_)) | (Ok(()), Err(mistakes)) => Err(mistakes),
    }
}
