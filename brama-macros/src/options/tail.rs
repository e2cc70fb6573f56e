//! The tails of an expression: the expressions one of which it evaluates to.

use syn::{Block, Expr, ExprReturn, Stmt};

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
