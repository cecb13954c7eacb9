//! Attention layers and transformer blocks of the UNet (diffusers `attention_processor.py`, `attention.py`, `transformer_2d.py`).

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor};

use super::nn::{Bias, Conv2d, GroupNorm, LayerNorm, Linear};
use crate::kernels::{self, AttentionMask};

/// Multi-head attention; keys and values come from `context` in cross-attention.
#[derive(Module, Debug)]
pub struct Attention {
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Vec<Linear>,
    heads: usize,
    upcast: bool,
}

impl Attention {
    /// A layer without weights yet; `cross_attention_dim` is the width of the context.
    pub fn new(
        query_dim: usize,
        cross_attention_dim: Option<usize>,
        heads: usize,
        upcast: bool,
        projection_bias: Bias,
        device: &Device,
    ) -> Self {
        let context_dim = cross_attention_dim.unwrap_or(query_dim);
        Self {
            to_q: Linear::new(query_dim, query_dim, projection_bias, device),
            to_k: Linear::new(context_dim, query_dim, projection_bias, device),
            to_v: Linear::new(context_dim, query_dim, projection_bias, device),
            to_out: vec![Linear::new(query_dim, query_dim, Bias::With, device)],
            heads,
            upcast,
        }
    }

    /// # Shapes
    ///
    /// - x: `[batch, tokens, query_dim]`
    /// - context: `[batch, context_tokens, cross_attention_dim]`; x itself where none is given
    /// - output: `[batch, tokens, query_dim]`
    pub fn forward(&self, x: Tensor<3>, context: Option<Tensor<3>>) -> Tensor<3> {
        let context = context.unwrap_or_else(|| x.clone());
        let query = self.to_q.forward(x);
        let key = self.to_k.forward(context.clone());
        let value = self.to_v.forward(context);
        let dtype = query.dtype();
        let attended = if self.upcast && dtype != DType::F32 {
            let wide = |t: Tensor<3>| t.cast(DType::F32);
            kernels::attention(wide(query), wide(key), wide(value), self.heads, AttentionMask::Full).cast(dtype)
        } else {
            kernels::attention(query, key, value, self.heads, AttentionMask::Full)
        };
        self.to_out[0].forward(attended)
    }
}

/// The projection in front of the gated activation (diffusers' `GEGLU`).
#[derive(Module, Debug)]
pub struct Geglu {
    proj: Linear,
}

/// The dropout of training; it has no weights and does nothing here, but keeps `ff.net`'s numbering.
#[derive(Module, Debug)]
pub struct Dropout {
    probability: f64,
}

/// The feed-forward part of a transformer block (diffusers' `FeedForward` with `geglu`).
#[derive(Module, Debug)]
pub struct FeedForward {
    net: (Geglu, Dropout, Linear),
}

impl FeedForward {
    fn new(dim: usize, device: &Device) -> Self {
        let inner = 4 * dim;
        Self {
            net: (
                Geglu { proj: Linear::new(dim, 2 * inner, Bias::With, device) },
                Dropout { probability: 0.0 },
                Linear::new(inner, dim, Bias::With, device),
            ),
        }
    }

    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let (gate, _, output) = &self.net;
        output.forward(kernels::geglu(gate.proj.forward(x)))
    }
}

/// Self-attention, cross-attention and feed-forward, each with a residual (diffusers' `BasicTransformerBlock`).
#[derive(Module, Debug)]
pub struct BasicTransformerBlock {
    norm1: LayerNorm,
    attn1: Attention,
    norm2: LayerNorm,
    attn2: Attention,
    norm3: LayerNorm,
    ff: FeedForward,
    only_cross_attention: bool,
}

/// What the transformer blocks of one UNet have in common.
#[derive(Clone, Copy, Debug)]
pub struct TransformerOptions {
    /// Width of the text embedding.
    pub cross_attention_dim: usize,
    /// Groups of the normalisation in front.
    pub groups: usize,
    /// Fully connected `proj_in` and `proj_out` instead of 1 x 1 convolutions (SD2.x, SDXL).
    pub use_linear_projection: bool,
    /// Whether the first attention of each block also looks at the text.
    pub only_cross_attention: bool,
    /// Scores in f32.
    pub upcast_attention: bool,
}

impl BasicTransformerBlock {
    fn new(dim: usize, heads: usize, options: &TransformerOptions, device: &Device) -> Self {
        let context = Some(options.cross_attention_dim);
        let first = options.only_cross_attention.then_some(options.cross_attention_dim);
        let upcast = options.upcast_attention;
        Self {
            norm1: LayerNorm::new(dim, 1e-5, device),
            attn1: Attention::new(dim, first, heads, upcast, Bias::Without, device),
            norm2: LayerNorm::new(dim, 1e-5, device),
            attn2: Attention::new(dim, context, heads, upcast, Bias::Without, device),
            norm3: LayerNorm::new(dim, 1e-5, device),
            ff: FeedForward::new(dim, device),
            only_cross_attention: options.only_cross_attention,
        }
    }

    /// # Shapes
    ///
    /// - x and output: `[batch, tokens, dim]`
    /// - context: `[batch, text_tokens, cross_attention_dim]`
    pub fn forward(&self, x: Tensor<3>, context: Tensor<3>) -> Tensor<3> {
        let first = self.only_cross_attention.then(|| context.clone());
        let x = x.clone() + self.attn1.forward(self.norm1.forward(x), first);
        let x = x.clone() + self.attn2.forward(self.norm2.forward(x), Some(context));
        x.clone() + self.ff.forward(self.norm3.forward(x))
    }
}

/// `proj_in` and `proj_out`: the same numbers as a 1 x 1 convolution (SD1.x) or a fully connected layer (SD2.x, SDXL).
#[derive(Module, Debug)]
pub enum Projection {
    /// Weight `[out, in, 1, 1]`.
    Convolution(Conv2d),
    /// Weight `[out, in]`.
    Linear(Linear),
}

impl Projection {
    /// The numbers as a matrix, whichever way the file holds them: `[out, in]` and `[out]`.
    fn matrix(&self) -> (Tensor<2>, Option<Tensor<1>>) {
        match self {
            Self::Linear(linear) => (linear.weight.val(), linear.bias.as_ref().map(|bias| bias.val())),
            Self::Convolution(convolution) => {
                let weight = convolution.weight.val();
                let [to, from, _, _] = weight.dims();
                (weight.reshape([to, from]), convolution.bias.as_ref().map(|bias| bias.val()))
            }
        }
    }

    fn to_tokens(&self, x: Tensor<4>) -> Tensor<3> {
        let (weight, bias) = self.matrix();
        kernels::picture_to_tokens(x, weight, bias)
    }

    fn to_picture(&self, x: Tensor<3>, size: [usize; 2]) -> Tensor<4> {
        let (weight, bias) = self.matrix();
        kernels::tokens_to_picture(x, weight, bias, size)
    }
}

/// Transformer blocks over the pixels of a feature map (diffusers' `Transformer2DModel` with continuous input).
#[derive(Module, Debug)]
pub struct Transformer2DModel {
    norm: GroupNorm,
    proj_in: Projection,
    transformer_blocks: Vec<BasicTransformerBlock>,
    proj_out: Projection,
}

impl Transformer2DModel {
    /// A model without weights yet; `layers` transformer blocks of `heads` heads.
    pub fn new(channels: usize, heads: usize, layers: usize, options: &TransformerOptions, device: &Device) -> Self {
        let projection = || {
            if options.use_linear_projection {
                Projection::Linear(Linear::new(channels, channels, Bias::With, device))
            } else {
                Projection::Convolution(Conv2d::same(channels, channels, 1, device))
            }
        };
        Self {
            norm: GroupNorm::new(options.groups, channels, 1e-6, device),
            proj_in: projection(),
            transformer_blocks: (0..layers)
                .map(|_| BasicTransformerBlock::new(channels, heads, options, device))
                .collect(),
            proj_out: projection(),
        }
    }

    /// # Shapes
    ///
    /// - x and output: `[batch, channels, height, width]`
    /// - context: `[batch, text_tokens, cross_attention_dim]`
    pub fn forward(&self, x: Tensor<4>, context: Tensor<3>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let tokens = self.proj_in.to_tokens(self.norm.forward(x.clone()));
        let tokens = self.transformer_blocks.iter().fold(tokens, |x, block| block.forward(x, context.clone()));
        self.proj_out.to_picture(tokens, [height, width]) + x
    }
}
