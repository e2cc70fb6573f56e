//! The stream that a function returns, protected by another stream around it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Printer, ending_in};
use crate::{
    options::{DecidedBy, Judge},
    shape::Returned,
    span::at,
};

impl Printer<'_> {
    /// Runs the body when the function is called, since it only makes the stream, and protects
    /// that.
    ///
    /// The user's expressions are evaluated before the body moves what they borrow. The call is
    /// admitted in a closure, when the stream is first polled. The closures of the verdict are
    /// made in it, so that what the handlers use is moved once.
    ///
    /// ```text
    /// let found = …;
    /// let stream = ::brama::__private::make_stream::<Paid, _, _>(|| -> _ { body });
    /// ::brama::__private::protect_stream(stream, move |items| {
    ///     let permit = match … { …, Err(open) => { …; return Err(answer); } };
    ///     return Ok(items.judged(permit, JudgedAt::End, move |ret, _| { return verdict; }));
    /// })
    /// ```
    pub(super) fn streamed(&self, returned: &Returned) -> TokenStream {
        let (find, limit, note) = (self.find(), self.limit(), self.declare_note());
        let is_found_later = self.site_is_fixed() && !self.options.has_span;
        let (before, later) = if is_found_later { (None, find) } else { (find, None) };
        let (make, stream, private) = (self.make(returned), self.local("stream"), &self.private);
        let (items, timer, admit) = (self.local("items"), self.timer(), self.admit());
        let (place, admitted) = (at(self.declared.span()), self.admitted());
        let protected = quote_spanned! {place=>
            #private::protect_stream(#stream, move |#items| {
                #later #timer #admit
                return ::core::result::Result::Ok(#admitted);
            })
        };
        let (span, protected) = self.spanned_stream(protected);
        let protected = if returned.boxed {
            self.pinned_box("declared", &quote_spanned!(place=> ::std::boxed::Box::pin(#protected)))
        } else {
            protected
        };
        quote_spanned! {place=>
            #before #limit #note
            #make
            #span
            #[allow(clippy::implicit_return)]
            #protected
        }
    }

    /// The admitted call.
    ///
    /// ```text
    /// items.judged(permit, ::brama::__private::JudgedAt::End, move |ret, timed_out| { … })
    ///     .within(timer, move |timed_out| -> Paid { … })
    /// ```
    fn admitted(&self) -> TokenStream {
        let (items, permit, ret) = (self.local("items"), self.local("permit"), self.local("ret"));
        let (private, judged_at, judge) = (&self.private, self.judged_at(), self.judge_item());
        let timed_out = self.local("timed_out");
        let is_limited = self.options.timeout.limit().is_some();
        let late = if is_limited { quote!(#timed_out) } else { quote_spanned!(self.at=> _) };
        let within = self.within();
        quote_spanned! {self.at=>
            #items.judged(
                #permit,
                #private::JudgedAt::#judged_at,
                move |#ret, #late| -> #private::Judgement { #judge },
            )
            #within
        }
    }

    fn judged_at(&self) -> Ident {
        let name = match self.options.stream.judged_at() {
            Some(DecidedBy::FirstItem) => "FirstItem",
            Some(DecidedBy::EndTimedToFirstItem) => "EndTimedToFirstItem",
            Some(DecidedBy::End) | None => "End",
        };
        Ident::new(name, self.at)
    }

    /// The limit of the time until the first item.
    fn within(&self) -> Option<TokenStream> {
        self.options.timeout.limit()?;
        let (timer, timed_out, ret) = (self.local("timer"), self.local("timed_out"), &self.ret);
        let (answer, value) = (self.local("answer"), self.timeout_value(&timed_out));
        let end = ending_in(self.at, &answer);
        Some(quote_spanned! {self.at=>
            .within(#timer, move |#timed_out| -> #ret { let #answer: #ret = #value; #end })
        })
    }

    /// The judgement on an item.
    ///
    /// ```text
    /// return ::brama::__private::verdict(<Paid as ReturnsResult<_>>::failed(ret))
    ///     .__brama_judgement();
    ///
    /// let outcome = …;
    /// return ::brama::__private::Judgement::from(outcome);
    /// ```
    fn judge_item(&self) -> TokenStream {
        let (private, outcome) = (&self.private, self.local("outcome"));
        let found = quote_spanned!(self.at=> #private::Judgement::from(#outcome));
        let (late, steps, judgement) = match &self.options.judge {
            Judge::Handler(handler) => (self.judge_late(), Some(self.handled(handler)), found),
            Judge::Default(rules) if !rules.is_empty() => (None, Some(self.ruled(rules)), found),
            Judge::Default(_) => (self.judge_late(), None, self.judge_result()),
        };
        let end = ending_in(self.at, &judgement);
        let rejected = quote_spanned!(self.at=> #private::Judgement::InnerRejection);
        self.unless_rejected(&ending_in(self.at, &rejected), quote!(#late #steps #end))
    }

    fn judge_result(&self) -> TokenStream {
        let (private, failed) = (&self.private, self.failed("ReturnsResult"));
        quote_spanned!(self.at=> #private::verdict(#failed).__brama_judgement())
    }

    /// The judgement on a late call whose answer no rule judges.
    ///
    /// ```text
    /// if let Some(timed_out) = timed_out {
    ///     return ::brama::__private::judge_timeout(timed_out);
    /// }
    /// ```
    fn judge_late(&self) -> Option<TokenStream> {
        self.options.timeout.limit()?;
        let (private, timed_out) = (&self.private, self.local("timed_out"));
        let judgement = quote_spanned!(self.at=> #private::judge_timeout(#timed_out));
        let end = ending_in(self.at, &judgement);
        Some(quote_spanned! {self.at=>
            if let ::core::option::Option::Some(#timed_out) = #timed_out { #end }
        })
    }
}
