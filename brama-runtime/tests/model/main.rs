//! The laws of the circuit. Those of `brama_runtime::circuit` are listed in its documentation; each
//! has a test of its name here.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod passage;
#[cfg(test)]
mod tally;

#[cfg(test)]
mod gate;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod signal;
#[cfg(test)]
mod stand;
#[cfg(test)]
mod table;
#[cfg(test)]
mod terms;
#[cfg(test)]
mod traffic;
#[cfg(test)]
mod walk;
