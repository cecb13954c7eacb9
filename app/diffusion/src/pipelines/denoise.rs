//! The denoising loop: nothing is read back from the device in it, except the previews that somebody asked for.

use std::time::Instant;

use burn::tensor::{DType, Tensor};

use super::latents::{InpaintState, Start, blend, draw};
use super::preview::{LatentToRgb, PendingPreview};
use super::request::{PipelineEvent, PipelineObserver, PreviewRate};
use crate::DiffusionError;
use crate::models::{UNet2DConditionModel, UNetConditions};
use crate::noise::NoiseGenerator;
use crate::schedulers::Scheduler;

/// Conditions of the whole run; with guidance every tensor has two rows, what to avoid first.
pub(super) struct Guidance {
    /// `[1 or 2, tokens, width]`.
    pub text: Tensor<3>,
    /// Likewise.
    pub conditions: UNetConditions,
    /// How far past the conditional prediction to go; `None` where one row is enough.
    pub scale: Option<f64>,
    /// Share of the rescaled guidance.
    pub rescale: f64,
}

/// What the loop works with.
pub(super) struct Denoiser<'a> {
    pub unet: &'a UNet2DConditionModel,
    pub dtype: DType,
    pub scheduler: Box<dyn Scheduler>,
    pub noise: NoiseGenerator,
    pub guidance: Guidance,
    pub preview: PreviewRate,
    pub latent_to_rgb: Option<&'a LatentToRgb>,
}

impl Denoiser<'_> {
    /// Runs all steps; returns the clean latent and the seconds of each step.
    ///
    /// # Errors
    ///
    /// [`DiffusionError::Cancelled`] when the observer asks to stop.
    pub(super) fn run(
        &mut self,
        start: Start,
        observer: &mut dyn PipelineObserver,
    ) -> Result<(Tensor<4>, Vec<f64>), DiffusionError> {
        let Start { mut sample, first_index, inpaint } = start;
        let (shape, device) = (sample.dims(), sample.device());
        let timesteps = self.scheduler.timesteps().to_vec();
        let order = self.scheduler.order().max(1);
        let of = (timesteps.len() - first_index).div_ceil(order);
        let mut pending: Option<PendingPreview> = None;
        let mut steps_secs = Vec::with_capacity(of);
        let mut begun = Instant::now();

        for (index, timestep) in timesteps.iter().enumerate().skip(first_index) {
            if observer.cancelled() {
                return Err(DiffusionError::Cancelled);
            }
            // 1. the model's opinion
            let prediction = self.predict(sample.clone(), *timestep, index, inpaint.as_ref());
            // 2. one step of the scheduler, with fresh noise where it wants some
            let noise = self.scheduler.needs_noise(index).then(|| draw(&mut self.noise, shape, &device));
            let output = self.scheduler.step(prediction, index, sample, noise);
            sample = output.prev_sample;
            // 3. what is not masked stays
            if let Some(state) = &inpaint {
                sample = blend(state, sample, self.scheduler.as_ref(), index + 1);
            }
            // 4. tell
            let calls = index + 1 - first_index;
            if calls.is_multiple_of(order) || index + 1 == timesteps.len() {
                let done = calls.div_ceil(order);
                let preview = pending.take().and_then(PendingPreview::finish);
                if let (Some(map), PreviewRate::EverySteps(every)) = (self.latent_to_rgb, self.preview)
                    && done.is_multiple_of(every.max(1))
                    && done < of
                {
                    pending = Some(map.begin(output.pred_original_sample));
                }
                steps_secs.push(begun.elapsed().as_secs_f64());
                begun = Instant::now();
                observer.event(PipelineEvent::Step { index: done, of, preview });
            }
        }
        Ok((sample, steps_secs))
    }

    fn predict(&self, sample: Tensor<4>, timestep: f64, index: usize, inpaint: Option<&InpaintState>) -> Tensor<4> {
        let mut input = self.scheduler.scale_model_input(sample, index);
        if let Some(InpaintState::Channels(channels)) = inpaint {
            input = Tensor::cat(vec![input, channels.clone()], 1);
        }
        let input = match self.guidance.scale {
            Some(_) => input.repeat_dim(0, 2),
            None => input,
        };
        let output = self
            .unet
            .forward(input.cast(self.dtype), timestep, self.guidance.text.clone(), &self.guidance.conditions)
            .cast(DType::F32);
        match self.guidance.scale {
            None => output,
            Some(scale) => {
                let avoided = output.clone().narrow(0, 0, 1);
                let wanted = output.narrow(0, 1, 1);
                let guided = avoided.clone() + (wanted.clone() - avoided).mul_scalar(scale);
                if self.guidance.rescale > 0.0 {
                    rescale_noise_cfg(guided, wanted, self.guidance.rescale)
                } else {
                    guided
                }
            }
        }
    }
}

/// Brings the spread of the guided prediction back to that of the conditional one (Lin et al. 2024, section 3.4; diffusers'
/// `rescale_noise_cfg`).
fn rescale_noise_cfg(guided: Tensor<4>, wanted: Tensor<4>, share: f64) -> Tensor<4> {
    let deviation = |x: Tensor<4>| {
        let [batch, channels, height, width] = x.dims();
        let count = channels * height * width;
        let x = x.reshape([batch, count]);
        let centred = x.clone() - x.mean_dim(1);
        // torch's std divides by n - 1.
        centred.powi_scalar(2).sum_dim(1).div_scalar((count.max(2) - 1) as f64).sqrt().reshape([batch, 1, 1, 1])
    };
    let rescaled = guided.clone() * (deviation(wanted) / deviation(guided.clone()));
    rescaled.mul_scalar(share) + guided.mul_scalar(1.0 - share)
}
