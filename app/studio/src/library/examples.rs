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

    /// The examples of one slot with those first that a text names by their last word, singular or plural, and how many those are: "boats at
    /// dusk" names "a white boat".
    pub fn named_first(&self, slot: Slot, text: &str) -> (Vec<&str>, usize) {
        let said: Vec<String> = words(text).collect();
        let is_named = |example: &&str| words(example).last().is_some_and(|noun| said.contains(&noun));
        let (mut named, rest): (Vec<&str>, Vec<&str>) = self.of(slot).iter().map(String::as_str).partition(is_named);
        let count = named.len();
        named.extend(rest);
        (named, count)
    }
}

/// The words of a text without case, and without an "s" that makes a plural.
fn words(text: &str) -> impl Iterator<Item = String> {
    let letters = |word: &&str| word.chars().any(char::is_alphabetic);
    let singular = |word: &str| {
        let word = word.to_lowercase();
        word.strip_suffix('s').filter(|stem| stem.len() > 2).map_or(word.clone(), str::to_owned)
    };
    text.split(|letter: char| !letter.is_alphanumeric()).filter(letters).map(singular)
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
