//! Reading fixtures and comparing with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::tensor::{DType, Device, Tensor, TensorData};
use half::f16;
use kento_diffusion::models::WeightSource;
use serde::Deserialize;

/// Largest difference of a module's output, as a share of the range of the reference output.
///
/// Both sides compute in f32 with 24-bit mantissas (6e-8). A network of some hundred operations whose sums run in another
/// order ends about 1e-6 to 1e-5 apart; a wrong epsilon, activation or padding shows at 1e-3 and above.
pub const MODULE_TOLERANCE: f32 = 1e-4;

/// Largest difference of an 8-bit picture. Two values that are 1e-4 apart may be rounded to neighbouring bytes, never further.
pub const IMAGE_TOLERANCE: u8 = 1;

/// A folder under `tests/parity`.
pub fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(path)
}

/// A safetensors file that one of our scripts wrote. It is trusted: a damaged one ends the test.
pub struct Fixture {
    path: PathBuf,
    tensors: BTreeMap<String, Stored>,
    metadata: BTreeMap<String, String>,
    bytes: Vec<u8>,
}

#[derive(Clone, Deserialize)]
struct Stored {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

impl Fixture {
    pub fn read(path: &Path) -> Self {
        let file = std::fs::read(path).unwrap_or_else(|error| panic!("{error}: {}", path.display()));
        let length = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
        let header: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&file[8..8 + length]).unwrap();
        let mut tensors = BTreeMap::new();
        let mut metadata = BTreeMap::new();
        for (key, value) in header {
            if key == "__metadata__" {
                metadata = serde_json::from_value(value).unwrap();
            } else {
                tensors.insert(key, serde_json::from_value(value).unwrap());
            }
        }
        Self { path: path.to_owned(), tensors, metadata, bytes: file[8 + length..].to_vec() }
    }

    /// What the script noted about itself.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    pub fn has(&self, key: &str) -> bool {
        self.tensors.contains_key(key)
    }

    fn stored(&self, key: &str) -> (&Stored, &[u8]) {
        let stored = self.tensors.get(key).unwrap_or_else(|| panic!("no tensor {key} in {}", self.path.display()));
        (stored, &self.bytes[stored.data_offsets.0..stored.data_offsets.1])
    }

    pub fn shape_of(&self, key: &str) -> Vec<usize> {
        self.stored(key).0.shape.clone()
    }

    /// The values of a float tensor.
    pub fn floats(&self, key: &str) -> Vec<f32> {
        let (stored, bytes) = self.stored(key);
        match stored.dtype.as_str() {
            "F32" => bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect(),
            "F16" => bytes.chunks_exact(2).map(|b| f16::from_le_bytes(b.try_into().unwrap()).to_f32()).collect(),
            other => panic!("{key} is {other}, not a float"),
        }
    }

    /// The values of an integer tensor.
    pub fn integers(&self, key: &str) -> Vec<i64> {
        let (stored, bytes) = self.stored(key);
        assert_eq!(stored.dtype, "I64", "{key}");
        bytes.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap())).collect()
    }

    /// The bytes of a picture or mask.
    pub fn pixels(&self, key: &str) -> &[u8] {
        let (stored, bytes) = self.stored(key);
        assert_eq!(stored.dtype, "U8", "{key}");
        bytes
    }

    /// A float tensor on a device.
    pub fn tensor<const D: usize>(&self, key: &str, device: &Device) -> Tensor<D> {
        let data = TensorData::new(self.floats(key), self.shape_of(key));
        Tensor::from_data(data, (device, DType::F32))
    }
}

/// A fixture as weights: keys of a text encoder are given with `text_model.`, whichever way the file has them.
impl WeightSource for Fixture {
    fn keys(&self) -> Vec<String> {
        self.tensors.keys().map(|key| with_text_model(key)).collect()
    }

    fn shape(&self, key: &str) -> Option<Vec<usize>> {
        self.tensors.iter().find(|(k, _)| with_text_model(k) == key).map(|(_, stored)| stored.shape.clone())
    }

    fn read(&self, key: &str, dtype: DType) -> Result<TensorData, String> {
        let stored = self.tensors.keys().find(|k| with_text_model(k) == key).ok_or("no such key")?;
        Ok(TensorData::new(self.floats(stored), self.shape_of(stored)).convert_dtype(dtype))
    }
}

fn with_text_model(key: &str) -> String {
    let bare = ["embeddings.", "encoder.layers.", "final_layer_norm."].iter().any(|start| key.starts_with(start));
    if bare { format!("text_model.{key}") } else { key.to_owned() }
}

/// What differs too much, gathered so that one run shows every case.
#[derive(Default)]
pub struct Differences(Vec<String>);

impl Differences {
    /// Compares a module's output with the fixture.
    pub fn module<const D: usize>(&mut self, name: &str, actual: Tensor<D>, expected: &Fixture, key: &str) {
        let shape = actual.dims().to_vec();
        if shape != expected.shape_of(key) {
            self.0.push(format!("{name} {key}: shape {shape:?} instead of {:?}", expected.shape_of(key)));
            return;
        }
        let actual: Vec<f32> = actual.into_data().convert::<f32>().try_to_vec().expect("f32 values");
        let share = relative_difference(&actual, &expected.floats(key));
        println!("parity: {name} {key}: {share:.1e} of the range");
        if share > MODULE_TOLERANCE || share.is_nan() {
            self.0.push(format!("{name} {key}: {share:.1e} of the range, allowed {MODULE_TOLERANCE:.0e}"));
        }
    }

    /// Compares an 8-bit picture with the fixture's.
    pub fn image(&mut self, name: &str, actual: &[u8], expected: &[u8]) {
        if actual.len() != expected.len() {
            self.0.push(format!("{name}: {} bytes instead of {}", actual.len(), expected.len()));
            return;
        }
        let largest = actual.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        let unequal = actual.iter().zip(expected).filter(|(a, b)| a != b).count();
        println!("parity: {name}: largest difference {largest}, {unequal} of {} bytes differ", actual.len());
        if largest > IMAGE_TOLERANCE {
            self.0.push(format!("{name}: differs by {largest}, {unequal} of {} bytes", actual.len()));
        }
    }

    /// Notes a case that could not be computed at all.
    pub fn failed(&mut self, name: &str, reason: impl std::fmt::Display) {
        self.0.push(format!("{name}: {reason}"));
    }

    /// Ends the test if there was any.
    pub fn assert_none(self) {
        assert!(self.0.is_empty(), "differs from diffusers:\n{}", self.0.join("\n"));
    }
}

/// Largest difference as a share of the range of the expected values; NaN if any value is.
pub fn relative_difference(actual: &[f32], expected: &[f32]) -> f32 {
    let (low, high) = expected.iter().fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let largest = actual.iter().zip(expected).fold(0.0f32, |largest, (a, b)| {
        let difference = (a - b).abs();
        if difference.is_nan() || difference > largest { difference } else { largest }
    });
    largest / (high - low)
}

#[test]
fn a_single_wrong_value_is_seen() {
    let expected = [0.0, 1.0, -1.0, 0.5];
    assert_eq!(relative_difference(&expected, &expected), 0.0);
    assert_eq!(relative_difference(&[0.0, 1.0, -1.0, 0.75], &expected), 0.125);
    assert!(relative_difference(&[f32::NAN, 1.0, -1.0, 0.5], &expected).is_nan());
}
