//! An error without a text, passed to `call`: the error names the type and both ways out.

struct Broken;

fn charge(bank: &brama::Breaker) -> bool {
    bank.call(|| Err::<(), _>(Broken)).is_ok()
}

fn main() {
    let _ = charge;
}
