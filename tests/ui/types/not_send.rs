//! A future that is not `Send`: the message points at the user's value and await.

use brama::{CircuitOpen, circuit_breaker};

use std::rc::Rc;

#[circuit_breaker(identifier = "bank")]
async fn charge() -> Result<u8, CircuitOpen> {
    let paid = Rc::new(1);
    std::future::ready(()).await;
    Ok(*paid)
}

fn is_send(_: impl Send) {}

fn main() {
    is_send(charge());
}
