use std::collections::VecDeque;

use burn::tensor::Tensor;

use super::config::{BetaSchedule, FinalSigmas, SolverType};
use super::linear::weighted_sum;
use super::sigmas::{Sigmas, TimestepRounding, alpha_sigma, lambda};
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule, required,
};

/// DPM-Solver++ (Lu et al., 2022), multistep, `DPMSolverMultistepScheduler`: A1111's DPM++ 2M and DPM++ 2M SDE.
#[derive(Debug, Clone)]
pub struct DpmSolverMultistep {
    sigmas: Sigmas,
    prediction: PredictionType,
    equation: Equation,
    solver_order: usize,
    heun: bool,
    lower_order_final: bool,
    euler_at_final: bool,
    ends_at_zero: bool,
    /// Predicted clean samples, latest first.
    originals: VecDeque<Tensor<4>>,
}

/// Which differential equation is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Equation {
    /// The probability flow.
    Ode,
    /// The reverse diffusion, with fresh noise at every step.
    Sde,
}

impl DpmSolverMultistep {
    /// The deterministic solver, `algorithm_type` "dpmsolver++": DPM++ 2M.
    ///
    /// # Errors
    /// If `steps` does not fit the training timesteps or `solver_order` is not 1, 2 or 3.
    pub fn ode(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        Self::new(config, schedule, steps, Equation::Ode, SchedulerKind::DpmSolverMultistep)
    }

    /// The stochastic solver, `algorithm_type` "sde-dpmsolver++": DPM++ 2M SDE.
    ///
    /// # Errors
    /// As [`ode`](Self::ode).
    pub fn sde(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        Self::new(config, schedule, steps, Equation::Sde, SchedulerKind::DpmSolverSde2M)
    }

    fn new(
        config: &SchedulerConfig,
        schedule: SigmaSchedule,
        steps: usize,
        equation: Equation,
        kind: SchedulerKind,
    ) -> Result<Self, SchedulerError> {
        config.check_steps(kind.a1111_name(), steps)?;
        let cosine = config.beta_schedule == Some(BetaSchedule::SquaredcosCapV2);
        let rounding = if cosine { TimestepRounding::Down } else { TimestepRounding::NearestForKarras };
        let solver_order = solver_order(config)?;
        if equation == Equation::Sde && solver_order == 3 {
            // The weight of the second derivative in diffusers does not vanish with the step; we do not repeat that.
            return Err(SchedulerError::NotImplemented { field: "solver_order", value: "3".to_owned(), instead: "2" });
        }
        Ok(Self {
            sigmas: Sigmas::spanning_the_training(config, schedule, rounding, steps)?,
            prediction: config.prediction_type(),
            equation,
            solver_order,
            heun: config.solver_type == Some(SolverType::Heun),
            lower_order_final: config.lower_order_final.unwrap_or(true),
            euler_at_final: config.euler_at_final.unwrap_or(false),
            ends_at_zero: config.final_sigmas_type != Some(FinalSigmas::SigmaMin),
            originals: VecDeque::new(),
        })
    }

    /// How many predictions the update at `step_index` uses; they are in `originals` by then.
    fn order_at(&self, step_index: usize) -> usize {
        if self.sigmas.sigmas[step_index] == self.sigmas.sigmas[step_index + 1] {
            return 1; // a last step of no length: nothing to extrapolate over
        }
        const FEW_STEPS: usize = 15; // diffusers: below it a high order at the end is unstable
        let steps = self.sigmas.timesteps.len();
        let few = self.lower_order_final && steps < FEW_STEPS;
        let left = steps - step_index;
        let highest = match left {
            1 if self.euler_at_final || few || self.ends_at_zero => 1,
            2 if few => 2,
            _ => self.solver_order,
        };
        highest.min(self.originals.len())
    }

    fn is_stochastic_at(&self, step_index: usize) -> bool {
        self.equation == Equation::Sde && self.sigmas.sigmas[step_index + 1] > 0.0
    }
}

impl Scheduler for DpmSolverMultistep {
    fn timesteps(&self) -> &[f64] {
        &self.sigmas.timesteps
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        self.is_stochastic_at(step_index)
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let sigmas = &self.sigmas.sigmas;
        let (next_ratio, ratio) = (sigmas[step_index + 1], sigmas[step_index]);
        let (alpha_t, sigma_t) = alpha_sigma(next_ratio);
        let (alpha_s, sigma_s) = alpha_sigma(ratio);

        // 1. The predicted clean sample joins the last ones.
        let original = self.prediction.original(alpha_s, sigma_s).apply(&sample, &model_output);
        self.originals.truncate(self.solver_order - 1);
        self.originals.push_front(original.clone());

        // 2. Weights of the solution's Taylor terms: the sample, the prediction, its first and its second derivative in lambda.
        let h = lambda(next_ratio) - lambda(ratio);
        let (of_sample, growth) = match self.equation {
            Equation::Ode => (sigma_t / sigma_s, -libm::expm1(-h)),
            Equation::Sde => (sigma_t / sigma_s * libm::exp(-h), -libm::expm1(-2.0 * h)),
        };
        let order = self.order_at(step_index);
        let mut weights = vec![alpha_t * growth];
        if order >= 2 {
            // h in the equation's own time: the stochastic solution decays twice as fast.
            let h_own = if self.equation == Equation::Ode { h } else { 2.0 * h };
            let of_first = if order == 3 || self.heun { 1.0 - growth / h_own } else { 0.5 * growth };
            let of_second = 0.5 - (h_own - growth) / (h_own * h_own);
            // 3. The derivatives are divided differences of the predictions.
            let back: Vec<f64> =
                (1..order).map(|k| (lambda(sigmas[step_index - k + 1]) - lambda(sigmas[step_index - k])) / h).collect();
            let differences = if order == 2 {
                second_order(back[0], alpha_t * of_first)
            } else {
                third_order(back[0], back[1], [alpha_t * of_first, alpha_t * of_second])
            };
            weights.resize(order, 0.0);
            weights.iter_mut().zip(differences).for_each(|(weight, difference)| *weight += difference);
        }

        // 4. All of them on the samples.
        let mut terms = vec![(of_sample, &sample)];
        terms.extend(weights.into_iter().zip(&self.originals));
        let mut prev_sample = weighted_sum(&terms);
        if self.is_stochastic_at(step_index) {
            prev_sample = prev_sample + required(noise).mul_scalar(sigma_t * (-libm::expm1(-2.0 * h)).sqrt());
        }
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let (alpha, sigma) = alpha_sigma(self.sigmas.sigmas[step_index]);
        weighted_sum(&[(alpha, &original), (sigma, &noise)])
    }
}

/// `solver_order`, 2 by default.
pub(super) fn solver_order(config: &SchedulerConfig) -> Result<usize, SchedulerError> {
    match config.solver_order.unwrap_or(2) {
        order @ 1..=3 => Ok(order),
        other => Err(SchedulerError::NotImplemented {
            field: "solver_order",
            value: other.to_string(),
            instead: "1, 2 or 3",
        }),
    }
}

/// What `D1 = (m0 - m1) / r0`, times `weight`, adds to the weights of m0 and m1.
fn second_order(r0: f64, weight: f64) -> [f64; 3] {
    [weight / r0, -weight / r0, 0.0]
}

/// The same for three predictions and both derivatives.
fn third_order(r0: f64, r1: f64, weights: [f64; 2]) -> [f64; 3] {
    let near = [1.0 / r0, -1.0 / r0, 0.0];
    let far = [0.0, 1.0 / r1, -1.0 / r1];
    std::array::from_fn(|index| {
        let curvature = near[index] - far[index];
        let first = near[index] + r0 / (r0 + r1) * curvature;
        let second = curvature / (r0 + r1);
        weights[0] * first + weights[1] * second
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear};
    use super::*;

    fn full_loop(prediction: PredictionType, schedule: SigmaSchedule) -> FullLoop {
        let config = SchedulerConfig {
            prediction_type: Some(prediction),
            lower_order_final: Some(false),
            final_sigmas_type: Some(FinalSigmas::SigmaMin),
            ..linear()
        };
        FullLoop::new(Box::new(DpmSolverMultistep::ode(&config, schedule, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_dpm_multi.py
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal).run().has_mean(0.3301);
        full_loop(PredictionType::VPrediction, SigmaSchedule::Normal).run().has_mean(0.2251);
        full_loop(PredictionType::VPrediction, SigmaSchedule::Karras).run().has_mean(0.2096);
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal)
            .starting_after(5)
            .run()
            .is(Published { sum: 318.4111, mean: 0.4146 });
    }

    #[test]
    fn a_constant_prediction_is_reached_whatever_the_order() {
        // With m0 = m1 = m2 the derivatives vanish: what they add to the weights must cancel.
        for (r0, r1) in [(0.5, 0.7), (1.3, 2.0)] {
            for added in [second_order(r0, 0.4), third_order(r0, r1, [0.4, -0.2])] {
                assert!(added.iter().sum::<f64>().abs() < 1e-12);
            }
        }
    }

    #[test]
    fn an_order_that_is_not_implemented_is_refused() {
        let config = SchedulerConfig { solver_order: Some(4), ..linear() };
        assert!(
            DpmSolverMultistep::ode(&config, SigmaSchedule::Karras, 10)
                .unwrap_err()
                .to_string()
                .contains("solver_order to 4")
        );
        let config = SchedulerConfig { solver_order: Some(3), ..linear() };
        assert!(
            DpmSolverMultistep::sde(&config, SigmaSchedule::Karras, 10)
                .unwrap_err()
                .to_string()
                .contains("solver_order to 3")
        );
    }
}
