//! A reason: its text, wherever that is kept.

use serde::{Serialize, Serializer};

use crate::circuit::reason::Text;

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
