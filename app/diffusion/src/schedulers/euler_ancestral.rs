use burn::tensor::Tensor;

use super::alphas::BetaDefaults;
use super::euler::{towards, unit_variance};
use super::linear::weighted_sum;
use super::sigmas::Sigmas;
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule, required,
};

/// Euler's method that overshoots every step and adds fresh noise (k-diffusion's `sample_euler_ancestral`),
/// `EulerAncestralDiscreteScheduler`. diffusers has it with the normal sigma schedule only, A1111 with all.
#[derive(Debug, Clone)]
pub struct EulerAncestral {
    sigmas: Sigmas,
    prediction: PredictionType,
}

impl EulerAncestral {
    /// # Errors
    /// If `steps` does not fit the training timesteps.
    pub fn new(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        config.check_steps(SchedulerKind::EulerAncestral.a1111_name(), steps)?;
        // diffusers' class always ends at 0, whatever final_sigmas_type another scheduler's file sets.
        let config = &SchedulerConfig { final_sigmas_type: None, ..config.clone() };
        let sigmas = Sigmas::spanning_the_spacing(config, &BetaDefaults::LINEAR, schedule, steps)?;
        Ok(Self { sigmas, prediction: config.prediction_type() })
    }
}

impl Scheduler for EulerAncestral {
    fn timesteps(&self) -> &[f64] {
        &self.sigmas.timesteps
    }

    fn init_noise_sigma(&self) -> f64 {
        self.sigmas.init_noise_sigma
    }

    fn scale_model_input(&self, sample: Tensor<4>, step_index: usize) -> Tensor<4> {
        unit_variance(sample, self.sigmas.sigmas[step_index])
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        self.sigmas.sigmas[step_index + 1] > 0.0
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let (sigma, next) = (self.sigmas.sigmas[step_index], self.sigmas.sigmas[step_index + 1]);
        let (down, up) = ancestral(sigma, next);
        let original = self.prediction.original_unscaled(sigma).apply(&sample, &model_output);
        let mut prev_sample = towards(&original, &sample, down / sigma);
        if self.needs_noise(step_index) {
            prev_sample = prev_sample + required(noise).mul_scalar(up);
        }
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        weighted_sum(&[(1.0, &original), (self.sigmas.sigmas[step_index], &noise)])
    }
}

/// The sigma to go down to and the standard deviation of the noise that leads back up to `next`.
pub(super) fn ancestral(sigma: f64, next: f64) -> (f64, f64) {
    let up = next * ((sigma * sigma - next * next) / (sigma * sigma)).sqrt();
    ((next * next - up * up).sqrt(), up)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear_1100};
    use super::*;

    fn full_loop(prediction: PredictionType) -> FullLoop {
        let config = SchedulerConfig { prediction_type: Some(prediction), ..linear_1100() };
        FullLoop::new(Box::new(EulerAncestral::new(&config, SigmaSchedule::Normal, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_euler_ancestral.py; the noise is torch.manual_seed(0)'s
        full_loop(PredictionType::Epsilon).run().is(Published { sum: 152.3192, mean: 0.1983 });
        full_loop(PredictionType::VPrediction).run().is(Published { sum: 108.4439, mean: 0.1412 });
        full_loop(PredictionType::Epsilon).starting_after(8).run().is(Published { sum: 56163.0508, mean: 73.1290 });
    }

    #[test]
    fn a_step_keeps_the_noise_level() {
        let (down, up) = ancestral(14.6, 9.3);
        assert!((down.hypot(up) - 9.3).abs() < 1e-12 && down < 9.3);
    }
}
