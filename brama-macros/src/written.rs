//! A value or a type as the user wrote it.

use proc_macro2::Ident;
use syn::{
    Expr, ExprField, ExprLit, ExprUnary, Lit, LitBool, LitFloat, LitInt, LitStr, Member, Token,
    Type, UnOp, punctuated::Punctuated,
};

/// What the user wrote, by its looks.
pub(crate) enum Written<'e> {
    Off,
    Whole(&'e LitInt),
    Fraction(&'e LitFloat),
    Text(&'e LitStr),
    Flag(&'e LitBool),
    Negative(String),
    /// A number with a unit after a dot: `30.s`.
    Dotted(&'e LitInt, &'e Ident),
    /// A literal that no option takes.
    Odd,
    /// A name of one word, probably a constant's.
    Word(&'e Ident),
    Call(&'e Ident, &'e Arguments),
    /// Anything else: an expression for the compiler.
    Constant,
}

pub(crate) type Arguments = Punctuated<Expr, Token![,]>;

pub(crate) fn written(value: &Expr) -> Written<'_> {
    match peeled(value) {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(text) if text.value() == "off" => Written::Off,
            Lit::Str(text) => Written::Text(text),
            Lit::Int(number) => Written::Whole(number),
            Lit::Float(number) => Written::Fraction(number),
            Lit::Bool(flag) => Written::Flag(flag),
            _ => Written::Odd,
        },
        Expr::Path(path) if path.path.is_ident("off") => Written::Off,
        Expr::Path(path) => path.path.get_ident().map_or(Written::Constant, Written::Word),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => negative(expr),
        Expr::Field(ExprField { base, member: Member::Named(unit), .. }) => match written(base) {
            Written::Whole(number) => Written::Dotted(number, unit),
            _ => Written::Constant,
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path
                .path
                .get_ident()
                .map_or(Written::Constant, |name| Written::Call(name, &call.args)),
            _ => Written::Constant,
        },
        _ => Written::Constant,
    }
}

fn negative(number: &Expr) -> Written<'_> {
    match written(number) {
        Written::Whole(number) => Written::Negative(format!("-{number}")),
        Written::Fraction(number) => Written::Negative(format!("-{number}")),
        _ => Written::Constant,
    }
}

/// The value without the invisible brackets that a `macro_rules!` leaves around its fragments.
pub(crate) fn peeled(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => peeled(&group.expr),
        _ => value,
    }
}

/// The type without the invisible brackets that a `macro_rules!` leaves around its fragments.
pub(crate) fn peeled_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled_type(&group.elem),
        Type::Paren(paren) => peeled_type(&paren.elem),
        _ => ty,
    }
}
