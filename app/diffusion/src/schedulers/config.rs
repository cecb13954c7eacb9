use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PredictionType, SchedulerError, SchedulerKind, SigmaSchedule, Unimplemented};

/// `scheduler_config.json`. A field that is `None` was not in the file: each scheduler then uses the default of its diffusers class,
/// which is what diffusers does when a pipeline's scheduler is exchanged (`from_config`).
///
/// Read it with [`from_json`](Self::from_json) or [`from_value`](Self::from_value), which know diffusers' fields that do not matter
/// here, the settings that are not implemented, and those that nobody knows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are diffusers', under its names and with its meaning")]
pub struct SchedulerConfig {
    #[serde(rename = "_class_name")]
    pub class_name: Option<String>,
    pub num_train_timesteps: Option<usize>,
    pub beta_start: Option<f64>,
    pub beta_end: Option<f64>,
    pub beta_schedule: Option<BetaSchedule>,
    pub trained_betas: Option<Vec<f64>>,
    pub prediction_type: Option<PredictionType>,
    pub timestep_spacing: Option<TimestepSpacing>,
    pub steps_offset: Option<usize>,
    pub rescale_betas_zero_snr: Option<bool>,
    pub set_alpha_to_one: Option<bool>,
    pub clip_sample: Option<bool>,
    pub clip_sample_range: Option<f64>,
    pub variance_type: Option<VarianceType>,
    pub skip_prk_steps: Option<bool>,
    pub use_karras_sigmas: Option<bool>,
    pub use_exponential_sigmas: Option<bool>,
    pub use_beta_sigmas: Option<bool>,
    pub sigma_min: Option<f64>,
    pub sigma_max: Option<f64>,
    pub final_sigmas_type: Option<FinalSigmas>,
    pub solver_order: Option<usize>,
    pub solver_type: Option<SolverType>,
    pub algorithm_type: Option<AlgorithmType>,
    pub lower_order_final: Option<bool>,
    pub euler_at_final: Option<bool>,
    pub lambda_min_clipped: Option<f64>,
    pub disable_corrector: Option<Vec<usize>>,
    pub original_inference_steps: Option<usize>,
    pub timestep_scaling: Option<f64>,
    /// How much fresh noise DDIM (default 0) and TCD (default 0.3, "gamma") mix in, 0 to 1. diffusers passes it to `step`; it is
    /// not part of the file.
    #[serde(skip)]
    pub eta: Option<f64>,
    /// Settings that only some schedulers read and that are not implemented: [`build`](super::build) refuses those.
    #[serde(skip)]
    pub unimplemented: Vec<Unimplemented>,
    /// Fields that neither the class that wrote the file nor any other has; diffusers ignores them with a warning.
    #[serde(skip)]
    pub unknown: Vec<String>,
}

/// How betas rise over training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BetaSchedule {
    /// Evenly.
    Linear,
    /// Evenly in their square roots: Stable Diffusion.
    ScaledLinear,
    /// So that alpha follows a squared cosine.
    #[serde(rename = "squaredcos_cap_v2")]
    SquaredcosCapV2,
}

/// How the timesteps of a run are laid out (Lin et al., 2023, table 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimestepSpacing {
    /// Multiples of a whole step from 0; the noisiest timesteps are left out.
    Leading,
    /// Multiples of a step down from the end.
    Trailing,
    /// Evenly from the first timestep to the last.
    Linspace,
}

/// Where the sigmas of a run end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinalSigmas {
    /// At 0.
    Zero,
    /// At the smallest sigma of training.
    SigmaMin,
}

/// The variant of a solver's higher-order update. diffusers reads another solver's names as its own default, and so do we.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "diffusers' names")]
pub enum SolverType {
    Midpoint,
    Heun,
    Logrho,
    Bh1,
    Bh2,
}

/// The algorithm of `DPMSolverMultistepScheduler`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "diffusers' names")]
pub enum AlgorithmType {
    #[serde(rename = "dpmsolver++")]
    DpmSolverPlusPlus,
    #[serde(rename = "sde-dpmsolver++")]
    SdeDpmSolverPlusPlus,
}

/// The variance that DDPM adds at every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VarianceType {
    /// The posterior variance.
    FixedSmall,
    /// The posterior variance, by way of its logarithm.
    FixedSmallLog,
    /// Beta.
    FixedLarge,
}

/// Fields of diffusers' schedulers that do not change what we compute.
const IRRELEVANT: [&str; 8] = [
    "_diffusers_version",
    "_use_default_values",
    "dynamic_thresholding_ratio", // only with thresholding
    "sample_max_value",           // only with thresholding
    "flow_shift",                 // only with use_flow_sigmas
    "shift_terminal",             // only with use_flow_sigmas
    "time_shift_type",            // only with use_dynamic_shifting
    "use_timestep_fraction",      // of a class that we do not have
];

/// Training timesteps, of which every published model has 1000: the tables of a run have one row for each.
const MOST_TIMESTEPS: usize = 100_000;

impl SchedulerConfig {
    /// The configuration of Stable Diffusion 1.x: what a single-file checkpoint without one means.
    pub fn stable_diffusion() -> Self {
        Self {
            class_name: Some("PNDMScheduler".to_owned()),
            num_train_timesteps: Some(1000),
            beta_start: Some(0.00085),
            beta_end: Some(0.012),
            beta_schedule: Some(BetaSchedule::ScaledLinear),
            clip_sample: Some(false),
            set_alpha_to_one: Some(false),
            skip_prk_steps: Some(true),
            steps_offset: Some(1),
            ..Self::default()
        }
    }

    /// Reads the text of a `scheduler_config.json`. Python writes `-Infinity` and `NaN`, which JSON does not have; they count as not set.
    ///
    /// # Errors
    /// If it is not JSON, or says of the model what no scheduler here can use.
    pub fn from_json(text: &str) -> Result<Self, SchedulerError> {
        let value = serde_json::from_str(&without_infinities(text))
            .map_err(|error| SchedulerError::Config(error.to_string()))?;
        Self::from_value(value)
    }

    /// Reads a parsed `scheduler_config.json`.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_value(value: Value) -> Result<Self, SchedulerError> {
        let Value::Object(mut fields) = value else {
            return Err(SchedulerError::Config("it is not a JSON object".to_owned()));
        };
        fields.retain(|name, value| !value.is_null() && !IRRELEVANT.contains(&name.as_str()));
        let unimplemented = Unimplemented::taken_from(&mut fields)?;
        if fields.get("algorithm_type").and_then(Value::as_str) == Some("deis") {
            // diffusers' DPM-Solver takes it for its own default.
            fields.remove("algorithm_type");
        }
        let ours = serde_json::to_value(Self::default()).unwrap_or_default();
        let mut unknown = Vec::new();
        fields.retain(|name, _| {
            let known = ours.get(name).is_some();
            if !known {
                unknown.push(name.clone());
            }
            known
        });
        let class = fields.get("_class_name").and_then(Value::as_str);
        if class.is_some_and(|class| SchedulerKind::parse(class).is_err()) {
            // A class that is not ours has settings of its own; another scheduler takes what it shares with it, as in diffusers.
            unknown.clear();
        }
        let config: Self =
            serde_json::from_value(Value::Object(fields)).map_err(|error| SchedulerError::Config(error.to_string()))?;
        config.sigma_schedule()?;
        if config.num_train_timesteps() > MOST_TIMESTEPS {
            return Err(SchedulerError::Config(format!(
                "num_train_timesteps is {}, more than {MOST_TIMESTEPS}",
                config.num_train_timesteps()
            )));
        }
        Ok(Self { unimplemented, unknown, ..config })
    }

    /// What somebody should know who uses this file, one sentence each.
    pub fn notices(&self) -> Vec<String> {
        if self.unknown.is_empty() {
            return Vec::new();
        }
        vec![format!(
            "The scheduler configuration holds fields that no scheduler here reads ({}); they are ignored, as in diffusers.",
            self.unknown.join(", ")
        )]
    }

    /// The scheduler that `_class_name` and `algorithm_type` name.
    ///
    /// # Errors
    /// If the class is missing, is not one that we have, or is set to do what is not implemented.
    pub fn kind(&self) -> Result<SchedulerKind, SchedulerError> {
        let name =
            self.class_name.as_deref().ok_or_else(|| SchedulerError::Config("_class_name is missing".to_owned()))?;
        let kind = match SchedulerKind::parse(name)?.0 {
            SchedulerKind::DpmSolverMultistep if self.algorithm_type == Some(AlgorithmType::SdeDpmSolverPlusPlus) => {
                SchedulerKind::DpmSolverSde2M
            }
            kind => kind,
        };
        self.check_implemented(kind)?;
        Ok(kind)
    }

    /// Refuses the settings that `kind` reads and that are not implemented.
    pub(super) fn check_implemented(&self, kind: SchedulerKind) -> Result<(), SchedulerError> {
        let setting = self.unimplemented.iter().find(|setting| setting.matters_to(kind));
        setting.map_or(Ok(()), |setting| Err(setting.refusal()))
    }

    /// The sigma schedule that the `use_*_sigmas` fields choose.
    ///
    /// # Errors
    /// If more than one is set.
    pub fn sigma_schedule(&self) -> Result<SigmaSchedule, SchedulerError> {
        let flags = [
            (self.use_karras_sigmas, SigmaSchedule::Karras),
            (self.use_exponential_sigmas, SigmaSchedule::Exponential),
            (self.use_beta_sigmas, SigmaSchedule::Beta),
        ];
        let mut chosen = flags.into_iter().filter(|(flag, _)| *flag == Some(true)).map(|(_, sigmas)| sigmas);
        match (chosen.next(), chosen.next()) {
            (first, None) => Ok(first.unwrap_or_default()),
            _ => Err(SchedulerError::Config(
                "more than one of use_karras_sigmas, use_exponential_sigmas and use_beta_sigmas is true".to_owned(),
            )),
        }
    }

    /// Number of training timesteps, 1000 by default.
    pub fn num_train_timesteps(&self) -> usize {
        self.num_train_timesteps.unwrap_or(1000)
    }

    /// Prediction type, noise by default.
    pub fn prediction_type(&self) -> PredictionType {
        self.prediction_type.unwrap_or_default()
    }

    pub(super) fn clip_range(&self, clip_by_default: bool) -> Option<f64> {
        self.clip_sample.unwrap_or(clip_by_default).then(|| self.clip_sample_range.unwrap_or(1.0))
    }

    /// Refuses a number of steps that the training timesteps do not hold.
    pub(super) fn check_steps(&self, scheduler: &'static str, steps: usize) -> Result<(), SchedulerError> {
        let max = self.num_train_timesteps();
        if max == 0 {
            return Err(SchedulerError::Config("num_train_timesteps is 0".to_owned()));
        }
        if steps == 0 || steps > max {
            return Err(SchedulerError::Steps { scheduler, min: 1, max, steps });
        }
        Ok(())
    }

    /// The share of fresh noise, checked.
    pub(super) fn eta_or(&self, default: f64) -> Result<f64, SchedulerError> {
        let eta = self.eta.unwrap_or(default);
        if !(0.0..=1.0).contains(&eta) {
            return Err(SchedulerError::Config(format!("eta must lie between 0 and 1, not be {eta}")));
        }
        Ok(eta)
    }
}

/// JSON text with Python's bare `Infinity`, `-Infinity` and `NaN` replaced by `null`, strings left alone. `json.dumps` writes them and
/// serde_json does not read them; diffusers' DPM-Solver has one in every `scheduler_config.json` that it saves.
pub fn without_infinities(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        let number = ["-Infinity", "Infinity", "NaN"].into_iter().find(|word| !in_string && rest.starts_with(word));
        let taken = match number {
            Some(word) => {
                cleaned.push_str("null");
                word.len()
            }
            None => {
                in_string ^= first == '"';
                // An escaped character never ends a string.
                let escaped =
                    if in_string && first == '\\' { rest.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
                let taken = first.len_utf8() + escaped;
                cleaned.push_str(&rest[..taken]);
                taken
            }
        };
        rest = &rest[taken..];
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As in the repositories of Stable Diffusion XL, and with what diffusers' DPM-Solver adds.
    const SDXL: &str = r#"{
        "_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.19.0.dev0", "beta_end": 0.012, "beta_schedule": "scaled_linear",
        "beta_start": 0.00085, "clip_sample": false, "interpolation_type": "linear", "num_train_timesteps": 1000,
        "prediction_type": "epsilon", "sample_max_value": 1.0, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
        "timestep_spacing": "leading", "trained_betas": null, "use_karras_sigmas": false, "lambda_min_clipped": -Infinity
    }"#;

    #[test]
    fn the_file_of_sdxl_is_read() {
        let config = SchedulerConfig::from_json(SDXL).unwrap();
        assert_eq!(config.kind(), Ok(SchedulerKind::Euler));
        assert_eq!(config.timestep_spacing, Some(TimestepSpacing::Leading));
        assert_eq!(config.beta_schedule, Some(BetaSchedule::ScaledLinear));
        assert_eq!((config.lambda_min_clipped, config.trained_betas.clone()), (None, None));
        assert_eq!(config.sigma_schedule(), Ok(SigmaSchedule::Normal));
    }

    #[test]
    fn an_infinity_inside_a_string_stays() {
        assert_eq!(without_infinities(r#"{"a\"": "NaN \\", "b": NaN}"#), r#"{"a\"": "NaN \\", "b": null}"#);
    }

    #[test]
    fn the_stochastic_solver_is_recognised_by_its_algorithm() {
        let config = SchedulerConfig::from_json(
            r#"{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"}"#,
        );
        assert_eq!(config.unwrap().kind(), Ok(SchedulerKind::DpmSolverSde2M));
    }

    #[test]
    fn a_class_that_is_not_ours_gives_another_scheduler_what_they_share() {
        let foreign =
            r#"{"_class_name": "LotusScheduler", "petals": 9, "beta_end": 0.02, "timestep_spacing": "trailing"}"#;
        let config = SchedulerConfig::from_json(foreign).unwrap();
        assert_eq!((config.beta_end, config.timestep_spacing), (Some(0.02), Some(TimestepSpacing::Trailing)));
        assert!(matches!(config.kind(), Err(SchedulerError::UnknownScheduler { .. })));
        let continuous = r#"{"_class_name": "LotusScheduler", "timestep_type": "continuous"}"#;
        assert!(SchedulerConfig::from_json(continuous).is_err(), "what it says of the model counts all the same");
        assert!(config.notices().is_empty(), "its own settings are none that were forgotten");
    }

    #[test]
    fn fields_that_diffusers_no_longer_has_are_told_and_ignored() {
        let old =
            r#"{"_class_name": "DDIMScheduler", "tensor_format": "pt", "predict_epsilon": true, "beta_end": 0.02}"#;
        let config = SchedulerConfig::from_json(old).unwrap();
        assert_eq!((config.kind(), config.beta_end), (Ok(SchedulerKind::Ddim), Some(0.02)));
        let [notice] = &config.notices()[..] else { panic!("{:?}", config.notices()) };
        assert!(notice.contains("tensor_format") && notice.contains("predict_epsilon"), "{notice}");
    }

    #[test]
    fn what_no_scheduler_can_use_is_refused_by_name() {
        for (json, word) in [
            (r#"{"num_train_timesteps": 1000000000000}"#, "num_train_timesteps is 1000000000000"),
            (r#"{"timestep_type": "continuous"}"#, "timestep_type"),
            (r#"{"_class_name": "EDMDPMSolverMultistepScheduler", "sigma_data": 0.5}"#, "sigma_data"),
            (r#"{"beta_schedule": "sigmoid"}"#, "sigmoid"),
            (r#"{"prediction_type": "flow_prediction"}"#, "flow_prediction"),
            (r#"{"use_karras_sigmas": true, "use_beta_sigmas": true}"#, "more than one"),
            ("[]", "not a JSON object"),
            ("{", "EOF"),
        ] {
            let message = SchedulerConfig::from_json(json).unwrap_err().to_string();
            assert!(message.contains(word), "{json}: {message}");
        }
    }

    #[test]
    fn the_sigmas_of_a_file_count_where_the_class_in_diffusers_has_the_field() {
        use SchedulerKind as K;
        let karras = SchedulerConfig { use_karras_sigmas: Some(true), ..SchedulerConfig::stable_diffusion() };
        let timesteps = |kind, sigmas, config: &SchedulerConfig| {
            crate::schedulers::build(kind, sigmas, config, 10).unwrap().timesteps().to_vec()
        };
        for kind in K::ALL {
            let of_the_file = timesteps(kind, None, &karras);
            let normal = timesteps(kind, Some(SigmaSchedule::Normal), &karras);
            let reads = matches!(
                kind,
                K::Lms
                    | K::Heun
                    | K::Euler
                    | K::DpmSolverMultistep
                    | K::DpmSolverSde2M
                    | K::Dpmpp2sAncestral
                    | K::UniPc
            );
            assert_eq!(of_the_file != normal, reads, "{kind}");
            if reads {
                assert_eq!(of_the_file, timesteps(kind, Some(SigmaSchedule::Karras), &karras), "{kind}");
            }
        }
        // Asked for, Euler a follows them as in A1111.
        assert_ne!(
            timesteps(K::EulerAncestral, Some(SigmaSchedule::Karras), &karras),
            timesteps(K::EulerAncestral, None, &karras)
        );
    }

    #[test]
    fn zero_terminal_snr_counts_where_the_class_in_diffusers_has_the_field() {
        use SchedulerKind as K;
        let plain = SchedulerConfig {
            prediction_type: Some(PredictionType::VPrediction),
            timestep_spacing: Some(TimestepSpacing::Trailing),
            ..SchedulerConfig::stable_diffusion()
        };
        let rescaled = SchedulerConfig { rescale_betas_zero_snr: Some(true), ..plain.clone() };
        // How much of a picture is left at the noisiest step.
        let picture = burn::tensor::Tensor::<4>::ones([1, 1, 1, 1], &burn::tensor::Device::flex());
        let left = |kind, config: &SchedulerConfig| {
            let scheduler = crate::schedulers::build(kind, None, config, 10).unwrap();
            let noisy = scheduler.add_noise(picture.clone(), picture.zeros_like(), 0);
            let noise = scheduler.add_noise(picture.zeros_like(), picture.clone(), 0);
            let number = |tensor: burn::tensor::Tensor<4>| tensor.into_data().try_to_vec::<f32>().unwrap()[0];
            number(noisy) / number(noise)
        };
        for kind in K::ALL {
            let ignores = matches!(kind, K::Pndm | K::Lms | K::Heun);
            assert_eq!(left(kind, &rescaled) == left(kind, &plain), ignores, "{kind}");
        }
    }
}
