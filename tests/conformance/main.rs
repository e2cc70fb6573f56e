//! The conformance vectors, run through every subject.

mod breaker;
mod circuit;
mod fact;
mod length;
mod runner;
mod step;
mod subject;
mod vector;

#[cfg(test)]
mod misses;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod swept;

use std::path::Path;

use self::runner::SUBJECTS;

#[cfg(test)]
fn assert_all_hold(subject: &str) {
    assert_all_hold_for(SUBJECTS.into_iter().find(|(name, _)| *name == subject).unwrap());
}

#[cfg(test)]
fn assert_all_hold_for(subjects: (&str, runner::Check)) {
    for folder in ["tests/vectors", "tests/vectors-more"] {
        let files = vector::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
        let vectors: Vec<_> = files.into_iter().flat_map(Result::unwrap).collect();
        let report = runner::run(&vectors, &[subjects]);
        assert!(!vectors.is_empty() && report.holds(), "{folder}\n{report}");
    }
}

#[test]
fn the_bare_circuit_keeps_every_vector() {
    assert_all_hold("circuit");
}

#[test]
fn the_breaker_keeps_every_vector_without_extra_sweeps() {
    assert_all_hold("breaker");
}

#[test]
fn sweeping_after_every_step_lets_the_same_calls_in() {
    assert_all_hold_for(("swept", runner::check::<swept::Swept>));
}
