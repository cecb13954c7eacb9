use burn::tensor::Tensor;

use super::alphas::{BetaDefaults, alphas_cumprod, step_alpha};
use super::ddim::refuse_epsilon_at_zero_signal;
use super::lcm::distilled_timesteps;
use super::linear::weighted_sum;
use super::{PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, required};

/// Strategic stochastic sampling of trajectory consistency distillation (Zheng et al., 2024), `TCDScheduler`, for models distilled
/// for it. `eta` is the paper's gamma.
#[derive(Debug, Clone)]
pub struct Tcd {
    timesteps: Vec<f64>,
    alphas_cumprod: Vec<f32>,
    prediction: PredictionType,
    eta: f64,
}

impl Tcd {
    /// # Errors
    /// If `steps` is more than the model was distilled for (`original_inference_steps`), or the model predicts noise and the signal
    /// starts at zero.
    pub fn new(config: &SchedulerConfig, steps: usize) -> Result<Self, SchedulerError> {
        const DEFAULT_ETA: f64 = 0.3;
        let name = SchedulerKind::Tcd.a1111_name();
        let timesteps = distilled_timesteps(name, config, steps)?;
        let alphas_cumprod = alphas_cumprod(config, &BetaDefaults::STABLE_DIFFUSION)?;
        let prediction = config.prediction_type();
        refuse_epsilon_at_zero_signal(name, prediction, &alphas_cumprod, &timesteps)?;
        Ok(Self { timesteps, alphas_cumprod, prediction, eta: config.eta_or(DEFAULT_ETA)? })
    }

    fn alpha(&self, timestep: f64) -> f64 {
        f64::from(self.alphas_cumprod[timestep as usize])
    }
}

impl Scheduler for Tcd {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        self.eta > 0.0 && step_index + 1 < self.timesteps.len()
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let next_timestep = self.timesteps.get(step_index + 1).copied().unwrap_or(0.0);
        // The timestep that the model's trajectory is followed to; f32 as in diffusers, where the product decides the integer.
        let followed = f64::from(((1.0 - self.eta) as f32 * next_timestep as f32).floor());
        let (alpha, alpha_next, alpha_followed) =
            (self.alpha(self.timesteps[step_index]), self.alpha(next_timestep), self.alpha(followed));
        let (signal, sigma) = (alpha.sqrt(), (1.0 - alpha).sqrt());

        let original = self.prediction.original(signal, sigma).apply(&sample, &model_output);
        let epsilon = self.prediction.epsilon(signal, sigma).apply(&sample, &model_output);
        let mut prev_sample =
            weighted_sum(&[(alpha_followed.sqrt(), &original), ((1.0 - alpha_followed).sqrt(), &epsilon)]);
        if self.needs_noise(step_index) {
            let share = step_alpha(alpha_next, alpha_followed);
            prev_sample = weighted_sum(&[(share.sqrt(), &prev_sample), ((1.0 - share).sqrt(), &required(noise))]);
        }
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let alpha = self.alpha(self.timesteps[step_index]);
        weighted_sum(&[(alpha.sqrt(), &original), ((1.0 - alpha).sqrt(), &noise)])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published};
    use super::*;

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_tcd.py
        let config = SchedulerConfig { eta: Some(0.0), ..SchedulerConfig::default() };
        let full_loop = |steps| FullLoop::new(Box::new(Tcd::new(&config, steps).unwrap())).run();
        full_loop(1).is(Published { sum: 29.8715, mean: 0.0389 });
        full_loop(10).is(Published { sum: 181.2040, mean: 0.2359 });
    }

    #[test]
    fn an_eta_out_of_range_is_refused() {
        let config = SchedulerConfig { eta: Some(1.5), ..SchedulerConfig::default() };
        assert!(Tcd::new(&config, 4).unwrap_err().to_string().contains("eta must lie between 0 and 1"));
    }
}
