//! Embeddings of the timestep and of SDXL's size conditioning (diffusers `models/embeddings.py`).

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use super::nn::{Bias, Linear};
use crate::kernels::Activation;

/// The sinusoidal projection of diffusers' `Timesteps`; computed in f32 on the CPU, as torch does.
#[derive(Clone, Copy, Debug)]
pub struct Timesteps {
    /// Width of the embedding.
    pub num_channels: usize,
    /// Cosines first.
    pub flip_sin_to_cos: bool,
    /// `freq_shift` of config.json.
    pub downscale_freq_shift: f64,
}

impl Timesteps {
    /// # Shapes
    ///
    /// - values: one number per row
    /// - output: `[values.len(), num_channels]`, f32
    pub fn forward(&self, values: &[f64], device: &Device) -> Tensor<2> {
        let half = self.num_channels / 2;
        let mut rows = vec![0.0f32; values.len() * self.num_channels];
        for (row, value) in rows.chunks_exact_mut(self.num_channels.max(1)).zip(values) {
            for i in 0..half {
                let exponent = -libm::logf(10_000.0) * i as f32 / (half as f64 - self.downscale_freq_shift) as f32;
                let angle = f64::from(*value as f32 * libm::expf(exponent));
                let (sin, cos) = (libm::sin(angle) as f32, libm::cos(angle) as f32);
                let (first, second) = if self.flip_sin_to_cos { (cos, sin) } else { (sin, cos) };
                row[i] = first;
                row[half + i] = second;
            }
        }
        Tensor::from_data(TensorData::new(rows, [values.len(), self.num_channels]), (device, burn::tensor::DType::F32))
    }
}

/// Two fully connected layers with an activation between (diffusers' `TimestepEmbedding`).
#[derive(Module, Debug)]
pub struct TimestepEmbedding {
    linear_1: Linear,
    cond_proj: Option<Linear>,
    linear_2: Linear,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    post_activation: Option<Activation>,
}

impl TimestepEmbedding {
    /// A layer without weights yet. `cond_proj_dim` is the width of the guidance embedding of distilled models (LCM).
    pub fn new(
        in_channels: usize,
        time_embed_dim: usize,
        cond_proj_dim: Option<usize>,
        activation: Activation,
        post_activation: Option<Activation>,
        device: &Device,
    ) -> Self {
        Self {
            linear_1: Linear::new(in_channels, time_embed_dim, Bias::With, device),
            cond_proj: cond_proj_dim.map(|dim| Linear::new(dim, in_channels, Bias::Without, device)),
            linear_2: Linear::new(time_embed_dim, time_embed_dim, Bias::With, device),
            activation,
            post_activation,
        }
    }

    /// # Shapes
    ///
    /// - sample: `[batch, in_channels]`
    /// - condition: `[batch, cond_proj_dim]`
    /// - output: `[batch, time_embed_dim]`
    pub fn forward(&self, sample: Tensor<2>, condition: Option<Tensor<2>>) -> Tensor<2> {
        let sample = match (&self.cond_proj, condition) {
            (Some(projection), Some(condition)) => sample + projection.forward(condition),
            _ => sample,
        };
        let hidden = self.activation.forward(self.linear_1.forward(sample));
        let output = self.linear_2.forward(hidden);
        match self.post_activation {
            Some(activation) => activation.forward(output),
            None => output,
        }
    }
}
