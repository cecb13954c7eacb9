use serde::{Deserialize, Serialize};

use super::refusal::{check_filled, check_version};
use super::{LibraryRefusal, RonForm};
use crate::SchemaV1;
use crate::card::Slot;

/// Examples for each slot of the prompt skeleton.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkeletonExamples {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Version of the examples themselves, counted up with every change.
    pub version: u32,
    /// For the subject slot.
    pub subject: Vec<String>,
    /// For the context slot.
    pub context: Vec<String>,
    /// For the composition slot.
    pub composition: Vec<String>,
    /// For the style slot.
    pub style: Vec<String>,
    /// For the technical slot.
    pub technical: Vec<String>,
}

impl SkeletonExamples {
    /// The examples of one slot.
    pub fn of(&self, slot: Slot) -> &[String] {
        match slot {
            Slot::Subject => &self.subject,
            Slot::Context => &self.context,
            Slot::Composition => &self.composition,
            Slot::Style => &self.style,
            Slot::Technical => &self.technical,
        }
    }
}

impl RonForm for SkeletonExamples {
    type Refusal = LibraryRefusal;

    const KIND: &'static str = "list of prompt skeleton examples";

    fn check_form(&self) -> Result<(), LibraryRefusal> {
        check_version("list of prompt skeleton examples", self.version)?;
        for slot in Slot::ALL {
            let examples = self.of(slot);
            if examples.is_empty() {
                return Err(LibraryRefusal::Empty { field: "list of examples", of: slot.label().to_owned() });
            }
            for (at, example) in examples.iter().enumerate() {
                check_filled("example", slot.label(), example)?;
                if examples[..at].contains(example) {
                    return Err(LibraryRefusal::Twice { what: "example", name: example.clone() });
                }
            }
        }
        Ok(())
    }
}
