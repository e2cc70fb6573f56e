//! The tails of an expression: the expressions one of which it evaluates to.

use syn::{Block, Expr, ExprIf, ExprReturn, Stmt};

use crate::literal::ungroup;

/// ```text
/// if ready { a } else { match b { Some(_) => c, None => { work(); return d } } }
///            ^                                ^                           ^
/// ```
pub(crate) fn tails(expression: &Expr) -> Vec<&Expr> {
    match ungroup(expression) {
        Expr::Paren(inner) => tails(&inner.expr),
        Expr::Return(ExprReturn { expr: Some(value), .. }) => tails(value),
        Expr::Block(block) => of_block(&block.block),
        Expr::Match(choice) => choice.arms.iter().flat_map(|arm| tails(&arm.body)).collect(),
        Expr::If(choice) => {
            let otherwise = choice.else_branch.iter().flat_map(|(_, otherwise)| tails(otherwise));
            of_block(&choice.then_branch).into_iter().chain(otherwise).collect()
        }
        other => vec![other],
    }
}

fn of_block(block: &Block) -> Vec<&Expr> {
    match block.stmts.last() {
        Some(Stmt::Expr(tail, None) | Stmt::Expr(tail @ Expr::Return(_), Some(_))) => tails(tail),
        _ => Vec::new(),
    }
}

/// Replaces the tails in a block or in branches. A macro call stays as it is, and so does a tail
/// that leaves the expression: `return`, `break`, `continue`.
///
/// ```text
/// if ready { a } else { panic!() }     if ready { replaced } else { panic!() }
/// ```
pub(crate) fn replace_inner_tails(expression: &mut Expr, replace: &impl Fn(&Expr) -> Expr) {
    match expression {
        Expr::Group(inner) => replace_inner_tails(&mut inner.expr, replace),
        Expr::Paren(inner) => replace_inner_tails(&mut inner.expr, replace),
        Expr::Block(block) => replace_in_block(&mut block.block, replace),
        Expr::Match(choice) => {
            choice.arms.iter_mut().for_each(|arm| replace_tail(&mut arm.body, replace));
        }
        Expr::If(ExprIf { then_branch, else_branch: Some((_, otherwise)), .. }) => {
            replace_in_block(then_branch, replace);
            replace_tail(otherwise, replace);
        }
        _ => {}
    }
}

fn replace_in_block(block: &mut Block, replace: &impl Fn(&Expr) -> Expr) {
    if let Some(Stmt::Expr(tail, None)) = block.stmts.last_mut() {
        replace_tail(tail, replace);
    }
}

fn replace_tail(tail: &mut Expr, replace: &impl Fn(&Expr) -> Expr) {
    match tail {
        Expr::Group(_) | Expr::Paren(_) | Expr::Block(_) | Expr::Match(_) | Expr::If(_) => {
            replace_inner_tails(tail, replace);
        }
        Expr::Macro(_) | Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => {}
        value => *value = replace(value),
    }
}
