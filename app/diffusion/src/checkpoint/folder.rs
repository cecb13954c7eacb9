//! A diffusers folder: `model_index.json` and one folder per component.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::files::WeightFile;
use super::{Checkpoint, CheckpointError, Component, ComponentWeights, Family, Layout};
use crate::schedulers::without_infinities;
use crate::tokenizer::ClipTokenizer;
use crate::weights::{SafetensorsFile, StateDict, TensorSource, WeightsError};

/// Pipelines whose components Kento runs.
const PIPELINES: [&str; 9] = [
    "StableDiffusionPipeline",
    "StableDiffusionImg2ImgPipeline",
    "StableDiffusionInpaintPipeline",
    "StableDiffusionInpaintPipelineLegacy",
    "StableDiffusionXLPipeline",
    "StableDiffusionXLImg2ImgPipeline",
    "StableDiffusionXLInpaintPipeline",
    "LatentConsistencyModelPipeline",
    "LatentConsistencyModelImg2ImgPipeline",
];

/// Largest JSON file that is read from a model folder, in bytes. Index files of sharded models have about 0.1 MB.
const MAX_JSON_BYTES: u64 = 16 * 1024 * 1024;

/// Names of older diffusers versions for the VAE's attention.
const DEPRECATED_VAE_ATTENTION: [(&str, &str); 4] =
    [("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0")];

pub(super) fn open(path: &Path) -> Result<Checkpoint, CheckpointError> {
    // 1. What the folder says that it is.
    let index_path = path.join("model_index.json");
    if !index_path.is_file() {
        return Err(CheckpointError::NoModelIndex { hint: folder_hint(path), path: path.to_owned() });
    }
    let index = read_json(&index_path)?;
    let pipeline = index.get("_class_name").and_then(Value::as_str).unwrap_or("folder without a pipeline class");
    if !PIPELINES.contains(&pipeline) {
        return Err(CheckpointError::UnsupportedClass {
            found: pipeline.to_owned(),
            expected: "StableDiffusionPipeline and its relatives".to_owned(),
            path: index_path,
        });
    }

    // 2. Its components.
    let mut components = BTreeMap::new();
    let mut files: Vec<WeightFile> = Vec::new();
    let mut problems = Vec::new();
    for component in Component::ALL {
        let Some(class) = index_class(&index, component.name()) else { continue };
        check_class(component, class, &index_path)?;
        let folder = path.join(component.name());
        let (weights, mut opened) = open_component(component, &folder)?;
        components.insert(component, weights);
        files.append(&mut opened);
    }

    // 3. Its family, from the tensors.
    let family = family(&components, path)?;
    let missing = |component: &&Component| !components.contains_key(component) && **component != Component::Vae;
    if let Some(missing) = family.components().iter().find(missing) {
        return Err(CheckpointError::MissingComponent {
            component: missing.name(),
            advice: "the folder is incomplete, download it again",
            path: path.to_owned(),
        });
    }

    // 4. Scheduler and tokenizers.
    let scheduler_path = path.join("scheduler/scheduler_config.json");
    let scheduler_config = Value::Object(read_json(&scheduler_path)?);
    let mut tokenizers = BTreeMap::new();
    for (component, name) in [(Component::TextEncoder, "tokenizer"), (Component::TextEncoder2, "tokenizer_2")] {
        if components.contains_key(&component) {
            tokenizers.insert(component, ClipTokenizer::from_dir(&path.join(name))?);
        }
    }
    for name in ["controlnet", "motion_adapter"] {
        if index_class(&index, name).is_some() {
            problems.push(format!("The folder holds a {name}, which is not used."));
        }
    }
    // diffusers' default where the index does not say.
    let force_zeros_for_empty_prompt =
        index.get("force_zeros_for_empty_prompt").and_then(Value::as_bool).unwrap_or(true);
    let layout = Layout::DiffusersFolder;
    Ok(Checkpoint {
        path: path.to_owned(),
        layout,
        family,
        components,
        scheduler_config,
        tokenizers,
        force_zeros_for_empty_prompt,
        files,
        problems,
    })
}

/// The class name of `"unet": ["diffusers", "UNet2DConditionModel"]`; `None` for absent and null components.
fn index_class<'i>(index: &'i Map<String, Value>, name: &str) -> Option<&'i str> {
    index.get(name)?.as_array()?.get(1)?.as_str()
}

fn check_class(component: Component, class: &str, path: &Path) -> Result<(), CheckpointError> {
    let expected: &[&str] = match component {
        Component::TextEncoder => &["CLIPTextModel", "CLIPTextModelWithProjection"],
        Component::TextEncoder2 => &["CLIPTextModelWithProjection"],
        Component::Unet => &["UNet2DConditionModel"],
        Component::Vae => &["AutoencoderKL"],
    };
    if expected.contains(&class) {
        return Ok(());
    }
    Err(CheckpointError::UnsupportedClass {
        found: class.to_owned(),
        expected: expected.join(" or "),
        path: path.to_owned(),
    })
}

/// Opens one component folder: config.json and weights, normalised to diffusers' present names and shapes.
pub(super) fn open_component(
    component: Component,
    folder: &Path,
) -> Result<(ComponentWeights, Vec<WeightFile>), CheckpointError> {
    let config = Value::Object(read_json(&folder.join("config.json"))?);
    let opened = open_weights(component, folder)?;
    let mut state_dict = StateDict::new();
    for file in &opened {
        add_file(component, file, &config, &mut state_dict)?;
    }
    let files = opened.iter().map(|file| WeightFile::new(file.clone(), [component])).collect();
    Ok((ComponentWeights { config, state_dict }, files))
}

/// Adds all tensors of a file that is in diffusers' layout.
pub(super) fn add_file(
    component: Component,
    file: &Arc<SafetensorsFile>,
    config: &Value,
    state_dict: &mut StateDict,
) -> Result<(), WeightsError> {
    for (name, info) in file.tensors() {
        let Some(key) = diffusers_key(component, name) else { continue };
        let Some(mut source) = TensorSource::new(file, name) else { continue };
        if let Some(shape) = projection_shape(component, &key, &info.shape, config) {
            source = source.reshaped(shape);
        }
        state_dict.insert(key, source)?;
    }
    Ok(())
}

/// The name of today for a stored name; `None` for tensors that are no weights.
fn diffusers_key(component: Component, name: &str) -> Option<String> {
    // fp8 scales belong to their weight, position_ids are 0, 1, 2, …
    if name.ends_with(".position_ids") || name == "position_ids" || super::ldm::is_scale(name) {
        return None;
    }
    match component {
        Component::TextEncoder | Component::TextEncoder2 => {
            // transformers 5 writes CLIPTextModel without the prefix.
            let prefixed = name.starts_with("text_model.") || name.starts_with("text_projection.");
            Some(if prefixed { name.to_owned() } else { format!("text_model.{name}") })
        }
        Component::Vae => {
            let renamed = DEPRECATED_VAE_ATTENTION.iter().find_map(|(old, new)| {
                let (stem, leaf) = name.rsplit_once('.')?;
                let stem = stem.strip_suffix(old)?.strip_suffix('.')?;
                stem.contains(".attentions.").then(|| format!("{stem}.{new}.{leaf}"))
            });
            Some(renamed.unwrap_or_else(|| name.to_owned()))
        }
        Component::Unet => Some(name.to_owned()),
    }
}

/// Where a 1x1 convolution and a linear layer are the same numbers: the shape that the architecture wants, if the file
/// has the other one.
pub(super) fn projection_shape(component: Component, key: &str, shape: &[usize], config: &Value) -> Option<Vec<usize>> {
    let attention_weight = key.contains(".attentions.") && key.ends_with(".weight");
    let wants_linear = match component {
        Component::Vae if attention_weight && !key.contains("norm") => true,
        Component::Unet
            if attention_weight && (key.ends_with(".proj_in.weight") || key.ends_with(".proj_out.weight")) =>
        {
            config.get("use_linear_projection").and_then(Value::as_bool).unwrap_or(false)
        }
        _ => return None,
    };
    match (wants_linear, shape) {
        (true, [rows, columns, 1] | [rows, columns, 1, 1]) => Some(vec![*rows, *columns]),
        (false, [rows, columns]) => Some(vec![*rows, *columns, 1, 1]),
        _ => None,
    }
}

/// Finds and opens the weight files of a component folder: plain before fp16, whole before sharded.
fn open_weights(component: Component, folder: &Path) -> Result<Vec<Arc<SafetensorsFile>>, CheckpointError> {
    let stem = component.weights_stem();
    for (whole, index) in [
        (format!("{stem}.safetensors"), format!("{stem}.safetensors.index.json")),
        (format!("{stem}.fp16.safetensors"), format!("{stem}.safetensors.index.fp16.json")),
    ] {
        let (whole, index) = (folder.join(whole), folder.join(index));
        if whole.is_file() {
            return Ok(vec![Arc::new(SafetensorsFile::open(&whole)?)]);
        }
        if index.is_file() {
            return open_shards(&index, folder);
        }
    }
    for pickle in [
        "diffusion_pytorch_model.bin",
        "pytorch_model.bin",
        "diffusion_pytorch_model.fp16.bin",
        "pytorch_model.fp16.bin",
    ] {
        let pickle = folder.join(pickle);
        if pickle.is_file() {
            return Err(CheckpointError::PickleOnly { component: component.name(), path: pickle });
        }
    }
    let hint = if folder.is_dir() { "" } else { " and no folder" };
    Err(CheckpointError::NoWeights { component: component.name(), stem, hint, path: folder.to_owned() })
}

/// Opens the shards that an index lists; the index and the shards must name the same tensors.
fn open_shards(index_path: &Path, folder: &Path) -> Result<Vec<Arc<SafetensorsFile>>, CheckpointError> {
    let broken = |reason: String| CheckpointError::Json { reason, path: index_path.to_owned() };
    let index = read_json(index_path)?;
    let map = index
        .get("weight_map")
        .and_then(Value::as_object)
        .ok_or_else(|| broken("the index of a sharded model has no weight_map; download it again".to_owned()))?;
    let mut tensors_by_file: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (tensor, file) in map {
        let file = file.as_str().filter(|file| is_plain_name(file)).ok_or_else(|| {
            broken(format!("the index names {file} for {tensor}, which is no safetensors file of this folder"))
        })?;
        tensors_by_file.entry(file).or_default().insert(tensor);
    }
    let mut shards = Vec::new();
    for (name, tensors) in tensors_by_file {
        let shard = SafetensorsFile::open(&folder.join(name))?;
        let held: BTreeSet<&str> = shard.tensors().keys().map(String::as_str).collect();
        if held != tensors {
            let example = held.symmetric_difference(&tensors).next().copied().unwrap_or_default();
            return Err(broken(format!(
                "the index and {name} do not name the same tensors (first difference: {example}); download the model again"
            )));
        }
        shards.push(Arc::new(shard));
    }
    Ok(shards)
}

fn is_plain_name(name: &str) -> bool {
    name.ends_with(".safetensors") && !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.')
}

/// Family of a folder's components.
fn family(components: &BTreeMap<Component, ComponentWeights>, path: &Path) -> Result<Family, CheckpointError> {
    let unet = components.get(&Component::Unet).ok_or_else(|| CheckpointError::MissingComponent {
        component: "unet",
        advice: "the folder is incomplete, download it again",
        path: path.to_owned(),
    })?;
    super::config::family_of_unet(&unet.state_dict, components.contains_key(&Component::TextEncoder), path)
}

/// What a folder without model_index.json seems to be.
fn folder_hint(folder: &Path) -> String {
    if let Ok(config) = read_json(&folder.join("config.json"))
        && let Some(class) =
            config.get("_class_name").and_then(Value::as_str).or_else(|| config.get("architectures")?.get(0)?.as_str())
    {
        return format!(", it holds one component ({class})");
    }
    let weights: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    let safetensors =
        weights.iter().filter(|path| path.extension().is_some_and(|extension| extension == "safetensors")).count();
    match safetensors {
        0 => String::new(),
        1 => ", but one .safetensors file that may be meant".to_owned(),
        count => format!(", but {count} .safetensors files of which one may be meant"),
    }
}

/// Reads a JSON object of bounded size, with or without Python's `-Infinity` (diffusers writes one into schedulers' configurations).
pub(super) fn read_json(path: &Path) -> Result<Map<String, Value>, CheckpointError> {
    let error = |reason: String| CheckpointError::Json { reason, path: path.to_owned() };
    let unreadable = |source: std::io::Error| {
        error(format!("a file of the model cannot be read ({source}); download the model again"))
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_JSON_BYTES {
        return Err(error(format!("the JSON file has {size} bytes, far more than any of a model")));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    serde_json::from_str(&without_infinities(&text))
        .map_err(|source| error(format!("the JSON file is damaged ({source}); download the model again")))
}
