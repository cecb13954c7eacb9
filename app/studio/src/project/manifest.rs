use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::chain::{Head, hash_of};
use super::whole_file::{read_bounded, write_whole};
use super::{DiskError, Fs, ProjectError, timestamp_text};
use crate::SchemaV1;

/// Name of the file that makes a folder a project.
pub(super) const MANIFEST_FILE: &str = "project.ron";

const MOST_MANIFEST_BYTES: u64 = 64 << 10;

/// `project.ron`: what a project is, and how far its record log is known to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: SchemaV1,
    /// Name for people.
    pub name: String,
    /// Never changes; a copy of a project has the same, because it has the same history.
    pub id: ProjectId,
    /// When the project was created.
    #[serde(with = "timestamp_text")]
    pub created: Timestamp,
    /// A head that the log certainly had. It is written now and then, so the log may be longer but never shorter.
    pub head: Head,
}

impl Manifest {
    pub(super) fn new(name: &str, created: Timestamp) -> Self {
        Self { schema: SchemaV1, name: name.to_owned(), id: ProjectId::random(), created, head: Head::EMPTY }
    }

    pub(super) fn at(&self, head: Head) -> Self {
        Self { head, ..self.clone() }
    }

    pub(super) fn read(fs: &dyn Fs, folder: &Path) -> Result<Option<Self>, ProjectError> {
        let path = folder.join(MANIFEST_FILE);
        let Some(bytes) = read_bounded(fs, &path, MOST_MANIFEST_BYTES)? else { return Ok(None) };
        let problem = match std::str::from_utf8(&bytes) {
            Err(error) => error.to_string(),
            Ok(text) => match ron::from_str::<Self>(text) {
                Ok(manifest) => return Ok(Some(manifest)),
                Err(error) => match schema_of(text) {
                    Some(schema) if schema > 1 => return Err(ProjectError::NewerSchema { schema, path }),
                    _ => error.to_string(),
                },
            },
        };
        Err(ProjectError::Manifest { problem, path })
    }

    pub(super) fn write(&self, fs: &dyn Fs, folder: &Path) -> Result<(), ProjectError> {
        let path = folder.join(MANIFEST_FILE);
        let text = ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::new())
            .map_err(|error| ProjectError::Manifest { problem: error.to_string(), path: path.clone() })?;
        write_whole(fs, folder, &path, text.as_bytes()).map_err(|error: DiskError| error.into())
    }
}

/// The schema that a RON file states, whatever else is in it.
fn schema_of(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct OnlySchema {
        schema: u32,
    }
    ron::from_str::<OnlySchema>(text).ok().map(|found| found.schema)
}

/// Identifies a project wherever its folder is moved: 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectId(String);

impl ProjectId {
    fn random() -> Self {
        // The standard library's hash keys are random; a project needs one number that no other project has.
        let numbers: Vec<u8> = (0..4_u64).flat_map(|i| RandomState::new().hash_one(i).to_le_bytes()).collect();
        Self(hash_of(&numbers).to_string()[..32].to_owned())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ProjectId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(is_digit) {
            Ok(Self(text))
        } else {
            Err(format!("a project id has 32 lower-case hexadecimal digits, and this is not one: {text:.40}"))
        }
    }
}

impl From<ProjectId> for String {
    fn from(id: ProjectId) -> Self {
        id.0
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
