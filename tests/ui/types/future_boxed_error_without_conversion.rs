//! The error in the output of a boxed future has no `From<CircuitOpen>`.

use brama::circuit_breaker;

struct PayError;

#[circuit_breaker(identifier = "bank")]
fn charge() -> std::pin::Pin<Box<dyn Future<Output = Result<u8, PayError>> + Send>> {
    Box::pin(async { Ok(1) })
}

fn main() {}
