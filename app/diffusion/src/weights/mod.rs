//! Reading safetensors files and mapping their keys onto modules.
//!
//! [`SafetensorsFile`] opens and checks one file, [`StateDict`] gives one component's tensors under diffusers' names.
//! Which file holds which component is decided in [`crate::checkpoint`].

pub mod dtype;
pub mod header;
mod safetensors_file;
pub mod scan;
pub mod sniff;
mod state_dict;

use std::path::PathBuf;

pub use burn::tensor::{DType, TensorData};
pub use dtype::TensorDtype;
pub use header::{HeaderFault, TensorInfo};
pub use safetensors_file::SafetensorsFile;
pub use scan::{NonFinite, scan_non_finite};
pub use sniff::ForeignFormat;
pub use state_dict::{SCALE_SUFFIXES, StateDict, TensorSource};

/// The one element of a tensor such as `global_step`, as f64; `None` when it has another number of elements.
pub(crate) fn decode_scalar(file: &SafetensorsFile, info: &TensorInfo) -> Option<f64> {
    if info.range.len() != info.dtype.size() {
        return None;
    }
    let bytes = file.tensor_bytes(info).ok()?;
    match dtype::decode_i64(info.dtype, &bytes) {
        Some(values) => values.first().map(|value| *value as f64),
        None => dtype::decode_f32(info.dtype, &bytes).first().map(|value| f64::from(*value)),
    }
}

/// Why weights cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file cannot be opened or read.
    #[error("the file cannot be read ({source}): {path}", path = path.display())]
    Open {
        /// What the system said.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// A folder or a device where a file is expected.
    #[error("this is not a file; give a .safetensors file: {path}", path = path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The content is of another kind.
    #[error("{advice}: {path}", advice = format.advice(), path = path.display())]
    Foreign {
        /// What it is.
        format: ForeignFormat,
        /// The file.
        path: PathBuf,
    },
    /// The header breaks a rule.
    #[error("{fault}: {path}", path = path.display())]
    Header {
        /// Which rule.
        fault: HeaderFault,
        /// The file.
        path: PathBuf,
    },
    /// Two tensors would get one name.
    #[error("{first} and {second} are both {key}; a reader cannot know which one is meant: {path}", path = path.display())]
    Duplicate {
        /// diffusers' name.
        key: String,
        /// First stored name.
        first: String,
        /// Second stored name.
        second: String,
        /// The file of the second.
        path: PathBuf,
    },
    /// A name that the dictionary does not hold.
    #[error("the model has no tensor named {key}; it is incomplete or of another family")]
    Missing {
        /// The name asked for.
        key: String,
    },
    /// Names or shapes are not those of the model.
    #[error("the weights do not fit the {component}: {list}")]
    Mismatch {
        /// Which component.
        component: String,
        /// All differences.
        list: MismatchList,
    },
    /// A transform does not fit.
    #[error("the tensor {name} of shape {shape:?} {what}; the file is damaged or of an unknown layout: {path}", path = path.display())]
    Tensor {
        /// Stored name.
        name: String,
        /// What is wrong.
        what: &'static str,
        /// Stored shape.
        shape: Vec<usize>,
        /// The file.
        path: PathBuf,
    },
    /// The caller asked for a type that models do not compute in.
    #[error("weights are read as F32 or F16, not as {dtype}")]
    WantedDtype {
        /// The type asked for.
        dtype: String,
    },
}

/// Every difference between the names and shapes of a file and those of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MismatchList {
    /// Names that the model has and the file lacks.
    pub missing: Vec<String>,
    /// Names that the file has and the model does not know.
    pub unused: Vec<String>,
    /// "NAME is SHAPE instead of SHAPE".
    pub misshapen: Vec<String>,
}

impl MismatchList {
    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.unused.is_empty() && self.misshapen.is_empty()
    }
}

impl std::fmt::Display for MismatchList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lists = [("missing", &self.missing), ("unknown", &self.unused), ("of another shape", &self.misshapen)];
        let mut first = true;
        for (what, names) in lists.into_iter().filter(|(_, names)| !names.is_empty()) {
            let separator = if first { "" } else { "; " };
            first = false;
            write!(f, "{separator}{} {what}: {}", names.len(), names.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
