//! A closure that is returned names its parameters' types: the hidden type cannot tell them.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "closure")]
fn parser() -> Result<impl Fn(&str) -> usize, CircuitOpen> {
    Ok(|text: &str| text.len())
}

fn main() {
    assert_eq!(parser().ok().map(|parse| parse("abc")), Some(3));
}
