//! The bridge between burn's tensors and plain slices on the CPU back end.

use std::sync::Mutex;

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_flex::{Flex, FlexTensor};
use half::f16;
use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;

/// Where one layer's f16 weights are widened to f32. Kept between calls: fresh memory for the largest layer of SD1.x would
/// cost more time in page faults than the widening itself.
static WIDENED: Mutex<Vec<f32>> = Mutex::new(Vec::new());

/// Whether the CPU kernels of this crate apply: the tensor lives on `flex`, in f32, outside automatic differentiation.
pub(crate) fn applies<const D: usize>(tensor: &Tensor<D>) -> bool {
    let device = tensor.device();
    !device.is_autodiff() && tensor.dtype() == DType::F32 && device == Device::flex()
}

/// The CPU primitive behind a tensor for which [`applies`] holds; shares its storage.
pub(crate) fn primitive<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    tensor.try_into_primitive::<Flex>().expect("the caller checked that the tensor lives on flex")
}

/// The CPU primitive in row-major order without gaps, copied only when it is not so already.
pub(crate) fn contiguous<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    let tensor = primitive(tensor);
    let layout = tensor.layout();
    if layout.is_contiguous() && layout.start_offset() == 0 { tensor } else { tensor.to_contiguous() }
}

/// The elements of a contiguous primitive.
pub(crate) fn elements(tensor: &FlexTensor) -> &[f32] {
    let len = tensor.layout().num_elements();
    &tensor.storage::<f32>()[..len]
}

/// Runs `operation` on the storage of a weight, in memory order from its first element.
///
/// Weights of f16 checkpoints stay f16 in memory, which halves what a model needs, and are widened here without loss.
pub(crate) fn with_weight<R>(weight: &FlexTensor, operation: impl FnOnce(&[f32]) -> R) -> R {
    let start = weight.layout().start_offset();
    if weight.dtype() != DType::F16 {
        return operation(&weight.storage::<f32>()[start..]);
    }
    let stored = &weight.storage::<f16>()[start..];
    let mut buffer = WIDENED.lock().map(|mut kept| std::mem::take(&mut *kept)).unwrap_or_default();
    if buffer.len() < stored.len() {
        buffer.resize(stored.len(), 0.0);
    }
    let widened = &mut buffer[..stored.len()];
    widened
        .par_chunks_mut(1 << 16)
        .zip(stored.par_chunks(1 << 16))
        .for_each(|(to, from)| from.convert_to_f32_slice(to));
    let result = operation(widened);
    if let Ok(mut kept) = WIDENED.lock() {
        *kept = buffer;
    }
    result
}

/// The elements of a tensor as an owned buffer; no copy when nobody else holds the tensor.
pub(crate) fn into_vec<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = contiguous(tensor).into_data();
    data.try_into_vec::<f32>().expect("the caller checked that the tensor is f32")
}

/// A tensor on the CPU back end that takes over `values`, row-major.
pub(crate) fn from_vec<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, shape)))
}
