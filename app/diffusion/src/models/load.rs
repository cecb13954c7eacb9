//! Filling a network from a state dict: total, or not at all.

use std::collections::BTreeSet;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{DType, Device, Tensor, TensorData};

use half::f16;

use crate::weights::{StateDict, TensorDtype};

/// One component's tensors under diffusers' names, read one at a time.
pub trait WeightSource {
    /// Every key, in any order.
    fn keys(&self) -> Vec<String>;
    /// Sizes of one tensor; `None` for a key that is not there.
    fn shape(&self, key: &str) -> Option<Vec<usize>>;
    /// The dtype that the file holds a tensor in, where burn has it.
    fn stored_dtype(&self, _key: &str) -> Option<DType> {
        None
    }
    /// The values of one tensor in the dtype asked for (f32 or f16).
    ///
    /// # Errors
    ///
    /// One sentence with the file and the reason.
    fn read(&self, key: &str, dtype: DType) -> Result<TensorData, String>;
}

impl WeightSource for StateDict {
    fn keys(&self) -> Vec<String> {
        Self::keys(self).map(str::to_owned).collect()
    }

    fn shape(&self, key: &str) -> Option<Vec<usize>> {
        Self::shape(self, key)
    }

    fn stored_dtype(&self, key: &str) -> Option<DType> {
        (Self::dtype(self, key) == Some(TensorDtype::F16)).then_some(DType::F16)
    }

    fn read(&self, key: &str, dtype: DType) -> Result<TensorData, String> {
        Self::read(self, key, dtype).map_err(|error| error.to_string())
    }
}

/// Why a network could not be filled. Every problem is listed, not only the first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the weights do not fit {component}: {}; use a checkpoint that was saved whole for this architecture",
    summary(missing, unused, misshapen, unreadable)
)]
pub struct LoadError {
    /// Which network.
    pub component: String,
    /// Keys that the network needs and the file lacks.
    pub missing: Vec<String>,
    /// Keys of the file that the network does not have.
    pub unused: Vec<String>,
    /// Keys with another shape, with both shapes.
    pub misshapen: Vec<String>,
    /// Keys that could not be read, with the reason.
    pub unreadable: Vec<String>,
}

fn summary(missing: &[String], unused: &[String], misshapen: &[String], unreadable: &[String]) -> String {
    const SHOWN: usize = 5;
    [("missing", missing), ("not used", unused), ("wrong shape", misshapen), ("unreadable", unreadable)]
        .iter()
        .filter(|(_, keys)| !keys.is_empty())
        .map(|(what, keys)| {
            let more = keys.len().saturating_sub(SHOWN);
            let shown = keys.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{} {what} ({shown}{tail})", keys.len())
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Fills every parameter of `module` from `source` in `dtype` on `device`.
///
/// Tensors are read and uploaded one by one, so the host holds one at a time beside what the device holds.
///
/// # Errors
///
/// [`LoadError`] with every key that is missing, unused, misshapen or unreadable; the module is dropped then.
pub fn load_module<M: Module>(
    component: &str,
    module: M,
    source: &dyn WeightSource,
    device: &Device,
    dtype: DType,
) -> Result<M, LoadError> {
    let mut loader = Loader {
        source,
        device,
        dtype,
        path: Vec::new(),
        unused: source.keys().into_iter().collect(),
        error: LoadError {
            component: component.to_owned(),
            missing: Vec::new(),
            unused: Vec::new(),
            misshapen: Vec::new(),
            unreadable: Vec::new(),
        },
    };
    let module = module.map(&mut loader);
    let mut error = loader.error;
    error.unused = loader.unused.into_iter().collect();
    let fits = error.missing.is_empty()
        && error.unused.is_empty()
        && error.misshapen.is_empty()
        && error.unreadable.is_empty();
    if fits { Ok(module) } else { Err(error) }
}

struct Loader<'a> {
    source: &'a dyn WeightSource,
    device: &'a Device,
    dtype: DType,
    /// (name, container) of every module from the root to the parameter.
    path: Vec<(String, String)>,
    unused: BTreeSet<String>,
    error: LoadError,
}

impl Loader<'_> {
    /// The state-dict key: enum variants are a choice of ours, not a level of the file.
    fn key(&self) -> String {
        let names: Vec<&str> = self
            .path
            .iter()
            .filter(|(_, container)| !container.starts_with("Enum:"))
            .map(|(name, _)| name.as_str())
            .collect();
        names.join(".")
    }

    /// On the CPU the matrices and convolutions of an f16 file stay f16: the kernels widen them layer by layer, without loss.
    fn storage_dtype(&self, key: &str) -> DType {
        let widened_on_use = matches!(self.path.last(), Some((name, container)) if name == "weight"
            && (container == "Struct:Linear" || container == "Struct:Conv2d"));
        let stored = self.source.stored_dtype(key);
        if widened_on_use && self.dtype == DType::F32 && stored == Some(DType::F16) && *self.device == Device::flex() {
            DType::F16
        } else {
            self.dtype
        }
    }

    fn read<const D: usize>(&mut self, shape: [usize; D]) -> Option<Tensor<D>> {
        let key = self.key();
        let Some(found) = self.source.shape(&key) else {
            self.error.missing.push(key);
            return None;
        };
        self.unused.remove(&key);
        if found != shape {
            self.error.misshapen.push(format!("{key} is {found:?} instead of {shape:?}"));
            return None;
        }
        // The shape of the remaining keys is still checked after a failure, but nothing more is read.
        if !(self.error.missing.is_empty() && self.error.misshapen.is_empty() && self.error.unreadable.is_empty()) {
            return None;
        }
        let dtype = self.storage_dtype(&key);
        match self.source.read(&key, dtype) {
            Ok(data) => Some(upload(data, shape, self.device, dtype)),
            Err(reason) => {
                self.error.unreadable.push(format!("{key}: {reason}"));
                None
            }
        }
    }
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.push((name.to_owned(), container_type.to_owned()));
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape: [usize; D] = param.lazy_shape().dims();
        match self.read(shape) {
            Some(tensor) => Param::initialized(param.id, tensor),
            None => param,
        }
    }
}

/// Puts the values on the device. On the CPU the kernel positions of a convolution come first in memory: the shifted
/// products of [`crate::kernels::conv2d`] then pack their operand from consecutive memory.
fn upload<const D: usize>(data: TensorData, shape: [usize; D], device: &Device, dtype: DType) -> Tensor<D> {
    let positions = if D == 4 { shape[2] * shape[3] } else { 1 };
    if *device != Device::flex() || positions == 1 {
        return Tensor::from_data(data, (device, dtype));
    }
    let mut dims = [0; D];
    let mut axes = [0isize; D];
    for (i, from) in [2usize, 3, 0, 1].iter().enumerate() {
        dims[i] = shape[*from];
        axes[i] = *from as isize;
    }
    let reordered = if let Ok(values) = data.as_slice::<f32>() {
        TensorData::new(positions_first(values, positions), dims)
    } else if let Ok(values) = data.as_slice::<f16>() {
        TensorData::new(positions_first(values, positions), dims)
    } else {
        return Tensor::from_data(data, (device, dtype));
    };
    // [ky, kx, out, in] in memory, [out, in, ky, kx] in name: the permutation (2, 3, 0, 1) is its own inverse.
    Tensor::from_data(reordered, (device, dtype)).permute(axes)
}

/// `[rows, positions]` to `[positions, rows]`.
fn positions_first<T: Copy + Default>(values: &[T], positions: usize) -> Vec<T> {
    let rows = values.len() / positions;
    let mut reordered = vec![T::default(); values.len()];
    for (position, out) in reordered.chunks_exact_mut(rows.max(1)).enumerate() {
        for (value, from) in out.iter_mut().zip(values.iter().skip(position).step_by(positions)) {
            *value = *from;
        }
    }
    reordered
}
