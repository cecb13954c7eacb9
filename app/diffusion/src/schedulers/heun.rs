use burn::tensor::Tensor;

use super::alphas::BetaDefaults;
use super::euler::{towards, unit_variance};
use super::linear::{clipped, weighted_sum};
use super::sigmas::Sigmas;
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule,
};

/// Heun's second-order method (Karras et al., 2022, algorithm 1), `HeunDiscreteScheduler`: two model calls per step, one for the last.
#[derive(Debug, Clone)]
pub struct Heun {
    /// Every noise level but the first twice: where the Euler step arrives and where the next step starts.
    sigmas: Vec<f64>,
    timesteps: Vec<f64>,
    init_noise_sigma: f64,
    prediction: PredictionType,
    clip: Option<f64>,
    /// What the first half of a step leaves to the second.
    first_half: Option<FirstHalf>,
}

#[derive(Debug, Clone)]
struct FirstHalf {
    sample: Tensor<4>,
    derivative: Tensor<4>,
    sigma: f64,
}

impl Heun {
    /// # Errors
    /// If `steps` does not fit the training timesteps.
    pub fn new(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        config.check_steps(SchedulerKind::Heun.a1111_name(), steps)?;
        // diffusers' class always ends at 0 and never rescales the betas, whatever another scheduler's file sets.
        let config = &SchedulerConfig { final_sigmas_type: None, rescale_betas_zero_snr: None, ..config.clone() };
        let Sigmas { sigmas, timesteps, init_noise_sigma } =
            Sigmas::spanning_the_spacing(config, &BetaDefaults::HEUN, schedule, steps)?;
        let twice = |values: &[f64]| values.iter().flat_map(|&value| [value, value]).skip(1).collect::<Vec<f64>>();
        let mut doubled = twice(&sigmas[..steps]);
        doubled.push(0.0);
        Ok(Self {
            sigmas: doubled,
            timesteps: twice(&timesteps),
            init_noise_sigma,
            prediction: config.prediction_type(),
            clip: config.clip_range(false),
            first_half: None,
        })
    }
}

impl Scheduler for Heun {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn init_noise_sigma(&self) -> f64 {
        self.init_noise_sigma
    }

    fn scale_model_input(&self, sample: Tensor<4>, step_index: usize) -> Tensor<4> {
        unit_variance(sample, self.sigmas[step_index])
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        _noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let sigma = self.sigmas[step_index];
        let original = clipped(self.prediction.original_unscaled(sigma).apply(&sample, &model_output), self.clip);
        let derivative = weighted_sum(&[(1.0 / sigma, &sample), (-1.0 / sigma, &original)]);
        let prev_sample = match self.first_half.take() {
            // Euler's step, remembered unless it is the last one.
            None => {
                let next = self.sigmas[step_index + 1];
                let prev_sample = towards(&original, &sample, next / sigma);
                if next > 0.0 {
                    self.first_half = Some(FirstHalf { sample, derivative, sigma });
                }
                prev_sample
            }
            // From the same start again, with the mean of both derivatives.
            Some(first) => {
                let half = (sigma - first.sigma) / 2.0;
                weighted_sum(&[(1.0, &first.sample), (half, &first.derivative), (half, &derivative)])
            }
        };
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        weighted_sum(&[(1.0, &original), (self.sigmas[step_index], &noise)])
    }

    fn order(&self) -> usize {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear_1100};
    use super::*;

    fn full_loop(prediction: PredictionType, schedule: SigmaSchedule) -> FullLoop {
        let config = SchedulerConfig { prediction_type: Some(prediction), ..linear_1100() };
        FullLoop::new(Box::new(Heun::new(&config, schedule, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_heun.py
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal).run().is(Published { sum: 0.1233, mean: 0.0002 });
        full_loop(PredictionType::VPrediction, SigmaSchedule::Normal)
            .run()
            .is(Published { sum: 4.6934e-07, mean: 6.1112e-10 });
        full_loop(PredictionType::Epsilon, SigmaSchedule::Karras)
            .run()
            .is(Published { sum: 0.00015, mean: 1.9869554535034695e-07 });
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal)
            .starting_after(8)
            .run()
            .is(Published { sum: 75074.8906, mean: 97.7538 });
    }

    #[test]
    fn every_step_but_the_last_asks_the_model_twice() {
        let heun = Heun::new(&SchedulerConfig::stable_diffusion(), SigmaSchedule::Normal, 3).unwrap();
        assert_eq!(heun.timesteps, [999.0, 499.5, 499.5, 0.0, 0.0]);
        assert_eq!(heun.sigmas.len(), 6);
        assert_eq!((heun.sigmas[1], heun.sigmas[3], heun.sigmas[5]), (heun.sigmas[2], heun.sigmas[4], 0.0));
    }
}
