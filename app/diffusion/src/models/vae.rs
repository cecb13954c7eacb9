//! Encoder and decoder halves of the autoencoder (diffusers `models/autoencoders/vae.py`).

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::nn::{Bias, Conv2d, GroupNorm, Linear};
use super::resnet::{Downsample2D, ResnetBlock2D, ResnetOptions, Upsample2D};
use crate::kernels::{self, Activation, AttentionMask, Conv2dPadding};

/// Self-attention over pixels with one head (diffusers' `Attention` as `UNetMidBlock2D` uses it).
#[derive(Module, Debug)]
pub struct PixelAttention {
    group_norm: GroupNorm,
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Vec<Linear>,
}

impl PixelAttention {
    fn new(channels: usize, options: &ResnetOptions, device: &Device) -> Self {
        let linear = || Linear::new(channels, channels, Bias::With, device);
        Self {
            group_norm: GroupNorm::new(options.groups, channels, options.eps, device),
            to_q: linear(),
            to_k: linear(),
            to_v: linear(),
            to_out: vec![linear()],
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let tokens = self.group_norm.forward(x.clone()).reshape([batch, channels, height * width]).swap_dims(1, 2);
        let attended = kernels::attention(
            self.to_q.forward(tokens.clone()),
            self.to_k.forward(tokens.clone()),
            self.to_v.forward(tokens),
            1,
            AttentionMask::Full,
        );
        self.to_out[0].forward(attended).swap_dims(1, 2).reshape([batch, channels, height, width]) + x
    }
}

/// The bottleneck of encoder and decoder (diffusers' `UNetMidBlock2D`).
#[derive(Module, Debug)]
pub struct VaeMidBlock {
    attentions: Vec<PixelAttention>,
    resnets: Vec<ResnetBlock2D>,
}

impl VaeMidBlock {
    fn new(channels: usize, attention: bool, options: ResnetOptions, device: &Device) -> Self {
        Self {
            attentions: attention.then(|| PixelAttention::new(channels, &options, device)).into_iter().collect(),
            resnets: (0..2).map(|_| ResnetBlock2D::new(channels, channels, options, device)).collect(),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.resnets[0].forward(x, None);
        let x = self.attentions.iter().fold(x, |x, attention| attention.forward(x));
        self.resnets[1].forward(x, None)
    }
}

/// diffusers' `DownEncoderBlock2D`.
#[derive(Module, Debug)]
pub struct DownEncoderBlock2D {
    resnets: Vec<ResnetBlock2D>,
    downsamplers: Vec<Downsample2D>,
}

/// diffusers' `UpDecoderBlock2D`.
#[derive(Module, Debug)]
pub struct UpDecoderBlock2D {
    resnets: Vec<ResnetBlock2D>,
    upsamplers: Vec<Upsample2D>,
}

/// What encoder and decoder are built from.
#[derive(Clone, Debug)]
pub struct VaeShape<'a> {
    /// Channels of the picture.
    pub image_channels: usize,
    /// Channels on the latent side (twice the latent's for the encoder: mean and log-variance).
    pub latent_channels: usize,
    /// Channels of each stage.
    pub block_out_channels: &'a [usize],
    /// Residual blocks of each encoder stage; the decoder has one more.
    pub layers_per_block: usize,
    /// Whether the bottleneck has attention.
    pub mid_block_add_attention: bool,
    /// Of the residual blocks.
    pub resnet: ResnetOptions,
}

/// From pixels to the parameters of the latent distribution.
#[derive(Module, Debug)]
pub struct Encoder {
    conv_in: Conv2d,
    down_blocks: Vec<DownEncoderBlock2D>,
    mid_block: VaeMidBlock,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
    #[module(skip)]
    activation: Activation,
}

impl Encoder {
    /// An encoder without weights yet.
    pub fn new(shape: &VaeShape, device: &Device) -> Self {
        let channels = shape.block_out_channels;
        let last = channels[channels.len() - 1];
        let down_blocks = (0..channels.len())
            .map(|i| {
                let (from, to) = (channels[i.saturating_sub(1)], channels[i]);
                let halve = i + 1 < channels.len();
                DownEncoderBlock2D {
                    resnets: (0..shape.layers_per_block)
                        .map(|j| ResnetBlock2D::new(if j == 0 { from } else { to }, to, shape.resnet, device))
                        .collect(),
                    downsamplers: halve
                        .then(|| Downsample2D::new(to, Conv2dPadding::BottomRight, device))
                        .into_iter()
                        .collect(),
                }
            })
            .collect();
        Self {
            conv_in: Conv2d::same(shape.image_channels, channels[0], 3, device),
            down_blocks,
            mid_block: VaeMidBlock::new(last, shape.mid_block_add_attention, shape.resnet, device),
            conv_norm_out: GroupNorm::new(shape.resnet.groups, last, 1e-6, device),
            conv_out: Conv2d::same(last, 2 * shape.latent_channels, 3, device),
            activation: shape.resnet.activation,
        }
    }

    /// # Shapes
    ///
    /// - x: `[batch, image_channels, height, width]`
    /// - output: `[batch, 2 * latent_channels, height / 2^(stages - 1), likewise]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let mut x = self.conv_in.forward(x);
        for block in &self.down_blocks {
            x = block.resnets.iter().fold(x, |x, resnet| resnet.forward(x, None));
            x = block.downsamplers.iter().fold(x, |x, downsampler| downsampler.forward(x));
        }
        let x = self.mid_block.forward(x);
        self.conv_out.forward(self.conv_norm_out.forward_with(x, self.activation))
    }
}

/// From latents to pixels.
#[derive(Module, Debug)]
pub struct Decoder {
    conv_in: Conv2d,
    mid_block: VaeMidBlock,
    up_blocks: Vec<UpDecoderBlock2D>,
    conv_norm_out: GroupNorm,
    conv_out: Conv2d,
    #[module(skip)]
    activation: Activation,
}

impl Decoder {
    /// A decoder without weights yet.
    pub fn new(shape: &VaeShape, device: &Device) -> Self {
        let channels: Vec<usize> = shape.block_out_channels.iter().rev().copied().collect();
        let first = channels[0];
        let up_blocks = (0..channels.len())
            .map(|i| {
                let (from, to) = (channels[i.saturating_sub(1)], channels[i]);
                let double = i + 1 < channels.len();
                UpDecoderBlock2D {
                    resnets: (0..=shape.layers_per_block)
                        .map(|j| ResnetBlock2D::new(if j == 0 { from } else { to }, to, shape.resnet, device))
                        .collect(),
                    upsamplers: double.then(|| Upsample2D::new(to, device)).into_iter().collect(),
                }
            })
            .collect();
        let last = channels[channels.len() - 1];
        Self {
            conv_in: Conv2d::same(shape.latent_channels, first, 3, device),
            mid_block: VaeMidBlock::new(first, shape.mid_block_add_attention, shape.resnet, device),
            up_blocks,
            conv_norm_out: GroupNorm::new(shape.resnet.groups, last, 1e-6, device),
            conv_out: Conv2d::same(last, shape.image_channels, 3, device),
            activation: shape.resnet.activation,
        }
    }

    /// # Shapes
    ///
    /// - x: `[batch, latent_channels, height, width]`
    /// - output: `[batch, image_channels, height * 2^(stages - 1), likewise]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let mut x = self.mid_block.forward(self.conv_in.forward(x));
        for block in &self.up_blocks {
            x = block.resnets.iter().fold(x, |x, resnet| resnet.forward(x, None));
            x = block.upsamplers.iter().fold(x, |x, upsampler| upsampler.forward(x, None));
        }
        self.conv_out.forward(self.conv_norm_out.forward_with(x, self.activation))
    }
}
