//! Single files against the diffusers folders of the same weights (`make.py`), and the key tables against the real
//! sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use kento_diffusion::checkpoint::{Checkpoint, CheckpointError, Component, Family, Layout, inspect};
use kento_diffusion::schedulers::{SchedulerConfig, build};
use kento_diffusion::weights::{DType, SafetensorsFile, StateDict, TensorSource};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/single_file").join(name)
}

fn open(name: &str) -> Checkpoint {
    Checkpoint::open(&fixture(name), None).unwrap()
}

/// Every tensor of one component, as f32 bits, with its shape.
fn values(dict: &StateDict) -> BTreeMap<String, (Vec<usize>, Vec<u32>)> {
    let read = |key: &str| {
        dict.read(key, DType::F32).unwrap().as_slice::<f32>().unwrap().iter().map(|v| v.to_bits()).collect()
    };
    dict.keys().map(|key| (key.to_owned(), (dict.shape(key).unwrap(), read(key)))).collect()
}

const MODELS: [(&str, Family, bool, &str); 5] = [
    ("sd1", Family::Sd1, false, "epsilon"),
    ("sd1-inpainting", Family::Sd1, true, "epsilon"),
    ("sd2", Family::Sd2, false, "v_prediction"),
    ("sdxl", Family::Sdxl, false, "epsilon"),
    ("sdxl-refiner", Family::SdxlRefiner, false, "epsilon"),
];

#[test]
fn every_tensor_of_a_single_file_equals_the_diffusers_folder() {
    for (name, family, inpainting, prediction) in MODELS {
        let (folder, file) = (open(name), open(&format!("{name}.safetensors")));
        for (checkpoint, layout) in [(&folder, Layout::DiffusersFolder), (&file, Layout::SingleFile)] {
            assert_eq!(
                (checkpoint.family(), checkpoint.layout(), checkpoint.is_inpainting()),
                (family, layout, inpainting),
                "{name}"
            );
            assert_eq!(checkpoint.prediction_type(), prediction, "{name}");
        }
        let mut compared = 0;
        for component in folder.components() {
            if name == "sd1-inpainting" && component == Component::Vae {
                assert!(!file.has(component) && file.problems().iter().any(|problem| problem.contains("no VAE")));
                continue;
            }
            let (want, have) =
                (values(folder.state_dict(component).unwrap()), values(file.state_dict(component).unwrap()));
            let keys = |map: &BTreeMap<String, _>| map.keys().cloned().collect::<BTreeSet<String>>();
            assert_eq!(keys(&want), keys(&have), "{name} {}", component.name());
            for (key, value) in &want {
                assert!(have[key] == *value, "{name} {} {key}", component.name());
            }
            compared += want.len();
        }
        assert!(compared > 200, "{name}: {compared}");
    }
}

/// Fields of an inferred config that say something about the tensors' meaning must be those of the config that made
/// them.
fn compare_configs(name: &str, component: Component, inferred: &Value, original: &Value) {
    for (field, value) in inferred.as_object().unwrap() {
        let no_weights = ["_class_name", "architectures", "model_type", "pad_token_id", "bos_token_id", "eos_token_id"]
            .contains(&field.as_str());
        let unused = field == "projection_dim" && component == Component::TextEncoder;
        if !no_weights && !unused {
            assert_eq!(Some(value), original.get(field), "{name} {} {field}", component.name());
        }
    }
}

#[test]
fn inferred_configs_equal_the_configs_that_made_the_weights() {
    for (name, ..) in MODELS {
        let (folder, file) = (open(name), open(&format!("{name}.safetensors")));
        for component in file.components() {
            compare_configs(name, component, file.config(component).unwrap(), folder.config(component).unwrap());
        }
        let scheduler = file.scheduler_config();
        for field in
            ["beta_start", "beta_end", "beta_schedule", "prediction_type", "steps_offset", "num_train_timesteps"]
        {
            assert_eq!(scheduler.get(field), folder.scheduler_config().get(field), "{name} {field}");
        }
        if file.has(Component::TextEncoder2) {
            assert_eq!(file.force_zeros_for_empty_prompt(), folder.force_zeros_for_empty_prompt(), "{name}");
        }
    }
}

#[test]
fn fp8_weights_are_dequantised_with_their_scales() {
    let checkpoint = open("sd1-fp8.safetensors");
    let unet = checkpoint.state_dict(Component::Unet).unwrap();
    let reference = SafetensorsFile::open(&fixture("sd1-fp8-values.safetensors")).map(std::sync::Arc::new).unwrap();
    let checkpoint = open("sd1.safetensors");
    let plain = checkpoint.state_dict(Component::Unet).unwrap();
    assert_eq!(unet.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>());
    let mut compared = 0;
    for key in unet.keys() {
        let stored = unet.source(key).unwrap().stored_name();
        let mut expected = StateDict::new();
        if let Some(source) = TensorSource::new(&reference, stored) {
            expected.insert(key.to_owned(), source).unwrap();
            compared += 1;
        } else {
            expected.insert(key.to_owned(), plain.source(key).unwrap().clone()).unwrap();
        }
        assert_eq!(
            unet.read(key, DType::F32).unwrap().as_slice::<f32>().unwrap(),
            expected.read(key, DType::F32).unwrap().as_slice::<f32>().unwrap(),
            "{key}"
        );
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn an_override_takes_the_place_of_the_vae() {
    let want = values(open("sd1").state_dict(Component::Vae).unwrap());
    let other = values(open("sd2").state_dict(Component::Vae).unwrap());
    assert_ne!(want, other);
    for vae in ["sd1/vae/diffusion_pytorch_model.safetensors", "sd1/vae", "sd1", "sd1.safetensors"] {
        for model in ["sd1-inpainting.safetensors", "sd2", "sd2.safetensors"] {
            let checkpoint = Checkpoint::open(&fixture(model), Some(&fixture(vae))).unwrap();
            assert!(values(checkpoint.state_dict(Component::Vae).unwrap()) == want, "{model} {vae}");
            assert!(!checkpoint.problems().iter().any(|problem| problem.contains("no VAE")));
            let scale = checkpoint.config(Component::Vae).unwrap().get("scaling_factor").and_then(Value::as_f64);
            assert_eq!(scale, Some(0.18215), "{model} {vae}");
            let vae_files =
                checkpoint.files().iter().filter(|file| file.components().contains(&Component::Vae)).count();
            assert_eq!(vae_files, 1, "{model} {vae}");
        }
    }
    let error = Checkpoint::open(&fixture("sd1"), Some(&fixture("sd1/unet/diffusion_pytorch_model.safetensors")))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("this is no VAE"), "{error}");
    assert!(matches!(
        open("sd1-inpainting.safetensors").state_dict(Component::Vae),
        Err(CheckpointError::MissingComponent { component: "vae", .. })
    ));
}

#[test]
fn tokenizers_belong_to_their_encoders() {
    assert_eq!(open("sd1").tokenizer(Component::TextEncoder).unwrap().vocab_size(), 765);
    // A single file is read with CLIP's vocabulary, for which these tiny encoders have no embeddings.
    let error = open("sdxl.safetensors").tokenizer(Component::TextEncoder2).unwrap_err().to_string();
    assert!(error.contains("embeddings for 765 tokens and its tokenizer has 49408"), "{error}");
    assert!(open("sd1").tokenizer(Component::Unet).is_err());
}

#[test]
fn every_pickle_is_refused_by_its_content() {
    let pickles: Vec<PathBuf> =
        std::fs::read_dir(fixture("pickles")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(
        pickles.len() >= 30 && pickles.iter().filter(|path| path.extension().unwrap() == "safetensors").count() >= 5
    );
    for path in pickles {
        let error = Checkpoint::open(&path, None).unwrap_err().to_string();
        assert!(
            error.starts_with("this is a PyTorch pickle") && error.contains("convert it to safetensors"),
            "{error}"
        );
        let error = Checkpoint::open(&fixture("sd1"), Some(&path)).unwrap_err().to_string();
        assert!(error.starts_with("this is a PyTorch pickle"), "as a VAE: {error}");
    }
}

#[test]
fn inspection_gives_hashes_dtypes_and_problems() {
    let path = fixture("sd2.safetensors");
    let inspection = inspect(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let hex = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let file = &inspection.files[0];
    assert_eq!((file.hashes.sha256.as_str(), file.bytes), (hex(&bytes).as_str(), bytes.len() as u64));
    assert_eq!(file.hashes.auto_v2, hex(&bytes)[..10]);
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    assert_eq!(file.hashes.auto_v3, hex(&bytes[8 + header..]));
    assert!(
        inspection.components.iter().all(|component| component.dtypes.keys().eq(["F16"])),
        "{:?}",
        inspection.components
    );
    assert!(
        inspection.problems.iter().any(|problem| problem.contains("v_prediction was assumed")),
        "{:?}",
        inspection.problems
    );
    let json = serde_json::to_value(&inspection).unwrap();
    assert_eq!(
        (json["family"].as_str(), json["layout"].as_str(), json["components"][0]["component"].as_str()),
        (Some("sd2"), Some("single-file"), Some("text_encoder"))
    );
    let folder = inspect(&fixture("sdxl")).unwrap();
    assert_eq!(folder.files.len(), 4);
    assert!(folder.components.iter().all(|component| component.dtypes.keys().eq(["BF16"])));
}

/// A sparse file with the names and shapes of a real checkpoint: gigabytes of zeros that take no room on the disk.
fn sparse(path: &Path, tensors: &[(&str, Vec<usize>)]) {
    let mut header = serde_json::Map::new();
    let mut end = 0;
    for (name, shape) in tensors {
        let start = end;
        end += 2 * shape.iter().product::<usize>();
        header.insert(
            (*name).to_owned(),
            serde_json::json!({ "dtype": "F16", "shape": shape, "data_offsets": [start, end] }),
        );
    }
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(&header).unwrap();
    file.set_len((8 + header.len() + end) as u64).unwrap();
}

#[test]
fn real_key_lists_become_diffusers_key_lists() {
    for (name, family) in
        [("sd15", Family::Sd1), ("sd21", Family::Sd2), ("sdxl", Family::Sdxl), ("sdxl-refiner", Family::SdxlRefiner)]
    {
        // 1. The list of the LDM file, the configs and the hash of the diffusers list, all from diffusers' real
        // classes.
        let text = std::fs::read_to_string(fixture(&format!("layouts/{name}.txt"))).unwrap();
        let mut notes = text.lines().filter_map(|line| line.strip_prefix("# "));
        let (hash, count) = notes.next().unwrap().split_once(' ').unwrap();
        let configs: BTreeMap<&str, Value> = notes
            .map(|line| line.split_once(' ').unwrap())
            .map(|(part, json)| (part, serde_json::from_str(json).unwrap()))
            .collect();
        let dims = |shape: &str| {
            shape.split(',').filter(|dim| !dim.is_empty()).map(|dim| dim.parse().unwrap()).collect::<Vec<usize>>()
        };
        let tensors: Vec<(&str, Vec<usize>)> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once(' ').unwrap())
            .map(|(name, shape)| (name, dims(shape)))
            .collect();

        // 2. Through our loader.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        sparse(&path, &tensors);
        let start = std::time::Instant::now();
        let checkpoint = Checkpoint::open(&path, None).unwrap();
        assert!(start.elapsed().as_secs_f64() < 2.0, "{name} took {:?}", start.elapsed());
        assert_eq!(checkpoint.family(), family);
        for component in checkpoint.components().filter(|component| component.name().starts_with("text_encoder")) {
            let first_of_its_kind = component == Component::TextEncoder && family != Family::Sd2;
            let pad = if first_of_its_kind { 49_407 } else { 0 };
            assert_eq!(checkpoint.tokenizer(component).unwrap().pad_id(), pad, "{name} {}", component.name());
        }

        // 3. Compared.
        let mut listing = Vec::new();
        for component in checkpoint.components() {
            let dict = checkpoint.state_dict(component).unwrap();
            let line = |key: &str| {
                let shape: Vec<String> = dict.shape(key).unwrap().iter().map(usize::to_string).collect();
                format!("{} {key} {}\n", component.name(), shape.join(","))
            };
            listing.extend(dict.keys().map(line));
            compare_configs(name, component, checkpoint.config(component).unwrap(), &configs[component.name()]);
        }
        listing.sort();
        assert_eq!(listing.len().to_string(), count, "{name}");
        let ours: String =
            Sha256::digest(listing.concat().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(ours, hash, "{name}");
    }
}

/// The tensors of a file as its header names them.
fn header_of(model: &str) -> BTreeMap<String, Value> {
    let bytes = std::fs::read(fixture(&format!("{model}.safetensors"))).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut header: BTreeMap<String, Value> = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    header.remove("__metadata__");
    header
}

/// A file with the tensors of `header`, and some as a single number: in place of what they are, or beside the others. Its data are
/// a hole in the file.
fn with_numbers(header: &BTreeMap<String, Value>, numbers: &[&str], path: &Path) {
    let mut header = header.clone();
    for name in numbers {
        header.insert((*name).to_owned(), serde_json::json!({ "dtype": "F32", "shape": [], "data_offsets": [0, 4] }));
    }
    let mut end = 0;
    for tensor in header.values_mut() {
        let (from, to): (u64, u64) = serde_json::from_value(tensor["data_offsets"].clone()).unwrap();
        tensor["data_offsets"] = serde_json::to_value((end, end + to - from)).unwrap();
        end += to - from;
    }
    let header = serde_json::to_vec(&header).unwrap();
    let mut file = File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(&header).unwrap();
    file.set_len(8 + header.len() as u64 + end).unwrap();
}

#[test]
fn no_tensor_that_is_a_single_number_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let mut opened = 0;
    for model in ["sd1", "sdxl"] {
        let header = header_of(model);
        for name in header.keys() {
            with_numbers(&header, &[name], &path);
            let outcome = std::panic::catch_unwind(|| Checkpoint::open(&path, None).map(drop));
            assert!(outcome.is_ok(), "{model}: {name}");
            opened += 1;
        }
    }
    assert!(opened > 500, "{opened}");
}

#[test]
fn a_file_trained_to_zero_terminal_snr_names_a_scheduler_that_can_start_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    for (model, marks, class) in [
        ("sd1", &[][..], "PNDMScheduler"),
        ("sd1", &["v_pred"], "PNDMScheduler"),
        ("sd1", &["v_pred", "ztsnr"], "DDIMScheduler"),
        ("sd1", &["ztsnr"], "EulerDiscreteScheduler"),
        ("sd2", &["v_pred", "ztsnr"], "DDIMScheduler"),
        ("sdxl", &["v_pred", "ztsnr"], "EulerDiscreteScheduler"),
    ] {
        with_numbers(&header_of(model), marks, &path);
        let config = Checkpoint::open(&path, None).unwrap().scheduler_config();
        assert_eq!(config["_class_name"], class, "{model} {marks:?}");
        assert_eq!(config["timestep_spacing"] == "trailing", marks.contains(&"ztsnr"), "{model} {marks:?}");
        let config = SchedulerConfig::from_value(config).unwrap();
        build(config.kind().unwrap(), None, &config, 10).unwrap();
    }
}
