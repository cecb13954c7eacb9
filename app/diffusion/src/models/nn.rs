//! The layers that every network here is made of. Field names are state-dict keys, so no key is ever renamed on loading.

use burn::module::{Module, Param, ParamId};
use burn::tensor::{Device, Int, Shape, Tensor};

use crate::kernels::{self, Activation, Conv2dPadding};

/// A parameter that is filled by the loader; zeros until then, and no memory until first used.
pub(super) fn parameter<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::uninitialized(
        ParamId::new(),
        move |device, _| Tensor::zeros(shape, device),
        device.clone(),
        false,
        Shape::from(shape.to_vec()),
    )
}

/// A fully connected layer (torch's `nn.Linear`).
#[derive(Module, Debug)]
pub struct Linear {
    /// `[d_output, d_input]`, as checkpoints store it.
    pub weight: Param<Tensor<2>>,
    /// `[d_output]`.
    pub bias: Option<Param<Tensor<1>>>,
}

impl Linear {
    /// A layer without weights yet.
    pub fn new(d_input: usize, d_output: usize, bias: Bias, device: &Device) -> Self {
        Self { weight: parameter([d_output, d_input], device), bias: bias.parameter(d_output, device) }
    }

    /// # Shapes
    ///
    /// - x: `[..., d_input]`
    /// - output: `[..., d_output]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        kernels::linear(x, self.weight.val(), self.bias.as_ref().map(Param::val))
    }
}

/// Whether a layer adds a learnt constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bias {
    /// It does.
    With,
    /// It does not.
    Without,
}

impl Bias {
    fn parameter(self, size: usize, device: &Device) -> Option<Param<Tensor<1>>> {
        (self == Self::With).then(|| parameter([size], device))
    }
}

/// A convolution (torch's `nn.Conv2d` with one group and no dilation).
#[derive(Module, Debug)]
pub struct Conv2d {
    /// `[channels_out, channels_in, kernel, kernel]`.
    pub weight: Param<Tensor<4>>,
    /// `[channels_out]`.
    pub bias: Option<Param<Tensor<1>>>,
    stride: usize,
    #[module(skip)]
    padding: Conv2dPadding,
}

impl Conv2d {
    /// A convolution with stride 1 that keeps the size of the picture.
    pub fn same(channels_in: usize, channels_out: usize, kernel: usize, device: &Device) -> Self {
        Self::new(channels_in, channels_out, kernel, 1, Conv2dPadding::Same(kernel / 2), device)
    }

    /// A convolution without weights yet.
    pub fn new(
        channels_in: usize,
        channels_out: usize,
        kernel: usize,
        stride: usize,
        padding: Conv2dPadding,
        device: &Device,
    ) -> Self {
        Self {
            weight: parameter([channels_out, channels_in, kernel, kernel], device),
            bias: Bias::With.parameter(channels_out, device),
            stride,
            padding,
        }
    }

    /// # Shapes
    ///
    /// - x: `[batch, channels_in, height, width]`
    /// - output: `[batch, channels_out, height', width']`, see [`kernels::conv2d`]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::conv2d(x, self.weight.val(), self.bias.as_ref().map(Param::val), self.stride, self.padding)
    }
}

/// Group normalisation (torch's `nn.GroupNorm`), optionally fused with the activation behind it.
#[derive(Module, Debug)]
pub struct GroupNorm {
    /// `[channels]`.
    pub weight: Param<Tensor<1>>,
    /// `[channels]`.
    pub bias: Param<Tensor<1>>,
    groups: usize,
    epsilon: f64,
}

impl GroupNorm {
    /// A layer without weights yet.
    pub fn new(groups: usize, channels: usize, epsilon: f64, device: &Device) -> Self {
        Self { weight: parameter([channels], device), bias: parameter([channels], device), groups, epsilon }
    }

    /// # Shapes
    ///
    /// - x and output: `[batch, channels, height, width]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::group_norm(x, self.weight.val(), self.bias.val(), self.groups, self.epsilon, None)
    }

    /// As [`Self::forward`], then `activation`.
    pub fn forward_with(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        kernels::group_norm(x, self.weight.val(), self.bias.val(), self.groups, self.epsilon, Some(activation))
    }
}

/// Layer normalisation over the last axis (torch's `nn.LayerNorm`).
#[derive(Module, Debug)]
pub struct LayerNorm {
    /// `[width]`.
    pub weight: Param<Tensor<1>>,
    /// `[width]`.
    pub bias: Param<Tensor<1>>,
    epsilon: f64,
}

impl LayerNorm {
    /// A layer without weights yet.
    pub fn new(width: usize, epsilon: f64, device: &Device) -> Self {
        Self { weight: parameter([width], device), bias: parameter([width], device), epsilon }
    }

    /// # Shapes
    ///
    /// - x and output: `[..., width]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        kernels::layer_norm(x, self.weight.val(), self.bias.val(), self.epsilon)
    }
}

/// A table of vectors (torch's `nn.Embedding`).
#[derive(Module, Debug)]
pub struct Embedding {
    /// `[entries, width]`.
    pub weight: Param<Tensor<2>>,
}

impl Embedding {
    /// A table without weights yet.
    pub fn new(entries: usize, width: usize, device: &Device) -> Self {
        Self { weight: parameter([entries, width], device) }
    }

    /// # Shapes
    ///
    /// - indices: `[batch, tokens]`, each below `entries`
    /// - output: `[batch, tokens, width]`
    pub fn forward(&self, indices: Tensor<2, Int>) -> Tensor<3> {
        let [batch, tokens] = indices.dims();
        let weight = self.weight.val();
        let [_, width] = weight.dims();
        weight.select(0, indices.reshape([batch * tokens])).reshape([batch, tokens, width])
    }
}
