//! Where denoising starts, for each kind of task.

use burn::tensor::{DType, Device, Tensor, TensorData};

use super::image::Mask8;
use crate::noise::NoiseGenerator;
use crate::schedulers::Scheduler;

/// Draws one noise tensor on the CPU and uploads it: one call is one draw of torch's generator.
pub(super) fn draw(noise: &mut NoiseGenerator, shape: [usize; 4], device: &Device) -> Tensor<4> {
    let values = noise.randn(shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), (device, DType::F32))
}

/// Everything that the denoising loop keeps besides the sample itself.
pub(super) struct Start {
    /// The first sample, `[1, channels, height, width]`, f32.
    pub sample: Tensor<4>,
    /// Index of the first model call.
    pub first_index: usize,
    /// For inpainting.
    pub inpaint: Option<InpaintState>,
}

/// What inpainting adds to each step.
#[allow(clippy::large_enum_variant, reason = "there is one of it in a run")]
pub(super) enum InpaintState {
    /// A four-channel model: what is not masked is put back after each step, with the noise of the next.
    Blend {
        /// 1 where the picture is made anew, `[1, 1, height, width]`.
        mask: Tensor<4>,
        /// The latent of the given picture.
        image: Tensor<4>,
        /// The noise that the sample started from.
        noise: Tensor<4>,
    },
    /// A four-channel model with a grey mask: what may change by less comes free later (differential diffusion).
    Soft {
        /// How much of the picture is kept, 0 to 1, for each place of the latent.
        kept: Vec<f32>,
        /// The latent of the given picture.
        image: Tensor<4>,
        /// The noise that the sample started from.
        noise: Tensor<4>,
        /// The first model call.
        first_index: usize,
    },
    /// A nine-channel model: mask and masked picture are part of its input, `[1, 5, height, width]`.
    Channels(Tensor<4>),
}

/// First model call of a run that goes `strength` of the way (diffusers' `get_timesteps`).
pub(super) fn first_index(strength: f64, steps: usize, scheduler: &dyn Scheduler) -> usize {
    let kept = ((steps as f64 * strength) as usize).min(steps);
    (steps - kept) * scheduler.order()
}

/// What is not masked put back at the noise of the next step (diffusers' `StableDiffusionInpaintPipeline`), or what is not free yet
/// (the community pipeline `StableDiffusionDifferentialImg2ImgPipeline`, after exx8/differential-diffusion).
pub(super) fn blend(
    state: &InpaintState,
    sample: Tensor<4>,
    scheduler: &dyn Scheduler,
    next_index: usize,
) -> Tensor<4> {
    let (mask, image, noise) = match state {
        InpaintState::Channels(_) => return sample,
        InpaintState::Blend { mask, image, noise } => (mask.clone(), image, noise),
        InpaintState::Soft { kept, image, noise, first_index } => {
            let calls = scheduler.timesteps().len();
            if next_index >= calls {
                // After the last step nothing is put back.
                return sample;
            }
            let threshold = (next_index - first_index) as f32 / (calls - first_index) as f32;
            let free: Vec<f32> = kept.iter().map(|kept| if *kept > threshold { 0.0 } else { 1.0 }).collect();
            let [_, _, rows, columns] = sample.dims();
            let device = sample.device();
            let mask = Tensor::from_data(TensorData::new(free, [1, 1, rows, columns]), (&device, DType::F32));
            (mask, image, noise)
        }
    };
    let kept = if next_index < scheduler.timesteps().len() {
        scheduler.add_noise(image.clone(), noise.clone(), next_index)
    } else {
        image.clone()
    };
    kept * (mask.clone().neg().add_scalar(1.0)) + sample * mask.clone()
}

/// The picture without what is masked, as the nine-channel models were trained on it.
pub(super) fn masked_picture(image: Tensor<4>, mask: &Mask8, device: &Device) -> Tensor<4> {
    image * (mask.to_tensor(device).neg().add_scalar(1.0))
}
