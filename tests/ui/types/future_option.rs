//! A future of an `Option` needs `error_handler`, and `fallback` or `on_open`.

use brama::circuit_breaker;

#[circuit_breaker(identifier = "bank")]
fn balance() -> impl Future<Output = Option<u8>> {
    async { None }
}

fn main() {}
