//! The bridge between burn's tensors and plain slices on the CPU back end.

use burn::tensor::{DType, Device, Tensor, TensorData};
use burn_flex::{Flex, FlexTensor};

/// Whether the CPU kernels of this crate apply: the tensor lives on `flex`, in f32, outside automatic differentiation.
pub(crate) fn applies<const D: usize>(tensor: &Tensor<D>) -> bool {
    let device = tensor.device();
    !device.is_autodiff() && tensor.dtype() == DType::F32 && device == Device::flex()
}

/// The CPU primitive behind a tensor for which [`applies`] holds; shares its storage.
pub(crate) fn primitive<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    tensor
        .try_into_primitive::<Flex>()
        .expect("the caller checked that the tensor lives on flex")
}

/// The CPU primitive in row-major order without gaps, copied only when it is not so already.
pub(crate) fn contiguous<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    let tensor = primitive(tensor);
    let layout = tensor.layout();
    if layout.is_contiguous() && layout.start_offset() == 0 {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// The elements of a contiguous primitive.
pub(crate) fn elements(tensor: &FlexTensor) -> &[f32] {
    let len = tensor.layout().num_elements();
    &tensor.storage::<f32>()[..len]
}

/// The elements of a tensor as an owned buffer; no copy when nobody else holds the tensor.
pub(crate) fn into_vec<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = contiguous(tensor).into_data();
    data.into_vec::<f32>()
        .expect("the caller checked that the tensor is f32")
}

/// A tensor on the CPU back end that takes over `values`, row-major.
pub(crate) fn from_vec<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, shape)))
}
