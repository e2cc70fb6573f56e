//! Markers of implementations, by which rustc reports a trait's own message.
//!
//! If a trait has only one implementation, rustc assumes that it applies and reports its bounds
//! instead of the message of the trait. A second one, which applies to no type, prevents that.

/// Marks the implementation for every type that meets its bounds.
#[derive(Debug)]
pub struct Every;

/// Marks an implementation for no type.
#[derive(Debug)]
pub struct Nothing;

/// Implemented by no type.
pub trait Never {}
