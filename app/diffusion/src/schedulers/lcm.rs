use burn::tensor::Tensor;

use super::alphas::{BetaDefaults, alphas_cumprod};
use super::ddim::refuse_epsilon_at_zero_signal;
use super::linear::{clipped, weighted_sum};
use super::{PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, required};

/// Multistep sampling of latent consistency models (Luo et al., 2023), `LCMScheduler`, for models distilled for it.
#[derive(Debug, Clone)]
pub struct Lcm {
    timesteps: Vec<f64>,
    /// Signal power at every step.
    alphas: Vec<f64>,
    prediction: PredictionType,
    clip: Option<f64>,
    timestep_scaling: f64,
}

impl Lcm {
    /// # Errors
    /// If `steps` is more than the model was distilled for (`original_inference_steps`), or the model predicts noise and the signal
    /// starts at zero.
    pub fn new(config: &SchedulerConfig, steps: usize) -> Result<Self, SchedulerError> {
        let name = SchedulerKind::Lcm.a1111_name();
        let timesteps = distilled_timesteps(name, config, steps)?;
        let table = alphas_cumprod(config, &BetaDefaults::STABLE_DIFFUSION)?;
        let prediction = config.prediction_type();
        refuse_epsilon_at_zero_signal(name, prediction, &table, &timesteps)?;
        Ok(Self {
            alphas: timesteps.iter().map(|timestep| f64::from(table[*timestep as usize])).collect(),
            timesteps,
            prediction,
            clip: config.clip_range(false),
            timestep_scaling: config.timestep_scaling.unwrap_or(10.0),
        })
    }

    fn is_last(&self, step_index: usize) -> bool {
        step_index + 1 == self.timesteps.len()
    }
}

impl Scheduler for Lcm {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        !self.is_last(step_index)
    }

    /// `pred_original_sample` is the consistency function's value, diffusers' `denoised`.
    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        const SIGMA_DATA: f64 = 0.5;
        let alpha = self.alphas[step_index];
        let original = clipped(
            self.prediction.original(alpha.sqrt(), (1.0 - alpha).sqrt()).apply(&sample, &model_output),
            self.clip,
        );

        // The boundary condition: at time 0 the function is the identity.
        let time = self.timesteps[step_index] * self.timestep_scaling;
        let power = time * time + SIGMA_DATA * SIGMA_DATA;
        let denoised = weighted_sum(&[(time / power.sqrt(), &original), (SIGMA_DATA * SIGMA_DATA / power, &sample)]);

        let prev_sample = if self.is_last(step_index) {
            denoised.clone()
        } else {
            let next = self.alphas[step_index + 1];
            weighted_sum(&[(next.sqrt(), &denoised), ((1.0 - next).sqrt(), &required(noise))])
        };
        SchedulerOutput { prev_sample, pred_original_sample: denoised }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let alpha = self.alphas[step_index];
        weighted_sum(&[(alpha.sqrt(), &original), ((1.0 - alpha).sqrt(), &noise)])
    }
}

/// `steps` timesteps out of the `original_inference_steps` of distillation, from the noisiest.
pub(super) fn distilled_timesteps(
    scheduler: &'static str,
    config: &SchedulerConfig,
    steps: usize,
) -> Result<Vec<f64>, SchedulerError> {
    config.check_steps(scheduler, steps)?;
    let original = config.original_inference_steps.unwrap_or(50);
    let training = config.num_train_timesteps();
    if original == 0 || original > training {
        return Err(SchedulerError::Config(format!(
            "original_inference_steps is {original}, not between 1 and {training}"
        )));
    }
    if steps > original {
        return Err(SchedulerError::Steps { scheduler, min: 1, max: original, steps });
    }
    let spread = original as f64 / steps as f64;
    let place = |index: usize| (index as f64 * spread).floor() as usize;
    Ok((0..steps).map(|index| ((original - place(index)) * (training / original) - 1) as f64).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published};
    use super::*;

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_lcm.py; the noise is torch.manual_seed(0)'s
        let full_loop = |steps| FullLoop::new(Box::new(Lcm::new(&SchedulerConfig::default(), steps).unwrap())).run();
        full_loop(1).is(Published { sum: 18.7097, mean: 0.0244 });
        full_loop(10).is(Published { sum: 197.7616, mean: 0.2575 });
    }

    #[test]
    fn timesteps_are_those_of_distillation() {
        let timesteps = |steps| Lcm::new(&SchedulerConfig::default(), steps).unwrap().timesteps;
        assert_eq!(timesteps(1), [999.0]);
        assert_eq!(timesteps(4), [999.0, 759.0, 499.0, 259.0]);
        assert_eq!(timesteps(50).len(), 50);
    }

    #[test]
    fn more_steps_than_distillation_had_are_refused() {
        assert_eq!(
            Lcm::new(&SchedulerConfig::default(), 51).unwrap_err().to_string(),
            "LCM takes 1 to 50 steps here, not 51"
        );
    }
}
