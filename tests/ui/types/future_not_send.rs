//! The declared future is `Send`, the one that the body makes is not.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> std::pin::Pin<Box<dyn Future<Output = Result<u8, CircuitOpen>> + Send>> {
    let local = std::rc::Rc::new(1);
    Box::pin(async move { Ok(*local) })
}

fn main() {}
