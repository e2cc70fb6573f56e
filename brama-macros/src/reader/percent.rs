//! Percentages and shares, the one in the form of the other.

use syn::LitFloat;

/// The number of a percentage in words.
pub(crate) fn percentage(text: &str) -> Option<u32> {
    text.strip_suffix('%')?.trim().parse().ok()
}

/// A share of one as a percentage: 0.5 is 50.
pub(crate) fn shared(share: &LitFloat) -> Option<u32> {
    let percent = share.base10_parse::<f64>().ok()? * 100.0;
    (1..=100).find(|whole| (f64::from(*whole) - percent).abs() < 1e-6)
}

/// A percentage in words as a share of one, up to the largest jitter: `50%` is 0.5.
pub(crate) fn as_share(text: &str) -> Option<f64> {
    percentage(text).filter(|percent| *percent <= 90).map(|percent| f64::from(percent) / 100.0)
}
