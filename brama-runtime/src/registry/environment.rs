//! The kill switch in the environment.

use std::{env, ffi::OsStr};

use super::Registry;
use crate::text::Escaped;

const VARIABLE: &str = "BRAMA_SHADOW";

/// The value of the variable.
#[derive(Debug, PartialEq, Eq)]
enum ShadowSwitch {
    Shadow,
    Nothing,
    Invalid(String),
}

impl Registry {
    /// Sets the kill switch from the environment. Nothing else in the crate reads the environment.
    pub(super) fn read_environment(&self) {
        match read(env::var_os(VARIABLE).as_deref()) {
            ShadowSwitch::Shadow => self.shadow_all(true),
            ShadowSwitch::Nothing => {}
            ShadowSwitch::Invalid(value) => self.notice(format!(
                "{VARIABLE} is `{}`, which is not valid: set it to 1 to put every breaker into \
                 shadow, or to 0",
                Escaped::rejected(&value)
            )),
        }
    }
}

fn read(value: Option<&OsStr>) -> ShadowSwitch {
    let Some(value) = value else { return ShadowSwitch::Nothing };
    let word = value.to_str().map(|value| value.trim().to_ascii_lowercase());
    match word.as_deref() {
        Some("1" | "true" | "on" | "yes") => ShadowSwitch::Shadow,
        Some("" | "0" | "false" | "off" | "no") => ShadowSwitch::Nothing,
        Some(_) | None => ShadowSwitch::Invalid(value.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_yes_and_no_are_known_and_others_are_invalid() {
        let parsed = |value: &str| read(Some(OsStr::new(value)));
        for yes in ["1", "true", "TRUE", " on ", "yes"] {
            assert_eq!(parsed(yes), ShadowSwitch::Shadow, "{yes}");
        }
        for no in ["", "0", "false", "Off", "no"] {
            assert_eq!(parsed(no), ShadowSwitch::Nothing, "{no}");
        }
        assert_eq!(parsed("2"), ShadowSwitch::Invalid("2".to_owned()));
        assert_eq!(read(None), ShadowSwitch::Nothing);
    }

    #[test]
    fn an_invalid_value_is_a_warning_of_every_status() {
        let registry = Registry::new();
        let before = registry.breaker("before");
        registry.notice("invalid".to_owned());
        for breaker in [before, registry.breaker("after")] {
            assert_eq!(breaker.status().warnings, ["invalid"]);
        }
    }
}
