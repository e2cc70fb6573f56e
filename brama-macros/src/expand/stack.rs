//! Stacked breakers: the outer one ignores the rejections of the inner one.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::Printer;
use crate::shape::Shape;

impl Printer<'_> {
    /// The note in which the breaker below records that it has rejected the call, whatever it
    /// answers then.
    ///
    /// A future that the function returns outlives it, and shares its note.
    ///
    /// ```text
    /// let rejection_0 = &::brama::__private::InnerRejection::new();
    ///
    /// let noted_0 = ::brama::__private::InnerRejection::shared();
    /// let rejection_0 = ::core::clone::Clone::clone(&noted_0);
    /// ```
    pub(super) fn declare_note(&self) -> Option<TokenStream> {
        self.below?;
        let (private, note, noted) = (&self.private, self.note(self.above), self.noted());
        Some(if self.shares_its_note() {
            quote_spanned! {self.at=>
                let #noted = #private::InnerRejection::shared();
                let #note = ::core::clone::Clone::clone(&#noted);
            }
        } else {
            quote_spanned!(self.at=> let #note = &#private::InnerRejection::new();)
        })
    }

    /// Notes for the breaker above that the call was rejected.
    ///
    /// ```text
    /// rejection_0.note();
    /// ```
    pub(super) fn note_rejection(&self) -> Option<TokenStream> {
        let note = self.note(self.above.checked_sub(1)?);
        Some(quote_spanned!(self.at=> #note.note();))
    }

    /// What ends a call: `rejected` if the breaker below has rejected it, or else `verdict`.
    ///
    /// ```text
    /// if rejection_0.is_noted() { permit.judge(InnerRejection) } else { verdict }
    /// ```
    pub(super) fn unless_rejected(
        &self,
        rejected: &TokenStream,
        verdict: TokenStream,
    ) -> TokenStream {
        if self.below.is_none() {
            return verdict;
        }
        let (noted, pass_on) = (self.noted(), self.note_rejection());
        quote_spanned! {self.at=>
            if #noted.is_noted() {
                #pass_on
                #rejected
            } else {
                #verdict
            }
        }
    }

    /// The variable through which the breaker below the one at `place` notes a rejection.
    fn note(&self, place: usize) -> Ident {
        self.local(&format!("rejection_{place}"))
    }

    /// The variable in which this breaker finds the note.
    fn noted(&self) -> Ident {
        let name = if self.shares_its_note() { "noted" } else { "rejection" };
        self.local(&format!("{name}_{}", self.above))
    }

    fn shares_its_note(&self) -> bool {
        let below = self.below.map(|below| below.shape(&self.function.signature));
        [below.as_ref(), Some(&self.shape)]
            .into_iter()
            .any(|shape| matches!(shape, Some(Shape::Future(_) | Shape::Stream(_))))
    }
}
