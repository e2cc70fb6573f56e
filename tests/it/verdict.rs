//! The verdict on a decorated function that returns a `Result`, without options that decide it.

use std::{error::Error, fmt, io, sync::Arc};

use brama::{CallError, CircuitOpen, Registry, circuit_breaker};

/// Calls a decorated function that returns the error. Gives "ignored" or the failure's reason.
macro_rules! verdict {
    ($error:ty, $value:expr) => {{
        #[circuit_breaker(identifier = "it", registry = registry, fallback = unreachable!())]
        fn call(registry: &Registry, error: $error) -> Result<(), $error> {
            Err(error)
        }
        let registry = Registry::new();
        assert!(call(&registry, $value).is_err());
        recorded(&registry)
    }};
}

fn recorded(registry: &Registry) -> String {
    let status = registry.breaker("it").status();
    assert_eq!(status.totals.ignored + status.totals.failures, 1);
    status.reasons.first().map_or_else(|| "ignored".to_owned(), ToString::to_string)
}

fn rejection() -> CircuitOpen {
    let breaker = Registry::new().breaker("inner");
    breaker.force_open("test");
    breaker.try_acquire().unwrap_err()
}

#[derive(Debug, thiserror::Error)]
enum PayError {
    #[error(transparent)]
    Open(#[from] CircuitOpen),
    #[error("step 2")]
    Later(#[source] CircuitOpen),
    #[error("poor")]
    Poor,
}

#[derive(Debug)]
struct Borrowed<'a>(&'a str);

impl fmt::Display for Borrowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Borrowed<'_> {}

#[derive(Debug)]
struct Silent;

/// Wraps an error and has no message.
#[derive(Debug)]
struct Wordless(Box<dyn Error>);

impl AsRef<dyn Error> for Wordless {
    fn as_ref(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}

/// Wraps an error that is `Send + Sync` and has no message.
#[derive(Debug)]
struct WordlessSend(Box<dyn Error + Send + Sync>);

impl AsRef<dyn Error + Send + Sync> for WordlessSend {
    fn as_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

#[test]
fn an_error_is_a_failure_with_its_own_message() {
    assert_eq!(verdict!(PayError, PayError::Poor), "poor");
    assert_eq!(verdict!(io::Error, io::Error::other("disk")), "disk");
    assert_eq!(verdict!(anyhow::Error, anyhow::anyhow!("no")), "no");
    assert_eq!(verdict!(Box<dyn Error>, "boxed".into()), "boxed");
    assert_eq!(verdict!(Box<dyn Error + Send + Sync>, "sent".into()), "sent");
    assert_eq!(verdict!(String, "text".to_owned()), "text");
    assert_eq!(verdict!(&'static str, "str"), "str");
    assert_eq!(verdict!(CallError<String>, CallError::Failed("call".to_owned())), "call");
}

#[test]
fn an_error_without_a_message_is_named_by_its_type() {
    assert_eq!(verdict!((), ()), "no reason given");
    assert!(verdict!(Silent, Silent).ends_with("::Silent"));
    assert!(verdict!(Wordless, Wordless("boxed".into())).ends_with("::Wordless"));
    assert!(verdict!(WordlessSend, WordlessSend("sent".into())).ends_with("::WordlessSend"));
    let failed = CallError::Failed(Silent);
    assert!(verdict!(CallError<Silent>, failed).ends_with("::Silent>"));
}

#[test]
fn an_error_may_borrow() {
    #[circuit_breaker(identifier = "it", registry = registry, fallback = unreachable!())]
    fn plain<'a>(registry: &Registry, text: &'a str) -> Result<(), Borrowed<'a>> {
        Err(Borrowed(text))
    }
    #[circuit_breaker(identifier = "it", registry = registry, fallback = unreachable!())]
    fn boxed<'a>(registry: &Registry, text: &'a str) -> Result<(), Box<dyn Error + 'a>> {
        Err(Box::new(Borrowed(text)))
    }
    let text = String::from("lent");
    let [first, second] = [Registry::new(), Registry::new()];
    assert!(plain(&first, &text).is_err());
    assert!(boxed(&second, &text).is_err());
    assert_eq!([recorded(&first), recorded(&second)], ["lent", "lent"]);
}

#[test]
fn the_rejection_of_another_breaker_is_ignored() {
    let wrapped = || io::Error::from(rejection());
    assert_eq!(verdict!(CircuitOpen, rejection()), "ignored");
    assert_eq!(verdict!(PayError, rejection().into()), "ignored");
    assert_eq!(verdict!(PayError, PayError::Later(rejection())), "ignored");
    assert_eq!(verdict!(io::Error, wrapped()), "ignored");
    assert_eq!(verdict!(Arc<CircuitOpen>, Arc::new(rejection())), "ignored");
    assert_eq!(verdict!(Box<dyn Error>, rejection().into()), "ignored");
    assert_eq!(verdict!(Box<dyn Error + Send + Sync>, wrapped().into()), "ignored");
    assert_eq!(verdict!(anyhow::Error, rejection().into()), "ignored");
    assert_eq!(verdict!(anyhow::Error, anyhow::Error::from(wrapped()).context("c")), "ignored");
    assert_eq!(verdict!(Wordless, Wordless(wrapped().into())), "ignored");
    assert_eq!(verdict!(WordlessSend, WordlessSend(wrapped().into())), "ignored");
    assert_eq!(verdict!(CallError<Silent>, CallError::Rejected(rejection())), "ignored");
    assert_eq!(verdict!(CallError<String>, CallError::Rejected(rejection())), "ignored");
    assert_eq!(verdict!(CallError<io::Error>, CallError::Failed(wrapped())), "ignored");
}

#[test]
fn a_generic_error_is_known_by_its_bounds() {
    #[circuit_breaker(identifier = "it", registry = registry, fallback = unreachable!())]
    fn unbound<E>(registry: &Registry, error: E) -> Result<(), E> {
        Err(error)
    }
    #[circuit_breaker(identifier = "it", registry = registry, fallback = unreachable!())]
    fn bound<E: Error>(registry: &Registry, error: E) -> Result<(), E> {
        Err(error)
    }
    let [silent, spoken] = [Registry::new(), Registry::new()];
    assert!(unbound(&silent, rejection()).is_err());
    assert!(bound(&spoken, rejection()).is_err());
    assert!(recorded(&silent).ends_with("CircuitOpen"));
    assert_eq!(recorded(&spoken), "ignored");
}
