//! LDM / A1111 key names as data: how each tensor of a single file is called in diffusers, and what happens to it on
//! the way.
//!
//! Compared with `diffusers/loaders/single_file_utils.py` on the full key lists of SD 1.5, SD 2.1, SDXL and its refiner
//! in `tests/parity/single_file`.
//!
//! A pattern is matched against the whole name. `{i}` and `{j}` stand for a number, `{*}` for the rest. In the target
//! also: `{b}` and `{l}` are block and layer of a UNet block number, `{up}` is the VAE's up block counted from the
//! other end, `{resnet}` is the rest with [`RESNET`] applied, `{text}` the rest with [`OPEN_CLIP_LAYER`] applied,
//! `{qkv}` one of `q`, `k`, `v`.

/// One line of a table.
pub(super) struct Rule {
    /// Stored name, without the component's prefix.
    pub from: &'static str,
    /// diffusers' name.
    pub to: &'static str,
    /// What is done to the numbers.
    pub op: Op,
}

/// What is done to a tensor on the way to diffusers' layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// Nothing.
    Keep,
    /// The two dimensions are swapped (OpenCLIP's `x @ text_projection`).
    Transpose,
    /// The rows are cut into q, k and v (PyTorch's fused attention projection).
    Thirds,
    /// A 1x1 convolution becomes a linear layer.
    Squeeze,
}

const fn keep(from: &'static str, to: &'static str) -> Rule {
    Rule { from, to, op: Op::Keep }
}

const fn squeeze(from: &'static str, to: &'static str) -> Rule {
    Rule { from, to, op: Op::Squeeze }
}

/// Prefix of the UNet in a single file.
pub(super) const UNET_PREFIX: &str = "model.diffusion_model.";

/// `UNetModel` of LDM to `UNet2DConditionModel`. The first line that fits wins.
pub(super) const UNET: &[Rule] = &[
    keep("time_embed.0.{*}", "time_embedding.linear_1.{*}"),
    keep("time_embed.2.{*}", "time_embedding.linear_2.{*}"),
    keep("label_emb.0.0.{*}", "add_embedding.linear_1.{*}"),
    keep("label_emb.0.2.{*}", "add_embedding.linear_2.{*}"),
    keep("input_blocks.0.0.{*}", "conv_in.{*}"),
    keep("input_blocks.{i}.0.op.{*}", "down_blocks.{b}.downsamplers.0.conv.{*}"),
    keep("input_blocks.{i}.0.{*}", "down_blocks.{b}.resnets.{l}.{resnet}"),
    keep("input_blocks.{i}.1.{*}", "down_blocks.{b}.attentions.{l}.{*}"),
    keep("middle_block.0.{*}", "mid_block.resnets.0.{resnet}"),
    keep("middle_block.1.{*}", "mid_block.attentions.0.{*}"),
    keep("middle_block.2.{*}", "mid_block.resnets.1.{resnet}"),
    keep("output_blocks.{i}.0.{*}", "up_blocks.{b}.resnets.{l}.{resnet}"),
    keep("output_blocks.{i}.1.conv.{*}", "up_blocks.{b}.upsamplers.0.conv.{*}"),
    keep("output_blocks.{i}.2.conv.{*}", "up_blocks.{b}.upsamplers.0.conv.{*}"),
    keep("output_blocks.{i}.1.{*}", "up_blocks.{b}.attentions.{l}.{*}"),
    keep("out.0.{*}", "conv_norm_out.{*}"),
    keep("out.2.{*}", "conv_out.{*}"),
];

/// Parts of a residual block, UNet and VAE.
pub(super) const RESNET: &[(&str, &str)] = &[
    ("in_layers.0.", "norm1."),
    ("in_layers.2.", "conv1."),
    ("emb_layers.1.", "time_emb_proj."),
    ("out_layers.0.", "norm2."),
    ("out_layers.3.", "conv2."),
    ("skip_connection.", "conv_shortcut."),
    ("nin_shortcut.", "conv_shortcut."),
];

/// Prefixes of the VAE in a single file; a VAE file has none.
pub(super) const VAE_PREFIXES: [&str; 2] = ["first_stage_model.", "vae."];

/// `AutoencoderKL` of LDM to diffusers'.
pub(super) const VAE: &[Rule] = &[
    keep("encoder.conv_in.{*}", "encoder.conv_in.{*}"),
    keep("encoder.down.{i}.block.{j}.{*}", "encoder.down_blocks.{i}.resnets.{j}.{resnet}"),
    keep("encoder.down.{i}.downsample.conv.{*}", "encoder.down_blocks.{i}.downsamplers.0.conv.{*}"),
    keep("encoder.mid.block_1.{*}", "encoder.mid_block.resnets.0.{resnet}"),
    keep("encoder.mid.block_2.{*}", "encoder.mid_block.resnets.1.{resnet}"),
    keep("encoder.mid.attn_1.norm.{*}", "encoder.mid_block.attentions.0.group_norm.{*}"),
    squeeze("encoder.mid.attn_1.q.{*}", "encoder.mid_block.attentions.0.to_q.{*}"),
    squeeze("encoder.mid.attn_1.k.{*}", "encoder.mid_block.attentions.0.to_k.{*}"),
    squeeze("encoder.mid.attn_1.v.{*}", "encoder.mid_block.attentions.0.to_v.{*}"),
    squeeze("encoder.mid.attn_1.proj_out.{*}", "encoder.mid_block.attentions.0.to_out.0.{*}"),
    keep("encoder.norm_out.{*}", "encoder.conv_norm_out.{*}"),
    keep("encoder.conv_out.{*}", "encoder.conv_out.{*}"),
    keep("quant_conv.{*}", "quant_conv.{*}"),
    keep("post_quant_conv.{*}", "post_quant_conv.{*}"),
    keep("decoder.conv_in.{*}", "decoder.conv_in.{*}"),
    keep("decoder.up.{i}.block.{j}.{*}", "decoder.up_blocks.{up}.resnets.{j}.{resnet}"),
    keep("decoder.up.{i}.upsample.conv.{*}", "decoder.up_blocks.{up}.upsamplers.0.conv.{*}"),
    keep("decoder.mid.block_1.{*}", "decoder.mid_block.resnets.0.{resnet}"),
    keep("decoder.mid.block_2.{*}", "decoder.mid_block.resnets.1.{resnet}"),
    keep("decoder.mid.attn_1.norm.{*}", "decoder.mid_block.attentions.0.group_norm.{*}"),
    squeeze("decoder.mid.attn_1.q.{*}", "decoder.mid_block.attentions.0.to_q.{*}"),
    squeeze("decoder.mid.attn_1.k.{*}", "decoder.mid_block.attentions.0.to_k.{*}"),
    squeeze("decoder.mid.attn_1.v.{*}", "decoder.mid_block.attentions.0.to_v.{*}"),
    squeeze("decoder.mid.attn_1.proj_out.{*}", "decoder.mid_block.attentions.0.to_out.0.{*}"),
    keep("decoder.norm_out.{*}", "decoder.conv_norm_out.{*}"),
    keep("decoder.conv_out.{*}", "decoder.conv_out.{*}"),
];

/// transformers' CLIP as it lies in SD 1.x and SDXL files; some old SD 1.x files lack `text_model.`.
pub(super) const CLIP: &[Rule] = &[
    keep("text_model.{*}", "text_model.{*}"),
    keep("embeddings.{*}", "text_model.embeddings.{*}"),
    keep("encoder.{*}", "text_model.encoder.{*}"),
    keep("final_layer_norm.{*}", "text_model.final_layer_norm.{*}"),
];

/// OpenCLIP's text tower to transformers' CLIP.
pub(super) const OPEN_CLIP: &[Rule] = &[
    keep("positional_embedding", "text_model.embeddings.position_embedding.weight"),
    keep("token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
    Rule {
        from: "transformer.resblocks.{i}.attn.in_proj_weight",
        to: "text_model.encoder.layers.{i}.self_attn.{qkv}_proj.weight",
        op: Op::Thirds,
    },
    Rule {
        from: "transformer.resblocks.{i}.attn.in_proj_bias",
        to: "text_model.encoder.layers.{i}.self_attn.{qkv}_proj.bias",
        op: Op::Thirds,
    },
    keep("transformer.resblocks.{i}.{*}", "text_model.encoder.layers.{i}.{text}"),
    keep("ln_final.{*}", "text_model.final_layer_norm.{*}"),
    Rule { from: "text_projection", to: "text_projection.weight", op: Op::Transpose },
    keep("text_projection.weight", "text_projection.weight"),
];

/// Parts of an OpenCLIP layer.
pub(super) const OPEN_CLIP_LAYER: &[(&str, &str)] = &[
    ("ln_1.", "layer_norm1."),
    ("ln_2.", "layer_norm2."),
    ("mlp.c_fc.", "mlp.fc1."),
    ("mlp.c_proj.", "mlp.fc2."),
    ("attn.out_proj.", "self_attn.out_proj."),
];

/// Which text encoder a prefix holds, with its table.
pub(super) const TEXT_ENCODERS: &[(&str, TextTower)] = &[
    ("cond_stage_model.transformer.", TextTower::Clip),
    ("cond_stage_model.model.", TextTower::Sd2OpenClip),
    ("conditioner.embedders.0.transformer.", TextTower::Clip),
    ("conditioner.embedders.0.model.", TextTower::OpenClipWithProjection),
    ("conditioner.embedders.1.model.", TextTower::OpenClipWithProjection),
];

/// Kinds of text encoder in a single file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTower {
    /// transformers' names.
    Clip,
    /// OpenCLIP as SD 2.x uses it: the second to last layer's output, so the last layer and the projection are left out
    /// ([`IGNORED`]).
    Sd2OpenClip,
    /// OpenCLIP with all layers and the pooled projection.
    OpenClipWithProjection,
}

/// Tensors that belong to no component: names, or with a final `*` beginnings of names.
pub(super) const IGNORED: &[&str] = &[
    // Constants that every reader computes for itself.
    "betas",
    "alphas_cumprod",
    "alphas_cumprod_prev",
    "sqrt_alphas_cumprod",
    "sqrt_one_minus_alphas_cumprod",
    "log_one_minus_alphas_cumprod",
    "sqrt_recip_alphas_cumprod",
    "sqrt_recipm1_alphas_cumprod",
    "posterior_variance",
    "posterior_log_variance_clipped",
    "posterior_mean_coef1",
    "posterior_mean_coef2",
    "lvlb_weights",
    "logvar",
    "scale_factor",
    "denoiser.sigmas",
    "denoiser.log_sigmas",
    // Left over from training.
    "global_step",
    "epoch",
    "pytorch-lightning_version",
    "model_ema.*",
    "optimizer_states.*",
    "lr_schedulers.*",
    "callbacks.*",
    "first_stage_model.loss.*",
    "loss.*",
    "first_stage_model.model_ema.*",
    "embedding_manager.*",
    "cond_stage_model.attn_mask",
    // Marks, which are looked at by name where they matter.
    "v_pred",
    "ztsnr",
    "scaled_fp8",
    "model.diffusion_model.scaled_fp8",
    // Parts of CLIP that no pipeline uses.
    "cond_stage_model.logit_scale",
    "cond_stage_model.model.logit_scale",
    "cond_stage_model.model.attn_mask",
    "cond_stage_model.transformer.text_projection.weight",
    "cond_stage_model.transformer.logit_scale",
    "conditioner.embedders.0.logit_scale",
    "conditioner.embedders.0.model.logit_scale",
    "conditioner.embedders.0.transformer.text_projection.weight",
    "conditioner.embedders.0.transformer.logit_scale",
    "conditioner.embedders.1.logit_scale",
    "conditioner.embedders.1.model.logit_scale",
    // SD 2.x takes the second to last layer (diffusers: SD_2_TEXT_ENCODER_KEYS_TO_IGNORE).
    "cond_stage_model.model.transformer.resblocks.23.*",
    "cond_stage_model.model.text_projection",
];

/// Names that end so are no weights wherever they stand.
pub(super) const IGNORED_SUFFIXES: &[&str] = &["position_ids", ".attn_mask"];

/// Endings of the scales of fp8 weights, which are read together with their weight, and of activation scales, which are
/// not used.
const SCALES: &[&str] = &[".scale_weight", ".weight_scale", ".scale_input", ".input_scale"];

/// Whether a tensor is the scale of another one.
pub(super) fn is_scale(name: &str) -> bool {
    SCALES.iter().any(|suffix| name.ends_with(suffix))
}

/// Whether a tensor of a single file is left out on purpose.
pub(super) fn is_ignored(name: &str) -> bool {
    let listed = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    };
    is_scale(name) || IGNORED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) || IGNORED.iter().any(listed)
}

/// Numbers that block arithmetic needs, read from the file before the table is used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BlockSizes {
    /// `layers_per_block` of the UNet.
    pub unet_layers: usize,
    /// Number of up blocks of the VAE.
    pub vae_blocks: usize,
}

/// Translates one name with a table: the line that fits and diffusers' name. For [`Op::Thirds`] the name still holds
/// `{qkv}`.
pub(super) fn translate(table: &'static [Rule], name: &str, sizes: BlockSizes) -> Option<(&'static Rule, String)> {
    table.iter().find_map(|rule| Some((rule, target(rule, matches(rule.from, name)?, sizes)?)))
}

/// What the placeholders of a pattern stand for.
#[derive(Default)]
struct Captures<'n> {
    i: usize,
    j: usize,
    rest: &'n str,
}

fn matches<'n>(pattern: &str, name: &'n str) -> Option<Captures<'n>> {
    let mut captures = Captures::default();
    let (mut pattern, mut name) = (pattern, name);
    while let Some((literal, placeholder)) = pattern.split_once('{') {
        name = name.strip_prefix(literal)?;
        let (placeholder, behind) = placeholder.split_once('}')?;
        if placeholder == "*" {
            captures.rest = name;
            return (!name.is_empty()).then_some(captures);
        }
        let digits = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
        // Four digits are more blocks than any model has, and no arithmetic on them overflows.
        let number = name[..digits].parse().ok().filter(|_| digits <= 4)?;
        if placeholder == "i" {
            captures.i = number
        } else {
            captures.j = number
        }
        (name, pattern) = (&name[digits..], behind);
    }
    (pattern == name).then_some(captures)
}

fn target(rule: &Rule, captures: Captures, sizes: BlockSizes) -> Option<String> {
    let Captures { i, j, rest } = captures;
    // Input block 0 is conv_in, so layers count from 1 there.
    let position = || if rule.from.starts_with("input_blocks") { i.checked_sub(1) } else { Some(i) };
    let per_block = sizes.unet_layers + 1;
    let mut name = String::with_capacity(rule.to.len() + rest.len());
    let mut pattern = rule.to;
    while let Some((literal, placeholder)) = pattern.split_once('{') {
        name.push_str(literal);
        let (placeholder, behind) = placeholder.split_once('}')?;
        match placeholder {
            "*" => name.push_str(rest),
            "i" => name.push_str(&i.to_string()),
            "j" => name.push_str(&j.to_string()),
            "b" => name.push_str(&(position()? / per_block).to_string()),
            "l" => name.push_str(&(position()? % per_block).to_string()),
            "up" => name.push_str(&sizes.vae_blocks.checked_sub(1 + i)?.to_string()),
            "resnet" => name.push_str(&replace_start(RESNET, rest)),
            "text" => name.push_str(&replace_start(OPEN_CLIP_LAYER, rest)),
            other => {
                name.push('{');
                name.push_str(other);
                name.push('}');
            }
        }
        pattern = behind;
    }
    name.push_str(pattern);
    Some(name)
}

fn replace_start(table: &[(&str, &str)], name: &str) -> String {
    match table.iter().find_map(|(from, to)| name.strip_prefix(from).map(|rest| (to, rest))) {
        Some((to, rest)) => format!("{to}{rest}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SD: BlockSizes = BlockSizes { unet_layers: 2, vae_blocks: 4 };

    fn unet(name: &str) -> Option<String> {
        translate(UNET, name, SD).map(|(_, name)| name)
    }

    #[test]
    fn names_of_sd15_are_translated() {
        for (ldm, diffusers) in [
            ("input_blocks.0.0.weight", "conv_in.weight"),
            ("input_blocks.1.0.in_layers.2.weight", "down_blocks.0.resnets.0.conv1.weight"),
            ("input_blocks.3.0.op.bias", "down_blocks.0.downsamplers.0.conv.bias"),
            (
                "input_blocks.5.1.transformer_blocks.0.attn1.to_q.weight",
                "down_blocks.1.attentions.1.transformer_blocks.0.attn1.to_q.weight",
            ),
            ("input_blocks.11.0.emb_layers.1.bias", "down_blocks.3.resnets.1.time_emb_proj.bias"),
            ("middle_block.1.proj_in.weight", "mid_block.attentions.0.proj_in.weight"),
            ("output_blocks.2.1.conv.weight", "up_blocks.0.upsamplers.0.conv.weight"),
            ("output_blocks.5.2.conv.weight", "up_blocks.1.upsamplers.0.conv.weight"),
            ("output_blocks.11.0.skip_connection.weight", "up_blocks.3.resnets.2.conv_shortcut.weight"),
            ("out.2.bias", "conv_out.bias"),
        ] {
            assert_eq!(unet(ldm).as_deref(), Some(diffusers), "{ldm}");
        }
        for unknown in [
            "input_blocks.x.0.weight",
            "input_blocks.99999.0.weight",
            "input_blocks.1.7.weight",
            "time_embed.0.",
            "nothing",
            "",
        ] {
            assert_eq!(unet(unknown), None, "{unknown}");
        }
        let (_, name) = translate(VAE, "decoder.up.3.block.2.nin_shortcut.weight", SD).unwrap();
        assert_eq!(name, "decoder.up_blocks.0.resnets.2.conv_shortcut.weight");
        assert!(translate(VAE, "decoder.up.9.block.2.conv1.weight", SD).is_none());
        let (rule, name) = translate(OPEN_CLIP, "transformer.resblocks.7.attn.in_proj_weight", SD).unwrap();
        assert_eq!((rule.op, name.as_str()), (Op::Thirds, "text_model.encoder.layers.7.self_attn.{qkv}_proj.weight"));
    }

    #[test]
    fn ignored_names_are_matched_whole_or_by_their_start() {
        for name in [
            "betas",
            "model_ema.diffusion_modelout0bias",
            "cond_stage_model.transformer.text_model.embeddings.position_ids",
            "x.scale_weight",
        ] {
            assert!(is_ignored(name), "{name}");
        }
        for name in
            ["betas2", "model.diffusion_model.out.0.weight", "cond_stage_model.model.transformer.resblocks.2.ln_1.bias"]
        {
            assert!(!is_ignored(name), "{name}");
        }
    }
}
