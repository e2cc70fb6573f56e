//! The attribute of [`brama`](https://docs.rs/brama). Depend on `brama`, which re-exports it.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "syntax has more forms than are meant here, and gets new ones"
)]

mod block;
mod draft;
mod duration;
mod expand;
mod facade;
mod fallback;
mod foreign;
mod function;
mod handler;
mod mistakes;
mod names;
mod options;
mod policy;
mod reader;
mod shape;
mod span;
mod timeout;
mod value;
mod written;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::ToTokens;

use self::{block::Block, function::Function, options::Options};

/// Protects a function or method with a circuit breaker.
///
/// While the circuit is closed the function runs as if nothing stood above it. Once the calls fail
/// as the policy says, the circuit opens: the function's body does not run, and the caller gets the
/// open answer at once. After a while a few calls probe whether the dependency has recovered.
///
/// ```text
/// #[circuit_breaker(identifier = "payment_api")]
/// async fn charge(card: &Card) -> Result<Receipt, PayError> { … }
/// ```
///
/// The signature stays as written, `async` and methods included, and so do other attributes in
/// either order. `Result`s need no more than an identifier, if the error can be built from
/// `brama::CircuitOpen`; other types say with `error_handler` what failed and with `fallback` or
/// `on_open` what to answer while open.
///
/// # Options
///
/// Each is written `name = value`, in any order.
///
/// | option | value | default |
/// |---|---|---|
/// | `identifier` | the breaker's name: a string literal, or an expression of a type that is `AsRef<str>` | required |
/// | `key` | expression of a type that is `Display`: one breaker for each of its values | none |
/// | `scope` | string literal: names in one scope do not meet those in another | none |
/// | `type` | string literal: the kind of dependency, such as `"http"`, `"database"` or `"cache"`; kinds have defaults of their own | none |
/// | `error_handler` | path or closure, `\|ret: &Ret\| -> brama::Outcome`, called after the body | for a `Result`: `Ok` is a success, `Err` a failure, unless it is another breaker's rejection, which is ignored |
/// | `failure_if` | for a `Result<T, E>`: path or closure, `\|error: &E\| -> bool`; an error for which it is false is ignored | every error is a failure |
/// | `ignore_if` | the same for errors that are ignored, asked before `failure_if` | none is |
/// | `on_open` | path or closure, `\|open: brama::CircuitOpen\| -> Ret` | for a `Result<T, E>`: `Err(E::from(open))` |
/// | `fallback` | expression of the return type, evaluated instead of the body; may use the arguments, `?`, `return` and in an `async fn` `.await` | none |
/// | `timeout` | how long a call may take, for functions that are async or return a future: a duration such as `"5s"`, an expression that gives a `Duration`, or `off`; needs the feature `tokio` | `off` |
/// | `on_timeout` | path or closure, `\|timed_out: brama::TimedOut\| -> Ret` | for a `Result<T, E>`: `Err(E::from(timed_out))` |
/// | `future` | whether what the function returns is a future to protect: `true` or `false` | by the return type, see below |
/// | `registry` | expression that gives a `&brama::Registry` | the global one |
/// | `crate` | path of the `brama` crate, where it is re-exported | `::brama` |
///
/// Of two attributes with one scope, identifier and key the first that is called wins; where they
/// differ, `Status::warnings` names both by file and line.
///
/// A literal identifier is looked up once. An expression is evaluated before each call and compared
/// with the first name that the function met; any other name is looked up.
///
/// # Keys
///
/// One function may call many nodes, hosts or tenants. With a `key` each has a breaker of its own:
///
/// ```text
/// #[circuit_breaker(identifier = "storage", key = node.id)]
/// async fn read(node: &Node, row: u64) -> Result<Row, ReadError> { … }
/// ```
///
/// Identifier and key are never joined: `Identity::new("storage").with_key(7)` names one of them.
/// Identifier and key are borrowed before the body runs and not over it. Breakers are kept for the
/// life of their registry, so a key comes from a bounded set.
///
/// # Errors that are no failures
///
/// For a `Result` it is often enough to say which errors count. A caller's own mistake says nothing
/// about the dependency:
///
/// ```text
/// #[circuit_breaker(identifier = "users", failure_if = |error| 500 <= error.status())]
/// #[circuit_breaker(identifier = "users", ignore_if = UserError::is_not_found)]
/// ```
///
/// An error that is no failure is ignored: it neither opens nor closes. The reason of a failure
/// stays the error's text, and another breaker's rejection is ignored whatever these say. Given
/// both, `failure_if` is asked of the errors that `ignore_if` leaves. `error_handler` says all that
/// they say, so it excludes them.
///
/// # Futures
///
/// A function that *returns* a future is protected while that future is polled, as an `async fn`
/// is. What counts is the return type as it is written: `impl Future<Output = R>`,
/// `Pin<Box<dyn Future<Output = R>>>`, or the `BoxFuture<'_, R>` and `LocalBoxFuture<'_, R>` of the
/// futures crate. So the attribute goes on the methods under `#[async_trait]`, too.
///
/// ```text
/// #[circuit_breaker(identifier = "payment_api")]
/// fn charge(&self, card: Card) -> impl Future<Output = Result<Receipt, PayError>> + Send { … }
/// ```
///
/// The function's body runs at the call, also while the circuit is open: it only makes the future,
/// and what goes wrong there is not counted. The circuit is asked when the future is first polled.
/// `R` is what is judged, and what the open answer is made for; `fallback` may `.await`. Identifier,
/// key, registry and timeout are evaluated at the call, before the body, which may take the
/// arguments that they borrow. A boxed future is boxed once more.
///
/// An alias that hides the box says `future = true`, for a function that returns
/// `type Later<T> = Pin<Box<dyn Future<Output = T>>>`. With `future = false` the future is a plain
/// value, judged when it is made.
///
/// # Timeout
///
/// With the feature `tokio`, a call that takes longer than `timeout` is dropped and counts as a
/// failure:
///
/// ```text
/// #[circuit_breaker(identifier = "payment_api", timeout = "5s")]      // PayError: From<TimedOut>
/// async fn charge(card: &Card) -> Result<Receipt, PayError> { … }
/// ```
///
/// The caller gets the error made of `brama::TimedOut`, or what `on_timeout` answers. The time begins
/// when the call is let through; it is that of tokio, which has to run with its time enabled, and
/// which a test may pause. The body is dropped before the failure is recorded, and where it is ready
/// when the time is over, it is answered. `error_handler` is not asked about a timeout.
///
/// # Policy
///
/// When the circuit opens and closes; what is not named comes from the configuration.
///
/// | option | value | default |
/// |---|---|---|
/// | `failure_threshold`, also `max_attempts` | failures in a row that open, at least 1, or `off` | 10; `off` where a rate is set |
/// | `expiry` | how long an opening lasts: `"30s"`, or `progressive("5s", "300s")`, doubled at each opening in a row, or by a factor of its own: `progressive("5s", "300s", 1.5)` | `"60s"` |
/// | `success_threshold` | successes in a row that close, at least 1 | 1 |
/// | `half_open_limit` | probes in flight at once, at least 1 | 1 |
/// | `probe_timeout` | after which a silent probe loses its place | `"60s"` |
/// | `failure_rate` | percentage of failures in the window that opens, 1 to 100, or `off` | `off` |
/// | `slow_call_rate` | percentage of slow calls in the window that opens, 1 to 100, or `off` | `off` |
/// | `slow_call_duration` | a call that takes longer is slow | `"60s"` |
/// | `window` | `calls(100)`, or `time("10s")` in multiples of 10 ms | `calls(100)` |
/// | `minimum_calls` | below which no rate is judged, at least 1 | 100, or the window's calls if fewer |
/// | `abandoned` | what a dropped future counts as: `"ignore"` or `"failure"` | `"ignore"` |
/// | `jitter` | share by which an opening is shortened at random, 0 to 0.9 | 0 |
/// | `retry_after_cap` | longest opening that a hint can ask for | `"5m"` |
/// | `shadow` | decide and count, but refuse nobody | `false` |
/// | `policy` | a constant `brama::PolicyPatch` instead of all these | none |
///
/// A duration is a sum such as `"1m 30s"` in h, m, s and ms. Each value may be a constant instead:
/// a `u32`, a `Duration` (also for `expiry`), a `brama::Expiry`, a `brama::Window` and so on. Where the identifier is a
/// literal, the constant cannot name `Self` or a type parameter.
///
/// Functions that share a policy share a constant, which is checked at build like the others:
///
/// ```text
/// const HTTP: PolicyPatch = PolicyPatch::new().failure_threshold(5).jitter(0.1);
///
/// #[circuit_breaker(identifier = "users", policy = HTTP)]
/// #[circuit_breaker(identifier = "orders", policy = HTTP.failure_threshold(3))]
/// ```
///
/// # Blocks
///
/// Over an `impl` block or a module with a body it sets options for the functions inside that carry
/// the attribute themselves:
///
/// ```text
/// #[circuit_breaker(scope = "payments", max_attempts = 3)]
/// impl Bank {
///     #[circuit_breaker(identifier = "charge")]                       // 3 failures in a row
///     async fn charge(&self, card: &Card) -> Result<Receipt, PayError> { … }
///
///     #[circuit_breaker(identifier = "refund", max_attempts = 5)]     // 5
///     async fn refund(&self, id: u64) -> Result<Receipt, PayError> { … }
///
///     fn name(&self) -> &str { … }                                    // no breaker
/// }
/// ```
///
/// A function overrides option by option. Its settings of the policy go over its block's `policy`;
/// its own `policy` takes the place of all that the block says of one. With an `identifier` over the
/// block, functions that name none share one breaker. Expressions are evaluated in each function.
/// `error_handler`, `failure_if`, `ignore_if`, `on_open`, `fallback`, `key`, `on_timeout` and `future`
/// belong to a function. A block's `timeout` does not fit a sync function, which lifts it with
/// `timeout = off`. Blocks may stand in blocks.
///
/// # In tests
///
/// With the feature `testing`, a test enters a registry and a clock of its own. Functions that are
/// called on its thread use those, literal identifiers included:
///
/// ```text
/// let registry = TestRegistry::new();
/// let _entered = registry.enter();
/// assert!((0..3).all(|_| charge(&stolen).is_err()));
/// registry.assert_state("payment_api", State::Open);
/// registry.advance(Duration::from_secs(60));
/// ```
///
/// # Other attributes
///
/// They may stand above or below. Attributes are expanded from the top, each around the body that it
/// finds, so what stands above is inside the breaker:
///
/// ```text
/// #[tracing::instrument]                           // a span for each call that runs
/// #[circuit_breaker(identifier = "payment_api")]
///
/// #[circuit_breaker(identifier = "payment_api")]
/// #[tracing::instrument]                           // a span for refused calls too
/// ```
///
/// Of several `#[circuit_breaker]` the one written first is the outermost. `rstest` carries the
/// attributes below it to each case, and its `fixture` to both functions that it makes, so that a
/// use counts twice: write the breaker above `fixture`. A decorated test answers a `Result`, as any
/// function does.
///
/// # Limits
///
/// - `#[track_caller]` has no effect inside the body.
/// - In `-> impl Fn(&T) -> R` the closure that is returned names its parameters' types.
/// - Arguments that an `async` body uses by value are gone when `error_handler` runs; references
///   and `Copy` values can still be used there. They are dropped before the outcome is recorded.
/// - A future grows by the arguments that its body uses, and by up to 56 bytes; with a `timeout` by
///   tokio's timer as well.
/// - A chain of decorated `async` functions that call each other reaches rustc's default recursion
///   limit after 16. Then box one of the calls, or raise `#![recursion_limit]`.
/// - Where a function returns a future, what its body does before that is not protected. A future of
///   a named type, such as `std::future::Ready<R>`, is a plain value; return `impl Future` instead.
/// - A decorated function that calls itself holds the probe that its inner call would need.
///   Decorate the outermost function only.
/// - Of a stream only its creation is judged.
#[proc_macro_attribute]
pub fn circuit_breaker(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    decorated(options.into(), item.into()).into()
}

fn decorated(options: TokenStream, item: TokenStream) -> TokenStream {
    match Block::find(item.clone()) {
        Some(block) => block.decorated(options),
        None => decorated_function(options, item),
    }
}

fn decorated_function(options: TokenStream, item: TokenStream) -> TokenStream {
    match read(options, item.clone()) {
        Ok((options, mut function)) => {
            let below = function.take_breakers();
            let inner = |function, options: &Options| expand::protected(options, function);
            let function = below.iter().rev().fold(function, inner);
            expand::protected(&options, function).into_token_stream()
        }
        Err(mistakes) => fallback::untouched(&mistakes, item),
    }
}

/// The item is read first: over a `struct`, only that is worth a message.
fn read(options: TokenStream, item: TokenStream) -> syn::Result<(Options, Function)> {
    let function: Function = syn::parse2(item)?;
    let options = Options::read(options).and_then(|options| {
        options.check(&function.signature)?;
        Ok(options)
    });
    match (function.check(), options) {
        (Ok(()), Ok(options)) => Ok((options, function)),
        (Err(mut mistakes), Err(more)) => {
            mistakes.combine(more);
            Err(mistakes)
        }
        (Err(mistakes), Ok(_)) | (Ok(()), Err(mistakes)) => Err(mistakes),
    }
}
