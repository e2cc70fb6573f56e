//! Configuration of other circuit breakers as ours: Resilience4j, Polly, Envoy, MicroProfile.
//!
//! Each function reads a text and returns [`Imported`]: our configuration, and notes on what brama
//! cannot express exactly, each with its line. Defaults that differ from ours are written out, so
//! that a circuit opens as before. A key that is not known is noted; a value that the other library
//! would not accept either is an error with its line.
//!
//! ```
//! # mod brama {
//! #     pub use brama_runtime::api::*;
//! #     pub mod config { pub use brama_config::*; }
//! # }
//! use brama::config::import::resilience4j_yaml;
//!
//! let text = "\
//! resilience4j.circuitbreaker:
//!   instances:
//!     stock:
//!       slidingWindowSize: 10
//!       minimumNumberOfCalls: 20
//!       waitDurationInOpenState: 5s
//! ";
//! let imported = resilience4j_yaml(text, "application.yml")?;
//! assert!(imported.toml().ends_with(
//!     "[breakers.stock]\nexpiry = \"5s\"\nminimum_calls = 10\nwindow = { calls = 10 }\n"
//! ));
//! let lowered = imported.notes.iter().find(|note| note.value() == Some("20")).unwrap();
//! assert_eq!(lowered.location().line(), Some(5));
//! assert_eq!(lowered.replacement(), Some("minimum_calls = 10"));
//! # Ok::<(), brama_config::ConfigErrors>(())
//! ```
//!
//! A text of more than 4 MiB is an error. So is YAML that is nested in more than 64 levels, that
//! has more than 500 000 values, or in which aliases repeat more than 16 MiB. A placeholder such as
//! `${RATE:50}` is replaced by its default, which is noted.

mod envoy;
mod field;
mod imported;
mod log;
mod microprofile;
mod note;
mod polly;
mod properties;
mod resilience4j;
mod sentences;
mod sourced;
mod time_text;
mod toml_text;
mod unfolded;
mod yaml_tree;

pub use self::{imported::Imported, note::ImportNote};
use self::{imported::ImportedSettings, log::ImportLog};
use crate::{errors::ConfigErrors, node::SourcePlace, raw_finding::RawFinding, source::Source};

/// Imports the section `resilience4j.circuitbreaker` of a YAML file, such as the `application.yml`
/// of Spring Boot, Micronaut or Quarkus. `name` stands for the file in messages.
///
/// `configs.default` becomes `[defaults]`, over the defaults of Resilience4j, and each instance a
/// breaker. Keys may be in camel or kebab case, and may have dots. Keys outside `resilience4j` are
/// not looked at. A document for a profile of Spring is not imported, which is noted.
///
/// # Errors
///
/// [`ConfigErrors`] lists every mistake with its line, but only the first one of the syntax. A file
/// without the section is one.
pub fn resilience4j_yaml(text: &str, name: &str) -> Result<Imported, ConfigErrors> {
    import(text, name, resilience4j::read)
}

/// Imports `CircuitBreakerStrategyOptions` of Polly 8 from a JSON file such as `appsettings.json`.
/// `name` stands for the file in messages.
///
/// Polly has no form of its own for a file, so each object with `FailureRatio`,
/// `MinimumThroughput`, `SamplingDuration` or `BreakDuration` is a breaker. Its identifier is its
/// `Name`, or its key, in a list with its number: `Pipelines:0`. For a key such as `CircuitBreaker`
/// or `Resilience`, as in the options of resilient HTTP clients, it is the key above. Breakers that
/// would have one name have their whole paths: `Clients:Catalog:Http`. The defaults of Polly become
/// `[defaults]`. Comments are allowed, and keys with colons. Other objects are noted if they lie
/// beside one named `CircuitBreaker`.
///
/// # Errors
///
/// [`ConfigErrors`] lists every mistake with its line, but only the first one of the syntax. A file
/// without such an object is one.
pub fn polly_json(text: &str, name: &str) -> Result<Imported, ConfigErrors> {
    import(text, name, polly::read)
}

/// Imports `outlier_detection` of Envoy's clusters from YAML or JSON: a bootstrap file, a list of
/// resources, or a cluster. `name` stands for the file in messages.
///
/// Each cluster becomes a breaker with the name of the cluster, for functions whose keys are the
/// hosts: each key has a circuit, as each host there is ejected on its own. Other keys of a file
/// are not looked at.
///
/// # Errors
///
/// [`ConfigErrors`] lists every mistake with its line, but only the first one of the syntax. A file
/// without `outlier_detection` is one, and so is a `DestinationRule` of Istio.
pub fn envoy_outlier(text: &str, name: &str) -> Result<Imported, ConfigErrors> {
    import(text, name, envoy::read)
}

/// Imports the properties of MicroProfile Fault Tolerance for `CircuitBreaker`, such as
/// `com.acme.Client/call/CircuitBreaker/delay=3000`. `name` stands for the file in messages.
///
/// Properties without a class become `[defaults]`, over the defaults of the annotation. Properties
/// of a class or of a method become a breaker with the identifier `com.acme.Client` or
/// `com.acme.Client/call`. Properties of no annotation of Fault Tolerance are not looked at. Those
/// of a profile, such as `%dev.CircuitBreaker/delay`, are not imported, which is noted.
///
/// # Errors
///
/// [`ConfigErrors`] lists every mistake with its line. A file without such a property is one.
pub fn microprofile(text: &str, name: &str) -> Result<Imported, ConfigErrors> {
    import(text, name, microprofile::read)
}

/// Tables and arrays in each other. Deeper trees would need much of a thread's stack.
const MOST_NESTED: usize = 64;

/// In bytes.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// Reads a text, notes what is to note, and returns the settings.
fn import(
    text: &str,
    name: &str,
    read: fn(&str, &mut ImportLog) -> ImportedSettings,
) -> Result<Imported, ConfigErrors> {
    if LONGEST_TEXT < text.len() {
        let message = format!("the text has {} bytes, must be at most 4 MiB", text.len());
        return Err(ConfigErrors::unreadable(name, message, Some("import its parts alone")));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut log = ImportLog::default();
    let settings = read(text, &mut log);
    settings.finished(log, &Source::new(name, text.to_owned(), Vec::new()))
}

/// The error of a file in which nothing can be imported.
fn nothing_there(log: &mut ImportLog, what: &str, help: &str) {
    // After a mistake in the syntax, there is nothing to find.
    if log.mistakes.is_empty() {
        let message = format!("the file has no {what}");
        log.mistakes.add(RawFinding::new(SourcePlace::Whole, String::new(), message).help(help));
    }
}
