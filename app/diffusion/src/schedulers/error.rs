/// Why a scheduler cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SchedulerError {
    /// No scheduler has this name.
    #[error("there is no scheduler \"{name}\"; choose one of {choices}")]
    UnknownScheduler {
        /// What was asked for.
        name: String,
        /// Every name, separated by commas.
        choices: String,
    },
    /// No sigma schedule has this name.
    #[error("there is no sigma schedule \"{name}\"; choose one of {choices}")]
    UnknownSigmas {
        /// What was asked for.
        name: String,
        /// Every name, separated by commas.
        choices: String,
    },
    /// The scheduler walks along timesteps, not sigmas.
    #[error(
        "{scheduler} does not follow sigmas, so the sigma schedule \"{sigmas}\" cannot be used with it; choose \"normal\" or a scheduler such as Euler or DPM++ 2M"
    )]
    SigmasUnsupported {
        /// The scheduler's name.
        scheduler: &'static str,
        /// The sigma schedule's name.
        sigmas: &'static str,
    },
    /// Too few or too many steps.
    #[error("{scheduler} takes {min} to {max} steps here, not {steps}")]
    Steps {
        /// The scheduler's name.
        scheduler: &'static str,
        /// Fewest steps.
        min: usize,
        /// Most steps.
        max: usize,
        /// What was asked for.
        steps: usize,
    },
    /// The timesteps would reach past the end of training.
    #[error(
        "{steps} steps with steps_offset {steps_offset} reach past the last of the {num_train_timesteps} training timesteps; use fewer steps"
    )]
    PastTraining {
        /// What was asked for.
        steps: usize,
        /// From the configuration.
        steps_offset: usize,
        /// From the configuration.
        num_train_timesteps: usize,
    },
    /// Two steps would be taken at the same noise level.
    #[error("{steps} steps are so many that some of them fall on the same noise level; use fewer steps")]
    StepsFallTogether {
        /// What was asked for.
        steps: usize,
    },
    /// The scheduler has no formula for this prediction type.
    #[error("{scheduler} cannot use the prediction type \"{prediction}\"; choose another scheduler for this model")]
    Prediction {
        /// The scheduler's name.
        scheduler: &'static str,
        /// diffusers' name of the prediction type.
        prediction: &'static str,
    },
    /// A noise prediction says nothing about the picture where the signal is exactly zero.
    #[error(
        "{scheduler} cannot start from the zero terminal signal of rescale_betas_zero_snr; choose Euler, DPM++ 2M or UniPC, or DDIM if the model predicts v"
    )]
    ZeroTerminalSnr {
        /// The scheduler's name.
        scheduler: &'static str,
    },
    /// The configuration asks for something that is not implemented.
    #[error(
        "the scheduler configuration sets {field} to {value}, which is not implemented; set it to {instead} or choose another scheduler"
    )]
    NotImplemented {
        /// Name of the field in `scheduler_config.json`.
        field: &'static str,
        /// Its value.
        value: String,
        /// What works.
        instead: &'static str,
    },
    /// The configuration is not one of diffusers'.
    #[error("the scheduler configuration cannot be used: {0}")]
    Config(String),
}
