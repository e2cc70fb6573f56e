//! The facade may be re-exported, also by a macro that others call.

mod platform {
    pub use brama as breaker;
}

#[brama::circuit_breaker(identifier = "reexported", crate = crate::platform::breaker)]
fn charge() -> Result<u8, brama::CircuitOpen> {
    Ok(1)
}

mod library {
    pub use brama;

    #[macro_export]
    macro_rules! protected {
        ($name:ident, $identifier:expr) => {
            #[$crate::library::brama::circuit_breaker(
                identifier = $identifier,
                crate = $crate::library::brama,
                window = calls(10),
                expiry = "5s"
            )]
            fn $name() -> Result<u8, $crate::library::brama::CircuitOpen> {
                Ok(2)
            }
        };
    }
}

protected!(literal, "by macro");
protected!(expression, concat!("by", " macro"));

fn main() {
    assert!(charge().is_ok() && literal().is_ok() && expression().is_ok());
    assert_eq!(brama::breaker("by macro").status().totals.successes, 2);
}
