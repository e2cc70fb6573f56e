//! Expansions as snapshots for readers. Their behaviour is tested where they run.

use super::{CHARGE, DECLARES, expanded};

fn picture(options: &str, item: &str) -> String {
    let file = syn::parse2(expanded(options, item)).expect("an expansion is a file");
    prettyplease::unparse(&file)
}

macro_rules! assert_picture {
    ($options:expr, $item:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(picture($options, $item))
        })
    };
}

/// With the feature `declared`.
macro_rules! assert_declared_picture {
    ($options:expr, $item:expr) => {{
        DECLARES.set(true);
        assert_picture!($options, $item);
        DECLARES.set(false);
    }};
}

#[test]
fn literal() {
    assert_picture!("identifier = \"bank\"", CHARGE);
}

#[test]
fn declared() {
    assert_declared_picture!("identifier = \"bank\", max_attempts = 3", CHARGE);
}

#[test]
fn declared_key() {
    let options = "identifier = \"bank\", key = card.country, type = \"http\", expiry = \"5s\"";
    assert_declared_picture!(options, CHARGE);
}

#[test]
fn declared_registry() {
    let options = "identifier = \"bank\", registry = &self.registry, max_attempts = T::LIMIT";
    assert_declared_picture!(options, CHARGE);
}

#[test]
fn literal_async() {
    assert_picture!("identifier = \"bank\"", &format!("pub async {CHARGE}"));
}

#[test]
fn expression() {
    assert_picture!("identifier = self.name, registry = &self.registry, scope = \"eu\"", CHARGE);
}

#[test]
fn key() {
    assert_picture!("identifier = \"bank\", key = card.country, max_attempts = 3", CHARGE);
}

#[test]
fn handlers() {
    assert_picture!("identifier = \"bank\", error_handler = |r| f(r), on_open = reject", CHARGE);
}

#[test]
fn excuses() {
    let options = "identifier = \"bank\", failure_if = |error| error.is_server(), \
                   ignore_if = PayError::is_mine";
    assert_picture!(options, CHARGE);
}

#[test]
fn fallback_async() {
    let options = "identifier = T::NAME, fallback = other(card).await?, max_attempts = T::LIMIT";
    assert_picture!(options, &format!("async {CHARGE}"));
}

#[test]
fn future() {
    let item = "pub fn charge(card: &Card) -> impl Future<Output = Paid> + Send { body }";
    assert_picture!("identifier = \"bank\"", item);
}

#[test]
fn future_boxed() {
    let item = "fn charge(card: Card) -> Pin<Box<dyn Future<Output = Paid> + Send>> { body }";
    assert_picture!("identifier = card.bank, on_open = reject", item);
}

#[test]
fn future_named() {
    let item = "fn charge(card: Card) -> Later<Paid> { body }";
    assert_picture!("identifier = \"bank\", future = true", item);
}

#[test]
fn stream() {
    let item = "pub fn feed(&self) -> impl Stream<Item = Paid> + Send { body }";
    assert_picture!("identifier = \"bank\", stream = \"end\"", item);
}

#[test]
fn stream_boxed() {
    let item = "fn feed(card: Card) -> Pin<Box<dyn Stream<Item = Paid> + Send>> { body }";
    let options = "identifier = card.bank, stream = \"first_item\", ignore_if = is_mine, \
                   fallback = other(card)?";
    assert_picture!(options, item);
}

#[test]
fn stream_named() {
    let item = "fn feed(card: Card) -> Payments { body }";
    let options = "identifier = \"bank\", stream = \"end\", slow_until = \"first_item\", \
                   error_handler = |item| f(item), on_open = reject";
    assert_picture!(options, item);
}

#[cfg(feature = "tokio")]
#[test]
fn timeout_of_a_stream() {
    let item = "fn feed(&self) -> BoxStream<'_, Paid> { body }";
    let options = "identifier = \"bank\", stream = \"end\", timeout = \"5s\", \
                   on_timeout = |late| reject(late)";
    assert_picture!(options, item);
}

#[cfg(feature = "tokio")]
#[test]
fn timeout() {
    let options = "identifier = \"bank\", timeout = \"1m 30s\"";
    assert_picture!(options, &format!("async {CHARGE}"));
}

#[cfg(feature = "tokio")]
#[test]
fn timeout_of_a_future() {
    let item = "fn charge(&self) -> BoxFuture<'_, Paid> { body }";
    let options = "identifier = \"bank\", timeout = self.limit, on_timeout = |late| reject(late)";
    assert_picture!(options, item);
}

#[cfg(feature = "tracing")]
#[test]
fn span() {
    assert_picture!("identifier = \"bank\", span = true", CHARGE);
}

#[cfg(feature = "tracing")]
#[test]
fn span_async() {
    let options = "identifier = \"bank\", key = card.country, span = true";
    assert_picture!(options, &format!("async {CHARGE}"));
}

#[cfg(feature = "tracing")]
#[test]
fn span_of_a_stream() {
    let item = "#[circuit_breaker(identifier = \"inner\", stream = \"end\")] \
                fn feed() -> impl Stream<Item = Paid> { body }";
    assert_picture!("identifier = \"bank\", stream = \"end\", span = true", item);
}

#[test]
fn policy() {
    let options = "identifier = \"bank\", max_attempts = LIMIT, minimum_calls = 20, \
                   expiry = progressive(\"5s\", \"1m 30s\", 1.5), failure_rate = 50, \
                   window = time(\"10s\"), slow_call_rate = off, abandoned = \"failure\", \
                   jitter = 0.1, shadow = true";
    assert_picture!(options, CHARGE);
}

#[test]
fn whole_policy() {
    assert_picture!("identifier = \"bank\", policy = SLOW.jitter(0.1)", CHARGE);
}

#[test]
fn inner_attributes_and_no_return_type() {
    let item = "fn charge() { #![allow(a)] //! Text.\n body(); }";
    assert_picture!("identifier = \"bank\", crate = crate::reexported::brama", item);
}

#[test]
fn hidden_types() {
    let item =
        "fn charge() -> Result<(Vec<impl Iterator<Item = impl Copy>>, impl Fn() -> u8), E> {}";
    assert_picture!("identifier = \"bank\"", item);
}

#[test]
fn stacked() {
    let item = format!("#[must_use] #[brama::circuit_breaker(identifier = \"inner\")] {CHARGE}");
    assert_picture!("identifier = \"outer\"", &item);
}

#[test]
fn block() {
    let item = "impl Bank { fn plain(&self) {} #[circuit_breaker(identifier = \"bank\", \
                max_attempts = 5)] #[must_use] fn charge(&self) -> Paid { body } }";
    assert_picture!("scope = \"eu\", policy = SLOW", item);
}

#[test]
fn block_policy() {
    let options = "identifier = \"bank\", max_attempts = 5, __policy = SLOW";
    assert_picture!(options, CHARGE);
}

#[test]
fn mistaken() {
    assert_picture!("identifer = \"bank\"", CHARGE);
}
