//! The value of an option: the form in which it is written, and the checked value.

pub(crate) mod duration;
mod kind;
mod mismatch;
mod read;

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Expr, ExprField, ExprLit, ExprUnary, Lit, LitBool, LitFloat, LitInt, LitStr, Member, Token,
    Type, UnOp, punctuated::Punctuated, spanned::Spanned,
};

pub(crate) use self::{
    kind::ValueKind,
    mismatch::{percent_sign_mismatch, table_mismatch},
    read::{read, timeout},
};
use crate::{facade::Facade, span::at};

/// The form of a value, before its option is considered.
pub(crate) enum ValueForm<'e> {
    /// `off` or `"off"`.
    Off,
    Int(&'e LitInt),
    Float(&'e LitFloat),
    Str(&'e LitStr),
    Bool(&'e LitBool),
    Negative(String),
    /// A number with a unit after a dot: `30.s`.
    Dotted(&'e LitInt, &'e Ident),
    /// A literal that no option takes.
    OtherLiteral,
    /// A path of one segment, probably a constant.
    Word(&'e Ident),
    Call(&'e Ident, &'e Arguments),
    /// Any other expression; the compiler checks it.
    Expr,
}

pub(crate) type Arguments = Punctuated<Expr, Token![,]>;

impl<'e> ValueForm<'e> {
    pub(crate) fn of(value: &'e Expr) -> Self {
        match ungroup(value) {
            Expr::Lit(ExprLit { lit, .. }) => match lit {
                Lit::Str(text) if text.value() == "off" => Self::Off,
                Lit::Str(text) => Self::Str(text),
                Lit::Int(number) => Self::Int(number),
                Lit::Float(number) => Self::Float(number),
                Lit::Bool(flag) => Self::Bool(flag),
                _ => Self::OtherLiteral,
            },
            Expr::Path(path) if path.path.is_ident("off") => Self::Off,
            Expr::Path(path) => path.path.get_ident().map_or(Self::Expr, Self::Word),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => Self::negative(expr),
            Expr::Field(ExprField { base, member: Member::Named(unit), .. }) => {
                match Self::of(base) {
                    Self::Int(number) => Self::Dotted(number, unit),
                    _ => Self::Expr,
                }
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => {
                    path.path.get_ident().map_or(Self::Expr, |name| Self::Call(name, &call.args))
                }
                _ => Self::Expr,
            },
            _ => Self::Expr,
        }
    }

    fn negative(number: &'e Expr) -> Self {
        match Self::of(number) {
            Self::Int(number) => Self::Negative(format!("-{number}")),
            Self::Float(number) => Self::Negative(format!("-{number}")),
            _ => Self::Expr,
        }
    }
}

/// Removes the invisible group that a `macro_rules!` leaves around an expression fragment.
pub(crate) fn ungroup(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungroup(&group.expr),
        _ => value,
    }
}

/// Removes the invisible group that a `macro_rules!` leaves around a type fragment, and
/// parentheses.
pub(crate) fn ungroup_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungroup_type(&group.elem),
        Type::Paren(paren) => ungroup_type(&paren.elem),
        _ => ty,
    }
}

/// The identifiers in these tokens, also those in brackets.
pub(crate) fn identifiers(tokens: TokenStream) -> Vec<Ident> {
    let of_token = |token| match token {
        TokenTree::Ident(word) => vec![word],
        TokenTree::Group(group) => identifiers(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
    };
    tokens.into_iter().flat_map(of_token).collect()
}

/// A value that is within its limits, or a constant that the compiler checks.
pub(crate) enum Value {
    Off,
    Number(NumberValue),
    /// A percentage with decimals.
    Decimal(NumberValue),
    Flag(LitBool),
    Duration(DurationValue),
    Fixed(DurationValue),
    Progressive {
        initial: DurationValue,
        max: DurationValue,
        factor: Option<NumberValue>,
    },
    Calls(NumberValue),
    Time(DurationValue),
    /// A variant of `brama::outcome::Abandoned`.
    Abandoned(Ident),
    /// A constant `brama::Expiry` or `Duration`.
    Expiry(Box<Expr>),
    Constant(Box<Expr>),
}

/// A duration.
pub(crate) enum DurationValue {
    Millis(u64, Span),
    Constant(Box<Expr>),
}

/// A count, a percentage, a share or a factor.
pub(crate) enum NumberValue {
    Whole(LitInt),
    Fraction(Literal),
    Constant(Box<Expr>),
}

impl Value {
    /// The span of a constant that the compiler has to check.
    pub(crate) fn constant(&self) -> Option<Span> {
        match self {
            Self::Off | Self::Flag(_) | Self::Abandoned(_) => None,
            Self::Duration(length) | Self::Fixed(length) | Self::Time(length) => length.constant(),
            Self::Progressive { initial, max, factor } => {
                let factor = factor.as_ref().and_then(NumberValue::constant);
                initial.constant().or_else(|| max.constant()).or(factor)
            }
            Self::Number(number) | Self::Decimal(number) | Self::Calls(number) => number.constant(),
            Self::Expiry(constant) | Self::Constant(constant) => Some(constant.span()),
        }
    }

    /// The method of `PolicyPatch` that sets the setting in a constant.
    pub(crate) fn method(&self, setting: &str) -> String {
        match self {
            Self::Off => format!("{setting}_off"),
            Self::Decimal(_) => format!("{setting}_decimal"),
            Self::Fixed(_) | Self::Progressive { .. } | Self::Expiry(_) => {
                format!("with_{setting}")
            }
            _ => setting.to_owned(),
        }
    }

    /// The argument for the setting's method of `PolicyPatch`.
    ///
    /// ```text
    /// progressive("5s", "300s", 1.5)    ::brama::Expiry::progressive(
    ///                                       ::core::time::Duration::from_millis(5000u64),
    ///                                       ::core::time::Duration::from_millis(300000u64),
    ///                                   ).with_factor(1.5)
    /// ```
    pub(crate) fn printed(&self, facade: &Facade<'_>, place: Span) -> TokenStream {
        let place = at(place);
        let brama = facade.at(place);
        match self {
            Self::Off => TokenStream::new(),
            Self::Number(number) | Self::Decimal(number) => quote!(#number),
            Self::Flag(flag) => quote!(#flag),
            Self::Duration(length) => quote!(#length),
            Self::Fixed(length) => quote_spanned!(place=> #brama::Expiry::fixed(#length)),
            Self::Progressive { initial, max, factor } => {
                let factor = factor.iter();
                quote_spanned! {place=>
                    #brama::Expiry::progressive(#initial, #max) #(.with_factor(#factor))*
                }
            }
            Self::Calls(count) => quote_spanned!(place=> #brama::Window::calls(#count)),
            Self::Time(length) => quote_spanned!(place=> #brama::Window::time(#length)),
            Self::Abandoned(variant) => {
                quote_spanned!(place=> #brama::outcome::Abandoned::#variant)
            }
            Self::Expiry(constant) => {
                let place = at(constant.span());
                let brama = facade.at(place);
                quote_spanned!(place=> #brama::__private::ExpiryOrDuration(#constant).into_expiry())
            }
            Self::Constant(constant) => quote!(#constant),
        }
    }
}

impl DurationValue {
    fn constant(&self) -> Option<Span> {
        match self {
            Self::Millis(..) => None,
            Self::Constant(constant) => Some(constant.span()),
        }
    }
}

impl ToTokens for DurationValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Millis(millis, place) => tokens.extend(quote_spanned! {at(*place)=>
                ::core::time::Duration::from_millis(#millis)
            }),
            Self::Constant(constant) => constant.to_tokens(tokens),
        }
    }
}

impl NumberValue {
    /// The number, if it is a whole literal, and its place.
    pub(crate) fn whole(&self) -> Option<(u32, Span)> {
        match self {
            Self::Whole(number) => Some((number.base10_parse().ok()?, number.span())),
            Self::Fraction(_) | Self::Constant(_) => None,
        }
    }

    fn constant(&self) -> Option<Span> {
        match self {
            Self::Whole(_) | Self::Fraction(_) => None,
            Self::Constant(constant) => Some(constant.span()),
        }
    }
}

impl ToTokens for NumberValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Whole(number) => number.to_tokens(tokens),
            Self::Fraction(number) => number.to_tokens(tokens),
            Self::Constant(constant) => constant.to_tokens(tokens),
        }
    }
}
