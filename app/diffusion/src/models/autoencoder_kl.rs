//! The autoencoder between pixels and latents (diffusers `models/autoencoders/autoencoder_kl.py`; Kingma and Welling 2013).

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::config::{ConfigError, MOST_LAYERS, MOST_STAGES, check_groups, null_as_false};
use super::nn::Conv2d;
use super::resnet::{ResnetOptions, TimeScaleShift};
use super::tiling::{Tiling, tiled};
use super::vae::{Decoder, Encoder, VaeShape};
use crate::kernels::Activation;

pub(super) const CLASS: &str = "AutoencoderKL";

/// Mirror of `vae/config.json`. Absent fields have diffusers' defaults.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs)] // the names are diffusers', documented there
pub struct AutoencoderKLConfig {
    pub in_channels: usize,
    pub out_channels: usize,
    pub down_block_types: Vec<String>,
    pub up_block_types: Vec<String>,
    pub block_out_channels: Vec<usize>,
    pub layers_per_block: usize,
    pub act_fn: String,
    pub latent_channels: usize,
    pub norm_num_groups: usize,
    pub sample_size: usize,
    pub scaling_factor: f64,
    pub shift_factor: Option<f64>,
    pub latents_mean: Option<Vec<f64>>,
    pub latents_std: Option<Vec<f64>>,
    #[serde(deserialize_with = "null_as_false")]
    pub force_upcast: bool,
    #[serde(deserialize_with = "null_as_false")]
    pub use_quant_conv: bool,
    #[serde(deserialize_with = "null_as_false")]
    pub use_post_quant_conv: bool,
    #[serde(deserialize_with = "null_as_false")]
    pub mid_block_add_attention: bool,
}

impl Default for AutoencoderKLConfig {
    fn default() -> Self {
        Self {
            in_channels: 3,
            out_channels: 3,
            down_block_types: vec!["DownEncoderBlock2D".into()],
            up_block_types: vec!["UpDecoderBlock2D".into()],
            block_out_channels: vec![64],
            layers_per_block: 1,
            act_fn: "silu".into(),
            latent_channels: 4,
            norm_num_groups: 32,
            sample_size: 32,
            scaling_factor: 0.18215,
            shift_factor: None,
            latents_mean: None,
            latents_std: None,
            force_upcast: true,
            use_quant_conv: true,
            use_post_quant_conv: true,
            mid_block_add_attention: true,
        }
    }
}

impl AutoencoderKLConfig {
    /// An autoencoder of this shape without weights yet.
    ///
    /// # Errors
    ///
    /// When a field asks for what the supported families do not have.
    pub fn init(&self, device: &Device) -> Result<AutoencoderKL, ConfigError> {
        let stages = self.block_out_channels.len();
        if stages == 0 || stages > MOST_STAGES {
            return Err(ConfigError::new(CLASS, "block_out_channels", &self.block_out_channels));
        }
        if self.down_block_types.len() != stages || self.down_block_types.iter().any(|t| t != "DownEncoderBlock2D") {
            return Err(ConfigError::new(CLASS, "down_block_types", &self.down_block_types));
        }
        if self.up_block_types.len() != stages || self.up_block_types.iter().any(|t| t != "UpDecoderBlock2D") {
            return Err(ConfigError::new(CLASS, "up_block_types", &self.up_block_types));
        }
        if self.layers_per_block > MOST_LAYERS {
            return Err(ConfigError::new(CLASS, "layers_per_block", self.layers_per_block));
        }
        check_groups(CLASS, self.norm_num_groups, &self.block_out_channels)?;
        if self.shift_factor.is_some_and(|shift| shift != 0.0) {
            return Err(ConfigError::new(CLASS, "shift_factor", self.shift_factor));
        }
        let activation =
            Activation::parse(&self.act_fn).ok_or_else(|| ConfigError::new(CLASS, "act_fn", &self.act_fn))?;
        let shape = VaeShape {
            image_channels: self.in_channels,
            latent_channels: self.latent_channels,
            block_out_channels: &self.block_out_channels,
            layers_per_block: self.layers_per_block,
            mid_block_add_attention: self.mid_block_add_attention,
            resnet: ResnetOptions {
                temb_channels: None,
                groups: self.norm_num_groups,
                eps: 1e-6,
                activation,
                time_scale_shift: TimeScaleShift::Default,
                output_scale_factor: 1.0,
                skip_time_act: false,
            },
        };
        let latent = self.latent_channels;
        Ok(AutoencoderKL {
            encoder: Encoder::new(&shape, device),
            decoder: Decoder::new(&VaeShape { image_channels: self.out_channels, ..shape.clone() }, device),
            quant_conv: self.use_quant_conv.then(|| Conv2d::same(2 * latent, 2 * latent, 1, device)),
            post_quant_conv: self.use_post_quant_conv.then(|| Conv2d::same(latent, latent, 1, device)),
        })
    }

    /// Pixels along one side of a latent cell: 8 for Stable Diffusion.
    pub fn scale_factor(&self) -> usize {
        1 << (self.block_out_channels.len().max(1) - 1)
    }

    /// The tile that diffusers would use for pictures of the size this autoencoder was made for.
    pub fn default_tiling(&self) -> Tiling {
        Tiling { tile_sample_min_size: self.sample_size.max(8 * self.scale_factor()), tile_overlap_factor: 0.25 }
    }
}

/// The distribution that the encoder returns.
#[derive(Clone, Debug)]
pub struct DiagonalGaussianDistribution {
    /// `[batch, latent_channels, height, width]`.
    pub mean: Tensor<4>,
    /// Clamped to -30..=20, as mean.
    pub logvar: Tensor<4>,
}

impl DiagonalGaussianDistribution {
    fn from_moments(moments: Tensor<4>) -> Self {
        let half = moments.dims()[1] / 2;
        Self { mean: moments.clone().narrow(1, 0, half), logvar: moments.narrow(1, half, half).clamp(-30.0, 20.0) }
    }

    /// The most likely latent.
    pub fn mode(self) -> Tensor<4> {
        self.mean
    }

    /// mean + standard deviation x noise.
    ///
    /// # Shapes
    ///
    /// - noise: as the mean
    pub fn sample(self, noise: Tensor<4>) -> Tensor<4> {
        self.mean + self.logvar.mul_scalar(0.5).exp() * noise
    }
}

/// The autoencoder between pixels and latents.
#[derive(Module, Debug)]
pub struct AutoencoderKL {
    encoder: Encoder,
    decoder: Decoder,
    quant_conv: Option<Conv2d>,
    post_quant_conv: Option<Conv2d>,
}

impl AutoencoderKL {
    /// # Shapes
    ///
    /// - x: `[batch, in_channels, height, width]` in -1..=1
    /// - output: mean and log-variance, `[batch, latent_channels, height / scale, width / scale]`
    pub fn encode(&self, x: Tensor<4>) -> DiagonalGaussianDistribution {
        DiagonalGaussianDistribution::from_moments(self.moments(x))
    }

    /// [`Self::encode`] by overlapping tiles, blended as diffusers blends them: memory stays that of one tile.
    pub fn tiled_encode(&self, x: Tensor<4>, tiling: Tiling, scale_factor: usize) -> DiagonalGaussianDistribution {
        let plan = tiling.encoding(scale_factor);
        DiagonalGaussianDistribution::from_moments(tiled(x, plan, |tile| self.moments(tile)))
    }

    /// # Shapes
    ///
    /// - z: `[batch, latent_channels, height, width]`, already divided by `scaling_factor`
    /// - output: `[batch, out_channels, height * scale, width * scale]`, about -1..=1
    pub fn decode(&self, z: Tensor<4>) -> Tensor<4> {
        let z = match &self.post_quant_conv {
            Some(convolution) => convolution.forward(z),
            None => z,
        };
        self.decoder.forward(z)
    }

    /// One picture of the batch at a time: the same values with the memory of one.
    pub fn sliced_decode(&self, z: Tensor<4>) -> Tensor<4> {
        let batch = z.dims()[0];
        Tensor::cat((0..batch).map(|i| self.decode(z.clone().narrow(0, i, 1))).collect(), 0)
    }

    /// [`Self::decode`] by overlapping tiles, blended as diffusers blends them: memory stays that of one tile.
    pub fn tiled_decode(&self, z: Tensor<4>, tiling: Tiling, scale_factor: usize) -> Tensor<4> {
        tiled(z, tiling.decoding(scale_factor), |tile| self.decode(tile))
    }

    fn moments(&self, x: Tensor<4>) -> Tensor<4> {
        let moments = self.encoder.forward(x);
        match &self.quant_conv {
            Some(convolution) => convolution.forward(moments),
            None => moments,
        }
    }
}
