//! What companions call, beside generated code.

use crate::{
    logs,
    sys::panic::{Panicked, catch_panic},
};

/// Runs a callback of the program. If it panics, the log has a line that names `what`, and the
/// caller goes on.
pub fn call_back(what: &str, run: impl FnOnce()) {
    if catch_panic(run) == Err(Panicked) {
        logs::panicked(what, None);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;

    #[test]
    fn a_panic_of_a_callback_goes_no_further() {
        call_back("a test", || resume_unwind(Box::new("bad")));
    }
}
