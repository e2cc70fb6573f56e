//! The options that set a policy.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Error, Expr, Token, parse::ParseStream, spanned::Spanned};

use super::names::{self, OF_WINDOW, POLICY, WINDOW};
use crate::{
    errors::with_help,
    excerpt::excerpt,
    facade::Facade,
    literal::{self, Value, ungroup},
    span::at,
};

/// The policy that the attribute configures.
#[derive(Default)]
pub(crate) struct PolicyOptions {
    /// `policy`
    whole: Option<WholePolicy>,
    settings: Vec<PolicySetting>,
}

/// A whole patch, as an expression.
struct WholePolicy {
    place: Ident,
    patch: Expr,
}

struct PolicySetting {
    name: &'static str,
    place: Ident,
    value: Value,
}

impl PolicyOptions {
    /// Reads the value of one setting, and ignores options that are not settings.
    pub(crate) fn set(&mut self, place: &Ident, value: &Expr) -> syn::Result<()> {
        let word = place.to_string();
        if let Some((name, kind)) = names::setting(&word) {
            let value = literal::read(&word, kind, value)?;
            self.settings.push(PolicySetting { name, place: place.clone(), value });
        }
        Ok(())
    }

    /// Whether the attribute leaves the policy alone.
    pub(crate) const fn is_empty(&self) -> bool {
        self.whole.is_none() && self.settings.is_empty()
    }

    /// Whether every setting is a literal, which needs no name of the user's code.
    pub(crate) fn is_literal(&self) -> bool {
        self.whole.is_none() && self.settings.iter().all(|set| set.value.constant().is_none())
    }

    /// Sets the whole patch.
    pub(crate) fn set_whole(&mut self, place: &Ident, patch: Expr) -> syn::Result<()> {
        if let Expr::Lit(literal) = ungroup(&patch) {
            return Err(Error::new(literal.span(), with_help(NO_PATCH, PATCH)));
        }
        self.whole = Some(WholePolicy { place: place.clone(), patch });
        Ok(())
    }

    /// Rejects settings that contradict each other.
    pub(crate) fn check(&self) -> syn::Result<()> {
        self.check_whole()?;
        OF_WINDOW.into_iter().try_for_each(|name| self.check_window(name))
    }

    /// Rejects a number of calls above the window. rustc compares constants.
    fn check_window(&self, name: &str) -> syn::Result<()> {
        let value = |name| self.settings.iter().find(|set| set.name == name).map(|set| &set.value);
        let (Some(Value::Number(number)), Some(Value::Calls(window))) =
            (value(name), value(WINDOW))
        else {
            return Ok(());
        };
        match (number.whole(), window.whole()) {
            (Some((number, place)), Some((calls, _))) if calls < number => {
                let wrong = format!(
                    "`{name}` is {number}, must be at most the {calls} calls of `{WINDOW}`"
                );
                let help = format!("write `{name} = {calls}`, or a larger `{WINDOW}`");
                Err(Error::new(place, with_help(wrong, help)))
            }
            _ => Ok(()),
        }
    }

    /// Rejects a whole patch beside single settings.
    fn check_whole(&self) -> syn::Result<()> {
        let own = self.whole.as_ref().filter(|whole| whole.place == POLICY);
        let (Some(whole), Some(setting)) = (own, self.settings.first()) else {
            return Ok(());
        };
        let wrong = format!("`policy` and `{}` both set the policy", setting.place);
        let patch = excerpt(&whole.patch);
        let help = if patch.contains("Policy::") {
            "keep one of them".to_owned()
        } else {
            format!("keep one of them, or write `policy = {patch}.{}(..)`", setting.name)
        };
        Err(Error::new(whole.place.span(), with_help(wrong, help)))
    }

    /// The patch as a constant expression.
    ///
    /// A constant of the user is checked right after it is set, so that rustc underlines it. So are
    /// a whole patch and the numbers of calls whose limit depends on the window.
    ///
    /// ```text
    /// max_attempts = LIMIT,   ::brama::__private::PolicyOrPatch(
    /// expiry = "30s"              ::brama::PolicyPatch::new().failure_threshold(LIMIT)
    ///                         ).into_patch().with_expiry(::brama::Expiry::fixed(…))
    ///
    /// policy = SLOW           ::brama::__private::PolicyOrPatch(SLOW).into_patch()
    /// ```
    ///
    /// Settings over a block's patch may contradict it, so the result is checked too.
    pub(crate) fn patch(&self, facade: &Facade<'_>, place: Span) -> TokenStream {
        let (last, first): (Vec<_>, Vec<_>) =
            self.settings.iter().partition(|set| OF_WINDOW.contains(&set.name));
        let patch = self.first_patch(facade, place);
        let settings = first.into_iter().chain(last);
        let patch = settings.fold(patch, |patch, setting| setting.added_to(&patch, facade));
        match self.settings.last() {
            Some(setting) if self.whole.is_some() => checked(facade, setting.place.span(), &patch),
            _ => patch,
        }
    }

    fn first_patch(&self, facade: &Facade<'_>, place: Span) -> TokenStream {
        let Some(WholePolicy { patch, .. }) = &self.whole else {
            let brama = facade.at(place);
            return quote_spanned!(at(place)=> #brama::PolicyPatch::new());
        };
        checked(facade, patch.span(), patch)
    }
}

const NO_PATCH: &str = "`policy` takes a `brama::PolicyPatch` or a `brama::Policy`";
const PATCH: &str = "write, for example, `policy = brama::PolicyPatch::new().failure_threshold(3)`";
const SETTINGS: &str =
    "write each setting as an option of its own, such as `failure_threshold = 3`";

/// Rejects values that are no expressions: a table in braces, as in configuration files, and a
/// number with a percent sign.
pub(crate) fn check_form(place: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    let word = place.to_string();
    let kind = names::setting(&word).map(|(_, kind)| kind);
    let ahead = input.fork();
    match (kind, ahead.parse()) {
        (None, Ok(TokenTree::Group(braces))) if place == POLICY && is_table(&braces) => {
            let wrong = format!("{NO_PATCH}, not a table");
            Err(Error::new(braces.span_open(), with_help(wrong, SETTINGS)))
        }
        (Some(kind), Ok(TokenTree::Group(braces))) if is_table(&braces) => {
            Err(literal::table_mismatch(&word, kind, &braces))
        }
        (Some(kind), Ok(TokenTree::Literal(number))) if is_percentage(&ahead) => {
            Err(literal::percent_sign_mismatch(&word, kind, &number))
        }
        _ => Ok(()),
    }
}

/// Whether a percent sign follows that is not a remainder operator.
fn is_percentage(input: ParseStream<'_>) -> bool {
    input.parse::<Token![%]>().is_ok() && (input.is_empty() || input.peek(Token![,]))
}

/// Whether the braces begin with `name =` or `name:`.
fn is_table(braces: &Group) -> bool {
    let mut tokens = braces.stream().into_iter();
    let is_sign =
        |sign: &Punct| ['=', ':'].contains(&sign.as_char()) && sign.spacing() == Spacing::Alone;
    braces.delimiter() == Delimiter::Brace
        && matches!(tokens.next(), Some(TokenTree::Ident(_)))
        && matches!(tokens.next(), Some(TokenTree::Punct(sign)) if is_sign(&sign))
}

impl PolicySetting {
    fn added_to(&self, patch: &TokenStream, facade: &Facade<'_>) -> TokenStream {
        let place = at(self.place.span());
        let value = self.value.printed(facade, place);
        let method = Ident::new(&self.value.method(self.name), place);
        let set = quote_spanned!(place=> #patch.#method(#value));
        match self.value.constant() {
            Some(constant) => checked(facade, constant, &set),
            None if OF_WINDOW.contains(&self.name) => checked(facade, value.span(), &set),
            None => set,
        }
    }
}

/// The patch, checked where the user wrote `place`. A method call would have the span of the patch
/// too.
fn checked(facade: &Facade<'_>, place: Span, patch: &impl ToTokens) -> TokenStream {
    let brama = facade.at(place);
    quote_spanned!(at(place)=> #brama::__private::PolicyOrPatch(#patch).into_patch())
}
