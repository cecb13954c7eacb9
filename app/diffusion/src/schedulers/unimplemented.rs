use serde_json::{Map, Value};

use super::{SchedulerError, SchedulerKind};

/// A setting of a `scheduler_config.json` that diffusers has and Kento has not. Only a scheduler whose class reads it is refused:
/// the others go on with the file as in diffusers, where one class takes the file of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unimplemented {
    /// Name of the field.
    pub field: &'static str,
    /// Its value, as JSON.
    pub value: String,
    /// What works.
    pub instead: &'static str,
}

/// Fields with one implemented value; it is also diffusers' default.
const ONLY: [(&str, &str); 9] = [
    ("thresholding", "false"),
    ("use_flow_sigmas", "false"),
    ("use_lu_lambdas", "false"),
    ("use_dynamic_shifting", "false"),
    ("predict_x0", "true"),
    ("solver_p", "null"),
    ("interpolation_type", "\"linear\""),
    ("timestep_type", "\"discrete\""),
    ("sigma_data", "null"),
];

/// Fields of which some values are not implemented.
const EXCEPT: [(&str, &[&str], &str); 2] = [
    ("variance_type", &["learned", "learned_range", "fixed_large_log"], "\"fixed_small\""),
    ("algorithm_type", &["dpmsolver", "sde-dpmsolver"], "\"dpmsolver++\""),
];

/// What says how the model was trained, which no other scheduler changes; `sigma_data` is EDM's preconditioning (Playground v2.5).
const OF_THE_MODEL: [&str; 2] = ["timestep_type", "sigma_data"];

impl Unimplemented {
    /// Takes what is not implemented out of a file's fields.
    ///
    /// # Errors
    /// If it says something about the model, which no scheduler can use then.
    pub(super) fn taken_from(fields: &mut Map<String, Value>) -> Result<Vec<Self>, SchedulerError> {
        let mut found = Vec::new();
        for (field, instead) in ONLY {
            if let Some(value) = fields.remove(field).map(|value| value.to_string()).filter(|value| value != instead) {
                found.push(Self { field, value, instead });
            }
        }
        for (field, values, instead) in EXCEPT {
            if fields.get(field).and_then(Value::as_str).is_some_and(|value| values.contains(&value))
                && let Some(value) = fields.remove(field)
            {
                found.push(Self { field, value: value.to_string(), instead });
            }
        }
        match found.iter().find(|setting| OF_THE_MODEL.contains(&setting.field)) {
            Some(setting) => Err(setting.refusal()),
            None => Ok(found),
        }
    }

    /// Whether the class in diffusers that `kind` is after computes with this setting.
    pub(super) fn matters_to(&self, kind: SchedulerKind) -> bool {
        use SchedulerKind as K;
        let dpm_solver = matches!(kind, K::DpmSolverMultistep | K::DpmSolverSde2M);
        match self.field {
            "thresholding" => dpm_solver || matches!(kind, K::Ddim | K::Ddpm | K::UniPc | K::Lcm),
            "use_flow_sigmas" | "use_dynamic_shifting" => dpm_solver || kind == K::UniPc,
            "use_lu_lambdas" | "algorithm_type" => dpm_solver,
            "predict_x0" | "solver_p" => kind == K::UniPc,
            "interpolation_type" => kind == K::Euler,
            // DPM-Solver only asks whether the model predicts its variance too.
            "variance_type" => kind == K::Ddpm || (dpm_solver && self.value.starts_with("\"learned")),
            _ => true,
        }
    }

    pub(super) fn refusal(&self) -> SchedulerError {
        SchedulerError::NotImplemented { field: self.field, value: self.value.clone(), instead: self.instead }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SchedulerConfig, build};
    use super::*;

    /// The schedulers that cannot be built with a setting.
    fn refusing(setting: &str) -> Vec<&'static str> {
        let config = SchedulerConfig::from_json(&format!("{{{setting}}}")).unwrap();
        let refused = |kind: &SchedulerKind| match build(*kind, None, &config, 10) {
            Ok(_) => false,
            Err(error) => {
                let field = setting.split('"').nth(1).unwrap();
                assert!(error.to_string().contains(&format!("sets {field} to ")), "{kind}: {error}");
                true
            }
        };
        SchedulerKind::ALL.into_iter().filter(refused).map(SchedulerKind::name).collect()
    }

    #[test]
    fn a_setting_is_refused_by_the_schedulers_whose_class_reads_it() {
        for (setting, kinds) in [
            (r#""thresholding": true"#, &["ddim", "ddpm", "dpmpp-2m", "dpmpp-2m-sde", "unipc", "lcm"][..]),
            (r#""use_flow_sigmas": true"#, &["dpmpp-2m", "dpmpp-2m-sde", "unipc"]),
            (r#""use_lu_lambdas": true"#, &["dpmpp-2m", "dpmpp-2m-sde"]),
            (r#""algorithm_type": "dpmsolver""#, &["dpmpp-2m", "dpmpp-2m-sde"]),
            (r#""variance_type": "learned_range""#, &["ddpm", "dpmpp-2m", "dpmpp-2m-sde"]),
            (r#""variance_type": "fixed_large_log""#, &["ddpm"]),
            (r#""predict_x0": false"#, &["unipc"]),
            (r#""solver_p": {"_class_name": "DEISMultistepScheduler"}"#, &["unipc"]),
            (r#""interpolation_type": "log_linear""#, &["euler"]),
        ] {
            assert_eq!(refusing(setting), kinds, "{setting}");
        }
    }

    /// As `DEISMultistepScheduler.save_pretrained` writes it.
    const DEIS: &str = r#"{
        "_class_name": "DEISMultistepScheduler", "_diffusers_version": "0.42.1", "algorithm_type": "deis", "beta_end": 0.012,
        "beta_schedule": "scaled_linear", "beta_start": 0.00085, "dynamic_thresholding_ratio": 0.995, "flow_shift": 1.0,
        "lower_order_final": true, "num_train_timesteps": 1000, "prediction_type": "epsilon", "sample_max_value": 1.0,
        "solver_order": 2, "solver_type": "logrho", "steps_offset": 1, "thresholding": false, "time_shift_type": "exponential",
        "timestep_spacing": "leading", "trained_betas": null, "use_beta_sigmas": false, "use_dynamic_shifting": false,
        "use_exponential_sigmas": false, "use_flow_sigmas": false, "use_karras_sigmas": false
    }"#;

    #[test]
    fn every_scheduler_takes_the_file_of_one_that_we_do_not_have() {
        let config = SchedulerConfig::from_json(DEIS).unwrap();
        assert!(matches!(config.kind(), Err(SchedulerError::UnknownScheduler { .. })));
        for kind in SchedulerKind::ALL {
            assert!(build(kind, None, &config, 10).is_ok(), "{kind}");
        }
        assert_eq!((config.beta_end, config.steps_offset), (Some(0.012), Some(1)));
    }

    #[test]
    fn a_file_whose_own_class_needs_what_is_missing_names_no_scheduler() {
        let file = r#"{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "dpmsolver"}"#;
        let config = SchedulerConfig::from_json(file).unwrap();
        assert!(config.kind().unwrap_err().to_string().contains("sets algorithm_type to \"dpmsolver\""));
        assert!(build(SchedulerKind::Euler, None, &config, 10).is_ok());
        // diffusers reads another solver's algorithm as its own default.
        let deis = file.replace("dpmsolver", "deis");
        assert_eq!(SchedulerConfig::from_json(&deis).unwrap().kind(), Ok(SchedulerKind::DpmSolverMultistep));
    }
}
