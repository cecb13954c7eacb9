//! The config.json files that diffusers' converters wrote for the published models, field by field.

use serde_json::{Value, json};

use super::*;

/// What diffusers' converter writes for every UNet; the families differ in the rest.
const UNET: &str = r#"{
    "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.19.0.dev0",
    "act_fn": "silu", "addition_embed_type": null, "addition_embed_type_num_heads": 64, "addition_time_embed_dim": null,
    "attention_type": "default", "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false,
    "class_embed_type": null, "class_embeddings_concat": false, "conv_in_kernel": 3, "conv_out_kernel": 3,
    "cross_attention_norm": null, "downsample_padding": 1, "dropout": 0.0, "dual_cross_attention": false,
    "encoder_hid_dim": null, "encoder_hid_dim_type": null, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
    "layers_per_block": 2, "mid_block_only_cross_attention": null, "mid_block_scale_factor": 1,
    "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-5, "norm_num_groups": 32, "num_attention_heads": null,
    "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
    "projection_class_embeddings_input_dim": null, "resnet_out_scale_factor": 1.0, "resnet_skip_time_act": false,
    "resnet_time_scale_shift": "default", "reverse_transformer_layers_per_block": null, "sample_size": 64,
    "time_cond_proj_dim": null, "time_embedding_act_fn": null, "time_embedding_dim": null,
    "time_embedding_type": "positional", "timestep_post_act": null, "transformer_layers_per_block": 1,
    "upcast_attention": null, "use_linear_projection": true,
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
}"#;

fn unet(family: &Value) -> UNet2DConditionConfig {
    let mut config: Value = serde_json::from_str(UNET).unwrap();
    for (field, value) in family.as_object().unwrap() {
        config[field] = value.clone();
    }
    serde_json::from_value(config).unwrap_or_else(|error| panic!("{family}: {error}"))
}

#[test]
fn the_configurations_of_the_published_unets_are_read() {
    // 1. SD 1.5, as diffusers 0.6 wrote it, with few fields and as today's converter does.
    let old: UNet2DConditionConfig = serde_json::from_value(json!({
        "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0", "act_fn": "silu", "attention_head_dim": 8,
        "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "cross_attention_dim": 768,
        "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
        "mid_block_scale_factor": 1, "norm_eps": 1e-5, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
    }))
    .unwrap();
    let new = unet(&json!({ "attention_head_dim": 8, "cross_attention_dim": 768, "use_linear_projection": false }));
    assert_eq!(old, new);
    assert!(!new.upcast_attention, "null is false");

    // 2. SD 2.1, SDXL and its refiner.
    let second = unet(&json!({
        "attention_head_dim": [5, 10, 20, 20], "cross_attention_dim": 1024, "sample_size": 96, "upcast_attention": true,
    }));
    assert!(second.upcast_attention && second.use_linear_projection);
    let xl = json!({
        "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20],
        "block_out_channels": [320, 640, 1280], "cross_attention_dim": 2048, "sample_size": 128,
        "projection_class_embeddings_input_dim": 2816, "transformer_layers_per_block": [1, 2, 10],
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    });
    let refiner = json!({
        "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "attention_head_dim": [6, 12, 24, 24],
        "block_out_channels": [384, 768, 1536, 1536], "cross_attention_dim": 1280, "sample_size": 128,
        "projection_class_embeddings_input_dim": 2560, "transformer_layers_per_block": 4,
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    });
    // Nothing is filled, so nothing is allocated: only the shapes are laid out.
    let device = burn::tensor::Device::flex();
    for config in [old, second, unet(&xl), unet(&refiner)] {
        config.init(&device).unwrap();
    }

    // 3. What is null there means what Python takes it for: no middle, and no normalisation, which is refused.
    let without = unet(&json!({ "mid_block_type": null, "norm_num_groups": null, "attention_head_dim": 8 }));
    assert_eq!((without.mid_block_type.clone(), without.norm_num_groups), (None, None));
    assert!(without.init(&device).unwrap_err().to_string().contains("norm_num_groups"));
}

#[test]
fn the_configurations_of_the_published_autoencoders_are_read() {
    let xl: AutoencoderKLConfig = serde_json::from_value(json!({
        "_class_name": "AutoencoderKL", "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
        "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        "force_upcast": true, "in_channels": 3, "latent_channels": 4, "latents_mean": null, "latents_std": null,
        "layers_per_block": 2, "mid_block_add_attention": true, "norm_num_groups": 32, "out_channels": 3, "sample_size": 1024,
        "scaling_factor": 0.13025, "shift_factor": null, "use_post_quant_conv": true, "use_quant_conv": true,
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
    }))
    .unwrap();
    assert!(xl.use_quant_conv && xl.use_post_quant_conv && xl.mid_block_add_attention);
    // SD 1.5's says less.
    let first: AutoencoderKLConfig = serde_json::from_value(json!({
        "_class_name": "AutoencoderKL", "_diffusers_version": "0.6.0", "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
        "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32, "out_channels": 3,
        "sample_size": 512,
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
    }))
    .unwrap();
    assert_eq!((first.scaling_factor, xl.scaling_factor), (0.18215, 0.13025));
    let null: AutoencoderKLConfig =
        serde_json::from_value(json!({ "force_upcast": null, "use_quant_conv": null })).unwrap();
    assert!(!null.force_upcast && !null.use_quant_conv && null.use_post_quant_conv);
    let device = burn::tensor::Device::flex();
    for config in [xl, first] {
        config.init(&device).unwrap();
    }
}

#[test]
fn the_configuration_of_sdxls_second_text_encoder_is_read() {
    let config: CLIPTextConfig = serde_json::from_value(json!({
        "architectures": ["CLIPTextModelWithProjection"], "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0,
        "eos_token_id": 2, "hidden_act": "gelu", "hidden_size": 1280, "initializer_factor": 1.0, "initializer_range": 0.02,
        "intermediate_size": 5120, "layer_norm_eps": 1e-5, "max_position_embeddings": 77, "model_type": "clip_text_model",
        "num_attention_heads": 20, "num_hidden_layers": 32, "pad_token_id": 1, "projection_dim": 1280,
        "torch_dtype": "float16", "transformers_version": "4.32.0.dev0", "vocab_size": 49408,
    }))
    .unwrap();
    config.init_with_projection(&burn::tensor::Device::flex()).unwrap();
    assert_eq!((config.hidden_size, config.num_hidden_layers), (1280, 32));
}

#[test]
fn groups_that_do_not_divide_every_width_are_refused() {
    let device = burn::tensor::Device::flex();
    for (groups, widths) in [(32, [48, 64, 64, 64]), (32, [320, 640, 1280, 1290]), (0, [320, 640, 1280, 1280])] {
        let config = unet(&json!({ "norm_num_groups": groups, "block_out_channels": widths, "attention_head_dim": 1 }));
        let sentence = config.init(&device).unwrap_err().to_string();
        assert!(sentence.contains(&format!("UNet2DConditionModel has norm_num_groups = {groups}")), "{sentence}");
        let vae = AutoencoderKLConfig { norm_num_groups: groups, block_out_channels: vec![64, widths[0]], ..vae() };
        let refused = !widths[0].is_multiple_of(groups.max(1)) || groups == 0;
        assert_eq!(vae.init(&device).is_err(), refused, "{groups} {widths:?}");
    }
}

/// An autoencoder of two stages.
fn vae() -> AutoencoderKLConfig {
    AutoencoderKLConfig {
        down_block_types: vec!["DownEncoderBlock2D".into(); 2],
        up_block_types: vec!["UpDecoderBlock2D".into(); 2],
        block_out_channels: vec![64, 64],
        ..AutoencoderKLConfig::default()
    }
}

#[test]
fn networks_that_are_larger_than_any_are_refused_before_they_are_laid_out() {
    let device = burn::tensor::Device::flex();
    let stages = |count: usize, kind: &str| (vec![kind.to_owned(); count], vec![64; count]);
    for mut fields in [
        json!({ "layers_per_block": 1_000_000_000 }),
        json!({ "transformer_layers_per_block": [1, 1, 1, 1_000_000_000] }),
        json!({ "block_out_channels": vec![64; 65], "down_block_types": vec!["DownBlock2D"; 65], "up_block_types": vec!["UpBlock2D"; 65] }),
    ] {
        fields["attention_head_dim"] = 1.into();
        assert!(unet(&fields).init(&device).is_err(), "{fields}");
    }
    let deep = AutoencoderKLConfig { layers_per_block: 1_000_000_000, ..vae() };
    assert!(deep.init(&device).unwrap_err().to_string().contains("layers_per_block = 1000000000"));
    let ((down_block_types, block_out_channels), (up_block_types, _)) =
        (stages(65, "DownEncoderBlock2D"), stages(65, "UpDecoderBlock2D"));
    let tall = AutoencoderKLConfig { down_block_types, up_block_types, block_out_channels, ..vae() };
    assert!(tall.init(&device).unwrap_err().to_string().contains("block_out_channels"));
    let text = CLIPTextConfig { num_hidden_layers: 1_000_000_000, ..CLIPTextConfig::default() };
    assert!(text.init(&device).unwrap_err().to_string().contains("num_hidden_layers = 1000000000"));
}
