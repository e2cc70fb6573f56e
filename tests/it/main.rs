//! Tests of the public API, through the facade only. Where to look:
//!
//! | topic | file |
//! |---|---|
//! | **The attribute** | |
//! | which outcomes of a `Result` count by default | `verdict.rs` |
//! | `failure_if`, `ignore_if`, `trip_if`, `retry_after`, `reason` | `failure_if.rs` |
//! | `error_handler`: its forms, and what it may return | `handlers.rs` |
//! | `policy = …` | `policy.rs` |
//! | options of an `impl` block, a trait or a module | `blocks.rs` |
//! | `timeout` | `timeout.rs` |
//! | which layer a time limit comes from | `timeout_layers.rs` |
//! | options that judge the error of a late call | `timeout_rules.rs` |
//! | `timeout` of a stream | `stream_timeout.rs` |
//! | streams of which a part panics | `stream_panics.rs` |
//! | several attributes on one function | `stacked.rs` |
//! | functions that return a stream | `streams.rs` |
//! | types of streams, and answers of their functions | `stream_types.rs` |
//! | `key = …` | `keys.rs` |
//! | identifiers that change from call to call | `dynamic_identifiers.rs` |
//! | returned futures: when they start, finish or are dropped | `futures_life.rs` |
//! | the size of a protected future, the depth of its types | `costs.rs` |
//! | **One breaker** | |
//! | permits and protected calls | `permit.rs` |
//! | permits over parts of a call, futures with names | `watched.rs` |
//! | streams under a permit, and calls whose time is stopped | `watched_streams.rs` |
//! | questions and reports by name, without a permit | `by_name.rs` |
//! | which probes count, and how many there may be | `half_open.rs` |
//! | calls of a breaker within its own calls | `nested.rs` |
//! | calls that are only ever abandoned | `abandoned.rs` |
//! | `failure_count` | `failure_count.rs` |
//! | `ramp` | `ramp.rs` |
//! | `concurrency_limit` | `concurrency_limit.rs` |
//! | what a breaker shows whose places are all taken | `saturated.rs` |
//! | who waits for a place | `limit_waits.rs` |
//! | `concurrency_limit` while openings only observe | `limit_in_shadow.rs` |
//! | retry-after hints | `hints.rs` |
//! | `durations` | `durations.rs` |
//! | reasons of failures, for every kind of error | `reasons.rs` |
//! | which calls take no lock and read no clock | `fast_path.rs` |
//! | `CircuitOpen`, the error of a rejected call | `circuit_open.rs` |
//! | why a circuit opened, and for how long | `evidence.rs` |
//! | what is recorded of a failure's reason | `secrets.rs` |
//! | waiting until a call would be admitted | `ready.rs` |
//! | which errors not to retry, and when to try again | `retry.rs` |
//! | what a status shows | `status.rs` |
//! | user code that calls back into brama | `reentry.rs` |
//! | **The registry** | |
//! | one breaker per identity, `init`, `configure` | `registry.rs` |
//! | layers of configuration, and warnings | `layers.rs` |
//! | settings that change while the program runs | `reload.rs` |
//! | what operators see of the last reload | `last_reload.rs` |
//! | a shorter `expiry` for openings in progress | `apply_now.rs` |
//! | `register`, `unregister`, control by identity | `connections.rs` |
//! | a configuration file, and warnings about the code that it is for | `config_file.rs` |
//! | the serialized form of a configuration | `config_form.rs` |
//! | `register` of an identifier that has keys | `registered_keys.rs` |
//! | more keys than there is room for | `overflow.rs` |
//! | the cleanup thread and `sweep` | `cleanup.rs` |
//! | `max_open_share` | `open_share.rs` |
//! | the word of a fleet over one breaker | `overlay.rs` |
//! | whom its rejections name | `overlay_author.rs` |
//! | a circuit beneath it, which it never changes | `overlay_twins.rs` |
//! | filters and groups | `groups.rs` |
//! | functions that were not called yet | `declared.rs` |
//! | the kill switch (`shadow_all`) | `shadow.rs` |
//! | background health checks | `checks.rs` |
//! | background health checks that are futures | `checks_async.rs` |
//! | the threads on which they run | `check_threads.rs` |
//! | health of many breakers | `health.rs` |
//! | **Metrics** | |
//! | metrics as text, in each format | `metrics/mod.rs` |
//! | the names of metrics | `metrics/names.rs` |
//! | keys in metrics, and their sum | `metrics/keys.rs` |
//! | counts since an earlier time | `metrics/since.rs` |
//! | the grammar that reads the text | `metrics/grammar.rs` |
//! | **Events** | |
//! | event kinds and their content | `events.rs` |
//! | slow, panicking and dropped subscribers | `subscribers.rs` |
//! | callbacks on the thread that causes a change | `observers.rs` |
//! | **The test kit** | |
//! | functions that run in an entered `TestRegistry` | `isolation.rs` |
//! | async functions that run in one | `isolation_async.rs` |
//! | `fail_times`, `set_state` and the assertions | `steps.rs` |
//! | the event log of a test | `log.rs` |
//! | **Everything else** | |
//! | what serde reads and writes | `serde.rs` |
//! | what the errors of serde show of the input | `serde_errors.rs` |
//! | scenarios of the libraries that brama continues | `ported.rs` |
//! | results and counters that these tests share | `answer.rs` |
//! | the error type that they share, also with `tests/editions` | `test_error.rs` |

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod abandoned;
mod answer;
mod apply_now;
mod blocks;
mod by_name;
mod check_threads;
mod checks;
mod checks_async;
mod circuit_open;
mod cleanup;
mod concurrency_limit;
mod config_file;
mod config_form;
mod connections;
mod costs;
mod declared;
mod durations;
mod dynamic_identifiers;
mod events;
mod evidence;
mod failure_count;
mod failure_if;
mod fast_path;
mod futures_life;
mod groups;
mod half_open;
mod handlers;
mod health;
mod hints;
mod isolation;
mod isolation_async;
mod keys;
mod last_reload;
mod layers;
mod limit_in_shadow;
mod limit_waits;
mod log;
mod metrics;
mod nested;
mod observers;
mod open_share;
mod overflow;
mod overlay;
mod overlay_author;
mod overlay_twins;
mod permit;
mod policy;
mod ported;
mod ramp;
mod ready;
mod reasons;
mod reentry;
mod registered_keys;
mod registry;
mod reload;
mod retry;
mod saturated;
mod secrets;
mod serde;
mod serde_errors;
mod shadow;
mod stacked;
mod status;
mod steps;
mod stream_panics;
mod stream_timeout;
mod stream_types;
mod streams;
mod subscribers;
mod test_error;
mod timeout;
mod timeout_layers;
mod timeout_rules;
mod verdict;
mod watched;
mod watched_streams;
