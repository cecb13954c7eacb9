//! The residual block of UNet and VAE, and their changes of scale (diffusers `models/resnet.py`, `downsampling.py`, `upsampling.py`).

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::nn::{Bias, Conv2d, GroupNorm, Linear};
use crate::kernels::{Activation, Conv2dPadding, upsample_nearest};

/// How the time embedding enters a residual block (`resnet_time_scale_shift`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeScaleShift {
    /// Added after the first convolution.
    Default,
    /// Scales and shifts the second normalisation.
    ScaleShift,
}

/// What residual blocks of one network have in common.
#[derive(Clone, Copy, Debug)]
pub struct ResnetOptions {
    /// Width of the time embedding; none in a VAE.
    pub temb_channels: Option<usize>,
    /// Groups of the normalisations.
    pub groups: usize,
    /// Epsilon of the normalisations.
    pub eps: f64,
    /// Activation.
    pub activation: Activation,
    /// How the time embedding enters.
    pub time_scale_shift: TimeScaleShift,
    /// What the sum is divided by.
    pub output_scale_factor: f64,
    /// Whether the activation before `time_emb_proj` is left out.
    pub skip_time_act: bool,
}

/// diffusers' `ResnetBlock2D`.
#[derive(Module, Debug)]
pub struct ResnetBlock2D {
    norm1: GroupNorm,
    conv1: Conv2d,
    time_emb_proj: Option<Linear>,
    norm2: GroupNorm,
    conv2: Conv2d,
    conv_shortcut: Option<Conv2d>,
    #[module(skip)]
    options: ResnetOptions,
}

impl ResnetBlock2D {
    /// A block without weights yet.
    pub fn new(in_channels: usize, out_channels: usize, options: ResnetOptions, device: &Device) -> Self {
        let temb_width = match options.time_scale_shift {
            TimeScaleShift::Default => out_channels,
            TimeScaleShift::ScaleShift => 2 * out_channels,
        };
        Self {
            norm1: GroupNorm::new(options.groups, in_channels, options.eps, device),
            conv1: Conv2d::same(in_channels, out_channels, 3, device),
            time_emb_proj: options.temb_channels.map(|temb| Linear::new(temb, temb_width, Bias::With, device)),
            norm2: GroupNorm::new(options.groups, out_channels, options.eps, device),
            conv2: Conv2d::same(out_channels, out_channels, 3, device),
            conv_shortcut: (in_channels != out_channels).then(|| Conv2d::same(in_channels, out_channels, 1, device)),
            options,
        }
    }

    /// # Shapes
    ///
    /// - x: `[batch, in_channels, height, width]`
    /// - temb: `[batch, temb_channels]`
    /// - output: `[batch, out_channels, height, width]`
    pub fn forward(&self, x: Tensor<4>, temb: Option<Tensor<2>>) -> Tensor<4> {
        let activation = self.options.activation;
        let mut hidden = self.conv1.forward(self.norm1.forward_with(x.clone(), activation));
        let temb = match (&self.time_emb_proj, temb) {
            (Some(projection), Some(temb)) => {
                let temb = if self.options.skip_time_act { temb } else { activation.forward(temb) };
                let temb = projection.forward(temb);
                let [batch, width] = temb.dims();
                Some(temb.reshape([batch, width, 1, 1]))
            }
            _ => None,
        };
        hidden = match (temb, self.options.time_scale_shift) {
            (Some(temb), TimeScaleShift::Default) => self.norm2.forward_with(hidden + temb, activation),
            (Some(temb), TimeScaleShift::ScaleShift) => {
                let half = temb.dims()[1] / 2;
                let (scale, shift) = (temb.clone().narrow(1, 0, half), temb.narrow(1, half, half));
                activation.forward(self.norm2.forward(hidden) * (scale.add_scalar(1.0)) + shift)
            }
            (None, _) => self.norm2.forward_with(hidden, activation),
        };
        let hidden = self.conv2.forward(hidden);
        let shortcut = match &self.conv_shortcut {
            Some(convolution) => convolution.forward(x),
            None => x,
        };
        let sum = hidden + shortcut;
        if self.options.output_scale_factor == 1.0 { sum } else { sum.div_scalar(self.options.output_scale_factor) }
    }
}

/// Halves the size with a strided convolution (diffusers' `Downsample2D`).
#[derive(Module, Debug)]
pub struct Downsample2D {
    conv: Conv2d,
}

impl Downsample2D {
    /// A layer without weights yet.
    pub fn new(channels: usize, padding: Conv2dPadding, device: &Device) -> Self {
        Self { conv: Conv2d::new(channels, channels, 3, 2, padding, device) }
    }

    /// # Shapes
    ///
    /// - x: `[batch, channels, height, width]`
    /// - output: half the height and width, rounded up for `Same(1)` and down for `BottomRight`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.conv.forward(x)
    }
}

/// Enlarges by repeating pixels, then convolves (diffusers' `Upsample2D`).
#[derive(Module, Debug)]
pub struct Upsample2D {
    conv: Conv2d,
}

impl Upsample2D {
    /// A layer without weights yet.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self { conv: Conv2d::same(channels, channels, 3, device) }
    }

    /// Enlarges to `size` = `[height, width]`, or to twice the size where none is given.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, channels, height, width]`
    /// - output: `[batch, channels, size[0], size[1]]`
    pub fn forward(&self, x: Tensor<4>, size: Option<[usize; 2]>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        self.conv.forward(upsample_nearest(x, size.unwrap_or([2 * height, 2 * width])))
    }
}
