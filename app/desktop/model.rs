//! Models by name or path: where they are, what they are, and which files with which hashes they are read from.
//!
//! The starter model is not compiled into the executable: its weights are read through a memory map, and a copy inside the
//! executable would have to be unpacked to a file first. It is one of the [`shipped_places`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kento_diffusion::checkpoint::{Checkpoint, CheckpointError, Component, WeightFile};
use kento_diffusion::schedulers::{self, SchedulerConfig, SchedulerError, SchedulerKind, SigmaSchedule};
use kento_engine::protocol::LocalSource;
use kento_studio::{
    EngineFingerprint, ModelFile, ModelReference, NoiseSource, Recipe, SchedulerSetting, SchemaV1, Sha256,
};
use sha2::Digest as _;

use crate::caches::HashCache;
use crate::shipped_places;

/// The name of the model that comes with Kento.
pub const STARTER: &str = "starter";

/// The guidance scale that most Stable Diffusion models are used with.
pub const USUAL_GUIDANCE: f64 = 7.0;

/// A model that was opened and hashed, but not loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Where it is.
    pub source: LocalSource,
    /// What it is, by content.
    pub reference: ModelReference,
    /// The VAE that replaces its own.
    pub vae: Option<ModelReference>,
    /// The family's usual name.
    pub family: String,
    /// The side it was trained at, in pixels.
    pub native_side: u32,
    /// The scheduler that it names itself; none where that is not one of ours.
    pub scheduler: Option<SchedulerKind>,
    /// The guidance scale to begin with: what `_kento_guidance_scale` in its `model_index.json` says (diffusers ignores keys
    /// that begin with an underscore), or [`USUAL_GUIDANCE`].
    pub guidance_scale: f64,
    /// What is odd about it, one sentence each.
    pub problems: Vec<String>,
}

impl Model {
    /// The scheduler of a request that names none.
    ///
    /// # Errors
    /// [`ModelError::NoScheduler`] where the model's own is not one of ours: another one makes other pictures, so nobody chooses it
    /// silently.
    pub fn own_scheduler(&self) -> Result<SchedulerKind, ModelError> {
        self.scheduler.ok_or(ModelError::NoScheduler)
    }

    /// The scheduler to begin with where it is seen and can be changed: its own, or Euler, which every model can be used with.
    pub fn first_scheduler(&self) -> SchedulerKind {
        self.scheduler.unwrap_or(SchedulerKind::Euler)
    }

    /// A recipe for this model on this engine, with the first scheduler, the model's guidance and size, and without a prompt.
    pub fn recipe(&self, fingerprint: &EngineFingerprint, steps: u32) -> Recipe {
        Recipe {
            schema: SchemaV1,
            tool: fingerprint.tool.clone(),
            model: self.reference.clone(),
            vae: self.vae.clone(),
            prompt: String::new(),
            negative_prompt: String::new(),
            clip_skip: 1,
            noise: NoiseSource::TorchCpu,
            scheduler: SchedulerSetting { name: self.first_scheduler().name().to_owned(), sigmas: None },
            steps,
            guidance_scale: self.guidance_scale,
            guidance_rescale: 0.0,
            width: self.native_side,
            height: self.native_side,
            dtype: fingerprint.dtype,
            device: Some(fingerprint.device.clone()),
        }
    }
}

/// Opens a model: `starter`, or the path of a diffusers folder or a single file; and with it a VAE that replaces its own.
///
/// # Errors
/// [`ModelError`].
pub fn open(name_or_path: impl AsRef<Path>, vae: Option<&Path>) -> Result<Model, ModelError> {
    let path = locate(name_or_path)?;
    let checkpoint = Checkpoint::open(&path, vae)?;
    let scheduler_config = SchedulerConfig::from_value(checkpoint.scheduler_config())?;
    let scheduler = scheduler_config.kind();
    let mut problems = [checkpoint.problems(), &scheduler_config.notices()[..]].concat();
    if let Err(error) = &scheduler {
        problems.push(format!("The scheduler that it names cannot be used, so requests have to name one: {error}."));
    }
    let mut hashes = HashCache::open();
    // With a VAE override its files are among the checkpoint's, and those of the model's own VAE are not.
    let (vae_files, model_files): (Vec<&WeightFile>, Vec<&WeightFile>) =
        checkpoint.files().iter().partition(|file| vae.is_some_and(|vae| file.path().starts_with(vae)));
    let mut reference = refer(&path, &model_files, &mut hashes)?;
    reference.licence = checkpoint.licence();
    let vae_reference = vae.map(|vae| refer(vae, &vae_files, &mut hashes)).transpose()?;
    hashes.save();
    Ok(Model {
        native_side: native_side(&checkpoint),
        reference,
        vae: vae_reference,
        family: checkpoint.family().name().to_owned(),
        scheduler: scheduler.ok(),
        guidance_scale: guidance_scale(&path).unwrap_or(USUAL_GUIDANCE),
        problems,
        source: LocalSource { model: absolute(&path)?, vae: vae.map(absolute).transpose()? },
    })
}

/// Whether a scheduler (the model's own where none is named) can make so many steps with this model: told from its
/// configuration alone, before anything is hashed or loaded. `sigmas` are the schedule's where one is asked for.
///
/// # Errors
/// [`ModelError`].
pub fn check_scheduler(
    name_or_path: impl AsRef<Path>,
    named: Option<SchedulerKind>,
    sigmas: Option<SigmaSchedule>,
    steps: u32,
) -> Result<(), ModelError> {
    let checkpoint = Checkpoint::open(&locate(name_or_path)?, None)?;
    let config = SchedulerConfig::from_value(checkpoint.scheduler_config())?;
    let kind = named.map_or_else(|| config.kind().map_err(|_| ModelError::NoScheduler), Ok)?;
    schedulers::build(kind, sigmas, &config, steps as usize)?;
    Ok(())
}

/// The path of a model by name or path.
///
/// # Errors
/// [`ModelError::NoStarter`] with the places that were searched.
pub fn locate(name_or_path: impl AsRef<Path>) -> Result<PathBuf, ModelError> {
    let name_or_path = name_or_path.as_ref();
    if name_or_path != Path::new(STARTER) {
        return Ok(name_or_path.to_owned());
    }
    let places = shipped_places::places(STARTER);
    match places.iter().find(|place| place.join("model_index.json").is_file()) {
        Some(place) => Ok(place.clone()),
        None => Err(ModelError::NoStarter { searched: shipped_places::listed(&places) }),
    }
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The starter model is nowhere.
    #[error(
        "the starter model was not found: set KENTO_ASSETS to the folder that holds it, or give --model PATH; searched: {searched}"
    )]
    NoStarter {
        /// The places, separated by commas.
        searched: String,
    },
    /// It cannot be opened.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Its scheduler is not one of ours, and a request names none.
    #[error("the model's own scheduler is none that Kento has: name one with --scheduler, for example \"DPM++ 2M\"")]
    NoScheduler,
    /// Its scheduler configuration cannot be used.
    #[error(transparent)]
    Scheduler(#[from] SchedulerError),
    /// A file cannot be read.
    #[error("a file of the model cannot be read ({source}): {path}", path = path.display())]
    File {
        /// What the system says.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
}

fn absolute(path: &Path) -> Result<PathBuf, ModelError> {
    // Not canonical: the engine runs in the same folder, and a link should keep its name.
    std::path::absolute(path).map_err(|source| ModelError::File { source, path: path.to_owned() })
}

fn guidance_scale(folder: &Path) -> Option<f64> {
    let index: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("model_index.json")).ok()?).ok()?;
    let scale = index.get("_kento_guidance_scale")?.as_f64()?;
    kento_studio::limits::check_guidance(scale).is_ok().then_some(scale)
}

/// The side in pixels that the UNet was trained at.
fn native_side(checkpoint: &Checkpoint) -> u32 {
    let number = |value: &serde_json::Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let latent_side = checkpoint.config(Component::Unet).ok().and_then(|config| match config.get("sample_size")? {
        serde_json::Value::Array(sides) => sides.iter().filter_map(number).max(),
        side => number(side),
    });
    let blocks = checkpoint
        .config(Component::Vae)
        .ok()
        .and_then(|config| config.get("block_out_channels")?.as_array().map(Vec::len))
        // A checkpoint without VAE is refused when it is loaded; four blocks is what every known VAE has.
        .unwrap_or(4);
    latent_side.unwrap_or(64) << blocks.clamp(1, 8).saturating_sub(1)
}

/// A model's files by content: its weights, and in a folder also every configuration and vocabulary.
fn refer(path: &Path, weights: &[&WeightFile], hashes: &mut HashCache) -> Result<ModelReference, ModelError> {
    let mut files = Vec::new();
    for weight in weights {
        let refuse = |source| ModelError::File { source, path: weight.path().to_owned() };
        let sha256 =
            hashes.hash(weight.path(), || weight.sha256()?.parse().map_err(io::Error::other)).map_err(refuse)?;
        files.push(ModelFile { path: name_inside(path, weight.path()), bytes: weight.bytes(), sha256 });
    }
    if path.is_dir() {
        for file in small_files(path).map_err(|source| ModelError::File { source, path: path.to_owned() })? {
            let bytes = fs::read(&file).map_err(|source| ModelError::File { source, path: file.clone() })?;
            let sha256 = Sha256(sha2::Sha256::digest(&bytes).into());
            files.push(ModelFile { path: name_inside(path, &file), bytes: bytes.len() as u64, sha256 });
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    let name = name.map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(ModelReference { name, files, licence: None })
}

/// The [`ModelReference::SMALL_FILES`] in the model's folder and one level below, where diffusers has them.
fn small_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    const LARGEST: u64 = 64 << 20;
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let metadata = fs::metadata(&path)?;
            if metadata.is_dir() && depth == 0 {
                folders.push((path, depth + 1));
            } else if metadata.is_file()
                && metadata.len() <= LARGEST
                && ModelReference::SMALL_FILES.iter().any(|name| path.file_name().is_some_and(|file| file == *name))
            {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn name_inside(folder: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(folder).ok().filter(|inside| !inside.as_os_str().is_empty());
    let parts = inside.map(|inside| inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
    parts.unwrap_or_else(|| file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}
