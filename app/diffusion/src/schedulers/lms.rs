use std::collections::VecDeque;

use burn::tensor::Tensor;

use super::alphas::BetaDefaults;
use super::euler::unit_variance;
use super::linear::weighted_sum;
use super::sigmas::Sigmas;
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule,
};

/// The linear multistep method of order 4 (k-diffusion's `sample_lms`), `LMSDiscreteScheduler`.
#[derive(Debug, Clone)]
pub struct Lms {
    sigmas: Sigmas,
    prediction: PredictionType,
    /// Latest first.
    derivatives: VecDeque<Tensor<4>>,
}

const ORDER: usize = 4;

impl Lms {
    /// # Errors
    /// If `steps` does not fit the training timesteps.
    pub fn new(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        config.check_steps(SchedulerKind::Lms.a1111_name(), steps)?;
        // diffusers' class always ends at 0 and never rescales the betas, whatever another scheduler's file sets.
        let config = &SchedulerConfig { final_sigmas_type: None, rescale_betas_zero_snr: None, ..config.clone() };
        let sigmas = Sigmas::spanning_the_spacing(config, &BetaDefaults::LINEAR, schedule, steps)?;
        Ok(Self { sigmas, prediction: config.prediction_type(), derivatives: VecDeque::new() })
    }
}

impl Scheduler for Lms {
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
        let sigma = self.sigmas.sigmas[step_index];
        let original = self.prediction.original_unscaled(sigma).apply(&sample, &model_output);

        // 1. The derivative here joins the last three.
        self.derivatives.truncate(ORDER - 1);
        self.derivatives.push_front(weighted_sum(&[(1.0 / sigma, &sample), (-1.0 / sigma, &original)]));

        // 2. The integral of the polynomial through them. After a start in the middle diffusers takes the weights of the full
        //    order although there are fewer derivatives; the missing ones count as zero here too.
        let order = ORDER.min(step_index + 1);
        let weights: Vec<f64> =
            (0..order).map(|back| integrated_weight(&self.sigmas.sigmas, step_index, order, back)).collect();
        let mut terms = vec![(1.0, &sample)];
        terms.extend(weights.into_iter().zip(&self.derivatives));
        SchedulerOutput { prev_sample: weighted_sum(&terms), pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        weighted_sum(&[(1.0, &original), (self.sigmas.sigmas[step_index], &noise)])
    }
}

/// The integral over a step of the Lagrange polynomial that is 1 at the sigma `back` steps ago and 0 at the others.
fn integrated_weight(sigmas: &[f64], step_index: usize, order: usize, back: usize) -> f64 {
    // Gauss-Legendre with two points is exact up to degree 3, and the polynomial has degree order - 1 <= 3.
    let (from, to) = (sigmas[step_index], sigmas[step_index + 1]);
    let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
    let node = half / 3.0_f64.sqrt();
    let at = |sigma: f64| {
        let own = sigmas[step_index - back];
        let others = (0..order).filter(|&k| k != back).map(|k| sigmas[step_index - k]);
        others.map(|other| (sigma - other) / (own - other)).product::<f64>()
    };
    half * (at(middle - node) + at(middle + node))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear_1100};
    use super::*;

    fn full_loop(prediction: PredictionType, schedule: SigmaSchedule) -> FullLoop {
        let config = SchedulerConfig { prediction_type: Some(prediction), ..linear_1100() };
        FullLoop::new(Box::new(Lms::new(&config, schedule, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_lms.py
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal).run().is(Published { sum: 1006.388, mean: 1.31 });
        full_loop(PredictionType::VPrediction, SigmaSchedule::Normal)
            .run()
            .is(Published { sum: 0.0017, mean: 2.2676e-06 });
        // diffusers allows 0.02 here; its mean has the digits.
        full_loop(PredictionType::Epsilon, SigmaSchedule::Karras).run().has_mean(4.9648);
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal)
            .starting_after(8)
            .run()
            .is(Published { sum: 27663.6895, mean: 36.0204 });
    }

    #[test]
    fn the_weights_of_a_step_add_up_to_its_length() {
        // The Lagrange polynomials add up to 1.
        let sigmas = [14.0, 7.0, 3.0, 1.5, 0.5, 0.0];
        for order in 1..=ORDER {
            let sum: f64 = (0..order).map(|back| integrated_weight(&sigmas, 4, order, back)).sum();
            assert!((sum - (0.0 - 0.5)).abs() < 1e-12);
        }
    }
}
