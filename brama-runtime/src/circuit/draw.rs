//! Pseudorandom numbers, drawn by a pure function.

/// Returns a pseudorandom number that follows from `seed` and `numbers`.
pub(crate) fn draw(seed: u64, numbers: &[u64]) -> u32 {
    (numbers.iter().fold(seed, |state, number| mix(state, *number)) >> 32) as u32
}

/// One round of `SplitMix64` (Steele, Lea, Flood 2014).
const fn mix(state: u64, number: u64) -> u64 {
    let mixed = state.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
