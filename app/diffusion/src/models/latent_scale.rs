use burn::tensor::{DType, Device, Tensor, TensorData};

use super::autoencoder_kl::{AutoencoderKLConfig, CLASS};
use super::config::ConfigError;

/// The way between the autoencoder's latents and those that the UNet was trained on: `scaling_factor`, and with SDXL's autoencoders
/// that say so also the mean and the standard deviation of each channel.
#[derive(Clone, Debug)]
pub struct LatentScale {
    factor: f64,
    /// Mean and standard deviation, each `[1, latent_channels, 1, 1]`.
    channels: Option<(Tensor<4>, Tensor<4>)>,
}

impl LatentScale {
    /// `scaling_factor` alone: diffusers' pipelines of SD1.x and SD2.x look at nothing else.
    pub fn plain(config: &AutoencoderKLConfig) -> Self {
        Self { factor: config.scaling_factor, channels: None }
    }

    /// With `latents_mean` and `latents_std` where both are there, as diffusers' pipelines of SDXL take them.
    ///
    /// # Errors
    ///
    /// When a list has not one number for each channel.
    pub fn of_sdxl(config: &AutoencoderKLConfig, device: &Device) -> Result<Self, ConfigError> {
        let (Some(mean), Some(std)) = (&config.latents_mean, &config.latents_std) else {
            return Ok(Self::plain(config));
        };
        let channels = config.latent_channels;
        for (field, list) in [("latents_mean", mean), ("latents_std", std)] {
            if list.len() != channels {
                return Err(ConfigError::new(CLASS, field, list));
            }
        }
        let tensor = |list: &[f64]| {
            let values: Vec<f32> = list.iter().map(|value| *value as f32).collect();
            Tensor::<4>::from_data(TensorData::new(values, [1, channels, 1, 1]), (device, DType::F32))
        };
        Ok(Self { factor: config.scaling_factor, channels: Some((tensor(mean), tensor(std))) })
    }

    /// What the UNet works with, of what the autoencoder encoded; `[batch, latent_channels, height, width]`, f32.
    pub fn for_unet(&self, latents: Tensor<4>) -> Tensor<4> {
        match &self.channels {
            Some((mean, std)) => (latents - mean.clone()).mul_scalar(self.factor) / std.clone(),
            None => latents.mul_scalar(self.factor),
        }
    }

    /// What the autoencoder decodes, of what the UNet works with; `[batch, latent_channels, height, width]`, f32.
    pub fn for_vae(&self, latents: Tensor<4>) -> Tensor<4> {
        match &self.channels {
            Some((mean, std)) => (latents * std.clone()).div_scalar(self.factor) + mean.clone(),
            None => latents.div_scalar(self.factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(tensor: Tensor<4>) -> Vec<f32> {
        tensor.into_data().try_to_vec::<f32>().unwrap()
    }

    #[test]
    fn each_channel_has_its_mean_and_deviation() {
        let device = Device::flex();
        let config = AutoencoderKLConfig {
            latent_channels: 2,
            scaling_factor: 0.5,
            latents_mean: Some(vec![1.0, -2.0]),
            latents_std: Some(vec![2.0, 4.0]),
            ..AutoencoderKLConfig::default()
        };
        let latents = Tensor::<4>::from_data(TensorData::new(vec![3.0f32, 6.0], [1, 2, 1, 1]), (&device, DType::F32));
        let scale = LatentScale::of_sdxl(&config, &device).unwrap();
        // (3 - 1) * 0.5 / 2 and (6 + 2) * 0.5 / 4
        assert_eq!(values(scale.for_unet(latents.clone())), [0.5, 1.0]);
        assert_eq!(values(scale.for_vae(scale.for_unet(latents.clone()))), [3.0, 6.0]);
        assert_eq!(values(LatentScale::plain(&config).for_unet(latents.clone())), [1.5, 3.0]);
        // One list alone is none, as in diffusers, and a list of another length is a fault.
        let alone = AutoencoderKLConfig { latents_std: None, ..config.clone() };
        assert_eq!(values(LatentScale::of_sdxl(&alone, &device).unwrap().for_vae(latents)), [6.0, 12.0]);
        let short = AutoencoderKLConfig { latents_mean: Some(vec![1.0]), ..config };
        assert!(LatentScale::of_sdxl(&short, &device).unwrap_err().to_string().contains("latents_mean = [1.0]"));
    }
}
