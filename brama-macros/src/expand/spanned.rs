//! The span of a call, around its admission, its body and its verdict.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::Printer;
use crate::shape::Shape;

impl Printer<'_> {
    /// Runs the call in a span if the function has the option `span`. The breaker is found before,
    /// because the span names it.
    ///
    /// A future is entered for each poll. It has the call in a future of its own, which is `move`
    /// like the body: an argument that is `Send` but not `Sync` could not be borrowed across an
    /// await.
    ///
    /// ```text
    /// let span = ::brama::__private::CallSpan::new(&found).enter();
    /// call
    ///
    /// let span = ::brama::__private::CallSpan::new(&found);
    /// let answer: Paid = span.contain(async move { call }).await;
    /// return answer;
    /// ```
    pub(super) fn spanned(&self, call: TokenStream) -> TokenStream {
        if !self.options.has_span {
            return call;
        }
        let (span, found, private) = (self.local("span"), self.local("found"), &self.private);
        let new = quote_spanned!(self.at=> #private::CallSpan::new(&#found));
        match &self.shape {
            Shape::Sync => quote_spanned!(self.at=> let #span = #new.enter(); #call),
            Shape::Async(_) | Shape::Future(_) | Shape::Stream(_) => {
                let (answer, ret) = (self.local("answer"), &self.ret);
                let expect = self.expect_type();
                quote_spanned! {self.at=>
                    let #span = #new;
                    let #answer: #ret = #span.contain(async move { #expect #call }).await;
                    return #answer;
                }
            }
        }
    }

    /// Runs a stream in a span, which is entered for each poll.
    ///
    /// ```text
    /// let span = ::brama::__private::StreamSpan::new(&found);
    /// span.contain(stream)
    /// ```
    pub(super) fn spanned_stream(&self, stream: TokenStream) -> (Option<TokenStream>, TokenStream) {
        if !self.options.has_span {
            return (None, stream);
        }
        let (span, found, private) = (self.local("span"), self.local("found"), &self.private);
        let new = quote_spanned!(self.at=> let #span = #private::StreamSpan::new(&#found););
        (Some(new), quote_spanned!(self.at=> #span.contain(#stream)))
    }
}
