use serde::{Deserialize, Serialize};

use super::refusal::{check_filled, check_name, check_names, check_version};
use super::{LibraryRefusal, RonForm};
use crate::card::{LibraryEntryRef, NegativePrompt, PromptSkeleton};
use crate::{SchemaV1, Sha256, limits};

/// What negative prompts are put together from: named sets per style, each entry with the failure that it suppresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativeLibrary {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Version of the library itself, counted up with every change.
    pub version: u32,
    /// The sets in the order in which they are offered.
    pub sets: Vec<NegativeSet>,
}

/// A set of entries that are used together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativeSet {
    /// Name, unique in the library: `[a-z0-9-]`.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The entries in the order of the prompt.
    pub entries: Vec<NegativeEntry>,
}

/// One entry: a piece of a negative prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativeEntry {
    /// Name, unique in its set: `[a-z0-9-]`.
    pub name: String,
    /// The exact text in the prompt.
    pub text: String,
    /// The failure that it suppresses, in words.
    pub suppresses: String,
    /// Images that show the failure, by hash. Entries that ship with Kento have none.
    pub evidence: Vec<Sha256>,
}

impl NegativeLibrary {
    /// The set of a name.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`].
    pub fn set(&self, name: &str) -> Result<&NegativeSet, LibraryRefusal> {
        let found = self.sets.iter().find(|set| set.name == name);
        found.ok_or_else(|| LibraryRefusal::Unknown { what: "negative set", name: name.to_owned() })
    }

    /// The entry that a card names.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`].
    pub fn entry(&self, reference: &LibraryEntryRef) -> Result<&NegativeEntry, LibraryRefusal> {
        let found = self.set(&reference.library)?.entries.iter().find(|entry| entry.name == reference.entry);
        found.ok_or_else(|| LibraryRefusal::Unknown { what: "negative entry", name: reference.entry.clone() })
    }

    /// The negative prompt of a whole set.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`].
    pub fn prompt(&self, set: &str) -> Result<NegativePrompt, LibraryRefusal> {
        let entries = self.set(set)?.entries.iter();
        let references: Vec<LibraryEntryRef> =
            entries.map(|entry| LibraryEntryRef { library: set.to_owned(), entry: entry.name.clone() }).collect();
        self.compose(&references)
    }

    /// The negative prompt of these entries, in this order. A text that two entries share stands in it once.
    ///
    /// # Errors
    /// [`LibraryRefusal::Unknown`] with the first entry that is not in the library.
    pub fn compose(&self, entries: &[LibraryEntryRef]) -> Result<NegativePrompt, LibraryRefusal> {
        let mut texts: Vec<&str> = Vec::new();
        for reference in entries {
            let text = self.entry(reference)?.text.trim();
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Ok(NegativePrompt { text: texts.join(PromptSkeleton::SEPARATOR), from: entries.to_vec() })
    }

    /// Adds what a project review found to keep failing, with the images that show it, and counts the version up. When
    /// the entry is there with the same text, the images are added to its evidence.
    ///
    /// # Errors
    /// [`LibraryRefusal::Evidence`] without images, [`LibraryRefusal::Twice`] when the name has another text, and every
    /// rule of an entry. The library is unchanged then.
    pub fn add_from_review(&mut self, set: &str, entry: NegativeEntry) -> Result<(), LibraryRefusal> {
        entry.check()?;
        if entry.evidence.is_empty() {
            return Err(LibraryRefusal::Evidence { entry: entry.name });
        }
        let unknown = || LibraryRefusal::Unknown { what: "negative set", name: set.to_owned() };
        let set = self.sets.iter_mut().find(|found| found.name == set).ok_or_else(unknown)?;
        match set.entries.iter_mut().find(|found| found.name == entry.name) {
            Some(found) if found.text.trim() == entry.text.trim() => {
                let new: Vec<Sha256> =
                    entry.evidence.into_iter().filter(|image| !found.evidence.contains(image)).collect();
                found.evidence.extend(new);
            }
            Some(_) => return Err(LibraryRefusal::Twice { what: "negative entry", name: entry.name }),
            None => set.entries.push(entry),
        }
        self.version = self.version.saturating_add(1);
        Ok(())
    }
}

impl NegativeEntry {
    fn check(&self) -> Result<(), LibraryRefusal> {
        check_name("negative entry", &self.name)?;
        check_filled("text", &self.name, &self.text)?;
        check_filled("suppressed failure", &self.name, &self.suppresses)?;
        Ok(limits::check_prompt("negative prompt", &self.text)?)
    }
}

impl RonForm for NegativeLibrary {
    type Refusal = LibraryRefusal;

    const KIND: &'static str = "negative-prompt library";

    fn check_form(&self) -> Result<(), LibraryRefusal> {
        check_version("negative-prompt library", self.version)?;
        check_names("negative set", self.sets.iter().map(|set| set.name.as_str()))?;
        for set in &self.sets {
            check_filled("purpose", &set.name, &set.purpose)?;
            check_names("negative entry", set.entries.iter().map(|entry| entry.name.as_str()))?;
            set.entries.iter().try_for_each(NegativeEntry::check)?;
        }
        Ok(())
    }
}
