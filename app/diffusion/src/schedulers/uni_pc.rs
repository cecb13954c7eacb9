use std::collections::VecDeque;

use burn::tensor::Tensor;

use super::config::{FinalSigmas, SolverType};
use super::dpm_solver_multistep::solver_order;
use super::linear::weighted_sum;
use super::sigmas::{Sigmas, TimestepRounding, alpha_sigma, lambda};
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, SigmaSchedule,
};

/// The unified predictor-corrector (Zhao et al., 2023) on predicted clean samples, `UniPCMultistepScheduler`.
#[derive(Debug, Clone)]
pub struct UniPc {
    sigmas: Sigmas,
    prediction: PredictionType,
    solver_order: usize,
    /// B(h) = h instead of e^h - 1: `solver_type` "bh1".
    bh1: bool,
    lower_order_final: bool,
    disable_corrector: Vec<usize>,
    /// Predicted clean samples, latest first.
    originals: VecDeque<Tensor<4>>,
    /// The last step's sample, from which the corrector takes that step again, and its order.
    last_step: Option<(Tensor<4>, usize)>,
}

impl UniPc {
    /// # Errors
    /// If `steps` does not fit the training timesteps, `solver_order` is not 1, 2 or 3, or a higher order would reach sigma 0.
    pub fn new(config: &SchedulerConfig, schedule: SigmaSchedule, steps: usize) -> Result<Self, SchedulerError> {
        config.check_steps(SchedulerKind::UniPc.a1111_name(), steps)?;
        let solver_order = solver_order(config)?;
        let lower_order_final = config.lower_order_final.unwrap_or(true);
        let ends_at_zero = config.final_sigmas_type != Some(FinalSigmas::SigmaMin);
        if !lower_order_final && ends_at_zero && solver_order > 1 {
            // lambda is infinite at sigma 0, so there is nothing to extrapolate over.
            return Err(SchedulerError::NotImplemented {
                field: "lower_order_final",
                value: "false".to_owned(),
                instead: "true",
            });
        }
        let mut sigmas = Sigmas::spanning_the_training(config, schedule, TimestepRounding::NearestForKarras, steps)?;
        if !ends_at_zero && matches!(schedule, SigmaSchedule::Karras | SigmaSchedule::Exponential | SigmaSchedule::Beta)
        {
            // These end where they are laid out to end, which sigma_min may have moved.
            sigmas.sigmas[steps] = sigmas.sigmas[steps - 1];
        }
        Ok(Self {
            sigmas,
            prediction: config.prediction_type(),
            solver_order,
            bh1: config.solver_type == Some(SolverType::Bh1),
            lower_order_final,
            disable_corrector: config.disable_corrector.clone().unwrap_or_default(),
            originals: VecDeque::new(),
            last_step: None,
        })
    }

    /// Weights of one step from sigma index `from` to `from + 1`: on the sample at its start and on the predictions, latest first.
    /// With `corrected`, the weights of the prediction at its end come first.
    fn weights(&self, from: usize, order: usize, corrected: bool) -> (f64, Vec<f64>) {
        let sigmas = &self.sigmas.sigmas;
        let (alpha_t, sigma_t) = alpha_sigma(sigmas[from + 1]);
        let (_, sigma_s) = alpha_sigma(sigmas[from]);
        let h = lambda(sigmas[from + 1]) - lambda(sigmas[from]);
        let growth = libm::expm1(-h);
        let b_of_h = if self.bh1 { -h } else { growth };

        // 1. Distances to the earlier predictions in units of the step; for the corrector also the step's end.
        let mut nodes: Vec<f64> =
            (1..order).map(|back| (lambda(sigmas[from - back]) - lambda(sigmas[from])) / h).collect();
        if corrected {
            nodes.push(1.0);
        }

        // 2. How much of each difference to the latest prediction goes in. Where diffusers has a fixed 1/2, so have we.
        let shares = match nodes.len() {
            0 => Vec::new(),
            1 => vec![0.5],
            _ => solved(vandermonde(&nodes), moments(-h, b_of_h, nodes.len())),
        };

        // 3. A difference m_k - m_0 counts once for m_k and once against m_0.
        let scale = -alpha_t * b_of_h;
        let mut of_earlier: Vec<f64> = nodes.iter().zip(&shares).map(|(node, share)| scale * share / node).collect();
        let of_latest = -alpha_t * growth - of_earlier.iter().sum::<f64>();
        let mut weights = Vec::with_capacity(order + 1);
        if corrected {
            weights.extend(of_earlier.pop());
        }
        weights.push(of_latest);
        weights.append(&mut of_earlier);
        (sigma_t / sigma_s, weights)
    }

    /// Takes a step from sigma index `from` with the newest predictions.
    fn stepped(&self, sample: &Tensor<4>, from: usize, order: usize, corrected: bool) -> Tensor<4> {
        let (of_sample, weights) = self.weights(from, order, corrected);
        let mut terms = vec![(of_sample, sample)];
        terms.extend(weights.into_iter().zip(&self.originals));
        weighted_sum(&terms)
    }
}

impl Scheduler for UniPc {
    fn timesteps(&self) -> &[f64] {
        &self.sigmas.timesteps
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        _noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let (alpha, sigma) = alpha_sigma(self.sigmas.sigmas[step_index]);
        let original = self.prediction.original(alpha, sigma).apply(&sample, &model_output);
        self.originals.push_front(original.clone());

        // 1. Corrector: the last step again, now that the prediction at its end is known.
        let sample = match self.last_step.take() {
            Some((last_sample, order)) if !self.disable_corrector.contains(&(step_index - 1)) => {
                self.stepped(&last_sample, step_index - 1, order, true)
            }
            _ => sample,
        };
        self.originals.truncate(self.solver_order);

        // 2. Predictor, of an order that the steps behind and ahead allow.
        let left = self.sigmas.timesteps.len() - step_index;
        let highest = if self.lower_order_final { self.solver_order.min(left) } else { self.solver_order };
        let order = highest.min(self.originals.len());
        let prev_sample = self.stepped(&sample, step_index, order, false);
        self.last_step = Some((sample, order));
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let (alpha, sigma) = alpha_sigma(self.sigmas.sigmas[step_index]);
        weighted_sum(&[(alpha, &original), (sigma, &noise)])
    }
}

/// Row i holds the i-th powers of the nodes.
fn vandermonde(nodes: &[f64]) -> Vec<Vec<f64>> {
    let row = |power: usize| nodes.iter().map(|node| node.powi(power as i32)).collect();
    (0..nodes.len()).map(row).collect()
}

/// `len` values of i! phi_{i + 1}(h) h / B(h), formula (11), for i from 1.
fn moments(h: f64, b_of_h: f64, len: usize) -> Vec<f64> {
    let (mut phi, mut factorial) = (libm::expm1(h) / h - 1.0, 1.0);
    let next = |order: usize| {
        let moment = phi * factorial / b_of_h;
        factorial *= (order + 1) as f64;
        phi = phi / h - 1.0 / factorial;
        moment
    };
    (1..=len).map(next).collect()
}

/// Solves a small linear system by Gaussian elimination with pivoting.
fn solved(mut rows: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let len = right.len();
    for column in 0..len {
        let pivot =
            (column..len).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs())).unwrap_or(column);
        rows.swap(column, pivot);
        right.swap(column, pivot);
        let (pivot_row, pivot_right) = (rows[column].clone(), right[column]);
        for (row, right) in rows.iter_mut().zip(&mut right).skip(column + 1) {
            let factor = row[column] / pivot_row[column];
            row.iter_mut().zip(&pivot_row).for_each(|(value, pivot)| *value -= factor * pivot);
            *right -= factor * pivot_right;
        }
    }
    for column in (0..len).rev() {
        let known: f64 = (column + 1..len).map(|k| rows[column][k] * right[k]).sum();
        right[column] = (right[column] - known) / rows[column][column];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear};
    use super::*;

    fn full_loop(prediction: PredictionType, schedule: SigmaSchedule) -> FullLoop {
        let config = SchedulerConfig {
            prediction_type: Some(prediction),
            final_sigmas_type: Some(FinalSigmas::SigmaMin),
            ..linear()
        };
        FullLoop::new(Box::new(UniPc::new(&config, schedule, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_unipc.py
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal).run().has_mean(0.2464);
        full_loop(PredictionType::Epsilon, SigmaSchedule::Karras).run().has_mean(0.2925);
        full_loop(PredictionType::VPrediction, SigmaSchedule::Normal).run().has_mean(0.1014);
        full_loop(PredictionType::VPrediction, SigmaSchedule::Karras).run().has_mean(0.1966);
        full_loop(PredictionType::Epsilon, SigmaSchedule::Normal)
            .starting_after(8)
            .run()
            .is(Published { sum: 315.5757, mean: 0.4109 });
    }

    #[test]
    fn a_constant_prediction_moves_as_the_exact_solution_does() {
        for (solver_order, solver_type) in [(2, SolverType::Bh1), (2, SolverType::Bh2), (3, SolverType::Bh2)] {
            let config =
                SchedulerConfig { solver_order: Some(solver_order), solver_type: Some(solver_type), ..linear() };
            let scheduler = UniPc::new(&config, SigmaSchedule::Normal, 10).unwrap();
            let (alpha_t, sigma_t) = alpha_sigma(scheduler.sigmas.sigmas[6]);
            let (alpha_s, sigma_s) = alpha_sigma(scheduler.sigmas.sigmas[5]);
            for corrected in [false, true] {
                let (of_sample, weights) = scheduler.weights(5, solver_order, corrected);
                assert!((of_sample - sigma_t / sigma_s).abs() < 1e-12);
                assert!((weights.iter().sum::<f64>() - (alpha_t - alpha_s * sigma_t / sigma_s)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_linear_system_is_solved() {
        let solution =
            solved(vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 1.0], vec![4.0, 2.0, 1.0]], vec![7.0, 6.0, 11.0]);
        assert!(solution.iter().zip([1.0, 2.0, 3.0]).all(|(value, expected)| (value - expected).abs() < 1e-12));
    }

    #[test]
    fn a_high_order_at_sigma_zero_is_refused() {
        let config = SchedulerConfig { lower_order_final: Some(false), ..linear() };
        assert!(UniPc::new(&config, SigmaSchedule::Normal, 10).is_err());
    }
}
