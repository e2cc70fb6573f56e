//! Responses that stand for the rejection of an inner breaker.
//!
//! `unavailable` and the response of a rejection in axum have it among their extensions. A response
//! of tonic has its `Status` there.

use brama_runtime::api::{CircuitOpen, Outcome, Permit, outcome::FailureReason};
use http::{Extensions, Response};

use crate::classify::Classify;

fn rejection(extensions: &Extensions) -> Option<CircuitOpen> {
    extensions.get::<CircuitOpen>().cloned().or_else(|| in_status(extensions))
}

#[cfg(feature = "tonic014")]
fn in_status(extensions: &Extensions) -> Option<CircuitOpen> {
    let status = extensions.get::<tonic::Status>()?;
    CircuitOpen::find_in(status).map(CircuitOpen::from)
}

#[cfg(not(feature = "tonic014"))]
const fn in_status(_: &Extensions) -> Option<CircuitOpen> {
    None
}

/// Ignores a failure that is the rejection of an inner breaker.
pub(super) fn unless_rejected(outcome: Outcome, extensions: &Extensions) -> Outcome {
    let is_failure = matches!(outcome, Outcome::Failure(_));
    let is_rejected = is_failure && rejection(extensions).is_some();
    if is_rejected { Outcome::Ignore } else { outcome }
}

/// Records what the head of a response counts as. A rejection is recorded as its error would be: a
/// probe that met it has not asked the dependency.
pub(super) fn record_head(permit: Permit, outcome: Outcome, extensions: &Extensions) {
    let is_ignored = outcome == Outcome::Ignore;
    match is_ignored.then(|| rejection(extensions)).flatten() {
        Some(open) => permit.record_error(&open),
        None => permit.record(outcome),
    }
}

/// Records an error as the attribute does, and a response as it is classified.
pub(super) fn record<Body, Error: FailureReason<Kind>, Kind>(
    classify: &impl Classify<Response<Body>, Error>,
    mut permit: Permit,
    result: Result<&Response<Body>, &Error>,
) {
    match result {
        Ok(response) => {
            let outcome = permit.run_under(|| classify.classify(result));
            record_head(permit, outcome, response.extensions());
        }
        Err(error) => permit.record_error(error),
    }
}
