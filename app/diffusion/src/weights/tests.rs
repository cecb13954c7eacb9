//! The malformed corpus, and reading through a [`StateDict`].

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::tensor::DType;

use super::*;

/// A safetensors file with this header text and this many zero bytes of data.
fn file(header: &str, data: usize) -> Vec<u8> {
    raw(header.len() as u64, header.as_bytes(), data)
}

fn raw(length: u64, header: &[u8], data: usize) -> Vec<u8> {
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.resize(bytes.len() + data, 0);
    bytes
}

fn tensor(name: &str, dtype: &str, shape: &str, start: u64, end: u64) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":[{shape}],"data_offsets":[{start},{end}]}}"#)
}

fn open(bytes: Vec<u8>) -> Result<SafetensorsFile, WeightsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, bytes).unwrap();
    SafetensorsFile::open(&path)
}

/// Every malformed file, and a part of the sentence that must name its fault.
fn corpus() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let a = tensor("a", "F32", "2", 0, 8);
    let many: Vec<String> = (0..20_001).map(|i| tensor(&format!("t{i}"), "F32", "0", 0, 0)).collect();
    let long_name = "n".repeat(513);
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let dims = format!("{{{}}}", tensor("a", "F32", "1,".repeat(1_000_000).trim_end_matches(','), 0, 4));
    let mut not_utf8 = file(&format!("{{{a}}}"), 8);
    not_utf8[10] = 0xFF;
    let mut pickle_body = file(&format!("{{{a}}}"), 8);
    pickle_body.extend(b"PK\x03\x04archive/data.pkl");
    vec![
        ("empty", vec![], "empty"),
        ("one byte", vec![7], "too short"),
        ("seven bytes", vec![0; 7], "too short"),
        ("header of 2^64-1", raw(u64::MAX, b"{}", 0), "more than the 16 MiB"),
        ("header of 100 MB", raw(100_000_000, b"{}", 0), "more than the 16 MiB"),
        ("header above the cap by one", raw(16 * 1024 * 1024 + 1, b"{}", 0), "more than the 16 MiB"),
        ("header longer than the file", raw(1_000, b"{}", 0), "ends 998 bytes before its header"),
        ("zero header", raw(0, b"", 16), "not the JSON"),
        ("no JSON", file("hello there", 8), "not the JSON"),
        ("not UTF-8", not_utf8, "not the JSON"),
        ("array", file("[1,2]", 0), "not the JSON"),
        ("string", file("\"a\"", 0), "not the JSON"),
        ("number", file("12", 0), "not the JSON"),
        ("two objects", file("{}{}", 0), "not the JSON"),
        ("unclosed", file(&format!("{{{a}"), 8), "not the JSON"),
        ("no tensors", file("{}", 0), "no tensors"),
        ("only metadata", file(r#"{"__metadata__":{"format":"pt"}}"#, 0), "no tensors"),
        ("metadata is a list", file(&format!(r#"{{"__metadata__":[],{a}}}"#), 8), "not the JSON"),
        ("metadata holds a number", file(&format!(r#"{{"__metadata__":{{"a":1}},{a}}}"#), 8), "not the JSON"),
        ("metadata twice", file(&format!(r#"{{"__metadata__":{{}},"__metadata__":{{}},{a}}}"#), 8), "twice"),
        ("metadata key twice", file(&format!(r#"{{"__metadata__":{{"k":"1","k":"2"}},{a}}}"#), 8), "twice"),
        ("same name and range, other dtype", file(&format!("{{{a},{}}}", tensor("a", "I32", "2", 0, 8)), 8), "twice"),
        ("same name by escape", file(&format!("{{{a},{}}}", tensor("\\u0061", "F32", "2", 8, 16)), 16), "twice"),
        ("dtype twice", file(r#"{"a":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}"#, 8), "twice"),
        ("shape twice", file(r#"{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#, 8), "twice"),
        (
            "offsets twice",
            file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}"#, 8),
            "twice",
        ),
        (
            "unknown field",
            file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"run":"rm"}}"#, 8),
            "unknown field",
        ),
        ("no dtype", file(r#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8), "missing field"),
        ("no shape", file(r#"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, 8), "missing field"),
        ("no offsets", file(r#"{"a":{"dtype":"F32","shape":[2]}}"#, 8), "missing field"),
        ("tensor is a string", file(r#"{"a":"F32"}"#, 0), "not the JSON"),
        ("tensor is null", file(r#"{"a":null}"#, 0), "not the JSON"),
        ("one offset", file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8), "not the JSON"),
        ("three offsets", file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, 8), "not the JSON"),
        ("negative offset", file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8), "not the JSON"),
        ("float offset", file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0.0,8.0]}}"#, 8), "not the JSON"),
        ("negative dimension", file(&format!("{{{}}}", tensor("a", "F32", "-2", 0, 8)), 8), "not the JSON"),
        (
            "dimension beyond 64 bits",
            file(&format!("{{{}}}", tensor("a", "F32", "18446744073709551616", 0, 8)), 8),
            "not the JSON",
        ),
        ("nested 10,000 deep", file(&deep, 0), "not the JSON"),
        ("unknown dtype", file(&format!("{{{}}}", tensor("a", "F7", "2", 0, 8)), 8), "data type"),
        ("complex dtype", file(&format!("{{{}}}", tensor("a", "C64", "1", 0, 8)), 8), "data type"),
        ("lower-case dtype", file(&format!("{{{}}}", tensor("a", "f32", "2", 0, 8)), 8), "data type"),
        ("rank 9", file(&format!("{{{}}}", tensor("a", "F32", "1,1,1,1,1,1,1,1,1", 0, 4)), 4), "dimensions"),
        ("rank 1,000,000", file(&dims, 4), "dimensions"),
        (
            "product overflow",
            file(&format!("{{{}}}", tensor("a", "F32", "4294967296,4294967296", 0, 8)), 8),
            "more elements",
        ),
        (
            "byte overflow",
            file(&format!("{{{}}}", tensor("a", "F64", "2305843009213693952", 0, 8)), 8),
            "more elements",
        ),
        (
            "overflow hidden by a zero",
            file(&format!("{{{},{a}}}", tensor("z", "F32", "18446744073709551615,18446744073709551615,0", 0, 0)), 8),
            "more elements",
        ),
        ("end before start", file(&format!("{{{}}}", tensor("a", "F32", "2", 8, 0)), 8), "before it starts"),
        ("shape too large", file(&format!("{{{}}}", tensor("a", "F32", "3", 0, 8)), 8), "12 bytes but a range of 8"),
        ("shape too small", file(&format!("{{{}}}", tensor("a", "F32", "1", 0, 8)), 8), "4 bytes but a range of 8"),
        (
            "scalar with two numbers",
            file(&format!("{{{}}}", tensor("a", "F32", "", 0, 8)), 8),
            "4 bytes but a range of 8",
        ),
        ("overlap", file(&format!("{{{a},{}}}", tensor("b", "F32", "2", 4, 12)), 12), "overlap"),
        ("same range", file(&format!("{{{a},{}}}", tensor("b", "F32", "2", 0, 8)), 8), "overlap"),
        (
            "one inside the other",
            file(&format!("{{{},{}}}", tensor("a", "F32", "4", 0, 16), tensor("b", "F32", "1", 4, 8)), 16),
            "overlap",
        ),
        ("hole", file(&format!("{{{a},{}}}", tensor("b", "F32", "2", 12, 20)), 20), "4 unused bytes"),
        ("hole at the start", file(&format!("{{{}}}", tensor("a", "F32", "2", 8, 16)), 16), "8 unused bytes"),
        (
            "range far beyond the file",
            file(&format!("{{{}}}", tensor("a", "U8", "9223372036854775807", 0, 9_223_372_036_854_775_807)), 8),
            "bytes too early",
        ),
        ("truncated body", file(&format!("{{{a}}}"), 5), "ends 3 bytes too early"),
        ("no body", file(&format!("{{{a}}}"), 0), "ends 8 bytes too early"),
        ("trailing bytes", file(&format!("{{{a}}}"), 9), "1 bytes follow"),
        ("a pickle behind the tensors", pickle_body, "bytes follow"),
        ("20,001 tensors", file(&format!("{{{}}}", many.join(",")), 0), "more than 20000"),
        ("long name", file(&format!("{{{}}}", tensor(&long_name, "F32", "2", 0, 8)), 8), "513 bytes long"),
        ("empty name", file(&format!("{{{}}}", tensor("", "F32", "2", 0, 8)), 8), "empty or holds"),
        ("NUL in a name", file(&format!("{{{}}}", tensor("a\\u0000b", "F32", "2", 0, 8)), 8), "empty or holds"),
        ("newline in a name", file(&format!("{{{}}}", tensor("a\\nb", "F32", "2", 0, 8)), 8), "empty or holds"),
        ("path in a name", file(&format!("{{{}}}", tensor("../../x", "F32", "2", 0, 8)), 8), "empty or holds"),
        ("drive in a name", file(&format!("{{{}}}", tensor("C:\\\\x", "F32", "2", 0, 8)), 8), "empty or holds"),
        ("pickle protocol 2", b"\x80\x02}q\x00X\x05\x00\x00\x00stateq\x01.".to_vec(), "pickle"),
        ("pickle protocol 4", b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00}\x94.".to_vec(), "pickle"),
        ("pickle protocol 0", b"cposix\nsystem\np0\n(Vid\np1\ntp2\nRp3\n.".to_vec(), "pickle"),
        ("pickle in a ZIP", b"PK\x03\x04\x00\x00\x08\x08archive/data.pklFB".to_vec(), "pickle"),
        (
            "pickle in a tar",
            {
                let mut tar = vec![0; 1024];
                tar[..6].copy_from_slice(b"pickle");
                tar
            },
            "pickle",
        ),
        ("GGUF", b"GGUF\x03\x00\x00\x00\x00\x00\x00\x00".to_vec(), "GGUF"),
        ("LFS pointer", b"version https://git-lfs.github.com/spec/v1\n".to_vec(), "Git LFS"),
        ("web page", b"<!DOCTYPE html><html></html>".to_vec(), "web page"),
    ]
}

#[test]
fn every_malformed_file_is_refused_quickly_with_its_own_sentence() {
    let corpus = corpus();
    assert!(corpus.len() >= 64, "{} files", corpus.len());
    for (name, bytes, sentence) in corpus {
        let start = Instant::now();
        let error = open(bytes).expect_err(name).to_string();
        assert!(start.elapsed() < Duration::from_millis(250), "{name} took {:?}", start.elapsed());
        assert!(error.contains(sentence), "{name}: {error}");
        assert!(error.contains("model.safetensors") && !error.contains('\n'), "{name}: {error}");
    }
}

#[test]
fn odd_but_valid_files_are_accepted() {
    let a = tensor("a", "F32", "2", 0, 8);
    for (name, bytes) in [
        ("plain", file(&format!("{{{a}}}"), 8)),
        ("padding behind the header", file(&format!("{{{a}}}   \n"), 8)),
        ("white space before the header", file(&format!("  {{{a}}}"), 8)),
        ("an empty tensor that shares an offset", file(&format!("{{{a},{}}}", tensor("z", "F32", "0,4", 8, 8)), 8)),
        ("a scalar", file(&format!("{{{}}}", tensor("s", "F64", "", 0, 8)), 8)),
        ("unsorted", file(&format!("{{{},{a}}}", tensor("b", "F16", "2", 8, 12)), 12)),
        ("metadata", file(&format!(r#"{{"__metadata__":{{"format":"pt"}},{a}}}"#), 8)),
    ] {
        let file = open(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!file.tensors().is_empty(), "{name}");
    }
}

#[test]
fn single_bit_flips_of_a_header_never_panic() {
    let good = file(&format!("{{{},{}}}", tensor("a", "F32", "2", 0, 8), tensor("b", "F16", "2,2", 8, 16)), 16);
    for bit in 0..(good.len() - 16) * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let parsed = header::length(&bad, bad.len() as u64).and_then(|length| {
            let (json, data) = bad[8..].split_at(length as usize);
            header::parse(json, data.len() as u64)
        });
        match parsed {
            Ok(header) => assert!(header.tensors.values().all(|info| info.range.end <= 16)),
            Err(fault) => assert!(!fault.to_string().is_empty()),
        }
    }
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let missing = SafetensorsFile::open(Path::new("/nowhere/model.safetensors")).unwrap_err().to_string();
    assert!(missing.contains("cannot be read") && missing.ends_with("/nowhere/model.safetensors"), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    assert!(SafetensorsFile::open(folder.path()).unwrap_err().to_string().contains("not a file"));
}

/// A file with a 6x2 fused projection 0..12, a half, an fp8 pair with one scale each and per row, and positions.
fn sample() -> Arc<SafetensorsFile> {
    let header = [
        tensor("in_proj_weight", "F32", "6,2", 0, 48),
        tensor("half", "F16", "2", 48, 52),
        tensor("one.weight", "F8_E4M3", "2,2", 52, 56),
        tensor("one.scale_weight", "F32", "", 56, 60),
        tensor("rows.weight", "F8_E5M2", "2,2", 60, 64),
        tensor("rows.weight_scale", "F32", "2,1", 64, 72),
        tensor("position_ids", "I64", "1,2", 72, 88),
    ];
    let mut bytes = file(&format!("{{{}}}", header.join(",")), 0);
    bytes.extend((0..12).flat_map(|i| (i as f32).to_le_bytes()));
    bytes.extend([0x00, 0x3C, 0x00, 0xC0]);
    bytes.extend([0x38, 0x40, 0xB8, 0x00]);
    bytes.extend(0.5_f32.to_le_bytes());
    bytes.extend([0x3C, 0x40, 0x3C, 0xBC]);
    bytes.extend([2.0_f32, 4.0].into_iter().flat_map(f32::to_le_bytes));
    bytes.extend([0_i64, 1].into_iter().flat_map(i64::to_le_bytes));
    Arc::new(open(bytes).unwrap())
}

#[test]
fn slices_transposes_scales_and_conversions_are_applied_on_reading() {
    let file = sample();
    let source = |name: &str| TensorSource::new(&file, name).unwrap();
    let mut dict = StateDict::new();
    dict.insert("k".into(), source("in_proj_weight").rows(2..4)).unwrap();
    dict.insert("turned".into(), source("in_proj_weight").transposed()).unwrap();
    dict.insert("conv".into(), source("in_proj_weight").reshaped(vec![6, 2, 1, 1])).unwrap();
    dict.insert("half".into(), source("half")).unwrap();
    dict.insert("one".into(), source("one.weight")).unwrap();
    dict.insert("rows".into(), source("rows.weight")).unwrap();
    dict.insert("second_row".into(), source("rows.weight").rows(1..2)).unwrap();
    dict.insert("ids".into(), source("position_ids")).unwrap();
    let read = |key: &str| dict.read(key, DType::F32).unwrap();
    assert_eq!(read("k").as_slice::<f32>().unwrap(), [4.0, 5.0, 6.0, 7.0]);
    assert_eq!(
        (dict.shape("k"), dict.shape("turned"), dict.shape("conv")),
        (Some(vec![2, 2]), Some(vec![2, 6]), Some(vec![6, 2, 1, 1]))
    );
    assert_eq!(
        read("turned").as_slice::<f32>().unwrap(),
        [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 1.0, 3.0, 5.0, 7.0, 9.0, 11.0]
    );
    assert_eq!(read("half").as_slice::<f32>().unwrap(), [1.0, -2.0]);
    assert_eq!(read("one").as_slice::<f32>().unwrap(), [0.5, 1.0, -0.5, 0.0]);
    assert_eq!(read("rows").as_slice::<f32>().unwrap(), [2.0, 4.0, 4.0, -4.0]);
    assert_eq!(read("second_row").as_slice::<f32>().unwrap(), [4.0, -4.0]);
    assert_eq!(read("ids").as_slice::<i64>().unwrap(), [0, 1]);
    let half = dict.read("rows", DType::F16).unwrap();
    assert_eq!(half.dtype(), DType::F16);
    assert_eq!(
        half.as_slice::<half::f16>().unwrap().iter().map(|v| v.to_f32()).collect::<Vec<_>>(),
        [2.0, 4.0, 4.0, -4.0]
    );
    assert!(matches!(dict.read("half", DType::I32), Err(WeightsError::WantedDtype { .. })));
    assert!(matches!(dict.read("nothing", DType::F32), Err(WeightsError::Missing { .. })));
    assert!(matches!(dict.insert("half".into(), source("half")), Err(WeightsError::Duplicate { .. })));
}

#[test]
fn a_file_that_shrinks_after_it_was_opened_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, file(&format!("{{{}}}", tensor("a", "F32", "2", 0, 8)), 8)).unwrap();
    let open = Arc::new(SafetensorsFile::open(&path).unwrap());
    let mut dict = StateDict::new();
    dict.insert("a".into(), TensorSource::new(&open, "a").unwrap()).unwrap();
    assert_eq!(dict.read("a", DType::F32).unwrap().as_slice::<f32>().unwrap(), [0.0, 0.0]);
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(open.length() - 1).unwrap();
    assert!(matches!(dict.read("a", DType::F32), Err(WeightsError::Open { .. })));
    assert!(scan_non_finite(&open).is_err() && open.visit_bytes(|_, _| {}).is_err());
}

#[test]
fn embedded_files_are_read_like_files() {
    let bytes: &'static [u8] = file(&format!("{{{}}}", tensor("a", "F16", "2", 0, 4)), 4).leak();
    let embedded = Arc::new(SafetensorsFile::embedded(Path::new("starter"), bytes).unwrap());
    let source = TensorSource::new(&embedded, "a").unwrap();
    let mut dict = StateDict::new();
    dict.insert("a".into(), source).unwrap();
    assert_eq!(dict.read("a", DType::F32).unwrap().as_slice::<f32>().unwrap(), [0.0, 0.0]);
    let error = SafetensorsFile::embedded(Path::new("starter"), &bytes[..9]).unwrap_err().to_string();
    assert!(error.ends_with(": starter"), "{error}");
}

#[test]
fn transforms_that_do_not_fit_are_errors_and_never_panics() {
    let file = sample();
    let source = |name: &str| TensorSource::new(&file, name).unwrap();
    for bad in [source("in_proj_weight").rows(4..9), source("half").transposed(), source("half").reshaped(vec![3])] {
        let mut dict = StateDict::new();
        dict.insert("bad".into(), bad).unwrap();
        assert!(matches!(dict.read("bad", DType::F32), Err(WeightsError::Tensor { .. })));
    }
    assert!(TensorSource::new(&file, "absent").is_none());
}

#[test]
fn verify_lists_every_difference() {
    let file = sample();
    let mut dict = StateDict::new();
    dict.insert("half".into(), TensorSource::new(&file, "half").unwrap()).unwrap();
    dict.insert("extra".into(), TensorSource::new(&file, "half").unwrap()).unwrap();
    dict.verify("UNet", [("half", vec![2]), ("extra", vec![2])]).unwrap();
    let error = dict.verify("UNet", [("half", vec![3]), ("lost", vec![1])]).unwrap_err().to_string();
    assert_eq!(
        error,
        "the weights do not fit the UNet: 1 missing: lost; 1 unknown: extra; 1 of another shape: half is [2] instead of [3]"
    );
}

#[test]
fn the_scan_counts_nan_and_infinity() {
    let mut bytes = file(&format!("{{{},{}}}", tensor("bad", "F16", "4", 0, 8), tensor("good", "F32", "1", 8, 12)), 0);
    bytes.extend([0x00, 0x7E, 0x00, 0x7C, 0x00, 0x3C, 0x00, 0xFC]);
    bytes.extend(1.0_f32.to_le_bytes());
    let found = scan_non_finite(&open(bytes).unwrap()).unwrap();
    assert_eq!(found, NonFinite { elements: 3, tensors: vec!["bad".into()] });
}
