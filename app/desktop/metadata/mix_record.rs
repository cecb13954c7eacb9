use kento_studio::{SchemaV1, Sha256, ToolVersion};
use serde::{Deserialize, Serialize};

/// How an image was put together of two others. The same two, mask and tool write the same record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixRecord {
    /// Version of this form.
    pub schema: SchemaV1,
    /// The image that shows where nothing is masked.
    pub first: Sha256,
    /// The image that shows where it is masked.
    pub second: Sha256,
    /// The file of the mask.
    pub mask: Sha256,
    /// What put them together.
    pub tool: ToolVersion,
}
