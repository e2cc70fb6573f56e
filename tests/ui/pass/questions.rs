//! Every form of `failure_if` and `ignore_if` compiles without type annotations.

use brama::{CircuitOpen, circuit_breaker};

enum PayError {
    Open(CircuitOpen),
    Code(u16),
}

impl From<CircuitOpen> for PayError {
    fn from(open: CircuitOpen) -> Self {
        Self::Open(open)
    }
}

impl PayError {
    const fn is_server(&self) -> bool {
        matches!(self, Self::Code(500..))
    }
}

type Paid = Result<u16, PayError>;

fn generic<E>(_: &E) -> bool {
    true
}

const POINTER: fn(&PayError) -> bool = PayError::is_server;

struct Judge(bool);

impl Judge {
    fn is_bad(&self, error: &PayError) -> bool {
        self.0 && error.is_server()
    }

    fn associated(error: &PayError) -> bool {
        error.is_server()
    }

    #[circuit_breaker(identifier = "questions", ignore_if = Self::associated)]
    fn by_associated(&self) -> Paid {
        Err(PayError::Code(1))
    }

    #[circuit_breaker(identifier = "questions", failure_if = |error| self.is_bad(error))]
    async fn by_method_later(&self) -> Paid {
        Err(PayError::Code(1))
    }
}

macro_rules! by {
    ($($name:ident: $question:expr;)*) => {
        $(
            #[circuit_breaker(identifier = "questions", failure_if = $question, ignore_if = $question)]
            fn $name(code: u16) -> Paid {
                Err(PayError::Code(code))
            }
        )*
        const ALL: &[fn(u16) -> Paid] = &[$($name),*];
    };
}

by! {
    path: PayError::is_server;
    generic_path: generic;
    turbofish: generic::<PayError>;
    pointer: POINTER;
    ignored: |_| true;
    method: |error| error.is_server();
    matching: |error| matches!(error, PayError::Code(500..));
    guard: |error| match error {
        PayError::Open(open) => open.retry_after().is_none(),
        PayError::Code(code) if *code < 500 => false,
        PayError::Code(_) => true,
    };
    early: |error| {
        let PayError::Code(code) = error else { return false };
        *code == 503
    };
    moving: move |error| error.is_server();
    annotated: |error: &PayError| -> bool { error.is_server() };
    diverging: |error| match error {
        PayError::Code(_) => true,
        PayError::Open(_) => unreachable!(),
    };
}

#[circuit_breaker(identifier = "questions", failure_if = |error| error.raw_os_error() == Some(5))]
fn hidden() -> std::io::Result<impl Iterator<Item = u8>> {
    Ok(std::iter::empty())
}

#[circuit_breaker(identifier = "questions", ignore_if = |error| error.is::<std::fmt::Error>())]
fn boxed() -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}

fn main() {
    for function in ALL {
        assert!(function(503).is_err());
    }
    let judge = Judge(true);
    assert!(judge.by_associated().is_err() && hidden().is_ok() && boxed().is_ok());
    let _ = judge.by_method_later();
}
