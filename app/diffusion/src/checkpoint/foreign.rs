//! What a safetensors file is when it is not a whole Stable Diffusion model.

use crate::weights::SafetensorsFile;

/// A piece of a tensor name that gives a kind of file away, and what to tell the user. The first line that fits wins.
const KINDS: &[(&str, &str)] = &[
    ("lora_up", LORA),
    ("lora_down", LORA),
    ("lora_A.", LORA),
    ("lora_B.", LORA),
    ("lora.up", LORA),
    ("hada_w1", LYCORIS),
    ("lokr_w", LYCORIS),
    ("oft_blocks", LYCORIS),
    ("ip_adapter", IP_ADAPTER),
    ("image_proj.", IP_ADAPTER),
    ("control_model.", CONTROLNET),
    ("controlnet_cond_embedding", CONTROLNET),
    ("input_hint_block", CONTROLNET),
    ("controlnet_blocks", CONTROLNET),
    ("motion_modules", "an AnimateDiff motion module and not a model; give the Stable Diffusion checkpoint itself"),
    (
        "double_blocks.",
        "a Flux or Hunyuan model, which Kento does not run; use a Stable Diffusion 1.x, 2.x or XL checkpoint",
    ),
    (
        "joint_blocks.",
        "a Stable Diffusion 3 model, which Kento does not run; use a Stable Diffusion 1.x, 2.x or XL checkpoint",
    ),
    (
        "time_stack",
        "a Stable Video Diffusion model, which Kento does not run; use a Stable Diffusion 1.x, 2.x or XL checkpoint",
    ),
    (
        "down_blocks.0.channelwise",
        "a Stable Cascade model, which Kento does not run; use a Stable Diffusion 1.x, 2.x or XL checkpoint",
    ),
    ("string_to_param", EMBEDDING),
    ("emb_params", EMBEDDING),
];

/// Kinds that are known by what a file consists of, looked at when [`UNET_PREFIX`](super::ldm::UNET_PREFIX) is missing.
const WHOLE_KINDS: &[(&[&str], &str)] = &[
    (&["vision_model."], "an image encoder (CLIP vision) and not a model; give the Stable Diffusion checkpoint itself"),
    (&["encoder.conv_in.weight", "decoder.conv_in.weight"], VAE),
    (&["first_stage_model.decoder.conv_in.weight"], VAE),
    (
        &["time_embedding.linear_1.weight", "conv_in.weight"],
        "a UNet in diffusers' layout without text encoder and VAE; give the folder with model_index.json that it belongs to",
    ),
    (
        &["time_embed.0.weight", "input_blocks.0.0.weight"],
        "a UNet without text encoder and VAE; give the whole checkpoint",
    ),
    (&["text_model.embeddings.token_embedding.weight"], TEXT_ENCODER),
    (&["embeddings.token_embedding.weight"], TEXT_ENCODER),
    (&["token_embedding.weight", "positional_embedding"], TEXT_ENCODER),
    (&["clip_l", "clip_g"], EMBEDDING),
    (&["conv_first.weight"], UPSCALER),
    (&["model.0.weight"], UPSCALER),
];

const LORA: &str = "a LoRA and not a model; give the checkpoint that it was made for as the model";
const LYCORIS: &str =
    "a LyCORIS (LoRA-like) file and not a model; give the checkpoint that it was made for as the model";
const IP_ADAPTER: &str = "an IP-Adapter and not a model; give the Stable Diffusion checkpoint itself";
const CONTROLNET: &str = "a ControlNet and not a model; give the Stable Diffusion checkpoint itself";
const EMBEDDING: &str = "a textual inversion embedding and not a model; give the Stable Diffusion checkpoint itself";
const VAE: &str = "a VAE and not a whole model; give it with --vae beside a model";
const TEXT_ENCODER: &str =
    "a text encoder and not a whole model; give the checkpoint or the folder with model_index.json";
const UPSCALER: &str =
    "an image upscaler and not a Stable Diffusion model; give the Stable Diffusion checkpoint itself";

/// What the file is, if it is not a Stable Diffusion checkpoint: the middle of "this is …: path".
pub(super) fn recognise(file: &SafetensorsFile) -> Option<&'static str> {
    let names = file.tensors();
    if let Some((_, what)) = KINDS.iter().find(|(piece, _)| names.keys().any(|name| name.contains(piece))) {
        return Some(what);
    }
    if names.keys().any(|name| name.starts_with(super::ldm::UNET_PREFIX)) {
        return None;
    }
    let whole = WHOLE_KINDS
        .iter()
        .find(|(pieces, _)| pieces.iter().all(|piece| names.keys().any(|name| name.starts_with(piece))));
    Some(whole.map_or("no Stable Diffusion checkpoint: it has no tensors named model.diffusion_model.*; give a checkpoint or a diffusers folder", |(_, what)| what))
}
