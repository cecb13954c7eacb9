use burn::tensor::Tensor;

use super::alphas::{BetaDefaults, alphas_cumprod, step_alpha};
use super::linear::{clipped, weighted_sum};
use super::{
    PredictionType, Scheduler, SchedulerConfig, SchedulerError, SchedulerKind, SchedulerOutput, TimestepSpacing,
    required, spacing,
};

/// Denoising diffusion implicit models (Song et al., 2020), `DDIMScheduler`.
#[derive(Debug, Clone)]
pub struct Ddim {
    timesteps: Vec<f64>,
    alphas_cumprod: Vec<f32>,
    final_alpha_cumprod: f64,
    /// Training timesteps between two steps.
    stride: usize,
    prediction: PredictionType,
    clip: Option<f64>,
    eta: f64,
}

impl Ddim {
    /// # Errors
    /// If `steps` does not fit the training timesteps, or the model predicts noise and the signal starts at zero.
    pub fn new(config: &SchedulerConfig, steps: usize) -> Result<Self, SchedulerError> {
        let name = SchedulerKind::Ddim.a1111_name();
        config.check_steps(name, steps)?;
        let alphas_cumprod = alphas_cumprod(config, &BetaDefaults::LINEAR)?;
        let timesteps = spacing::whole(config, TimestepSpacing::Leading, steps)?;
        let prediction = config.prediction_type();
        refuse_epsilon_at_zero_signal(name, prediction, &alphas_cumprod, &timesteps)?;
        Ok(Self {
            timesteps,
            final_alpha_cumprod: if config.set_alpha_to_one.unwrap_or(true) {
                1.0
            } else {
                f64::from(alphas_cumprod[0])
            },
            alphas_cumprod,
            stride: config.num_train_timesteps() / steps,
            prediction,
            clip: config.clip_range(true),
            eta: config.eta_or(0.0)?,
        })
    }

    /// Signal powers at `step_index` and after it.
    fn alphas(&self, step_index: usize) -> (f64, f64) {
        let timestep = self.timesteps[step_index] as usize;
        let alpha = f64::from(self.alphas_cumprod[timestep]);
        let next = timestep
            .checked_sub(self.stride)
            .map_or(self.final_alpha_cumprod, |next| f64::from(self.alphas_cumprod[next]));
        (alpha, next)
    }

    /// Standard deviation of the fresh noise, formula (16).
    fn noise_std(&self, step_index: usize) -> f64 {
        let (alpha, next) = self.alphas(step_index);
        self.eta * ((1.0 - next) / (1.0 - alpha) * (1.0 - step_alpha(alpha, next))).sqrt()
    }
}

impl Scheduler for Ddim {
    fn timesteps(&self) -> &[f64] {
        &self.timesteps
    }

    fn needs_noise(&self, step_index: usize) -> bool {
        self.noise_std(step_index) > 0.0
    }

    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput {
        let (alpha, next) = self.alphas(step_index);
        let (signal, sigma) = (alpha.sqrt(), (1.0 - alpha).sqrt());
        let noise_std = self.noise_std(step_index);

        // 1. The clean sample, formula (12), and the noise in the sample.
        let original = clipped(self.prediction.original(signal, sigma).apply(&sample, &model_output), self.clip);
        let epsilon = self.prediction.epsilon(signal, sigma).apply(&sample, &model_output);

        // 2. Back to the next noise level in the direction of that noise, with fresh noise in place of a part of it.
        let direction = (1.0 - next - noise_std * noise_std).max(0.0).sqrt();
        let mut prev_sample = weighted_sum(&[(next.sqrt(), &original), (direction, &epsilon)]);
        if self.needs_noise(step_index) {
            prev_sample = prev_sample + required(noise).mul_scalar(noise_std);
        }
        SchedulerOutput { prev_sample, pred_original_sample: original }
    }

    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4> {
        let (alpha, _) = self.alphas(step_index);
        weighted_sum(&[(alpha.sqrt(), &original), ((1.0 - alpha).sqrt(), &noise)])
    }
}

/// A noise prediction cannot be turned into a picture where there is no signal: diffusers would divide by zero.
pub(super) fn refuse_epsilon_at_zero_signal(
    scheduler: &'static str,
    prediction: PredictionType,
    alphas_cumprod: &[f32],
    timesteps: &[f64],
) -> Result<(), SchedulerError> {
    let at_zero = timesteps.iter().any(|timestep| alphas_cumprod[*timestep as usize] == 0.0);
    if prediction == PredictionType::Epsilon && at_zero {
        return Err(SchedulerError::ZeroTerminalSnr { scheduler });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FullLoop, Published, linear};
    use super::*;

    fn full_loop(config: SchedulerConfig) -> FullLoop {
        let config = SchedulerConfig { clip_sample: Some(true), ..config };
        FullLoop::new(Box::new(Ddim::new(&config, 10).unwrap()))
    }

    #[test]
    fn the_full_loops_published_by_diffusers() {
        // tests/schedulers/test_scheduler_ddim.py
        full_loop(linear()).run().is(Published { sum: 172.0067, mean: 0.223967 });
        let v = SchedulerConfig { prediction_type: Some(PredictionType::VPrediction), ..linear() };
        full_loop(v).run().is(Published { sum: 52.5302, mean: 0.0684 });
        let early = SchedulerConfig { beta_start: Some(0.01), ..linear() };
        full_loop(SchedulerConfig { set_alpha_to_one: Some(true), ..early.clone() })
            .run()
            .is(Published { sum: 149.8295, mean: 0.1951 });
        full_loop(SchedulerConfig { set_alpha_to_one: Some(false), ..early })
            .run()
            .is(Published { sum: 149.0784, mean: 0.1941 });
        full_loop(linear()).starting_after(8).run().is(Published { sum: 354.5418, mean: 0.4616 });
    }

    #[test]
    fn the_variances_published_by_diffusers() {
        // test_variance: eta = 1, `_get_variance(timestep, timestep - stride)`
        const ROUNDING: f64 = 1e-5;
        for (steps, timestep, variance) in
            [(50, 420.0, 0.14771), (50, 980.0, 0.32460), (1000, 487.0, 0.00979), (1000, 999.0, 0.02)]
        {
            let config = SchedulerConfig { eta: Some(1.0), ..linear() };
            let ddim = Ddim::new(&config, steps).unwrap();
            let index = ddim.timesteps.iter().position(|t| *t == timestep).unwrap();
            assert!((ddim.noise_std(index).powi(2) - variance).abs() < ROUNDING, "{timestep}");
        }
    }

    #[test]
    fn a_noise_prediction_from_zero_signal_is_refused() {
        let config = SchedulerConfig {
            rescale_betas_zero_snr: Some(true),
            timestep_spacing: Some(TimestepSpacing::Trailing),
            ..SchedulerConfig::stable_diffusion()
        };
        assert_eq!(Ddim::new(&config, 20).unwrap_err(), SchedulerError::ZeroTerminalSnr { scheduler: "DDIM" });
        let v = SchedulerConfig { prediction_type: Some(PredictionType::VPrediction), ..config };
        assert!(Ddim::new(&v, 20).is_ok());
    }

    #[test]
    fn numbers_of_steps_that_do_not_fit_are_refused() {
        let refused = |steps| Ddim::new(&SchedulerConfig::stable_diffusion(), steps).unwrap_err().to_string();
        assert_eq!(refused(0), "DDIM takes 1 to 1000 steps here, not 0");
        assert_eq!(refused(1001), "DDIM takes 1 to 1000 steps here, not 1001");
    }
}
