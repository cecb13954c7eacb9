//! Every wrong input gives one sentence and leaves no file: section 8 of the issue, one test for each line of it.

use std::fs;
use std::path::Path;

use image::{GrayImage, RgbImage};

use crate::support::{folder, generate, json, kento, names, sentence, tiny_model};

/// Runs with these arguments and `--out out.png`, and gives the sentence. No file may be left.
#[track_caller]
fn refused(folder: &Path, args: &[&str], code: i32) -> String {
    let before = names(folder);
    let output = generate(folder, &[args, &["--out", "out.png"]].concat());
    let sentence = sentence(&output, code);
    assert_eq!(names(folder), before, "files were left behind");
    sentence
}

#[track_caller]
fn assert_mentions(sentence: &str, parts: &[&str]) {
    for part in parts {
        assert!(sentence.contains(part), "{part} is not mentioned: {sentence}");
    }
}

/// A file in the form of safetensors: length, header, data.
fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

#[test]
fn a_missing_model_and_a_folder_that_is_none() {
    let folder = folder();
    assert_mentions(&refused(folder.path(), &["--model", "nowhere.safetensors"], 1), &["nowhere.safetensors"]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    assert_mentions(&refused(folder.path(), &["--model", "empty"], 1), &["model_index.json", "empty"]);
    assert_mentions(&refused(folder.path(), &["--vae", "nowhere.safetensors"], 1), &["nowhere.safetensors"]);
}

#[test]
fn a_missing_starter_model_names_the_places_that_were_searched() {
    let folder = folder();
    let mut command = kento(folder.path());
    command.env("KENTO_ASSETS", folder.path().join("assets")).args(["generate", "--prompt", "x", "--out"]);
    let output = command.arg(folder.path().join("out.png")).output().unwrap();
    // The source tree of the tests may hold a starter model; then it is found there.
    if output.status.code() == Some(1) {
        assert_mentions(&sentence(&output, 1), &["starter model", "KENTO_ASSETS", "--model PATH"]);
    }
}

#[test]
fn truncated_weights() {
    let folder = folder();
    copy(&tiny_model(), &folder.path().join("model"));
    let unet = folder.path().join("model/unet/diffusion_pytorch_model.safetensors");
    let bytes = fs::read(&unet).unwrap();
    for len in [0, 4, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&unet, &bytes[..len]).unwrap();
        assert_mentions(&refused(folder.path(), &["--model", "model"], 1), &["diffusion_pytorch_model.safetensors"]);
    }
}

#[test]
fn every_malformed_header() {
    let tensor = |name: &str, dtype: &str, shape: &str, offsets: &str| {
        format!("\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}}}")
    };
    let whole = |tensors: &[String]| format!("{{{}}}", tensors.join(","));
    let f32x2 = |name: &str, offsets: &str| tensor(name, "F32", "[2]", offsets);
    let nested = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("overlapping ranges", safetensors(&whole(&[f32x2("a", "[0,8]"), f32x2("b", "[4,12]")]), &[0; 12])),
        ("a hole", safetensors(&whole(&[f32x2("a", "[0,8]"), f32x2("b", "[12,20]")]), &[0; 20])),
        ("trailing bytes", safetensors(&whole(&[f32x2("a", "[0,8]")]), &[0; 20])),
        ("short body", safetensors(&whole(&[f32x2("a", "[0,8]")]), &[0; 4])),
        ("header beyond the file", [1_000_u64.to_le_bytes().to_vec(), b"{}".to_vec()].concat()),
        ("header above 100 MB", [200_000_000_u64.to_le_bytes().to_vec(), b"{}".to_vec()].concat()),
        ("absurd header length", [u64::MAX.to_le_bytes().to_vec(), b"{}".to_vec()].concat()),
        ("fewer than 8 bytes", b"abc".to_vec()),
        ("empty", Vec::new()),
        ("no UTF-8", [2_u64.to_le_bytes().to_vec(), vec![0xff, 0xfe]].concat()),
        ("no JSON", safetensors("{not json}", &[])),
        ("an array", safetensors("[]", &[])),
        ("no tensors", safetensors("{}", &[])),
        ("negative offset", safetensors(&whole(&[f32x2("a", "[-8,0]")]), &[0; 8])),
        ("fractional offset", safetensors(&whole(&[f32x2("a", "[0.5,8]")]), &[0; 8])),
        ("end before start", safetensors(&whole(&[f32x2("a", "[8,0]")]), &[0; 8])),
        (
            "overflowing shape",
            safetensors(&whole(&[tensor("a", "F32", "[4294967296,4294967296,4]", "[0,8]")]), &[0; 8]),
        ),
        ("absurd empty shape", safetensors(&whole(&[tensor("a", "F32", "[18446744073709551615,0]", "[0,0]")]), &[])),
        ("unknown dtype", safetensors(&whole(&[tensor("a", "F7", "[2]", "[0,8]")]), &[0; 8])),
        ("shape and range differ", safetensors(&whole(&[tensor("a", "F32", "[3]", "[0,8]")]), &[0; 8])),
        ("a name twice", safetensors(&whole(&[f32x2("a", "[0,8]"), tensor("a", "I32", "[2]", "[0,8]")]), &[0; 8])),
        ("a name with path parts", safetensors(&whole(&[f32x2("../../x", "[0,8]")]), &[0; 8])),
        ("a name with NUL", safetensors(&whole(&[f32x2("x\\u0000", "[0,8]")]), &[0; 8])),
        ("metadata twice", safetensors("{\"__metadata__\":{},\"__metadata__\":{}}", &[])),
        ("metadata key twice", safetensors("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", &[])),
        ("metadata that is no text", safetensors("{\"__metadata__\":{\"a\":1}}", &[])),
        ("deep nesting", safetensors(&nested, &[])),
    ];
    let folder = folder();
    for (name, bytes) in cases {
        fs::write(folder.path().join("bad.safetensors"), bytes).unwrap();
        let output = generate(folder.path(), &["--model", "bad.safetensors", "--out", "out.png"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_mentions(&sentence(&output, 1), &["bad.safetensors"]);
        assert_eq!(names(folder.path()), ["bad.safetensors"], "{name}");
    }
}

#[test]
fn a_pickle_under_another_name() {
    let folder = folder();
    // The start of a file that torch.save writes: a zip archive; and of its older form: a bare pickle.
    for bytes in
        [b"PK\x03\x04\0\0\0\0\0\0archive/data.pkl\x80\x02}q\0.".as_slice(), b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."]
    {
        fs::write(folder.path().join("model.safetensors"), bytes).unwrap();
        assert_mentions(
            &refused(folder.path(), &["--model", "model.safetensors"], 1),
            &["pickle", "model.safetensors"],
        );
    }
}

#[test]
fn a_lora_given_as_a_model() {
    let folder = folder();
    let header = "{\"lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight\":{\"dtype\":\"F16\",\"shape\":[4,2],\"data_offsets\":[0,16]},\
                  \"lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight\":{\"dtype\":\"F16\",\"shape\":[2,4],\"data_offsets\":[16,32]},\
                  \"lora_unet_down_blocks_0_attentions_0_proj_in.alpha\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[32,34]}}";
    fs::write(folder.path().join("style.safetensors"), safetensors(header, &[0; 34])).unwrap();
    assert_mentions(&refused(folder.path(), &["--model", "style.safetensors"], 1), &["LoRA", "style.safetensors"]);
}

#[test]
fn sizes_are_refused_with_the_nearest_valid_ones() {
    let folder = folder();
    assert_eq!(
        refused(folder.path(), &["--width", "100"], 2),
        "width must be a multiple of 8 and is 100: use 96 or 104"
    );
    assert_eq!(
        refused(folder.path(), &["--height", "515"], 2),
        "height must be a multiple of 8 and is 515: use 512 or 520"
    );
    assert_mentions(&refused(folder.path(), &["--width", "0"], 2), &["between 8 and 8192"]);
    assert_mentions(&refused(folder.path(), &["--width", "100000"], 2), &["between 8 and 8192"]);
    assert_mentions(&refused(folder.path(), &["--width", "99999999999"], 2), &["--width"]);
}

#[test]
fn numbers_that_make_no_sense() {
    let folder = folder();
    let cases: &[(&[&str], &str)] = &[
        (&["--steps", "0"], "steps must be between 1 and 1000 and is 0"),
        (&["--steps", "1001"], "steps must be between 1 and 1000 and is 1001"),
        (&["--guidance", "NaN"], "guidance must be a number from 0 to 100 and is NaN"),
        (&["--guidance", "-1"], "guidance must be a number from 0 to 100 and is -1"),
        (&["--guidance", "inf"], "guidance must be a number from 0 to 100 and is inf"),
        (&["--guidance-rescale", "2"], "guidance rescale must be a number from 0 to 1 and is 2"),
        (&["--clip-skip", "0"], "clip skip must be between 1 (the last layer) and 12 and is 0"),
        (&["--count", "0"], "count must be between 1 and 10000 and is 0"),
        (&["--seed", "18446744073709551615", "--count", "2"], "seed 18446744073709551615 leaves no room"),
        (&["--init-image", "i.png", "--strength", "1.5"], "strength must be a number above 0 and at most 1 and is 1.5"),
        (&["--init-image", "i.png", "--strength", "0"], "strength must be a number above 0 and at most 1 and is 0"),
    ];
    for (args, expected) in cases {
        assert_mentions(&refused(folder.path(), args, 2), &[expected]);
    }
}

#[test]
fn wrong_usage_is_told_in_one_sentence() {
    let folder = folder();
    assert_mentions(&refused(folder.path(), &["--scheduler", "Magic"], 2), &["Magic", "euler"]);
    assert_mentions(&refused(folder.path(), &["--sigmas", "magic"], 2), &["magic", "karras"]);
    assert_mentions(&refused(folder.path(), &["--frobnicate"], 2), &["--frobnicate"]);
    assert_mentions(&refused(folder.path(), &["--steps", "many"], 2), &["--steps", "many"]);
    assert_mentions(&refused(folder.path(), &["--seed", "-1"], 2), &["-1"]);
    assert_mentions(&refused(folder.path(), &["--mask", "m.png"], 2), &["--init-image"]);
    assert_mentions(&refused(folder.path(), &["--init-image", "i.png"], 2), &["--strength"]);
    assert_mentions(&refused(folder.path(), &["--dtype", "f64"], 2), &["f64", "f32"]);
    let output = kento(folder.path()).args(["generate", "--out", "a.png"]).output().unwrap();
    assert_mentions(&sentence(&output, 2), &["--prompt"]);
    let output = kento(folder.path()).arg("paint").output().unwrap();
    assert_mentions(&sentence(&output, 2), &["paint"]);
}

#[test]
fn ten_thousand_words_are_refused_with_the_limit_and_two_thousand_are_read() {
    let folder = folder();
    let sentence = refused(folder.path(), &["--prompt", &"sun ".repeat(10_000)], 1);
    assert_mentions(&sentence, &["the prompt has 10000 tokens", "at most 2400", "shorten it"]);
    // One word without end.
    assert_mentions(&refused(folder.path(), &["--prompt", &"x".repeat(100_000)], 1), &["tokens", "shorten it"]);
    let output = generate(folder.path(), &["--prompt", &"sun ".repeat(2_000), "--steps", "1", "--out", "a.png"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(folder.path()), ["a.png"]);
}

#[test]
fn images_of_another_size_and_files_that_are_no_images() {
    let folder = folder();
    RgbImage::new(64, 64).save(folder.path().join("init.png")).unwrap();
    RgbImage::new(100, 64).save(folder.path().join("odd.png")).unwrap();
    GrayImage::new(64, 72).save(folder.path().join("mask.png")).unwrap();
    fs::write(folder.path().join("text.png"), "no image").unwrap();
    let init = ["--init-image", "init.png", "--strength", "0.5"];
    assert_eq!(
        refused(folder.path(), &[&init[..], &["--mask", "mask.png"]].concat(), 1),
        "the mask is 64x72 and the init image 64x64: make them the same size"
    );
    assert_eq!(
        refused(folder.path(), &[&init[..], &["--width", "128"]].concat(), 1),
        "the init image is 64x64 and the request 128x64: make them the same size"
    );
    assert_mentions(
        &refused(folder.path(), &["--init-image", "odd.png", "--strength", "1"], 1),
        &["width", "100", "96 or 104"],
    );
    assert_mentions(
        &refused(folder.path(), &["--init-image", "text.png", "--strength", "1"], 1),
        &["cannot be decoded", "text.png"],
    );
    assert_mentions(
        &refused(folder.path(), &["--init-image", "nowhere.png", "--strength", "1"], 1),
        &["cannot be read", "nowhere.png"],
    );
    assert_mentions(
        &refused(folder.path(), &[&init[..], &["--mask", "text.png"]].concat(), 1),
        &["cannot be decoded", "text.png"],
    );
}

#[test]
fn an_output_that_cannot_be_written_is_found_before_anything_is_generated() {
    let folder = folder();
    fs::write(folder.path().join("file"), "x").unwrap();
    let unwritable = if cfg!(target_os = "linux") { "/proc/out.png" } else { "file/deep/out.png" };
    for out in ["nowhere/out.png", "file/out.png", "file/out", unwritable] {
        // The model does not exist either: the output is what is complained about, so it was looked at first.
        let output = generate(folder.path(), &["--model", "nowhere", "--out", out]);
        assert_mentions(&sentence(&output, 1), &["cannot be written", "--out"]);
    }
    // A folder that can be written is not left empty where nothing comes of it.
    let output = generate(folder.path(), &["--model", "nowhere", "--out", "new/dir"]);
    assert_mentions(&sentence(&output, 1), &["nowhere"]);
    assert_eq!(names(folder.path()), ["file"]);
    let output = generate(folder.path(), &["--out", "a.jpg"]);
    assert_mentions(&sentence(&output, 2), &[".jpg", ".png"]);
    let output = generate(folder.path(), &["--count", "2", "--out", "a.png"]);
    assert_mentions(&sentence(&output, 2), &["--count 2", "folder"]);
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_gpu_that_is_not_there() {
    let folder = folder();
    let mut command = kento(folder.path());
    // Whatever this machine has, the loader finds no driver.
    command.env("VK_DRIVER_FILES", "/nowhere.json").env("VK_ICD_FILENAMES", "/nowhere.json");
    command.args(["generate", "--prompt", "x", "--device", "gpu", "--model"]).arg(tiny_model());
    let output = command.arg("--out").arg(folder.path().join("out.png")).output().unwrap();
    if cfg!(target_os = "linux") {
        assert_mentions(&sentence(&output, 1), &["GPU"]);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
    assert_mentions(&refused(folder.path(), &["--device", "Imaginary 9000"], 1), &["Imaginary 9000"]);
}

#[test]
fn weights_that_do_not_belong_together() {
    let folder = folder();
    copy(&tiny_model(), &folder.path().join("model"));
    let config = folder.path().join("model/unet/config.json");
    let text = fs::read_to_string(&config).unwrap();
    let changed = text.replacen("\"cross_attention_dim\": 24", "\"cross_attention_dim\": 32", 1);
    assert_ne!(text, changed);
    fs::write(&config, changed).unwrap();
    assert_mentions(&refused(folder.path(), &["--model", "model"], 1), &["width 32", "make 24", "text encoders"]);
    fs::write(&config, "{").unwrap();
    assert_mentions(&refused(folder.path(), &["--model", "model"], 1), &["config.json"]);
}

#[test]
fn a_model_whose_scheduler_is_unknown_is_used_with_one_that_is_named() {
    let folder = folder();
    copy(&tiny_model(), &folder.path().join("model"));
    let config = folder.path().join("model/scheduler/scheduler_config.json");
    let text = fs::read_to_string(&config).unwrap();
    let changed = text.replacen("PNDMScheduler", "LotusScheduler", 1).replacen('{', "{\n  \"petals\": 9,", 1);
    assert_ne!(text, changed);
    fs::write(&config, changed).unwrap();
    assert_mentions(&refused(folder.path(), &["--model", "model"], 1), &["name one with --scheduler"]);
    let made = |args: &[&str]| {
        let output = generate(
            folder.path(),
            &[args, &["--seed", "3", "--scheduler", "Euler", "--json", "--out", "a.png"]].concat(),
        );
        json(&output)[0]["pixels_sha256"].clone()
    };
    assert_eq!(made(&["--model", "model"]), made(&[]), "the rest of its configuration is as it was");
    // A solver that diffusers has and Kento has not, with the settings that only it reads.
    let deis = text.replacen("PNDMScheduler", "DEISMultistepScheduler", 1).replacen(
        '{',
        "{\n  \"algorithm_type\": \"deis\", \"solver_order\": 2, \"solver_type\": \"logrho\", \"thresholding\": true,",
        1,
    );
    fs::write(&config, deis).unwrap();
    assert_mentions(&refused(folder.path(), &["--model", "model"], 1), &["name one with --scheduler"]);
    assert_eq!(made(&["--model", "model"]), made(&[]), "Euler reads none of them");
}

#[test]
fn a_scheduler_that_cannot_is_told_before_anything_is_hashed() {
    let folder = folder();
    for (args, code, words) in [
        (&["--scheduler", "DDIM", "--sigmas", "karras"][..], 2, ["DDIM does not follow sigmas", "karras"]),
        (&["--scheduler", "LCM Karras"], 2, ["LCM does not follow sigmas", "karras"]),
        (&["--scheduler", "LCM", "--steps", "51"], 1, ["LCM takes 1 to 50 steps", "not 51"]),
        (&["--scheduler", "TCD", "--steps", "51"], 1, ["TCD takes 1 to 50 steps", "not 51"]),
        // The model's own is PLMS.
        (&["--sigmas", "karras"], 1, ["PLMS does not follow sigmas", "karras"]),
    ] {
        assert_mentions(&refused(folder.path(), args, code), &words);
    }
    assert!(!folder.path().join("hashes.json").exists(), "the model was hashed");
    json(&generate(folder.path(), &["--scheduler", "DDIM", "--sigmas", "normal", "--json", "--out", "a.png"]));
    assert!(folder.path().join("hashes.json").exists());
}

/// A folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
