use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The `schema: 1` field of an on-disk form. It holds no data: it writes the number 1 and reads nothing else, so that a file
/// of a later Kento is refused by name instead of being half understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SchemaV1;

impl Serialize for SchemaV1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(1)
    }
}

impl<'de> Deserialize<'de> for SchemaV1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1 => Ok(Self),
            other => Err(D::Error::custom(format_args!(
                "this was written with schema {other}, and this version of Kento reads schema 1"
            ))),
        }
    }
}
