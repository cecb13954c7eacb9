//! Paths that are no models, and the odd corners of those that are. Whole models are in tests/parity/single_file.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

/// Writes a safetensors file of zeros.
fn weights(path: &Path, tensors: &[(&str, &[usize])]) {
    let mut header = serde_json::Map::new();
    let mut end = 0;
    for (name, shape) in tensors {
        let start = end;
        end += 2 * shape.iter().product::<usize>();
        header.insert((*name).to_owned(), json!({ "dtype": "F16", "shape": shape, "data_offsets": [start, end] }));
    }
    let header = serde_json::to_vec(&header).unwrap();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.resize(bytes.len() + end, 0);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn refusal(path: &Path) -> String {
    let sentence = Checkpoint::open(path, None).unwrap_err().to_string();
    assert!(sentence.contains(": /") && !sentence.contains('\n'), "{sentence}");
    assert_eq!(inspect(path).unwrap_err().to_string(), sentence);
    sentence
}

fn file_of(names: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    weights(&path, &names.iter().map(|name| (*name, [2, 2].as_slice())).collect::<Vec<_>>());
    (folder, path)
}

#[test]
fn files_that_are_no_models_are_named() {
    for (names, sentence) in [
        (vec!["lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight"], "this is a LoRA and not a model"),
        (vec!["unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight"], "this is a LoRA"),
        (vec!["lora_unet_x.hada_w1_a"], "LyCORIS"),
        (vec!["control_model.input_blocks.0.0.weight"], "this is a ControlNet"),
        (vec!["controlnet_cond_embedding.conv_in.weight", "conv_in.weight"], "this is a ControlNet"),
        (vec!["image_proj.norm.weight", "ip_adapter.1.to_k_ip.weight"], "IP-Adapter"),
        (
            vec!["encoder.conv_in.weight", "decoder.conv_in.weight", "quant_conv.weight"],
            "this is a VAE and not a whole model; give it with --vae",
        ),
        (vec!["first_stage_model.decoder.conv_in.weight"], "this is a VAE"),
        (vec!["text_model.embeddings.token_embedding.weight"], "this is a text encoder"),
        (vec!["token_embedding.weight", "positional_embedding"], "this is a text encoder"),
        (vec!["conv_in.weight", "time_embedding.linear_1.weight"], "UNet in diffusers' layout"),
        (vec!["time_embed.0.weight", "input_blocks.0.0.weight"], "UNet without text encoder"),
        (vec!["model.diffusion_model.double_blocks.0.img_attn.qkv.weight"], "Flux"),
        (vec!["model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"], "Stable Diffusion 3"),
        (vec!["emb_params"], "textual inversion"),
        (vec!["clip_l", "clip_g"], "textual inversion"),
        (vec!["conv_first.weight"], "upscaler"),
        (vec!["something.else"], "no Stable Diffusion checkpoint"),
        (vec!["model.diffusion_model.out.2.weight"], "UNet without text encoder"),
        (
            vec!["model.diffusion_model.out.2.weight", "cond_stage_model.transformer.text_model.final_layer_norm.bias"],
            "has no conv_in.weight",
        ),
        (
            vec!["model.diffusion_model.out.2.weight", "model.diffusion_model.mystery", "other"],
            "holds 2 tensors that Kento does not know (model.diffusion_model.mystery, other)",
        ),
    ] {
        let (_folder, path) = file_of(&names);
        let error = refusal(&path);
        assert!(error.contains(sentence), "{names:?}: {error}");
    }
}

#[test]
fn unets_with_other_inputs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let encoder = ("cond_stage_model.transformer.text_model.final_layer_norm.bias", [2].as_slice());
    weights(&path, &[("model.diffusion_model.input_blocks.0.0.weight", &[8, 8, 3, 3]), encoder]);
    assert!(refusal(&path).contains("takes 8 channels"));
}

#[test]
fn a_fused_projection_that_cannot_be_split_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    weights(
        &path,
        &[
            ("model.diffusion_model.out.2.weight", &[1]),
            ("cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight", &[7, 2]),
        ],
    );
    assert!(refusal(&path).contains("in_proj_weight"));
}

#[test]
fn two_spellings_of_one_tensor_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let names = [
        "cond_stage_model.transformer.text_model.final_layer_norm.bias",
        "cond_stage_model.transformer.final_layer_norm.bias",
    ];
    weights(&path, &[(names[0], &[2]), (names[1], &[2]), ("model.diffusion_model.out.2.weight", &[1])]);
    assert!(refusal(&path).contains("are both text_model.final_layer_norm.bias"));
}

#[test]
fn missing_paths_pickles_and_folders_of_other_kinds_are_named() {
    assert!(refusal(Path::new("/nowhere/model.safetensors")).contains("cannot be opened"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(refusal(path).contains("has no model_index.json;"));
    fs::write(path.join("model.ckpt"), b"\x80\x02}q\x00.").unwrap();
    assert!(refusal(&path.join("model.ckpt")).contains("PyTorch pickle"));
    weights(&path.join("a.safetensors"), &[("x", &[1])]);
    assert!(refusal(path).contains("one .safetensors file"));
    fs::write(path.join("config.json"), r#"{"_class_name":"UNet2DConditionModel"}"#).unwrap();
    assert!(refusal(path).contains("one component (UNet2DConditionModel)"));
    fs::write(path.join("model_index.json"), "{").unwrap();
    assert!(refusal(path).contains("damaged"));
    fs::write(path.join("model_index.json"), r#"{"_class_name":"FluxPipeline"}"#).unwrap();
    assert!(refusal(path).contains("this is a FluxPipeline"));
    fs::write(
        path.join("model_index.json"),
        r#"{"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet1DModel"]}"#,
    )
    .unwrap();
    assert!(refusal(path).contains("this is a UNet1DModel"));
    fs::write(path.join("model_index.json"), r#"{"_class_name":"StableDiffusionPipeline"}"#).unwrap();
    assert!(refusal(path).contains("has no unet"));
}

/// A folder with a UNet of one convolution, which is enough for everything that is decided before the UNet is
/// understood.
fn small_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let index = json!({
        "_class_name": "StableDiffusionPipeline",
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"],
        "safety_checker": [null, null],
    });
    fs::write(path.join("model_index.json"), index.to_string()).unwrap();
    for (component, tensors) in [
        (
            "unet/diffusion_pytorch_model",
            vec![("conv_in.weight", [8, 4, 3, 3].as_slice()), ("mid_block.attentions.0.proj_in.weight", &[8, 8])],
        ),
        (
            "vae/diffusion_pytorch_model",
            vec![
                ("decoder.mid_block.attentions.0.query.weight", [4, 4, 1, 1].as_slice()),
                ("decoder.mid_block.attentions.0.proj_attn.bias", &[4]),
            ],
        ),
        (
            "text_encoder/model",
            vec![("embeddings.token_embedding.weight", [4, 2].as_slice()), ("embeddings.position_ids", &[1, 7])],
        ),
    ] {
        weights(&path.join(format!("{component}.safetensors")), &tensors);
        fs::write(
            path.join(component).parent().unwrap().join("config.json"),
            r#"{"in_channels":4,"use_linear_projection":false}"#,
        )
        .unwrap();
    }
    fs::create_dir(path.join("scheduler")).unwrap();
    fs::write(path.join("scheduler/scheduler_config.json"), r#"{"prediction_type":"v_prediction"}"#).unwrap();
    fs::create_dir(path.join("tokenizer")).unwrap();
    fs::write(path.join("tokenizer/vocab.json"), r#"{"a</w>":0,"<|startoftext|>":1,"<|endoftext|>":2}"#).unwrap();
    fs::write(path.join("tokenizer/merges.txt"), "#version: 0.2\n").unwrap();
    folder
}

#[test]
fn old_names_and_other_shapes_become_those_of_today() {
    let folder = small_folder();
    let checkpoint = Checkpoint::open(folder.path(), None).unwrap();
    let keys = |component| checkpoint.state_dict(component).unwrap().keys().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(keys(Component::TextEncoder), ["text_model.embeddings.token_embedding.weight"]);
    assert_eq!(
        keys(Component::Vae),
        ["decoder.mid_block.attentions.0.to_out.0.bias", "decoder.mid_block.attentions.0.to_q.weight"]
    );
    assert_eq!(
        checkpoint.state_dict(Component::Vae).unwrap().shape("decoder.mid_block.attentions.0.to_q.weight"),
        Some(vec![4, 4])
    );
    // The config asks for a convolution, the file has a linear layer.
    assert_eq!(
        checkpoint.state_dict(Component::Unet).unwrap().shape("mid_block.attentions.0.proj_in.weight"),
        Some(vec![8, 8, 1, 1])
    );
    assert_eq!(
        (checkpoint.family(), checkpoint.prediction_type(), checkpoint.is_inpainting()),
        (Family::Sd1, "v_prediction", false)
    );
    assert!(checkpoint.problems().is_empty(), "{:?}", checkpoint.problems());
    let mut checkpoint = checkpoint;
    checkpoint.set_prediction_type("epsilon");
    assert_eq!(checkpoint.prediction_type(), "epsilon");
}

#[test]
fn the_infinity_that_diffusers_writes_into_dpm_solver_configurations_is_read() {
    let folder = small_folder();
    let text = r#"{"prediction_type": "v_prediction", "lambda_min_clipped": -Infinity, "variance_type": null}"#;
    fs::write(folder.path().join("scheduler/scheduler_config.json"), text).unwrap();
    assert_eq!(Checkpoint::open(folder.path(), None).unwrap().prediction_type(), "v_prediction");
}

#[test]
fn weights_are_found_as_fp16_variants_and_shards_and_never_as_pickle() {
    let folder = small_folder();
    let unet = folder.path().join("unet");
    let (plain, fp16) =
        (unet.join("diffusion_pytorch_model.safetensors"), unet.join("diffusion_pytorch_model.fp16.safetensors"));
    fs::rename(&plain, &fp16).unwrap();
    Checkpoint::open(folder.path(), None).unwrap();

    fs::rename(&fp16, unet.join("shard-1.safetensors")).unwrap();
    fs::write(unet.join("diffusion_pytorch_model.bin"), b"\x80\x02.").unwrap();
    assert!(refusal(folder.path()).contains("as a PyTorch pickle only"));
    fs::remove_file(unet.join("diffusion_pytorch_model.bin")).unwrap();
    assert!(refusal(folder.path()).contains("has no diffusion_pytorch_model.safetensors"));

    let index = unet.join("diffusion_pytorch_model.safetensors.index.json");
    let write_index = |map: Value| fs::write(&index, json!({ "weight_map": map }).to_string()).unwrap();
    weights(&unet.join("shard-2.safetensors"), &[("conv_out.weight", &[4, 8, 3, 3])]);
    write_index(
        json!({ "conv_in.weight": "shard-1.safetensors", "mid_block.attentions.0.proj_in.weight": "shard-1.safetensors", "conv_out.weight": "shard-2.safetensors" }),
    );
    let checkpoint = Checkpoint::open(folder.path(), None).unwrap();
    assert_eq!(checkpoint.state_dict(Component::Unet).unwrap().len(), 3);
    assert_eq!(checkpoint.files().len(), 4);

    write_index(json!({ "conv_in.weight": "shard-1.safetensors", "conv_out.weight": "shard-2.safetensors" }));
    assert!(refusal(folder.path()).contains("do not name the same tensors (first difference: mid_block"));
    for bad in ["../../etc/x.safetensors", "/x.safetensors", "x.bin", "C:\\x.safetensors"] {
        write_index(json!({ "conv_in.weight": bad }));
        assert!(refusal(folder.path()).contains("no safetensors file of this folder"), "{bad}");
    }
    fs::write(&index, "{}").unwrap();
    assert!(refusal(folder.path()).contains("no weight_map"));
}

#[test]
fn incomplete_folders_say_what_is_missing() {
    for (part, sentence) in [
        ("unet/config.json", "cannot be read"),
        ("scheduler/scheduler_config.json", "cannot be read"),
        ("tokenizer/merges.txt", "neither tokenizer.json nor vocab.json"),
        ("vae/diffusion_pytorch_model.safetensors", "the vae has no diffusion_pytorch_model.safetensors"),
    ] {
        let folder = small_folder();
        fs::remove_file(folder.path().join(part)).unwrap();
        let error = refusal(folder.path());
        assert!(error.contains(sentence), "{part}: {error}");
    }
    let folder = small_folder();
    fs::remove_dir_all(folder.path().join("text_encoder")).unwrap();
    assert!(refusal(folder.path()).contains("text_encoder"));
    let index = fs::read_to_string(folder.path().join("model_index.json"))
        .unwrap()
        .replace(r#""text_encoder":["transformers","CLIPTextModel"]"#, r#""text_encoder":[null,null]"#);
    fs::write(folder.path().join("model_index.json"), index).unwrap();
    assert!(refusal(folder.path()).contains("has no text_encoder"));
}

#[test]
fn licences_and_broken_weights_are_reported() {
    let folder = small_folder();
    fs::write(folder.path().join("LICENSE.md"), "\n# CreativeML Open RAIL-M\ntext").unwrap();
    assert_eq!(inspect(folder.path()).unwrap().licence.as_deref(), Some("CreativeML Open RAIL-M"));
    fs::write(folder.path().join("README.md"), "---\nlicense: openrail++\n---\n").unwrap();
    assert_eq!(inspect(folder.path()).unwrap().licence.as_deref(), Some("openrail++"));
    let vae = folder.path().join("vae/diffusion_pytorch_model.safetensors");
    let mut bytes = fs::read(&vae).unwrap();
    let last = bytes.len() - 2;
    bytes[last..].copy_from_slice(&half::f16::NAN.to_le_bytes());
    fs::write(&vae, bytes).unwrap();
    let inspection = inspect(folder.path()).unwrap();
    assert!(
        inspection.problems.iter().any(|problem| problem.starts_with("1 weights in 1 tensors are not finite")),
        "{:?}",
        inspection.problems
    );
}

#[test]
fn fields_of_a_scheduler_that_nobody_reads_are_told_by_the_inspection() {
    let folder = small_folder();
    assert!(inspect(folder.path()).unwrap().problems.is_empty());
    let text = r#"{"_class_name": "DDIMScheduler", "tensor_format": "pt"}"#;
    fs::write(folder.path().join("scheduler/scheduler_config.json"), text).unwrap();
    let problems = inspect(folder.path()).unwrap().problems;
    assert!(matches!(&problems[..], [problem] if problem.contains("tensor_format")), "{problems:?}");
}
