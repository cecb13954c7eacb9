use std::collections::VecDeque;

use burn::tensor::Tensor;

use super::alphas::{BetaDefaults, alphas_cumprod};
use super::linear::weighted_sum;
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, TimestepSpacing,
    spacing,
};

/// Pseudo numerical methods for diffusion models (Liu et al., 2022), `PNDMScheduler`: a Runge-Kutta start of twelve model calls
/// and then a linear multistep method, or with `skip_prk_steps` (A1111's PLMS) the multistep method at once.
///
/// The solver counts its own calls, as in diffusers: after a start in the middle it warms up there.
#[derive(Debug, Clone)]
pub struct Pndm {
    timesteps: Vec<f64>,
    /// How many of the timesteps belong to the Runge-Kutta start.
    runge_kutta_calls: usize,
    alphas_cumprod: Vec<f32>,
    final_alpha_cumprod: f64,
    /// Training timesteps between two steps.
    stride: usize,
    prediction: PredictionType,
    calls: usize,
    /// Model outputs, latest last.
    outputs: VecDeque<Tensor<4>>,
    /// The sample that the first calls come back to.
    start: Option<Tensor<4>>,
    /// Weighted sum of the outputs of one Runge-Kutta step.
    runge_kutta_sum: Option<Tensor<4>>,
}

const ORDER: usize = 4;

impl Pndm {
    /// # Errors
    /// If `steps` does not fit the training timesteps, or is below 4 with the Runge-Kutta start; if the model predicts the clean
    /// sample.
    pub fn new(config: &SchedulerConfig, steps: usize) -> Result<Self, SchedulerError> {
        let name = SchedulerKind::Pndm.a1111_name();
        config.check_steps(name, steps)?;
        let prediction = config.prediction_type();
        if prediction == PredictionType::Sample {
            return Err(SchedulerError::Prediction { scheduler: name, prediction: prediction.name() });
        }
        // diffusers' class never rescales the betas, whatever another scheduler's file sets.
        let config = &SchedulerConfig { rescale_betas_zero_snr: None, ..config.clone() };
        let alphas_cumprod = alphas_cumprod(config, &BetaDefaults::LINEAR)?;
        let stride = config.num_train_timesteps() / steps;
        let whole = spacing::whole(config, TimestepSpacing::Leading, steps)?;
        let (timesteps, runge_kutta_calls) = if config.skip_prk_steps.unwrap_or(false) {
            // The second timestep is asked twice: the first step is taken again with the mean of both outputs.
            let repeated =
                whole.iter().enumerate().flat_map(|(index, &timestep)| vec![timestep; if index == 1 { 2 } else { 1 }]);
            (repeated.collect(), 0)
        } else {
            if steps < ORDER {
                return Err(SchedulerError::Steps {
                    scheduler: name,
                    min: ORDER,
                    max: config.num_train_timesteps(),
                    steps,
                });
            }
            let mut timesteps = runge_kutta_timesteps(&whole[..ORDER], (stride / 2) as f64);
            let calls = timesteps.len();
            timesteps.extend(&whole[ORDER - 1..]);
            (timesteps, calls)
        };
        Ok(Self {
            timesteps,
            runge_kutta_calls,
            final_alpha_cumprod: if config.set_alpha_to_one.unwrap_or(false) {
                1.0
            } else {
                f64::from(alphas_cumprod[0])
            },
            alphas_cumprod,
            stride,
            prediction,
            calls: 0,
            outputs: VecDeque::new(),
            start: None,
            runge_kutta_sum: None,
        })
    }

    /// Signal power at a timestep, which may lie before the first.
    fn alpha(&self, timestep: f64) -> f64 {
        if timestep < 0.0 {
            return self.final_alpha_cumprod;
        }
        let last = self.alphas_cumprod.len() - 1;
        f64::from(self.alphas_cumprod[(timestep as usize).min(last)])
    }

    /// Formula (9): from `timestep` to `next` with one model output.
    fn transferred(&self, sample: &Tensor<4>, output: &Tensor<4>, timestep: f64, next: f64) -> Tensor<4> {
        let (alpha, alpha_next) = (self.alpha(timestep), self.alpha(next));
        let (beta, beta_next) = (1.0 - alpha, 1.0 - alpha_next);
        let of_sample = (alpha_next / alpha).sqrt();
        let of_epsilon = -(alpha_next - alpha) / (alpha * beta_next.sqrt() + (alpha * beta * alpha_next).sqrt());
        let epsilon = self.prediction.epsilon(alpha.sqrt(), beta.sqrt());
        weighted_sum(&[(of_sample + of_epsilon * epsilon.sample, sample), (of_epsilon * epsilon.output, output)])
    }

    fn runge_kutta_step(&mut self, output: Tensor<4>, timestep: f64, sample: Tensor<4>) -> Tensor<4> {
        // diffusers goes on from the timestep that it is given, half a step back after calls 0 and 2 of a group of four.
        let back = if self.calls.is_multiple_of(2) { (self.stride / 2) as f64 } else { 0.0 };
        let start_timestep = self.timesteps[self.calls / 4 * 4];
        let sum = match self.runge_kutta_sum.take() {
            Some(sum) => sum,
            None => output.zeros_like(),
        };
        let call = self.calls % 4;
        let sum = sum + output.clone().mul_scalar(if call == 0 || call == 3 { 1.0 / 6.0 } else { 1.0 / 3.0 });
        let output = if call == 3 {
            sum
        } else {
            self.runge_kutta_sum = Some(sum);
            output
        };
        if call == 0 {
            self.outputs.push_back(output.clone());
            self.start = Some(sample.clone());
        }
        let start = self.start.clone().unwrap_or(sample);
        self.transferred(&start, &output, start_timestep, timestep - back)
    }

    fn multistep_step(&mut self, output: Tensor<4>, timestep: f64, sample: Tensor<4>) -> Tensor<4> {
        let stride = self.stride as f64;
        if self.calls == 1 {
            // The first step again, with the mean of the outputs at its ends.
            let start = self.start.take().unwrap_or(sample);
            let mean = weighted_sum(&[(0.5, &output), (0.5, &self.outputs[0])]);
            return self.transferred(&start, &mean, timestep + stride, timestep);
        }
        if self.calls == 0 {
            self.start = Some(sample.clone());
        }
        self.outputs.push_back(output);
        while self.outputs.len() > ORDER {
            self.outputs.pop_front();
        }
        // Adams-Bashforth, latest output first.
        let weights: &[f64] = match self.outputs.len() {
            1 => &[1.0],
            2 => &[3.0 / 2.0, -1.0 / 2.0],
            3 => &[23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0],
            _ => &[55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0],
        };
        let terms: Vec<(f64, &Tensor<4>)> = weights.iter().copied().zip(self.outputs.iter().rev()).collect();
        let output = weighted_sum(&terms);
        self.transferred(&sample, &output, timestep, timestep - stride)
    }
}

impl Scheduler for Pndm {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        _noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let timestep = self.timesteps[step_index];
        let alpha = self.alpha(timestep);
        let pred_original_sample =
            self.prediction.original(alpha.sqrt(), (1.0 - alpha).sqrt()).apply(&sample, &model_output);
        let prev_sample = if self.calls < self.runge_kutta_calls {
            self.runge_kutta_step(model_output, timestep, sample)
        } else {
            self.multistep_step(model_output, timestep, sample)
        };
        self.calls += 1;
        SchedulerOutput { prev_sample, pred_original_sample }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let alpha = self.alpha(self.timesteps[step_index]);
        weighted_sum(&[(alpha.sqrt(), &original), ((1.0 - alpha).sqrt(), &noise)])
    }
}

/// Three Runge-Kutta steps between four timesteps, each asking at its start, twice half a step on and at its end.
fn runge_kutta_timesteps(four: &[f64], half: f64) -> Vec<f64> {
    four.windows(2).flat_map(|pair| [pair[0], pair[1] + half, pair[1] + half, pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear};
    use super::*;

    fn full_loop(config: SchedulerConfig) -> FullLoop {
        FullLoop::new(Box::new(Pndm::new(&config, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_pndm.py
        full_loop(linear()).run().is(Published { sum: 198.1318, mean: 0.2580 });
        let v = SchedulerConfig { prediction_type: Some(PredictionType::VPrediction), ..linear() };
        full_loop(v).run().is(Published { sum: 67.3986, mean: 0.0878 });
        let early = SchedulerConfig { beta_start: Some(0.01), ..linear() };
        full_loop(SchedulerConfig { set_alpha_to_one: Some(true), ..early.clone() })
            .run()
            .is(Published { sum: 230.0399, mean: 0.2995 });
        full_loop(SchedulerConfig { set_alpha_to_one: Some(false), ..early })
            .run()
            .is(Published { sum: 186.9482, mean: 0.2434 });
    }

    #[test]
    fn the_timesteps_published_by_diffusers() {
        // test_steps_offset
        let config = SchedulerConfig { steps_offset: Some(1), ..linear() };
        let expected = [901, 851, 851, 801, 801, 751, 751, 701, 701, 651, 651, 601, 601, 501, 401, 301, 201, 101, 1];
        assert_eq!(Pndm::new(&config, 10).unwrap().timesteps, expected.map(f64::from));
    }

    #[test]
    fn without_runge_kutta_the_second_timestep_comes_twice() {
        let timesteps = |steps| Pndm::new(&SchedulerConfig::stable_diffusion(), steps).unwrap().timesteps;
        assert_eq!(timesteps(4), [751.0, 501.0, 501.0, 251.0, 1.0]);
        assert_eq!(timesteps(1), [1.0]);
    }

    #[test]
    fn what_the_method_cannot_do_is_refused() {
        let refused = |config: SchedulerConfig, steps| Pndm::new(&config, steps).unwrap_err().to_string();
        assert_eq!(refused(linear(), 3), "PLMS takes 4 to 1000 steps here, not 3");
        assert!(
            refused(SchedulerConfig { prediction_type: Some(PredictionType::Sample), ..linear() }, 10)
                .contains("\"sample\"")
        );
    }
}
