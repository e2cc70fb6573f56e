//! A handler of the user as an argument of generated code.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprClosure, ReturnType, Type, spanned::Spanned};

use super::{Printer, ending_in};
use crate::{
    literal::ungroup,
    options::tail::{replace_inner_tails, tails},
    span::{at, local, mixed},
};

/// A handler, for a parameter whose bound gives a closure the types of its parameters.
///
/// An expression that computes the handler is called in its place. This follows `Deref` and moves
/// nothing, so a field may hold an `Arc<dyn Fn(&R) -> Outcome>`.
///
/// ```text
/// PayError::is_late     PayError::is_late
/// self.judge            |value| { return (self.judge)(value); }
/// limit(3)              |value| { return (limit(3))(value); }
/// ```
pub(super) fn callable(handler: &Expr) -> TokenStream {
    match ungroup(handler) {
        Expr::Call(_)
        | Expr::Field(_)
        | Expr::Index(_)
        | Expr::MethodCall(_)
        | Expr::Reference(_)
        | Expr::Unary(_) => {
            let place = handler.span();
            let value = local("value", mixed(place));
            let end = ending_in(at(place), &quote_spanned!(at(place)=> (#handler)(#value)));
            quote_spanned!(at(place)=> |#value| { #end })
        }
        _ => handler.to_token_stream(),
    }
}

impl Printer<'_> {
    /// Calls a handler that returns what the function returns.
    ///
    /// rustc labels the declared type if the handler returns something else: the type of a variable
    /// in a closure, or else that of the variable for the answer. A closure gets the type before
    /// its body is checked, for the `?` and `return` in it.
    ///
    /// ```text
    /// function::<Paid>(|open| { let answer: Paid = answer(open); return answer; }, argument)
    /// function(reject, argument)
    /// ```
    pub(super) fn answering(
        &self,
        function: &TokenStream,
        handler: &Expr,
        argument: &Ident,
    ) -> TokenStream {
        let (place, ret) = (at(handler.span()), &self.ret);
        if let Expr::Closure(closure) = ungroup(handler) {
            let closure = returning(closure, ret);
            return quote_spanned!(place=> #function::<#ret>(#closure, #argument));
        }
        let handler = callable(handler);
        quote_spanned!(place=> #function(#handler, #argument))
    }

    /// The `error_handler`. A closure whose type only its context decides returns an outcome.
    ///
    /// ```text
    /// |paid| paid.is_ok().into()     |paid| { let answer: ::brama::Outcome = …; return answer; }
    /// ```
    pub(super) fn judging(&self, handler: &Expr) -> TokenStream {
        match ungroup(handler) {
            Expr::Closure(closure) if tails(&closure.body).into_iter().all(is_open) => {
                let (place, brama) = (at(handler.span()), self.facade.at(handler.span()));
                let outcome = Type::Verbatim(quote_spanned!(place=> #brama::Outcome));
                returning(closure, &outcome)
            }
            _ => callable(handler),
        }
    }
}

/// Whether an expression takes its type from its context, such as `paid.into()`. A macro without
/// arguments or with a literal, such as `unreachable!()`, is taken for one that panics.
fn is_open(tail: &Expr) -> bool {
    match tail {
        Expr::MethodCall(call) => call.method == "into" && call.turbofish.is_none(),
        Expr::Macro(call) => {
            let first = call.mac.tokens.clone().into_iter().next();
            first.is_none_or(|first| matches!(first, TokenTree::Literal(_)))
        }
        _ => false,
    }
}

/// The closure with a body of this type, unless the user declared a type.
///
/// As the closure's own return type, it would be a part of what rustc underlines as the closure.
///
/// ```text
/// |open| answer(open)     |open| { let answer: Paid = answer(open); return answer; }
/// ```
fn returning(closure: &ExprClosure, ty: &Type) -> TokenStream {
    if !matches!(closure.output, ReturnType::Default) {
        return closure.to_token_stream();
    }
    let (place, body) = (closure.body.span(), labelled(&closure.body, ty));
    let answer = local("answer", mixed(place));
    let body = quote_spanned! {at(place)=>
        {
            #[allow(clippy::diverging_sub_expression)]
            let #answer: #ty = #body;
            #[allow(unreachable_code)]
            return #answer;
        }
    };
    ExprClosure { body: Box::new(Expr::Verbatim(body)), ..closure.clone() }.into_token_stream()
}

/// An expression whose tails in blocks and branches have variables of their own: rustc labels the
/// type of a variable only for the value that is assigned to it directly.
///
/// A branch has no `return`: clippy would call the `else` after it redundant.
///
/// ```text
/// { 2 }     { { let answer: Paid = 2; answer } }
/// ```
pub(super) fn labelled(value: &Expr, ty: &Type) -> Expr {
    let mut value = value.clone();
    replace_inner_tails(&mut value, &|tail| {
        let answer = local("answer", mixed(tail.span()));
        Expr::Verbatim(quote_spanned! {at(tail.span())=>
            {
                #[allow(clippy::diverging_sub_expression)]
                let #answer: #ty = #tail;
                #[allow(clippy::implicit_return, unreachable_code)]
                #answer
            }
        })
    });
    value
}
