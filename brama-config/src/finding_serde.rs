//! Findings as programs read them. Names may be added; none changes or goes.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::finding::{Finding, FindingNote, Location};

/// Writes `severity` (`error` or `warning`), `message`, `key`, `help`, the fields of the
/// [`Location`], and `notes`.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Finding", 9)?;
        let severity = if self.is_warning() { "warning" } else { "error" };
        fields.serialize_field("severity", severity)?;
        fields.serialize_field("message", self.message())?;
        fields.serialize_field("key", &self.path())?;
        fields.serialize_field("help", &self.help())?;
        write_location::<S>(self.location(), &mut fields)?;
        fields.serialize_field("notes", self.notes())?;
        fields.end()
    }
}

/// Writes `message` and the fields of the [`Location`].
impl Serialize for FindingNote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("FindingNote", 5)?;
        fields.serialize_field("message", self.message())?;
        write_location::<S>(self.location(), &mut fields)?;
        fields.end()
    }
}

/// Writes `file`, `variable`, `line` and `column`.
impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Location", 4)?;
        write_location::<S>(self, &mut fields)?;
        fields.end()
    }
}

fn write_location<S: Serializer>(
    location: &Location,
    fields: &mut S::SerializeStruct,
) -> Result<(), S::Error> {
    fields.serialize_field("file", &location.file())?;
    fields.serialize_field("variable", &location.variable().map(|(name, _)| name))?;
    fields.serialize_field("line", &location.line())?;
    fields.serialize_field("column", &location.column())
}
