//! Noise schedulers with the contract of diffusers 0.42, at its numbers.
//!
//! A scheduler is built for one run: [`build`] fixes kind, sigma schedule and number of steps. All coefficients are f64 on the
//! CPU (rounded to f32 where diffusers' own tables are f32); tensors are only scaled, added and clamped, nothing is read back
//! from the device. Steps are addressed by index, never by searching a timestep, and noise is passed in.

mod alphas;
mod config;
mod ddim;
mod ddpm;
mod dpm_solver_multistep;
mod dpmpp_2s_ancestral;
mod error;
mod euler;
mod euler_ancestral;
mod heun;
mod incomplete_beta;
mod kind;
mod lcm;
mod linear;
mod lms;
mod pndm;
mod prediction;
mod sigmas;
mod spacing;
mod tcd;
mod uni_pc;
mod unimplemented;

use burn::tensor::Tensor;

pub use config::{
    AlgorithmType, BetaSchedule, FinalSigmas, SchedulerConfig, SolverType, TimestepSpacing, VarianceType,
    without_infinities,
};
pub use ddim::Ddim;
pub use ddpm::Ddpm;
pub use dpm_solver_multistep::DpmSolverMultistep;
pub use dpmpp_2s_ancestral::Dpmpp2sAncestral;
pub use error::SchedulerError;
pub use euler::Euler;
pub use euler_ancestral::EulerAncestral;
pub use heun::Heun;
pub use kind::{SchedulerKind, SigmaSchedule};
pub use lcm::Lcm;
pub use lms::Lms;
pub use pndm::Pndm;
pub use prediction::PredictionType;
pub use tcd::Tcd;
pub use uni_pc::UniPc;
pub use unimplemented::Unimplemented;

/// What one step gives back, both of the sample's shape.
#[derive(Debug, Clone)]
pub struct SchedulerOutput {
    /// The sample at the next, less noisy, timestep.
    pub prev_sample: Tensor<4>,
    /// The clean sample that the model output amounts to: what a preview shows.
    pub pred_original_sample: Tensor<4>,
}

/// One denoising run: the timesteps that the model is asked at and the arithmetic between them.
///
/// `step_index` counts model calls from 0. A run may begin at any multiple of [`order`](Self::order) (image-to-image); from
/// there `step` is called once per index, in order, because multistep solvers remember earlier model outputs.
pub trait Scheduler: Send {
    /// The timestep of every model call, falling; fractional where sigmas lie between training timesteps.
    fn timesteps(&self) -> &[f64];

    /// Standard deviation of the first sample: `sample = noise * init_noise_sigma` when a run begins at index 0.
    /// 1 unless the scheduler counts in sigmas.
    fn init_noise_sigma(&self) -> f64 {
        1.0
    }

    /// The model's input for `sample` at `step_index`; `step` still wants the sample as it was.
    /// The sample itself unless the scheduler counts in sigmas.
    fn scale_model_input(&self, sample: Tensor<4>, _step_index: usize) -> Tensor<4> {
        sample
    }

    /// Whether [`step`](Self::step) adds noise at `step_index`; never unless the method is stochastic.
    fn needs_noise(&self, _step_index: usize) -> bool {
        false
    }

    /// Goes from `step_index` to the next timestep. `model_output`, `sample` and `noise` have one shape.
    ///
    /// # Panics
    /// If `noise` is missing where [`needs_noise`](Self::needs_noise) asks for it, or `step_index` is not below the number of timesteps.
    fn step(
        &mut self,
        model_output: Tensor<4>,
        step_index: usize,
        sample: Tensor<4>,
        noise: Option<Tensor<4>>,
    ) -> SchedulerOutput;

    /// `original` with the noise that a sample has at `step_index`: the start of image-to-image, the kept part of inpainting.
    fn add_noise(&self, original: Tensor<4>, noise: Tensor<4>, step_index: usize) -> Tensor<4>;

    /// Model calls per step. Image-to-image begins at `order * skipped_steps`.
    fn order(&self) -> usize {
        1
    }
}

/// Builds the scheduler `kind` for `steps` steps. `sigmas` of `None` leaves the choice to the configuration.
///
/// # Errors
/// If `steps` is 0 or too many, if `kind` cannot follow `sigmas` or the prediction type, or if the configuration asks for
/// something that is not implemented.
pub fn build(
    kind: SchedulerKind,
    sigmas: Option<SigmaSchedule>,
    config: &SchedulerConfig,
    steps: usize,
) -> Result<Box<dyn Scheduler>, SchedulerError> {
    config.check_implemented(kind)?;
    let sigmas = match sigmas {
        Some(sigmas) => sigmas,
        None if kind.reads_sigmas() => config.sigma_schedule()?,
        // diffusers' DDIM and its like ignore `use_karras_sigmas` in a configuration that another scheduler wrote.
        None => SigmaSchedule::Normal,
    };
    kind.check_sigmas(sigmas)?;
    Ok(match kind {
        SchedulerKind::Ddim => Box::new(Ddim::new(config, steps)?),
        SchedulerKind::Ddpm => Box::new(Ddpm::new(config, steps)?),
        SchedulerKind::Pndm => Box::new(Pndm::new(config, steps)?),
        SchedulerKind::Lms => Box::new(Lms::new(config, sigmas, steps)?),
        SchedulerKind::Heun => Box::new(Heun::new(config, sigmas, steps)?),
        SchedulerKind::Euler => Box::new(Euler::new(config, sigmas, steps)?),
        SchedulerKind::EulerAncestral => Box::new(EulerAncestral::new(config, sigmas, steps)?),
        SchedulerKind::DpmSolverMultistep => Box::new(DpmSolverMultistep::ode(config, sigmas, steps)?),
        SchedulerKind::DpmSolverSde2M => Box::new(DpmSolverMultistep::sde(config, sigmas, steps)?),
        SchedulerKind::Dpmpp2sAncestral => Box::new(Dpmpp2sAncestral::new(config, sigmas, steps)?),
        SchedulerKind::UniPc => Box::new(UniPc::new(config, sigmas, steps)?),
        SchedulerKind::Lcm => Box::new(Lcm::new(config, steps)?),
        SchedulerKind::Tcd => Box::new(Tcd::new(config, steps)?),
    })
}

/// The noise of a step that asked for it.
fn required(noise: Option<Tensor<4>>) -> Tensor<4> {
    noise.expect("the caller draws noise wherever `needs_noise` asks for it")
}

#[cfg(test)]
mod tests;
