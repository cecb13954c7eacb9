//! The stages of the UNet (diffusers `models/unets/unet_2d_blocks.py`).

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::attention::{Transformer2DModel, TransformerOptions};
use super::resnet::{Downsample2D, ResnetBlock2D, ResnetOptions, Upsample2D};
use crate::kernels::Conv2dPadding;

/// The attention of one stage.
#[derive(Clone, Copy, Debug)]
pub struct StageAttention {
    /// Heads of every attention in the stage.
    pub heads: usize,
    /// Transformer blocks after each residual block.
    pub transformer_layers: usize,
    /// The rest.
    pub options: TransformerOptions,
}

impl StageAttention {
    fn init(&self, channels: usize, device: &Device) -> Transformer2DModel {
        Transformer2DModel::new(channels, self.heads, self.transformer_layers, &self.options, device)
    }
}

/// `DownBlock2D` and, with attentions, `CrossAttnDownBlock2D`.
#[derive(Module, Debug)]
pub struct DownBlock {
    resnets: Vec<ResnetBlock2D>,
    attentions: Vec<Transformer2DModel>,
    downsamplers: Vec<Downsample2D>,
}

impl DownBlock {
    /// A stage without weights yet; `downsample` is the padding of the layer that halves the size, none in the last stage.
    pub fn new(
        in_channels: usize,
        out_channels: usize,
        layers: usize,
        attention: Option<StageAttention>,
        downsample: Option<Conv2dPadding>,
        options: ResnetOptions,
        device: &Device,
    ) -> Self {
        let resnets = (0..layers)
            .map(|i| ResnetBlock2D::new(if i == 0 { in_channels } else { out_channels }, out_channels, options, device))
            .collect();
        let attentions = attention
            .map(|attention| (0..layers).map(|_| attention.init(out_channels, device)).collect())
            .unwrap_or_default();
        let downsamplers =
            downsample.map(|padding| Downsample2D::new(out_channels, padding, device)).into_iter().collect();
        Self { resnets, attentions, downsamplers }
    }

    /// Returns the output; pushes what the matching up stage takes as skip connections.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, in_channels, height, width]`
    /// - temb: `[batch, temb_channels]`
    /// - context: `[batch, text_tokens, cross_attention_dim]`
    pub fn forward(
        &self,
        mut x: Tensor<4>,
        temb: Tensor<2>,
        context: Tensor<3>,
        skips: &mut Vec<Tensor<4>>,
    ) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            x = resnet.forward(x, Some(temb.clone()));
            if let Some(attention) = self.attentions.get(i) {
                x = attention.forward(x, context.clone());
            }
            skips.push(x.clone());
        }
        for downsampler in &self.downsamplers {
            x = downsampler.forward(x);
            skips.push(x.clone());
        }
        x
    }
}

/// `UNetMidBlock2DCrossAttn` and, without attention, `UNetMidBlock2D` of a UNet.
#[derive(Module, Debug)]
pub struct MidBlock {
    attentions: Vec<Transformer2DModel>,
    resnets: Vec<ResnetBlock2D>,
}

impl MidBlock {
    /// A stage without weights yet.
    pub fn new(channels: usize, attention: Option<StageAttention>, options: ResnetOptions, device: &Device) -> Self {
        Self {
            attentions: attention.map(|attention| attention.init(channels, device)).into_iter().collect(),
            resnets: (0..2).map(|_| ResnetBlock2D::new(channels, channels, options, device)).collect(),
        }
    }

    /// # Shapes
    ///
    /// - x and output: `[batch, channels, height, width]`
    pub fn forward(&self, x: Tensor<4>, temb: Tensor<2>, context: Tensor<3>) -> Tensor<4> {
        let mut x = self.resnets[0].forward(x, Some(temb.clone()));
        for attention in &self.attentions {
            x = attention.forward(x, context.clone());
        }
        self.resnets[1].forward(x, Some(temb))
    }
}

/// Channels of one up stage.
#[derive(Clone, Copy, Debug)]
pub struct UpChannels {
    /// Of the stage's input that came from the stage before it on the way up.
    pub previous: usize,
    /// Of the last skip connection it takes.
    pub input: usize,
    /// Of its output.
    pub output: usize,
}

/// `UpBlock2D` and, with attentions, `CrossAttnUpBlock2D`.
#[derive(Module, Debug)]
pub struct UpBlock {
    resnets: Vec<ResnetBlock2D>,
    attentions: Vec<Transformer2DModel>,
    upsamplers: Vec<Upsample2D>,
}

impl UpBlock {
    /// A stage without weights yet; `upsample` is false in the last stage.
    pub fn new(
        channels: UpChannels,
        layers: usize,
        attention: Option<StageAttention>,
        upsample: Upsample,
        options: ResnetOptions,
        device: &Device,
    ) -> Self {
        let resnets = (0..layers)
            .map(|i| {
                let skip = if i == layers - 1 { channels.input } else { channels.output };
                let from = if i == 0 { channels.previous } else { channels.output };
                ResnetBlock2D::new(from + skip, channels.output, options, device)
            })
            .collect();
        let attentions = attention
            .map(|attention| (0..layers).map(|_| attention.init(channels.output, device)).collect())
            .unwrap_or_default();
        let upsamplers = match upsample {
            Upsample::Double => vec![Upsample2D::new(channels.output, device)],
            Upsample::Keep => Vec::new(),
        };
        Self { resnets, attentions, upsamplers }
    }

    /// How many skip connections [`Self::forward`] takes from the end of its list.
    pub fn skips(&self) -> usize {
        self.resnets.len()
    }

    /// Takes [`Self::skips`] tensors from the end of `skips`.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, previous, height, width]`
    /// - output: `[batch, output, size[0], size[1]]`; twice the size where none is given, the same in the last stage
    pub fn forward(
        &self,
        mut x: Tensor<4>,
        temb: Tensor<2>,
        context: Tensor<3>,
        skips: &mut Vec<Tensor<4>>,
        size: Option<[usize; 2]>,
    ) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            if let Some(skip) = skips.pop() {
                x = Tensor::cat(vec![x, skip], 1);
            }
            x = resnet.forward(x, Some(temb.clone()));
            if let Some(attention) = self.attentions.get(i) {
                x = attention.forward(x, context.clone());
            }
        }
        self.upsamplers.iter().fold(x, |x, upsampler| upsampler.forward(x, size))
    }
}

/// What an up stage does to the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upsample {
    /// Doubles it.
    Double,
    /// Keeps it (last stage).
    Keep,
}
