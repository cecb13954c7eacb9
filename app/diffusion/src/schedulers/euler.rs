use burn::tensor::Tensor;

use super::alphas::BetaDefaults;
use super::linear::weighted_sum;
use super::sigmas::Sigmas;
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule,
};

/// Euler's method along the probability flow (Karras et al., 2022, algorithm 2 without churn), `EulerDiscreteScheduler`.
#[derive(Debug, Clone)]
pub struct Euler {
    sigmas: Sigmas,
    prediction: PredictionType,
}

impl Euler {
    /// # Errors
    /// If `steps` does not fit the training timesteps.
    pub fn new(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        config.check_steps(SchedulerKind::Euler.a1111_name(), steps)?;
        let sigmas = Sigmas::spanning_the_spacing(config, &BetaDefaults::LINEAR, schedule, steps)?;
        Ok(Self { sigmas, prediction: config.prediction_type() })
    }
}

impl Scheduler for Euler {
    fn timesteps(&self) -> &[f64] {
        &self.sigmas.timesteps
    }

    fn init_noise_sigma(&self) -> f64 {
        self.sigmas.init_noise_sigma
    }

    fn scale_model_input(&self, sample: Tensor<4>, step_index: usize) -> Tensor<4> {
        unit_variance(sample, self.sigmas.sigmas[step_index])
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        _noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let (sigma, next) = (self.sigmas.sigmas[step_index], self.sigmas.sigmas[step_index + 1]);
        let original = self.prediction.original_unscaled(sigma).apply(&sample, &model_output);
        SchedulerOutput { prev_sample: towards(&original, &sample, next / sigma), pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        weighted_sum(&[(1.0, &original), (self.sigmas.sigmas[step_index], &noise)])
    }
}

/// A sample of the sigma scaling, brought to unit variance for the model.
pub(super) fn unit_variance(sample: Tensor<4>, sigma: f64) -> Tensor<4> {
    sample.mul_scalar(1.0 / (sigma * sigma + 1.0).sqrt())
}

/// The straight line to `original` at the place where `share` of the noise is left.
pub(super) fn towards(original: &Tensor<4>, sample: &Tensor<4>, share: f64) -> Tensor<4> {
    weighted_sum(&[(share, sample), (1.0 - share, original)])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear_1100};
    use super::*;

    fn full_loop(prediction: PredictionType, schedule: SigmaSchedule) -> FullLoop {
        let config = SchedulerConfig { prediction_type: Some(prediction), ..linear_1100() };
        FullLoop::new(Box::new(Euler::new(&config, schedule, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_euler.py
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal).run().is(Published { sum: 10.0807, mean: 0.0131 });
        full_loop(PredictionType::VPrediction, SigmaSchedule::Normal)
            .run()
            .is(Published { sum: 0.0002, mean: 2.2676e-06 });
        full_loop(PredictionType::Epsilon, SigmaSchedule::Karras)
            .run()
            .is(Published { sum: 124.52299499511719, mean: 0.16213932633399963 });
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal)
            .starting_after(8)
            .run()
            .is(Published { sum: 57062.9297, mean: 74.3007 });
    }
}
