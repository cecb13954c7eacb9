//! Sigmas: noise over signal, `sqrt((1 - alpha) / alpha)`, for the schedulers that walk along them.

use super::alphas::{BetaDefaults, alphas_cumprod_above_zero};
use super::config::{FinalSigmas, SchedulerConfig, TimestepSpacing};
use super::incomplete_beta::beta_quantile;
use super::{SchedulerError, SigmaSchedule, spacing};

/// The sigmas of a run, one more than timesteps, falling to the last.
#[derive(Debug, Clone)]
pub(super) struct Sigmas {
    /// `steps + 1` values, rounded to f32 as in diffusers.
    pub(super) sigmas: Vec<f64>,
    /// `steps` values; fractional where a sigma lies between training timesteps.
    pub(super) timesteps: Vec<f64>,
    /// What the first sample's standard deviation is in the sigma scaling.
    pub(super) init_noise_sigma: f64,
}

impl Sigmas {
    /// Sigmas in the manner of Euler, LMS and Heun: Karras and the others span what the configured spacing spans.
    pub(super) fn spanning_the_spacing(
        config: &SchedulerConfig,
        defaults: &BetaDefaults,
        schedule: SigmaSchedule,
        steps: usize,
    ) -> Result<Self, SchedulerError> {
        let table = Table::new(config, defaults)?;
        let default_spacing = TimestepSpacing::Linspace;
        let spaced_timesteps = spacing::fractional(config, default_spacing, steps)?;
        let spaced: Vec<f64> = spaced_timesteps.iter().map(|timestep| table.sigma_at(*timestep)).collect();
        let (mut sigmas, timesteps) = match schedule {
            SigmaSchedule::Normal => (spaced, spaced_timesteps),
            SigmaSchedule::SgmUniform => table.sgm_uniform(steps),
            _ => {
                let sigmas = between(schedule, config, spaced[spaced.len() - 1], spaced[0], steps);
                let timesteps = sigmas.iter().map(|sigma| f64::from(table.timestep_at(*sigma) as f32)).collect();
                (sigmas, timesteps)
            }
        };
        sigmas.push(table.final_sigma(config));
        round_to_f32(&mut sigmas);
        let max = sigmas[0];
        let leading = config.timestep_spacing.unwrap_or(default_spacing) == TimestepSpacing::Leading;
        // With leading spacing the first sample is noise plus a trace of a unit-variance picture; see diffusers' `init_noise_sigma`.
        let init_noise_sigma =
            if leading && schedule != SigmaSchedule::SgmUniform { (max * max + 1.0).sqrt() } else { max };
        Self { sigmas, timesteps, init_noise_sigma }.checked(steps)
    }

    /// Sigmas in the manner of DPM-Solver and UniPC: Karras and the others span all of training, timesteps are whole.
    pub(super) fn spanning_the_training(
        config: &SchedulerConfig,
        schedule: SigmaSchedule,
        rounding: TimestepRounding,
        steps: usize,
    ) -> Result<Self, SchedulerError> {
        let table = Table::new(config, &BetaDefaults::LINEAR)?;
        let (mut sigmas, timesteps) = match schedule {
            SigmaSchedule::Normal => {
                let last = table.timesteps_above(config.lambda_min_clipped.unwrap_or(f64::NEG_INFINITY));
                let timesteps = spacing::whole_of_one_more(config, last, steps)?;
                (timesteps.iter().map(|timestep| table.sigma_at(*timestep)).collect(), timesteps)
            }
            SigmaSchedule::SgmUniform => table.sgm_uniform(steps),
            _ => {
                let sigmas = between(schedule, config, table.sigmas[0], table.sigmas[table.sigmas.len() - 1], steps);
                let whole = |sigma: &f64| match (schedule, rounding) {
                    (SigmaSchedule::Karras, TimestepRounding::NearestForKarras) => {
                        table.timestep_at(*sigma).round_ties_even()
                    }
                    _ => table.timestep_at(*sigma).trunc(),
                };
                let timesteps = sigmas.iter().map(whole).collect();
                (sigmas, timesteps)
            }
        };
        sigmas.push(table.final_sigma(config));
        round_to_f32(&mut sigmas);
        Self { sigmas, timesteps, init_noise_sigma: 1.0 }.checked(steps)
    }

    /// Refuses sigmas that do not fall: a solver would divide by their distance. The last may equal the one before it.
    fn checked(self, steps: usize) -> Result<Self, SchedulerError> {
        let last = self.sigmas.len() - 1;
        let falls =
            self.sigmas[..last].windows(2).all(|pair| pair[0] > pair[1]) && self.sigmas[last - 1] >= self.sigmas[last];
        if falls { Ok(self) } else { Err(SchedulerError::StepsFallTogether { steps }) }
    }
}

/// How DPM-Solver and UniPC make a timestep whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimestepRounding {
    /// Karras sigmas to the nearest timestep, the others down.
    NearestForKarras,
    /// Always down.
    Down,
}

/// `-ln sigma`: half the log of signal over noise; infinite for sigma 0.
pub(super) fn lambda(sigma: f64) -> f64 {
    -libm::log(sigma)
}

/// Signal and noise of a unit-variance sample, `alpha^2 + sigma^2 = 1`, from their ratio.
pub(super) fn alpha_sigma(sigma_ratio: f64) -> (f64, f64) {
    let alpha = 1.0 / (sigma_ratio * sigma_ratio + 1.0).sqrt();
    (alpha, sigma_ratio * alpha)
}

/// The timestep, fractional, at which training had `sigma`.
pub(super) fn timestep_of(
    config: &SchedulerConfig,
    defaults: &BetaDefaults,
    sigma: f64,
) -> Result<f64, SchedulerError> {
    Ok(f64::from(Table::new(config, defaults)?.timestep_at(sigma) as f32))
}

/// The sigma of every training timestep, rising.
struct Table {
    sigmas: Vec<f64>,
    /// Rounded to f32, as diffusers has them.
    log_sigmas: Vec<f64>,
    lambdas: Vec<f64>,
}

impl Table {
    fn new(config: &SchedulerConfig, defaults: &BetaDefaults) -> Result<Self, SchedulerError> {
        let alphas = alphas_cumprod_above_zero(config, defaults)?;
        let sigmas: Vec<f64> = alphas.iter().map(|&alpha| f64::from(((1.0 - alpha) / alpha).sqrt())).collect();
        let log_sigmas = sigmas.iter().map(|&sigma| f64::from(libm::log(sigma) as f32)).collect();
        let log = |value: f32| libm::log(f64::from(value.sqrt())) as f32;
        let lambdas = alphas.iter().map(|&alpha| f64::from(log(alpha) - log(1.0 - alpha))).collect();
        Ok(Self { sigmas, log_sigmas, lambdas })
    }

    /// Linear interpolation between the sigmas of the neighbouring timesteps (`np.interp`).
    fn sigma_at(&self, timestep: f64) -> f64 {
        interpolated(&self.sigmas, timestep)
    }

    /// The inverse of interpolation in log sigma, within the table.
    fn timestep_at(&self, sigma: f64) -> f64 {
        let log_sigma = libm::log(sigma.max(1e-10));
        let below = self.log_sigmas.partition_point(|log| *log <= log_sigma);
        let low = below.saturating_sub(1).min(self.log_sigmas.len().saturating_sub(2));
        let Some(pair) = self.log_sigmas.get(low..low + 2) else {
            return 0.0;
        };
        let weight = ((pair[0] - log_sigma) / (pair[0] - pair[1])).clamp(0.0, 1.0);
        (1.0 - weight) * low as f64 + weight * (low + 1) as f64
    }

    /// A1111's and ComfyUI's SGM Uniform: `steps + 1` timesteps from the last to the first, without the first; sigmas
    /// interpolated in their logarithm.
    fn sgm_uniform(&self, steps: usize) -> (Vec<f64>, Vec<f64>) {
        let start = (self.sigmas.len() - 1) as f64;
        let timesteps: Vec<f64> = (0..steps).map(|index| start - index as f64 * start / steps as f64).collect();
        let sigmas = timesteps.iter().map(|timestep| libm::exp(interpolated(&self.log_sigmas, *timestep))).collect();
        (sigmas, timesteps)
    }

    /// How many training timesteps have a lambda of at least `min` (`lambda_min_clipped`).
    fn timesteps_above(&self, min: f64) -> usize {
        self.lambdas.iter().filter(|lambda| **lambda >= min).count()
    }

    fn final_sigma(&self, config: &SchedulerConfig) -> f64 {
        match config.final_sigmas_type.unwrap_or(FinalSigmas::Zero) {
            FinalSigmas::Zero => 0.0,
            FinalSigmas::SigmaMin => self.sigmas[0],
        }
    }
}

/// `steps` sigmas from `max` down to `min`, which the configuration may override.
fn between(schedule: SigmaSchedule, config: &SchedulerConfig, min: f64, max: f64, steps: usize) -> Vec<f64> {
    const RHO: f64 = 7.0; // Karras et al. (2022)
    const BETA: f64 = 0.6; // Lee et al. (2024)
    let min = config.sigma_min.unwrap_or(min);
    let max = config.sigma_max.unwrap_or(max);
    let ramp = (0..steps).map(|index| if steps == 1 { 0.0 } else { index as f64 / (steps - 1) as f64 });
    match schedule {
        SigmaSchedule::Karras => {
            let (min, max) = (libm::pow(min, 1.0 / RHO), libm::pow(max, 1.0 / RHO));
            ramp.map(|share| libm::pow(max + share * (min - max), RHO)).collect()
        }
        SigmaSchedule::Exponential => {
            let (min, max) = (libm::log(min), libm::log(max));
            ramp.map(|share| libm::exp(max + share * (min - max))).collect()
        }
        SigmaSchedule::Beta => ramp.map(|share| min + beta_quantile(1.0 - share, BETA, BETA) * (max - min)).collect(),
        SigmaSchedule::Normal | SigmaSchedule::SgmUniform => {
            unreachable!("these are laid out in time, not between two sigmas")
        }
    }
}

fn interpolated(values: &[f64], position: f64) -> f64 {
    let low = position.floor().max(0.0) as usize;
    match (values.get(low), values.get(low + 1)) {
        (Some(from), Some(to)) => from + (to - from) * (position - low as f64),
        (Some(last), None) => *last,
        _ => values[values.len() - 1],
    }
}

fn round_to_f32(values: &mut [f64]) {
    values.iter_mut().for_each(|value| *value = f64::from(*value as f32));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stable_diffusion(schedule: SigmaSchedule, steps: usize) -> Sigmas {
        let config = SchedulerConfig::stable_diffusion();
        Sigmas::spanning_the_spacing(&config, &BetaDefaults::LINEAR, schedule, steps).unwrap()
    }

    #[test]
    fn every_schedule_falls_from_the_largest_sigma_to_zero() {
        for schedule in SigmaSchedule::ALL {
            for steps in [2, 5, 30] {
                let Sigmas { sigmas, timesteps, init_noise_sigma } = stable_diffusion(schedule, steps);
                assert_eq!((sigmas.len(), timesteps.len()), (steps + 1, steps));
                assert!(sigmas.is_sorted_by(|a, b| a > b) && sigmas[steps] == 0.0, "{schedule}: {sigmas:?}");
                assert!(timesteps.is_sorted_by(|a, b| a > b), "{schedule}: {timesteps:?}");
                assert!((sigmas[0] - 14.6146).abs() < 1e-3 && init_noise_sigma == sigmas[0], "{schedule}: {sigmas:?}");
            }
        }
    }

    #[test]
    fn sgm_uniform_leaves_out_the_cleanest_timestep() {
        let Sigmas { timesteps, .. } = stable_diffusion(SigmaSchedule::SgmUniform, 3);
        assert_eq!(timesteps, [999.0, 666.0, 333.0]);
    }

    #[test]
    fn timestep_and_sigma_are_inverse_at_the_training_timesteps() {
        let table = Table::new(&SchedulerConfig::stable_diffusion(), &BetaDefaults::LINEAR).unwrap();
        for timestep in [0.0, 1.0, 500.0, 998.0, 999.0] {
            assert!((table.timestep_at(table.sigma_at(timestep)) - timestep).abs() < 1e-3);
        }
        assert_eq!((table.timestep_at(0.0), table.timestep_at(1e9)), (0.0, 999.0));
    }

    #[test]
    fn clipping_lambda_leaves_out_the_noisiest_timesteps() {
        let cosine = SchedulerConfig {
            beta_schedule: Some(super::super::BetaSchedule::SquaredcosCapV2),
            lambda_min_clipped: Some(-5.1),
            ..SchedulerConfig::default()
        };
        let sigmas =
            Sigmas::spanning_the_training(&cosine, SigmaSchedule::Normal, TimestepRounding::NearestForKarras, 10)
                .unwrap();
        assert!(sigmas.sigmas[0] < libm::exp(5.1) && sigmas.timesteps[0] < 999.0);
    }

    #[test]
    fn steps_that_fall_together_are_refused() {
        let config = SchedulerConfig { timestep_spacing: Some(TimestepSpacing::Leading), ..SchedulerConfig::default() };
        let error =
            Sigmas::spanning_the_training(&config, SigmaSchedule::Normal, TimestepRounding::Down, 1000).unwrap_err();
        assert_eq!(error, SchedulerError::StepsFallTogether { steps: 1000 });
    }
}
