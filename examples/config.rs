//! Breakers from a file, overridden by a variable, reloaded, and a file with mistakes.
//!
//! ```text
//! cargo run --example config --features config
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use brama::{
    circuit_breaker,
    config::{ApplyError, File, Loaded},
    registry, status,
};

#[circuit_breaker(identifier = "payment_api", type = "http", failure_threshold = 4)]
fn charge() -> std::io::Result<u32> {
    Ok(17)
}

#[circuit_breaker(identifier = "search")]
fn search() -> std::io::Result<u32> {
    Ok(4)
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = File::at(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/brama.toml"));
    println!("== at start-up\n");
    for warning in file.init(&registry())? {
        println!("{warning}");
    }
    charge()?;
    search()?;
    for name in ["payment_api", "search"] {
        let policy = status(name).ok_or("it was called")?.policy;
        println!("{name}: {:?} failures, {}", policy.failure_threshold(), policy.expiry());
    }

    println!("\n== with BRAMA__BREAKERS__SEARCH__EXPIRY=1m\n");
    let overridden = file.environment([("BRAMA__BREAKERS__SEARCH__EXPIRY", "1m")]);
    println!("{}", overridden.reload(&registry())?.reloaded);

    println!("\n== with three mistakes\n");
    let mistakes = Loaded::parse_toml(MISTAKES, "brama.toml").map_err(ApplyError::from);
    if let Err(errors) = mistakes {
        println!("{errors}");
    }
    Ok(())
}

const MISTAKES: &str = r#"[defaults]
reset_timeout = "30s"

[breakers.payment_api]
window = { calls = 10 }
minimum_calls = 20

[breakers.search]
inherits = "payment_apy"
"#;
