//! The laws in the documentation of `brama_runtime::circuit`. Each has a test with its name.

// `cfg(test)` marks the helpers as tests for clippy, so that they may panic on a failure.
#[cfg(test)]
mod admission;
#[cfg(test)]
mod agreement;
#[cfg(test)]
mod counting;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod ramp;
#[cfg(test)]
mod reshaping;
#[cfg(feature = "serde")]
#[cfg(test)]
mod written;

#[cfg(test)]
mod enumerate;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod history;
#[cfg(test)]
mod lockstep;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod signal;
#[cfg(test)]
mod table;
#[cfg(test)]
mod traffic;
