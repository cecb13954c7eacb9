//! What `kento generate` promises when all is well.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::{GrayImage, Luma, Rgb, RgbImage};
use kento::metadata::{self, Parameters};
use kento_studio::{NoiseSource, Task};

use crate::bad_input::copy;
use crate::support::{folder, generate, json, kento, names, tiny_model};

#[test]
fn an_image_says_how_it_was_made_and_the_same_request_makes_the_same_image() {
    let folder = folder();
    let args = [
        "--prompt",
        "ein Kürbis, (rot:1.2)",
        "--negative",
        "blurry, text",
        "--seed",
        "18446744073709551615",
        "--scheduler",
        "DPM++ 2M Karras",
        "--guidance",
        "6.5",
        "--clip-skip",
        "2",
        "--json",
        "--out",
        "a.png",
    ];
    let first = json(&generate(folder.path(), &args));
    let line = &first[0];
    assert_eq!((first.len(), line["seed"].as_u64(), line["path"].as_str()), (1, Some(u64::MAX), Some("a.png")));
    assert_eq!(
        (line["width"].as_u64(), line["height"].as_u64(), line["dtype"].as_str()),
        (Some(64), Some(64), Some("f32"))
    );
    assert_eq!(line["timings"]["steps_secs"].as_array().map(Vec::len), Some(2));
    let bytes = std::fs::read(folder.path().join("a.png")).unwrap();
    assert_eq!(line["sha256"].as_str().unwrap(), sha256(&bytes));

    let read = metadata::read(BufReader::new(File::open(folder.path().join("a.png")).unwrap())).unwrap();
    let record = read.record.unwrap();
    let recipe = &record.request.recipe;
    assert_eq!((recipe.prompt.as_str(), recipe.negative_prompt.as_str()), ("ein Kürbis, (rot:1.2)", "blurry, text"));
    assert_eq!((recipe.scheduler.name.as_str(), recipe.scheduler.sigmas.as_deref()), ("dpmpp-2m", Some("karras")));
    assert_eq!((record.request.seed, recipe.clip_skip, recipe.noise), (u64::MAX, 2, NoiseSource::TorchCpu));
    assert!(recipe.model.files.iter().any(|file| file.path == "unet/diffusion_pytorch_model.safetensors"));
    assert!(recipe.model.files.iter().any(|file| file.path == "scheduler/scheduler_config.json"));
    let parameters = Parameters::parse(&read.parameters.unwrap());
    assert_eq!(parameters.prompt, "ein Kürbis, (rot:1.2)");
    assert_eq!(parameters.negative_prompt, "blurry, text");
    for (key, value) in [("Steps", "2"), ("Sampler", "DPM++ 2M"), ("Schedule type", "Karras"), ("CFG scale", "6.5")] {
        assert_eq!(parameters.get(key), Some(value));
    }
    assert_eq!((parameters.get("Seed"), parameters.get("Size")), (Some("18446744073709551615"), Some("64x64")));
    let unet = std::fs::read(tiny_model().join("unet/diffusion_pytorch_model.safetensors")).unwrap();
    assert_eq!(parameters.get("Model hash"), Some(&sha256(&unet)[..10]));

    let second = json(&generate(folder.path(), &args));
    assert_eq!(second[0]["sha256"], line["sha256"]);
    assert_eq!(names(folder.path()), ["a.png"]);
}

#[test]
fn seeds_count_up_and_nothing_in_a_folder_is_replaced() {
    let folder = folder();
    let lines = json(&generate(folder.path(), &["--seed", "7", "--count", "3", "--json", "--out", "out"]));
    assert_eq!(lines.iter().map(|line| line["seed"].as_u64().unwrap()).collect::<Vec<_>>(), [7, 8, 9]);
    assert_eq!(names(&folder.path().join("out")), ["kento-7.png", "kento-8.png", "kento-9.png"]);
    let mut pixels: Vec<&str> = lines.iter().map(|line| line["pixels_sha256"].as_str().unwrap()).collect();
    // Only the first job loads the model.
    assert!(lines[0]["timings"]["load_secs"].as_f64().unwrap() > 0.0);
    assert_eq!(lines[1]["timings"]["load_secs"].as_f64(), Some(0.0));
    // The second of a run is the first of a run that begins with its seed.
    let alone = json(&generate(folder.path(), &["--seed", "8", "--json", "--out", "out"]));
    assert_eq!(alone[0]["pixels_sha256"], lines[1]["pixels_sha256"]);
    assert!(alone[0]["path"].as_str().unwrap().ends_with("kento-8-2.png"));
    pixels.sort_unstable();
    pixels.dedup();
    assert_eq!(pixels.len(), 3);
}

#[test]
fn every_setting_that_should_change_the_image_does() {
    let folder = folder();
    let hash = |args: &[&str]| {
        let mut all = vec!["--seed", "1", "--json", "--out", "a.png"];
        all.extend(args);
        json(&generate(folder.path(), &all))[0]["pixels_sha256"].as_str().unwrap().to_owned()
    };
    let mut hashes = vec![
        hash(&[]),
        hash(&["--noise", "philox"]),
        hash(&["--scheduler", "Euler a"]),
        hash(&["--scheduler", "Euler", "--sigmas", "karras"]),
        hash(&["--guidance", "1"]),
        hash(&["--steps", "3"]),
        hash(&["--prompt", "a blue moon"]),
        hash(&["--prompt", ""]),
        hash(&["--negative", "a blue moon"]),
        hash(&["--clip-skip", "2"]),
        hash(&["--guidance-rescale", "0.7"]),
        hash(&["--height", "72"]),
    ];
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

#[test]
fn images_are_made_from_images_and_only_where_the_mask_is_white() {
    let folder = folder();
    let init = RgbImage::from_fn(72, 64, |x, y| Rgb([x as u8 * 3, y as u8 * 3, 90]));
    init.save(folder.path().join("init.png")).unwrap();
    let mask = GrayImage::from_fn(72, 64, |x, _| Luma([if x < 24 { 255 } else { 0 }]));
    mask.save(folder.path().join("mask.png")).unwrap();
    let args = [
        "--seed",
        "3",
        "--init-image",
        "init.png",
        "--strength",
        "0.5",
        "--steps",
        "4",
        "--scheduler",
        "ddim",
        "--json",
        "--out",
    ];
    let line = &json(&generate(folder.path(), &[&args[..], &["i2i.png"]].concat()))[0];
    assert_eq!((line["width"].as_u64(), line["height"].as_u64()), (Some(72), Some(64)));
    assert_eq!(line["timings"]["steps_secs"].as_array().map(Vec::len), Some(2));
    let line = &json(&generate(folder.path(), &[&args[..], &["inpaint.png", "--mask", "mask.png"]].concat()))[0];
    let record = read_record(&folder.path().join("inpaint.png"));
    let Task::Inpaint { image, mask, strength, region: None } = record.request.task else { panic!("no inpainting") };
    assert_eq!((image.width, image.height, mask.width, mask.height, strength), (72, 64, 72, 64, 0.5));
    assert_eq!(image.sha256.to_string(), sha256(&std::fs::read(folder.path().join("init.png")).unwrap()));
    assert!(line["sha256"].is_string());
}

#[test]
fn what_is_converted_in_an_init_image_and_a_mask_is_told() {
    let folder = folder();
    let deep = image::ImageBuffer::from_fn(64, 64, |x, y| Rgb([(x * 900) as u16, (y * 900) as u16, 30_000]));
    deep.save(folder.path().join("init.png")).unwrap();
    let see_through = image::GrayAlphaImage::from_fn(64, 64, |x, _| image::LumaA([255, if x < 24 { 255 } else { 0 }]));
    see_through.save(folder.path().join("mask.png")).unwrap();
    let args = ["--init-image", "init.png", "--strength", "1", "--mask", "mask.png", "--json", "--out", "a.png"];
    let output = generate(folder.path(), &args);
    json(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("kento: note: the image has more than 8 bits a channel"), "{said}");
    assert!(said.contains("kento: note: the mask is transparent in places"), "{said}");
}

#[test]
fn without_json_the_path_and_the_seed_are_printed_and_stderr_stays_empty() {
    let folder = folder();
    let output = generate(folder.path(), &["--seed", "5", "--out", "a.png"]);
    assert_eq!(output.status.code(), Some(0));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("a.png (seed 5, ") && stdout.lines().count() == 1, "{stdout}");
    // No progress bar, because stderr is no terminal here.
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

fn read_record(path: &Path) -> metadata::ImageRecord {
    metadata::read(BufReader::new(File::open(path).unwrap())).unwrap().record.unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_unicode_are_names_like_others() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = folder();
    let odd = folder.path().join(OsStr::from_bytes(b"m\xffdels"));
    copy(&tiny_model(), &odd.join("model"));
    // The model's path is odd by the folder that it is run in, the image's by its own name.
    let output = kento(folder.path())
        .current_dir(&odd)
        .args([
            "generate",
            "--prompt",
            "a red sun",
            "--steps",
            "2",
            "--device",
            "cpu",
            "--width",
            "64",
            "--height",
            "64",
        ])
        .args(["--seed", "5", "--model", "model", "--vae", "model/vae", "--json", "--out"])
        .arg(OsStr::from_bytes(b"\xfe.png"))
        .output()
        .unwrap();
    let line = &json(&output)[0];
    assert_eq!(line["path"], "\u{fffd}.png");
    assert!(odd.join(OsStr::from_bytes(b"\xfe.png")).is_file());
    let usual = json(&generate(folder.path(), &["--seed", "5", "--json", "--out", "a.png"]));
    assert_eq!(line["pixels_sha256"], usual[0]["pixels_sha256"]);

    let output = kento(folder.path()).arg("models").arg(odd.join("model")).arg("--json").output().unwrap();
    let path = json(&output)[0]["path"].as_str().unwrap().to_owned();
    assert!(path.ends_with("m\u{fffd}dels/model"), "{path}");
}
