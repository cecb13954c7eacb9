//! `kento models`, `kento devices`, `kento bench`, help and version.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
#[cfg(target_os = "linux")]
use std::time::Instant;

use crate::support::{folder, json, kento, sentence, tiny_model};

#[test]
fn models_are_described_for_people_and_for_scripts() {
    let folder = folder();
    let output = kento(folder.path()).arg("models").arg(tiny_model()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in
        ["family", "Stable Diffusion 1.x", "text_encoder", "unet", "vae", "sha256", "AutoV2", "licence", "problem"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let line = &json(&kento(folder.path()).args(["models", "--json"]).arg(tiny_model()).output().unwrap())[0];
    assert_eq!(line["components"].as_array().map(Vec::len), Some(3));
    let file = &line["files"][0];
    assert_eq!(file["sha256"].as_str().unwrap()[..10], *file["auto_v2"].as_str().unwrap());
}

#[test]
fn a_folder_of_models_is_listed_and_a_broken_one_named() {
    let folder = folder();
    let parent = tiny_model().parent().unwrap().to_owned();
    let lines = json(&kento(folder.path()).args(["models", "--json"]).arg(&parent).output().unwrap());
    assert_eq!(lines.len(), fs::read_dir(&parent).unwrap().count());
    fs::write(folder.path().join("broken.safetensors"), "x").unwrap();
    let output = kento(folder.path()).arg("models").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("1 of 1 models cannot be used"));
    let output = kento(folder.path()).arg("models").arg(folder.path().join("nowhere")).output().unwrap();
    assert!(sentence(&output, 1).contains("nowhere"));
}

#[test]
fn devices_are_listed_with_the_choice_and_its_reason() {
    let folder = folder();
    let output = kento(folder.path()).arg("devices").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("chosen: ") && text.contains("because "), "{text}");
    let answer = &json(&kento(folder.path()).args(["devices", "--json"]).output().unwrap())[0];
    let devices = answer["devices"].as_array().unwrap();
    assert!(devices.iter().any(|device| device["class"] == "cpu"));
    // What a device compiles is kept in the cache folder and never where the command was called.
    let called_from = folder.path().join("here");
    std::fs::create_dir(&called_from).unwrap();
    assert!(kento(folder.path()).arg("devices").current_dir(&called_from).output().unwrap().status.success());
    assert_eq!(std::fs::read_dir(&called_from).unwrap().count(), 0);
    // A rasteriser on the CPU is never chosen by itself.
    let chosen = devices.iter().find(|device| device["name"] == answer["chosen"]).unwrap();
    assert_ne!(chosen["class"], "software-gpu");
}

#[test]
fn the_bench_measures_every_part() {
    let folder = folder();
    let mut command = kento(folder.path());
    command.args([
        "bench", "--steps", "3", "--runs", "2", "--width", "64", "--height", "64", "--device", "cpu", "--json",
        "--model",
    ]);
    let report = &json(&command.arg(tiny_model()).output().unwrap())[0];
    for part in [
        "start_secs",
        "open_secs",
        "first_step_secs",
        "load_secs",
        "encode_secs",
        "step_secs",
        "decode_secs",
        "total_secs",
        "gflop_per_sec",
    ] {
        assert!(report[part].as_f64().unwrap() > 0.0, "{part}: {report}");
    }
    #[cfg(target_os = "linux")]
    assert!(report["peak_memory_bytes"].as_u64().unwrap() > 1_000_000);
    assert!(report["many_images"].is_null(), "nobody asked for it");
}

/// `kento bench` with the tiny model, one step of one run of 64x64.
fn short_bench(cache: &Path, program: &mut Command, more: &[&str]) -> Output {
    program.env("KENTO_CACHE", cache);
    program
        .args(["bench", "--steps", "1", "--runs", "1", "--width", "64", "--height", "64", "--device", "cpu", "--json"]);
    program.args(more).arg("--model").arg(tiny_model()).output().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn the_first_step_is_counted_from_the_start_of_the_process() {
    const WAITED: f64 = 2.0;
    let folder = folder();
    // The shell becomes kento: one process, which was started two seconds before kento's first line.
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("sleep {WAITED}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_kento")]);
    let began = Instant::now();
    let report = &json(&short_bench(folder.path(), &mut shell, &[]))[0];
    let whole = began.elapsed().as_secs_f64();
    let secs = |part: &str| report[part].as_f64().unwrap();
    assert!(secs("launch_secs") >= WAITED - 0.02, "{report}");
    // Opening the device and hashing the model come before it, side by side; nothing comes before the start of the process.
    let least = secs("launch_secs") + secs("start_secs").max(secs("open_secs")) + secs("load_secs");
    assert!(secs("first_step_secs") >= least && secs("first_step_secs") <= whole + 0.02, "{report}");
}

#[test]
fn the_bench_tells_the_memory_after_many_images() {
    let folder = folder();
    let report = &json(&short_bench(folder.path(), &mut kento(folder.path()), &["--images", "22"]))[0];
    let many = &report["many_images"];
    assert_eq!(many["images"], 22);
    #[cfg(target_os = "linux")]
    {
        let bytes = |name: &str| many[name].as_i64().unwrap();
        assert!(bytes("after_20_bytes") > 1_000_000, "{many}");
        assert_eq!(bytes("after_last_bytes") - bytes("after_20_bytes"), bytes("growth_bytes"));
    }
    let output = kento(folder.path()).args(["bench", "--images", "20"]).output().unwrap();
    assert_eq!(
        sentence(&output, 2),
        "--images must be at least 21, because memory is compared with that after 20, and is 20"
    );
}

#[test]
fn help_and_version_are_no_errors() {
    let folder = folder();
    let output = kento(folder.path()).args(["generate", "--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    let contract = "--prompt --negative --model --vae --seed --noise --scheduler --sigmas --steps --guidance --clip-skip --width \
                    --height --count --init-image --strength --mask --device --dtype --json --out";
    for option in contract.split_whitespace() {
        assert!(text.contains(option), "{option}");
    }
    let output = kento(folder.path()).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with(concat!("kento ", env!("CARGO_PKG_VERSION"), " (")), "{text}");
}
