//! A single LDM / A1111 file: split into components by the tables of [`ldm`](super::ldm), configs inferred from the
//! tensors.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::files::WeightFile;
use super::ldm::{self, BlockSizes, Op, Rule, TextTower};
use super::{Checkpoint, CheckpointError, Component, ComponentWeights, Family, Layout, config, foreign};
use crate::tokenizer::ClipTokenizer;
use crate::weights::{SafetensorsFile, StateDict, TensorSource, WeightsError, decode_scalar};

pub(super) fn open(path: &Path) -> Result<Checkpoint, CheckpointError> {
    // 1. The file, and whether it is a whole model at all.
    let file = Arc::new(SafetensorsFile::open(path)?);
    if let Some(what) = foreign::recognise(&file) {
        return Err(CheckpointError::NotAModel { what: what.to_owned(), path: path.to_owned() });
    }

    // 2. Every tensor to its component.
    let mut dicts = split(&file)?;

    // 3. What it is.
    let has_first_encoder = dicts.contains_key(&Component::TextEncoder);
    let has_any_encoder = has_first_encoder || dicts.contains_key(&Component::TextEncoder2);
    let unet = dicts.remove(&Component::Unet).unwrap_or_default();
    if !has_any_encoder {
        let what = "a UNet without text encoder; give the whole checkpoint".to_owned();
        return Err(CheckpointError::NotAModel { what, path: path.to_owned() });
    }
    let family = config::family_of_unet(&unet, has_first_encoder, path)?;

    // 4. Configs.
    let pooled_dim = dicts
        .get(&Component::TextEncoder2)
        .and_then(|dict| dict.shape("text_projection.weight"))
        .and_then(|shape| shape.first().copied());
    let mut problems = Vec::new();
    let unet_config = config::unet(&unet, family, pooled_dim, path, &mut problems)?;
    let mut components =
        BTreeMap::from([(Component::Unet, ComponentWeights { config: unet_config, state_dict: unet })]);
    for (component, state_dict) in dicts {
        let config = match component {
            Component::Vae => config::vae(&state_dict, family, path)?,
            _ => config::text_encoder(&state_dict, component, family, path)?,
        };
        components.insert(component, ComponentWeights { config, state_dict });
    }
    let missing = |component: &&Component| !components.contains_key(component) && **component != Component::Vae;
    if let Some(missing) = family.components().iter().find(missing) {
        return Err(CheckpointError::MissingComponent {
            component: missing.name(),
            advice: "use a complete checkpoint",
            path: path.to_owned(),
        });
    }

    // 5. Scheduler, tokenizers, notes.
    let inpainting = components[&Component::Unet].config.get("in_channels") == Some(&Value::from(9));
    let scheduler_config = scheduler(&file, family, inpainting, &mut problems);
    // `model_ema.decay` and `model_ema.num_updates` alone are left-overs of pruning.
    if file.tensors().keys().filter(|name| name.starts_with("model_ema.")).count() > 2 {
        problems
            .push("The file also holds EMA weights, which are not used; diffusers and A1111 do the same.".to_owned());
    }
    let clip = ClipTokenizer::openai();
    let tokenizers = [Component::TextEncoder, Component::TextEncoder2]
        .into_iter()
        .filter(|component| components.contains_key(component))
        .map(|component| {
            let pads_with_exclamation_mark = component == Component::TextEncoder2 || family == Family::Sd2;
            (component, if pads_with_exclamation_mark { clip.clone().with_pad_token("!") } else { clip.clone() })
        })
        .collect();
    let files = vec![WeightFile::new(file, components.keys().copied().collect::<Vec<_>>())];
    let force_zeros_for_empty_prompt = family == Family::Sdxl;
    Ok(Checkpoint {
        path: path.to_owned(),
        layout: Layout::SingleFile,
        family,
        components,
        scheduler_config,
        tokenizers,
        force_zeros_for_empty_prompt,
        files,
        problems,
    })
}

/// Sorts every tensor into its component; what no table knows is an error.
fn split(file: &Arc<SafetensorsFile>) -> Result<BTreeMap<Component, StateDict>, CheckpointError> {
    let vae_prefix =
        ldm::VAE_PREFIXES.into_iter().find(|prefix| file.tensors().keys().any(|name| name.starts_with(prefix)));
    let sizes = BlockSizes {
        unet_layers: unet_layers(file),
        vae_blocks: vae_prefix.map_or(0, |prefix| count_blocks(file, &format!("{prefix}decoder.up."))),
    };
    let mut dicts: BTreeMap<Component, StateDict> = BTreeMap::new();
    let mut unknown: Vec<&str> = Vec::new();
    for name in file.tensors().keys().filter(|name| !ldm::is_ignored(name)) {
        let found = if name.starts_with(ldm::UNET_PREFIX) {
            Some((Component::Unet, ldm::UNET_PREFIX, ldm::UNET))
        } else if let Some(prefix) = vae_prefix.filter(|prefix| name.starts_with(prefix)) {
            Some((Component::Vae, prefix, ldm::VAE))
        } else {
            ldm::TEXT_ENCODERS.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(prefix, tower)| match tower {
                TextTower::Clip => (Component::TextEncoder, *prefix, ldm::CLIP),
                TextTower::Sd2OpenClip => (Component::TextEncoder, *prefix, ldm::OPEN_CLIP),
                TextTower::OpenClipWithProjection => (Component::TextEncoder2, *prefix, ldm::OPEN_CLIP),
            })
        };
        let known = match found {
            Some((component, prefix, table)) => {
                translate_into(file, name, prefix, table, sizes, dicts.entry(component).or_default())?
            }
            None => false,
        };
        if !known {
            unknown.push(name);
        }
    }
    if unknown.is_empty() {
        return Ok(dicts);
    }
    let mut names = unknown.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    if unknown.len() > 5 {
        names.push_str(", …");
    }
    Err(CheckpointError::UnknownTensors { count: unknown.len(), names, path: file.path().to_owned() })
}

/// Adds one stored tensor under its diffusers name (or three, for a fused projection). Returns whether the table knows
/// the name.
pub(super) fn translate_into(
    file: &Arc<SafetensorsFile>,
    name: &str,
    prefix: &str,
    table: &'static [Rule],
    sizes: BlockSizes,
    dict: &mut StateDict,
) -> Result<bool, WeightsError> {
    let Some(source) = TensorSource::new(file, name) else { return Ok(false) };
    let Some((rule, key)) = name.strip_prefix(prefix).and_then(|name| ldm::translate(table, name, sizes)) else {
        return Ok(false);
    };
    let shape = source.shape();
    match rule.op {
        Op::Keep => dict.insert(key, source)?,
        Op::Transpose => dict.insert(key, source.transposed())?,
        Op::Squeeze => {
            let squeezed = match shape.as_slice() {
                [rows, columns, 1] | [rows, columns, 1, 1] => source.reshaped(vec![*rows, *columns]),
                _ => source,
            };
            dict.insert(key, squeezed)?;
        }
        Op::Thirds => {
            let rows = shape.first().copied().unwrap_or(0);
            if rows == 0 || rows % 3 != 0 {
                return Ok(false);
            }
            for (part, letter) in ["q", "k", "v"].into_iter().enumerate() {
                let third = source.clone().rows(part * rows / 3..(part + 1) * rows / 3);
                dict.insert(key.replace("{qkv}", letter), third)?;
            }
        }
    }
    Ok(true)
}

/// Residual blocks per level of the UNet: the first downsampler stands behind them.
fn unet_layers(file: &SafetensorsFile) -> usize {
    let block = |prefix: &str| format!("{}input_blocks.{prefix}", ldm::UNET_PREFIX);
    (1..=MAX_BLOCKS)
        .find(|i| file.tensor(&block(&format!("{i}.0.op.weight"))).is_some())
        // A UNet of one level has no downsampler: all its input blocks but conv_in are layers.
        .unwrap_or_else(|| count_blocks(file, &block("")))
        .saturating_sub(1)
}

/// More blocks than any UNet or VAE has.
const MAX_BLOCKS: usize = 100;

/// How many numbered blocks follow each other from 0 under a prefix.
pub(super) fn count_blocks(file: &SafetensorsFile, prefix: &str) -> usize {
    (0..MAX_BLOCKS)
        .take_while(|i| {
            let start = format!("{prefix}{i}.");
            file.tensors().range(start.clone()..).next().is_some_and(|(name, _)| name.starts_with(&start))
        })
        .count()
}

/// The family's scheduler as its makers published it, with the prediction type of this file.
fn scheduler(file: &SafetensorsFile, family: Family, inpainting: bool, problems: &mut Vec<String>) -> Value {
    let mut config = json!({
        "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "trained_betas": null,
        "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1, "clip_sample": false, "timestep_spacing": "leading",
        "_class_name": match family { Family::Sd1 => "PNDMScheduler", Family::Sd2 => "DDIMScheduler", Family::Sdxl | Family::SdxlRefiner => "EulerDiscreteScheduler" },
        "prediction_type": prediction_type(file, family, inpainting, problems),
    });
    if matches!(family, Family::Sdxl | Family::SdxlRefiner) {
        config["interpolation_type"] = "linear".into();
        config["use_karras_sigmas"] = false.into();
        config["sample_max_value"] = 1.0.into();
    }
    if file.tensor("ztsnr").is_some() {
        config["rescale_betas_zero_snr"] = true.into();
        // PLMS does not know this field, and DDIM cannot start from nothing but noise with a model that predicts noise.
        let predicts_velocity = config["prediction_type"] == "v_prediction";
        match family {
            Family::Sd1 | Family::Sd2 if predicts_velocity => config["_class_name"] = "DDIMScheduler".into(),
            _ => config["_class_name"] = "EulerDiscreteScheduler".into(),
        }
        // A terminal signal-to-noise ratio of zero only works when the last timestep is used.
        config["timestep_spacing"] = "trailing".into();
    }
    config
}

/// Global step at which SD 2.0-base was published, which diffusers takes as the mark of epsilon prediction.
const SD2_BASE_GLOBAL_STEP: f64 = 875_000.0;

fn prediction_type(
    file: &SafetensorsFile,
    family: Family,
    inpainting: bool,
    problems: &mut Vec<String>,
) -> &'static str {
    if file.tensor("v_pred").is_some() {
        return "v_prediction";
    }
    match file.metadata().get("modelspec.prediction_type").map(String::as_str) {
        Some("v" | "v_prediction") => return "v_prediction",
        Some("epsilon" | "eps") => return "epsilon",
        _ => {}
    }
    if family != Family::Sd2 || inpainting {
        return "epsilon";
    }
    let step = file.tensor("global_step").and_then(|info| decode_scalar(file, info));
    if step == Some(SD2_BASE_GLOBAL_STEP) {
        return "epsilon";
    }
    problems.push("The file does not say what its UNet predicts; v_prediction was assumed, as diffusers does for SD 2.x. If pictures come out as noise or washed out, it is an epsilon model (SD 2.x base, 512 pixels).".to_owned());
    "v_prediction"
}
