//! diffusers' `config.json` of each component, inferred from the tensors of a single file.
//!
//! Works on diffusers' names. What tensors do not tell (head counts, activation, epsilon) is the family's published
//! value.

use std::path::Path;

use serde_json::{Value, json};

use super::{CheckpointError, Component, Family};
use crate::weights::StateDict;

/// Family of a UNet, and whether Kento runs it: SDXL has size conditioning, SD 2.x linear projections.
pub(super) fn family_of_unet(
    unet: &StateDict,
    has_first_text_encoder: bool,
    path: &Path,
) -> Result<Family, CheckpointError> {
    let channels = dim(unet, Component::Unet, "conv_in.weight", 1, path)?;
    if channels != 4 && channels != 9 {
        return Err(CheckpointError::InputChannels { channels, path: path.to_owned() });
    }
    if unet.contains("add_embedding.linear_1.weight") {
        return Ok(if has_first_text_encoder { Family::Sdxl } else { Family::SdxlRefiner });
    }
    let projection = unet.shape("mid_block.attentions.0.proj_in.weight").unwrap_or_default();
    Ok(if projection.len() == 2 { Family::Sd2 } else { Family::Sd1 })
}

/// `UNet2DConditionModel`.
pub(super) fn unet(
    dict: &StateDict,
    family: Family,
    pooled_dim: Option<usize>,
    path: &Path,
    problems: &mut Vec<String>,
) -> Result<Value, CheckpointError> {
    let size = |key: &str, axis: usize| dim(dict, Component::Unet, key, axis, path);
    let blocks = count(dict, "down_blocks.");
    let layers = count(dict, "down_blocks.0.resnets.");
    let mut channels = Vec::new();
    let mut depths = Vec::new();
    for block in 0..blocks {
        channels.push(size(&format!("down_blocks.{block}.resnets.0.conv1.weight"), 0)?);
        depths.push(count(dict, &format!("down_blocks.{block}.attentions.0.transformer_blocks.")));
    }
    if channels.is_empty() || layers == 0 {
        return Err(CheckpointError::Incomplete {
            component: "unet",
            key: "down_blocks.0.resnets.0.conv1.weight".to_owned(),
            path: path.to_owned(),
        });
    }
    let middle_depth = count(dict, "mid_block.attentions.0.transformer_blocks.");
    let (down, up): (Vec<&str>, Vec<&str>) = depths
        .iter()
        .map(
            |depth| {
                if *depth > 0 { ("CrossAttnDownBlock2D", "CrossAttnUpBlock2D") } else { ("DownBlock2D", "UpBlock2D") }
            },
        )
        .unzip();
    let up: Vec<&str> = up.into_iter().rev().collect();
    let linear = dict.shape("mid_block.attentions.0.proj_in.weight").is_some_and(|shape| shape.len() == 2);
    let attention = size("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", 1)?;
    let input_channels = size("conv_in.weight", 1)?;

    let mut config = json!({
        "_class_name": "UNet2DConditionModel",
        "act_fn": "silu", "center_input_sample": false, "flip_sin_to_cos": true, "freq_shift": 0, "downsample_padding": 1, "mid_block_scale_factor": 1,
        "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-5, "norm_num_groups": groups(&channels, "UNet", problems),
        "sample_size": match family { Family::Sd1 => 64, Family::Sd2 => if input_channels == 9 { 64 } else { 96 }, Family::Sdxl | Family::SdxlRefiner => 128 },
        "in_channels": input_channels, "out_channels": size("conv_out.weight", 0)?,
        "down_block_types": down, "up_block_types": up, "block_out_channels": channels, "layers_per_block": layers,
        "cross_attention_dim": attention, "use_linear_projection": linear,
        // SD 1.x has 8 heads everywhere, its successors heads of 64 channels; the field's name is a known slip of
        // diffusers.
        "attention_head_dim": if linear { json!(channels.iter().map(|width| (width / 64).max(1)).collect::<Vec<_>>()) } else { json!(8) },
        "transformer_layers_per_block": layers_per_block(&depths, middle_depth),
        "upcast_attention": family == Family::Sd2 && input_channels == 4,
    });
    if let Some(width) = dict.shape("time_embedding.cond_proj.weight").and_then(|shape| shape.get(1).copied()) {
        config["time_cond_proj_dim"] = width.into();
    }
    if matches!(family, Family::Sdxl | Family::SdxlRefiner) {
        // Six numbers describe sizes and crop in the base model, five in the refiner (its last one is the aesthetic
        // score).
        let numbers = if family == Family::Sdxl { 6 } else { 5 };
        let input = size("add_embedding.linear_1.weight", 1)?;
        let pooled = pooled_dim.unwrap_or(1280);
        let per_number = input.checked_sub(pooled).filter(|rest| rest % numbers == 0).map(|rest| rest / numbers);
        let per_number = per_number.ok_or_else(|| CheckpointError::Incomplete {
            component: "unet",
            key: format!("add_embedding.linear_1.weight of {pooled} + {numbers} x n inputs"),
            path: path.to_owned(),
        })?;
        config["addition_embed_type"] = "text_time".into();
        config["addition_time_embed_dim"] = per_number.into();
        config["projection_class_embeddings_input_dim"] = input.into();
    }
    Ok(config)
}

/// One number if all blocks with attention agree, otherwise a list with 1 where there is none; the last entry is the
/// middle block's.
fn layers_per_block(depths: &[usize], middle: usize) -> Value {
    if depths.iter().all(|depth| *depth == 0 || *depth == middle) {
        return middle.max(1).into();
    }
    let mut list: Vec<usize> = depths.iter().map(|depth| (*depth).max(1)).collect();
    if let (Some(last), Some(0)) = (list.last_mut(), depths.last()) {
        *last = middle;
    }
    list.into()
}

/// `AutoencoderKL`.
pub(super) fn vae(dict: &StateDict, family: Family, path: &Path) -> Result<Value, CheckpointError> {
    let size = |key: &str, axis: usize| dim(dict, Component::Vae, key, axis, path);
    let blocks = count(dict, "encoder.down_blocks.");
    let channels = (0..blocks)
        .map(|block| size(&format!("encoder.down_blocks.{block}.resnets.0.conv1.weight"), 0))
        .collect::<Result<Vec<_>, _>>()?;
    if channels.is_empty() {
        return Err(CheckpointError::Incomplete {
            component: "vae",
            key: "encoder.down_blocks.0".to_owned(),
            path: path.to_owned(),
        });
    }
    let xl = matches!(family, Family::Sdxl | Family::SdxlRefiner);
    let mut config = json!({
        "_class_name": "AutoencoderKL",
        "act_fn": "silu", "in_channels": size("encoder.conv_in.weight", 1)?, "out_channels": size("decoder.conv_out.weight", 0)?,
        "latent_channels": size("decoder.conv_in.weight", 1)?,
        "down_block_types": vec!["DownEncoderBlock2D"; blocks], "up_block_types": vec!["UpDecoderBlock2D"; blocks],
        "block_out_channels": channels, "layers_per_block": count(dict, "encoder.down_blocks.0.resnets."),
        "norm_num_groups": groups(&channels, "VAE", &mut Vec::new()),
        "sample_size": match family { Family::Sd1 => 512, Family::Sd2 => 768, Family::Sdxl | Family::SdxlRefiner => 1024 },
        "scaling_factor": if xl { 0.13025 } else { 0.18215 },
        "use_quant_conv": dict.contains("quant_conv.weight"), "use_post_quant_conv": dict.contains("post_quant_conv.weight"),
    });
    if xl {
        // SDXL's own VAE overflows in f16.
        config["force_upcast"] = true.into();
    }
    Ok(config)
}

/// `CLIPTextModel` or `CLIPTextModelWithProjection`.
pub(super) fn text_encoder(
    dict: &StateDict,
    component: Component,
    family: Family,
    path: &Path,
) -> Result<Value, CheckpointError> {
    let size = |key: &str, axis: usize| dim(dict, component, key, axis, path);
    let hidden = size("text_model.embeddings.token_embedding.weight", 1)?;
    let vocab = size("text_model.embeddings.token_embedding.weight", 0)?;
    let second = component == Component::TextEncoder2;
    let projection = if second { size("text_projection.weight", 0)? } else { hidden };
    // CLIP's tokens where the vocabulary is CLIP's (perhaps with embeddings added), otherwise the last two.
    let eos = if vocab >= 49_408 { 49_407 } else { vocab.saturating_sub(1) };
    Ok(json!({
        "architectures": [if second { "CLIPTextModelWithProjection" } else { "CLIPTextModel" }],
        "model_type": "clip_text_model",
        "vocab_size": vocab, "hidden_size": hidden, "projection_dim": projection,
        "intermediate_size": size("text_model.encoder.layers.0.mlp.fc1.weight", 0)?,
        "num_hidden_layers": count(dict, "text_model.encoder.layers."),
        "num_attention_heads": (hidden / 64).max(1),
        "max_position_embeddings": size("text_model.embeddings.position_embedding.weight", 0)?,
        // OpenAI's CLIP was trained with the quick approximation, OpenCLIP with the exact function.
        "hidden_act": if second || family == Family::Sd2 { "gelu" } else { "quick_gelu" },
        "layer_norm_eps": 1e-5,
        "bos_token_id": eos.saturating_sub(1), "eos_token_id": eos, "pad_token_id": if second || family == Family::Sd2 { 0 } else { eos },
    }))
}

/// Groups of the normalisation layers: 32 in every published model, which tensors do not tell.
fn groups(channels: &[usize], what: &str, problems: &mut Vec<String>) -> usize {
    let divides = |groups: &usize| channels.iter().all(|width| width.is_multiple_of(*groups));
    if divides(&32) {
        return 32;
    }
    let groups = (1..=5).map(|power| 1_usize << power).filter(divides).max().unwrap_or(1);
    problems.push(format!(
        "The {what} has {channels:?} channels, which 32 normalisation groups do not divide; {groups} groups were assumed."
    ));
    groups
}

/// One dimension of a tensor that must be there.
fn dim(dict: &StateDict, component: Component, key: &str, axis: usize, path: &Path) -> Result<usize, CheckpointError> {
    let missing =
        || CheckpointError::Incomplete { component: component.name(), key: key.to_owned(), path: path.to_owned() };
    dict.shape(key).and_then(|shape| shape.get(axis).copied()).ok_or_else(missing)
}

/// How many numbered parts follow each other from 0 under a prefix.
fn count(dict: &StateDict, prefix: &str) -> usize {
    (0..100).take_while(|i| dict.has_prefix(&format!("{prefix}{i}."))).count()
}
