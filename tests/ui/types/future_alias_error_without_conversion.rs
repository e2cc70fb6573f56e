//! The error in the output of a `BoxFuture` has no `From<CircuitOpen>`.

use brama::circuit_breaker;

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

struct PayError;

#[circuit_breaker(identifier = "bank")]
fn charge(card: &u8) -> BoxFuture<'_, Result<u8, PayError>> {
    Box::pin(async { Ok(*card) })
}

fn main() {}
