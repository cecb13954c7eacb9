use burn::tensor::Tensor;

use super::alphas::{BetaDefaults, alphas_cumprod, step_alpha};
use super::config::VarianceType;
use super::ddim::refuse_epsilon_at_zero_signal;
use super::linear::{clipped, weighted_sum};
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, TimestepSpacing,
    required, spacing,
};

/// Denoising diffusion probabilistic models (Ho et al., 2020), `DDPMScheduler`.
#[derive(Debug, Clone)]
pub struct Ddpm {
    timesteps: Vec<f64>,
    /// Signal power at every step and, last, 1.
    alphas: Vec<f64>,
    prediction: PredictionType,
    variance: VarianceType,
    clip: Option<f64>,
}

impl Ddpm {
    /// # Errors
    /// If `steps` does not fit the training timesteps, or the model predicts noise and the signal starts at zero.
    pub fn new(config: &SchedulerConfig, steps: usize) -> Result<Self, SchedulerError> {
        let name = SchedulerKind::Ddpm.a1111_name();
        config.check_steps(name, steps)?;
        let table = alphas_cumprod(config, &BetaDefaults::LINEAR)?;
        let timesteps = spacing::whole(config, TimestepSpacing::Leading, steps)?;
        let prediction = config.prediction_type();
        refuse_epsilon_at_zero_signal(name, prediction, &table, &timesteps)?;
        let mut alphas: Vec<f64> = timesteps.iter().map(|timestep| f64::from(table[*timestep as usize])).collect();
        alphas.push(1.0);
        let variance = config.variance_type.unwrap_or(VarianceType::FixedSmall);
        Ok(Self { timesteps, alphas, prediction, variance, clip: config.clip_range(true) })
    }

    /// Standard deviation of the fresh noise.
    fn noise_std(&self, step_index: usize) -> f64 {
        const SMALLEST_VARIANCE: f64 = 1e-20; // diffusers' clamp
        let (alpha, next) = (self.alphas[step_index], self.alphas[step_index + 1]);
        let beta = 1.0 - step_alpha(alpha, next);
        let posterior = ((1.0 - next) / (1.0 - alpha) * beta).max(SMALLEST_VARIANCE);
        match self.variance {
            VarianceType::FixedSmall | VarianceType::FixedSmallLog => posterior.sqrt(),
            VarianceType::FixedLarge => beta.sqrt(),
        }
    }
}

impl Scheduler for Ddpm {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        self.timesteps[step_index] > 0.0
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let (alpha, next) = (self.alphas[step_index], self.alphas[step_index + 1]);
        let original = clipped(
            self.prediction.original(alpha.sqrt(), (1.0 - alpha).sqrt()).apply(&sample, &model_output),
            self.clip,
        );

        // The posterior mean, formula (7).
        let step_alpha = step_alpha(alpha, next);
        let of_original = next.sqrt() * (1.0 - step_alpha) / (1.0 - alpha);
        let of_sample = step_alpha.sqrt() * (1.0 - next) / (1.0 - alpha);
        let mut prev_sample = weighted_sum(&[(of_original, &original), (of_sample, &sample)]);
        if self.needs_noise(step_index) {
            prev_sample = prev_sample + required(noise).mul_scalar(self.noise_std(step_index));
        }
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let alpha = self.alphas[step_index];
        weighted_sum(&[(alpha.sqrt(), &original), ((1.0 - alpha).sqrt(), &noise)])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear};
    use super::*;

    fn full_loop(prediction: PredictionType) -> FullLoop {
        let config = SchedulerConfig { prediction_type: Some(prediction), clip_sample: Some(true), ..linear() };
        FullLoop::new(Box::new(Ddpm::new(&config, 1000).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_ddpm.py; the noise is torch.manual_seed(0)'s
        full_loop(PredictionType::Epsilon).run().is(Published { sum: 258.9606, mean: 0.3372 });
        full_loop(PredictionType::VPrediction).run().is(Published { sum: 202.0296, mean: 0.2631 });
        full_loop(PredictionType::Epsilon).starting_after(998).run().is(Published { sum: 387.9466, mean: 0.5051 });
    }

    #[test]
    fn the_variances_published_by_diffusers() {
        // test_variance
        const ROUNDING: f64 = 1e-5;
        let ddpm = Ddpm::new(&linear(), 1000).unwrap();
        for (timestep, variance) in [(0, 0.0), (487, 0.00979), (999, 0.02)] {
            assert!((ddpm.noise_std(999 - timestep).powi(2) - variance).abs() < ROUNDING, "{timestep}");
        }
    }
}
