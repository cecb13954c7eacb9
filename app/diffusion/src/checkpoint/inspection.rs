//! What `kento models PATH` shows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Checkpoint, CheckpointError, Component, Family, FileHashes, Layout};
use crate::schedulers::SchedulerConfig;
use crate::weights::{WeightsError, scan_non_finite};

/// Everything about a model that can be told without running it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ModelInspection {
    /// The path that was looked at.
    #[serde(serialize_with = "lossily")]
    pub path: PathBuf,
    /// Folder or single file.
    pub layout: Layout,
    /// Family, told from the tensors.
    pub family: Family,
    /// The family's usual name.
    pub family_name: String,
    /// Whether the UNet takes mask and masked image.
    pub inpainting: bool,
    /// `epsilon`, `v_prediction` or `sample`.
    pub prediction_type: String,
    /// The components that are there.
    pub components: Vec<ComponentInspection>,
    /// The weight files with their hashes.
    pub files: Vec<FileInspection>,
    /// Size of all weight files together.
    pub bytes: u64,
    /// Licence as the model card or the metadata names it; `None` when neither does. Shown, never judged.
    pub licence: Option<String>,
    /// What was assumed, is missing or looks wrong, one sentence each.
    pub problems: Vec<String>,
}

/// One component.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ComponentInspection {
    /// Which.
    pub component: Component,
    /// Number of tensors under diffusers' names.
    pub tensors: usize,
    /// Number of elements of all tensors.
    pub parameters: u64,
    /// Stored types, with the number of tensors of each.
    pub dtypes: BTreeMap<String, usize>,
}

/// One weight file.
#[derive(Debug, Clone, serde::Serialize)]
pub struct FileInspection {
    /// Its path.
    #[serde(serialize_with = "lossily")]
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Components whose tensors it holds.
    pub components: Vec<Component>,
    /// Its hashes.
    #[serde(flatten)]
    pub hashes: FileHashes,
}

/// JSON has to be Unicode and a path need not be: what is not is replaced, for people who read it.
fn lossily<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

/// Opens a model and reads all of its files once, for hashes and for NaN.
///
/// # Errors
/// As [`Checkpoint::open`]: what cannot be opened is not inspected either.
pub fn inspect(path: &Path) -> Result<ModelInspection, CheckpointError> {
    let checkpoint = Checkpoint::open(path, None)?;
    let mut problems = checkpoint.problems().to_vec();
    if let Ok(scheduler) = SchedulerConfig::from_value(checkpoint.scheduler_config()) {
        problems.extend(scheduler.notices());
    }
    let mut files = Vec::new();
    for file in checkpoint.files() {
        let (hashes, bad) = rayon::join(|| file.hashes(), || scan_non_finite(file.file()));
        let gone = |source| WeightsError::Open { source, path: file.path().to_owned() };
        let (hashes, bad) = (hashes.map_err(gone)?, bad?);
        if let Some(example) = bad.tensors.first() {
            problems.push(format!(
                "{} weights in {} tensors are not finite (first: {example}); the file is damaged, use another copy.",
                bad.elements,
                bad.tensors.len()
            ));
        }
        files.push(FileInspection {
            path: file.path().to_owned(),
            bytes: file.bytes(),
            components: file.components().to_vec(),
            hashes,
        });
    }
    let components = checkpoint.components.iter().map(|(component, weights)| {
        let mut dtypes = BTreeMap::new();
        for key in weights.state_dict.keys() {
            let name = weights.state_dict.dtype(key).map_or("?", |dtype| dtype.name());
            *dtypes.entry(name.to_owned()).or_default() += 1;
        }
        ComponentInspection {
            component: *component,
            tensors: weights.state_dict.len(),
            parameters: weights.state_dict.parameters(),
            dtypes,
        }
    });
    Ok(ModelInspection {
        path: path.to_owned(),
        layout: checkpoint.layout(),
        family: checkpoint.family(),
        family_name: checkpoint.family().name().to_owned(),
        inpainting: checkpoint.is_inpainting(),
        prediction_type: checkpoint.prediction_type().to_owned(),
        components: components.collect(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        files,
        licence: licence(&checkpoint),
        problems,
    })
}

impl Checkpoint {
    /// The licence that the model itself declares: in the front matter of its model card, in the file's metadata, or in the
    /// first line of a LICENSE file.
    pub fn licence(&self) -> Option<String> {
        licence(self)
    }
}

/// Longest part of a model card or licence file that is read.
const MAX_CARD_BYTES: u64 = 1024 * 1024;

/// The licence in the front matter of README.md, in the file's metadata, or the first line of a LICENSE file.
fn licence(checkpoint: &Checkpoint) -> Option<String> {
    let from_metadata = || {
        checkpoint
            .files()
            .iter()
            .find_map(|file| file.file().metadata().get("modelspec.license").filter(|text| !text.is_empty()).cloned())
    };
    if checkpoint.layout() == Layout::SingleFile {
        return from_metadata();
    }
    let card = ["README.md", "MODEL_CARD.md"]
        .into_iter()
        .find_map(|name| front_matter_licence(&read(&checkpoint.path().join(name))?));
    let first_line = || {
        ["LICENSE", "LICENSE.md", "LICENSE.txt"].into_iter().find_map(|name| {
            let text = read(&checkpoint.path().join(name))?;
            text.lines().map(|line| line.trim().trim_start_matches('#').trim().to_owned()).find(|line| !line.is_empty())
        })
    };
    card.or_else(from_metadata).or_else(first_line)
}

fn read(path: &Path) -> Option<String> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_CARD_BYTES {
        return None;
    }
    std::fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// `license:` and `license_name:` of a Hugging Face model card, between the first two `---` lines.
fn front_matter_licence(card: &str) -> Option<String> {
    let mut lines = card.lines();
    if lines.next()?.trim() != "---" {
        return None;
    }
    let (mut licence, mut name) = (None, None);
    for line in lines.take_while(|line| line.trim() != "---") {
        let value = |key: &str| {
            line.strip_prefix(key)
                .map(|value| value.trim().trim_matches(['"', '\'']).to_owned())
                .filter(|value| !value.is_empty())
        };
        licence = licence.or_else(|| value("license:"));
        name = name.or_else(|| value("license_name:"));
    }
    match (licence.as_deref(), name) {
        // "other" says nothing, its name does.
        (Some("other") | None, Some(name)) => Some(name),
        (licence, _) => licence.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::front_matter_licence;

    #[test]
    fn licences_are_read_from_model_cards() {
        assert_eq!(
            front_matter_licence("---\nlicense: openrail++\ntags:\n- x\n---\n# Card"),
            Some("openrail++".to_owned())
        );
        assert_eq!(
            front_matter_licence("---\nlicense: other\nlicense_name: 'sai-nc'\n---\n"),
            Some("sai-nc".to_owned())
        );
        assert_eq!(front_matter_licence("# Card\nlicense: mit"), None);
        assert_eq!(front_matter_licence("---\ntags: []\n---\nlicense: mit"), None);
        assert_eq!(front_matter_licence(""), None);
    }
}
