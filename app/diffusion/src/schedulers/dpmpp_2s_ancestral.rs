use burn::tensor::Tensor;

use super::alphas::BetaDefaults;
use super::euler::{towards, unit_variance};
use super::euler_ancestral::ancestral;
use super::linear::weighted_sum;
use super::sigmas::{Sigmas, timestep_of};
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule, required,
};

/// DPM-Solver++(2S) with ancestral noise: A1111's "DPM++ 2S a", k-diffusion's `sample_dpmpp_2s_ancestral`. Two model calls per
/// step, one for the last. diffusers has no class for it.
#[derive(Debug, Clone)]
pub struct Dpmpp2sAncestral {
    calls: Vec<Call>,
    timesteps: Vec<f64>,
    init_noise_sigma: f64,
    prediction: PredictionType,
    /// The sample at the start of the step that is under way.
    start: Option<Tensor<4>>,
}

/// One model call: at which sigma, and the sigmas of the step that it belongs to.
#[derive(Debug, Clone, Copy)]
struct Call {
    sigma: f64,
    /// Where the step starts.
    from: f64,
    /// Where the deterministic part of the step ends.
    down: f64,
    /// Standard deviation of the noise that is added after the step's last call, 0 before it.
    up: f64,
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The first of two calls: goes half way.
    ToTheMiddle,
    /// The second: from the start to the end with what the model said in the middle.
    FromTheMiddle,
    /// The only call of the last step, which ends at 0.
    ToZero,
}

impl Dpmpp2sAncestral {
    /// # Errors
    /// If `steps` does not fit the training timesteps.
    pub fn new(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        config.check_steps(SchedulerKind::Dpmpp2sAncestral.a1111_name(), steps)?;
        let config = &SchedulerConfig { final_sigmas_type: None, ..config.clone() };
        let Sigmas { sigmas, timesteps: starts, init_noise_sigma } =
            Sigmas::spanning_the_spacing(config, &BetaDefaults::LINEAR, schedule, steps)?;
        let (mut calls, mut timesteps) = (Vec::new(), Vec::new());
        for (pair, timestep) in sigmas.windows(2).zip(starts) {
            let (from, next) = (pair[0], pair[1]);
            let (down, up) = ancestral(from, next);
            timesteps.push(timestep);
            if next == 0.0 {
                calls.push(Call { sigma: from, from, down, up, part: Part::ToZero });
                continue;
            }
            // Half way in lambda is the geometric mean.
            let middle = (from * down).sqrt();
            timesteps.push(timestep_of(config, &BetaDefaults::LINEAR, middle)?);
            calls.push(Call { sigma: from, from, down, up: 0.0, part: Part::ToTheMiddle });
            calls.push(Call { sigma: middle, from, down, up, part: Part::FromTheMiddle });
        }
        Ok(Self { calls, timesteps, init_noise_sigma, prediction: config.prediction_type(), start: None })
    }
}

impl Scheduler for Dpmpp2sAncestral {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn init_noise_sigma(&self) -> f64 {
        self.init_noise_sigma
    }

    fn scale_model_input(&self, sample: Tensor<4>, step_index: usize) -> Tensor<4> {
        unit_variance(sample, self.calls[step_index].sigma)
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        self.calls[step_index].up > 0.0
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let Call { sigma, from, down, up, part } = self.calls[step_index];
        let original = self.prediction.original_unscaled(sigma).apply(&sample, &model_output);
        let mut prev_sample = match part {
            Part::ToZero => original.clone(),
            Part::ToTheMiddle => {
                let middle = towards(&original, &sample, (from * down).sqrt() / from);
                self.start = Some(sample);
                middle
            }
            // Without a first call (a start between the two) the sample itself is where the step starts.
            Part::FromTheMiddle => towards(&original, &self.start.take().unwrap_or(sample), down / from),
        };
        if self.needs_noise(step_index) {
            prev_sample = prev_sample + required(noise).mul_scalar(up);
        }
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        weighted_sum(&[(1.0, &original), (self.calls[step_index].sigma, &noise)])
    }

    fn order(&self) -> usize {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_but_the_last_asks_the_model_twice() {
        let scheduler = Dpmpp2sAncestral::new(&SchedulerConfig::stable_diffusion(), SigmaSchedule::Karras, 4).unwrap();
        assert_eq!(scheduler.timesteps.len(), 7);
        assert!(scheduler.timesteps.is_sorted_by(|a, b| a > b) || scheduler.timesteps[1] > scheduler.timesteps[3]);
        let noisy: Vec<bool> = (0..7).map(|index| scheduler.needs_noise(index)).collect();
        assert_eq!(noisy, [false, true, false, true, false, true, false]);
    }

    #[test]
    fn the_middle_lies_between_start_and_end_in_lambda() {
        let scheduler = Dpmpp2sAncestral::new(&SchedulerConfig::stable_diffusion(), SigmaSchedule::Normal, 10).unwrap();
        for call in scheduler.calls.iter().filter(|call| call.part == Part::FromTheMiddle) {
            assert!(call.down < call.sigma && call.sigma < call.from);
            assert!((call.from / call.sigma - call.sigma / call.down).abs() < 1e-9);
        }
    }
}
