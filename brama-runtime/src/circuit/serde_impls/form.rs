//! The macro for serialized forms of public types.

/// Serializes a public type in the form of its namesake here, with errors that show little of the
/// input.
///
/// A derive on the type itself would show all of it.
macro_rules! form {
    ($(#[$attribute:meta])* $name:ident: $kind:ident $($body:tt)*) => {
        const _: () = {
            #[derive(serde::Serialize, serde::Deserialize)]
            $(#[$attribute])*
            $kind $name $($body)*

            #[cfg(feature = "serde")]
            impl serde::Serialize for crate::circuit::$name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    $name::serialize(self, serializer)
                }
            }

            #[cfg(feature = "serde")]
            impl<'de> serde::Deserialize<'de> for crate::circuit::$name {
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    crate::text::ShortErrors::read(deserializer, $name::deserialize)
                }
            }
        };
    };
}

pub(in crate::circuit) use form;
