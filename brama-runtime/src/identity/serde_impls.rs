//! The serialized form of an identity. The implementations repeat the module's `cfg`: see
//! `circuit/serde_impls/mod.rs`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Identity, repr::IdentityParts};
use crate::text::ShortErrors;

/// Scope, identifier, key and whether it is an overflow breaker, for formats without names.
type UnnamedIdentity<S> = (Option<S>, S, Option<S>, bool);

#[derive(Deserialize)]
#[serde(rename = "Identity", deny_unknown_fields)]
struct WrittenIdentity {
    scope: Option<String>,
    identifier: String,
    key: Option<String>,
    #[serde(default)]
    is_overflow: bool,
}

/// Writes `{ "scope", "identifier", "key" }`, and `"is_overflow": true` for an overflow breaker.
#[cfg(feature = "serde")]
impl Serialize for Identity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.parts().serialize(serializer);
        }
        let IdentityParts { scope, identifier, key, is_overflow } = self.parts();
        let positional: UnnamedIdentity<&str> = (scope, identifier, key, is_overflow);
        positional.serialize(serializer)
    }
}

/// Scope and key may be absent.
#[cfg(feature = "serde")]
impl<'de> Deserialize<'de> for Identity<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = ShortErrors::read(deserializer, |deserializer| {
            if deserializer.is_human_readable() {
                let WrittenIdentity { scope, identifier, key, is_overflow } =
                    <_>::deserialize(deserializer)?;
                Ok((scope, identifier, key, is_overflow))
            } else {
                UnnamedIdentity::<String>::deserialize(deserializer)
            }
        });
        let (scope, identifier, key, is_overflow) = read?;
        let identity = Identity::from_parts(scope.as_deref(), &identifier, key.as_deref());
        match (is_overflow, key) {
            (false, _) => Ok(identity),
            (true, None) => Ok(identity.overflow().into_owned()),
            (true, Some(_)) => Err(Error::custom("an overflow breaker has no `key`: remove it")),
        }
    }
}
