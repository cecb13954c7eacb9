//! The noise levels of training: betas and the cumulative products of their complements.
//!
//! diffusers computes these tables in f32, and near timestep 0, where `1 - alpha` is small, that rounding reaches 1e-4 of the
//! result. So they are f32 here too, with the operations in PyTorch's order.

use super::SchedulerError;
use super::config::{BetaSchedule, SchedulerConfig};

/// What a diffusers class assumes where its configuration is silent.
pub(super) struct BetaDefaults {
    pub(super) beta_start: f64,
    pub(super) beta_end: f64,
    pub(super) beta_schedule: BetaSchedule,
}

impl BetaDefaults {
    /// Most classes.
    pub(super) const LINEAR: Self = Self { beta_start: 0.0001, beta_end: 0.02, beta_schedule: BetaSchedule::Linear };
    /// `LCMScheduler` and `TCDScheduler`, written for Stable Diffusion.
    pub(super) const STABLE_DIFFUSION: Self =
        Self { beta_start: 0.00085, beta_end: 0.012, beta_schedule: BetaSchedule::ScaledLinear };
    /// `HeunDiscreteScheduler`.
    pub(super) const HEUN: Self = Self { beta_start: 0.00085, beta_end: 0.012, beta_schedule: BetaSchedule::Linear };
}

/// Cumulative products of `1 - beta`, one per training timestep, falling from almost 1.
pub(super) fn alphas_cumprod(config: &SchedulerConfig, defaults: &BetaDefaults) -> Result<Vec<f32>, SchedulerError> {
    let mut betas = betas(config, defaults)?;
    if config.rescale_betas_zero_snr.unwrap_or(false) {
        betas = rescale_zero_terminal_snr(&betas);
    }
    Ok(cumprod(&betas))
}

/// As [`alphas_cumprod`], with a last value that is not quite 0 after zero-SNR rescaling: the sigma schedulers divide by it.
/// 2^-24 is diffusers' choice; it makes the first sigma 4096.
pub(super) fn alphas_cumprod_above_zero(
    config: &SchedulerConfig,
    defaults: &BetaDefaults,
) -> Result<Vec<f32>, SchedulerError> {
    const SMALLEST: f32 = 1.0 / (1 << 24) as f32;
    let mut alphas = alphas_cumprod(config, defaults)?;
    if config.rescale_betas_zero_snr.unwrap_or(false)
        && let Some(last) = alphas.last_mut()
    {
        *last = SMALLEST;
    }
    Ok(alphas)
}

/// `alpha / next`, rounded to f32 as in diffusers: schedulers subtract it from 1, and near timestep 0 the rounding is most of what is left.
pub(super) fn step_alpha(alpha: f64, next: f64) -> f64 {
    f64::from(alpha as f32 / next as f32)
}

fn betas(config: &SchedulerConfig, defaults: &BetaDefaults) -> Result<Vec<f32>, SchedulerError> {
    let len = config.num_train_timesteps();
    if let Some(trained) = &config.trained_betas {
        if trained.len() != len {
            return Err(SchedulerError::Config(format!(
                "trained_betas has {} values, num_train_timesteps is {len}",
                trained.len()
            )));
        }
        return Ok(trained.iter().map(|&beta| beta as f32).collect());
    }
    let start = config.beta_start.unwrap_or(defaults.beta_start);
    let end = config.beta_end.unwrap_or(defaults.beta_end);
    if !(0.0 < start && start <= end && end < 1.0) {
        return Err(SchedulerError::Config(format!(
            "0 < beta_start <= beta_end < 1 does not hold for {start} and {end}"
        )));
    }
    Ok(match config.beta_schedule.unwrap_or(defaults.beta_schedule) {
        BetaSchedule::Linear => linspace(start, end, len),
        BetaSchedule::ScaledLinear => linspace(start.sqrt(), end.sqrt(), len).iter().map(|root| root * root).collect(),
        BetaSchedule::SquaredcosCapV2 => squared_cosine(len),
    })
}

/// `torch.linspace` in float32: from both ends towards the middle, each value rounded once.
fn linspace(start: f64, end: f64, len: usize) -> Vec<f32> {
    if len == 1 {
        return vec![start as f32];
    }
    let (start, end) = (start as f32, end as f32);
    let step = f64::from((end - start) / (len - 1) as f32);
    let (start, end) = (f64::from(start), f64::from(end));
    let value = |index: usize| {
        if index < len / 2 { start + step * index as f64 } else { end - step * (len - 1 - index) as f64 }
    };
    (0..len).map(|index| value(index) as f32).collect()
}

/// Nichol and Dhariwal (2021), "squaredcos_cap_v2".
fn squared_cosine(len: usize) -> Vec<f32> {
    const MAX_BETA: f64 = 0.999;
    let alpha_bar = |t: f64| {
        let cos = libm::cos((t + 0.008) / 1.008 * std::f64::consts::PI / 2.0);
        cos * cos
    };
    let beta = |index: usize| 1.0 - alpha_bar((index + 1) as f64 / len as f64) / alpha_bar(index as f64 / len as f64);
    (0..len).map(|index| beta(index).min(MAX_BETA) as f32).collect()
}

/// Lin et al. (2023), algorithm 1: shifts and scales the square roots so that the last one is 0 and the first one stays.
fn rescale_zero_terminal_snr(betas: &[f32]) -> Vec<f32> {
    let roots: Vec<f32> = cumprod(betas).iter().map(|alpha| alpha.sqrt()).collect();
    let (Some(&first), Some(&last)) = (roots.first(), roots.last()) else {
        return Vec::new();
    };
    let scale = first / (first - last);
    let alphas_bar: Vec<f32> = roots.iter().map(|root| (root - last) * scale).map(|root| root * root).collect();
    let mut rescaled = vec![1.0 - alphas_bar[0]];
    rescaled.extend(alphas_bar.windows(2).map(|pair| 1.0 - pair[1] / pair[0]));
    rescaled
}

/// `torch.cumprod(1 - betas)`: PyTorch accumulates in f64 and rounds every value.
fn cumprod(betas: &[f32]) -> Vec<f32> {
    let product = |product: &mut f64, beta: &f32| {
        *product *= f64::from(1.0 - beta);
        Some(*product as f32)
    };
    betas.iter().scan(1.0, product).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stable_diffusion() -> SchedulerConfig {
        SchedulerConfig::stable_diffusion()
    }

    #[test]
    fn stable_diffusions_table_has_its_known_ends() {
        let alphas = alphas_cumprod(&stable_diffusion(), &BetaDefaults::LINEAR).unwrap();
        assert_eq!(alphas.len(), 1000);
        assert_eq!(alphas[0], 0.99915);
        assert!((alphas[999] - 0.004_660_095).abs() < 1e-8, "{}", alphas[999]);
    }

    #[test]
    fn zero_snr_rescaling_ends_at_zero_and_keeps_the_first_value() {
        let config = SchedulerConfig { rescale_betas_zero_snr: Some(true), ..stable_diffusion() };
        let plain = alphas_cumprod(&stable_diffusion(), &BetaDefaults::LINEAR).unwrap();
        let rescaled = alphas_cumprod(&config, &BetaDefaults::LINEAR).unwrap();
        assert!((rescaled[0] - plain[0]).abs() < 1e-6);
        assert_eq!(rescaled[999], 0.0);
        assert!(rescaled.windows(2).all(|pair| pair[1] < pair[0]));
        assert_eq!(alphas_cumprod_above_zero(&config, &BetaDefaults::LINEAR).unwrap()[999], 1.0 / 16_777_216.0);
    }

    #[test]
    fn betas_that_make_no_sense_are_refused() {
        let refused = |config: SchedulerConfig| alphas_cumprod(&config, &BetaDefaults::LINEAR).unwrap_err().to_string();
        assert!(refused(SchedulerConfig { beta_end: Some(f64::NAN), ..stable_diffusion() }).contains("beta_end"));
        assert!(
            refused(SchedulerConfig { trained_betas: Some(vec![0.1; 3]), ..stable_diffusion() })
                .contains("trained_betas has 3")
        );
    }
}
