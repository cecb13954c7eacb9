use std::fmt;

use serde::{Deserialize, Serialize};

use super::SchedulerError;

/// The schedulers that Kento has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchedulerKind {
    /// Denoising diffusion implicit models.
    Ddim,
    /// Denoising diffusion probabilistic models.
    Ddpm,
    /// Pseudo numerical methods; A1111 calls its shortened form PLMS.
    Pndm,
    /// Linear multistep.
    Lms,
    /// Heun's second-order method.
    Heun,
    /// Euler's method.
    Euler,
    /// Euler's method with fresh noise at every step.
    EulerAncestral,
    /// DPM-Solver++, multistep.
    #[serde(rename = "dpmpp-2m")]
    DpmSolverMultistep,
    /// The stochastic form of DPM-Solver++, multistep.
    #[serde(rename = "dpmpp-2m-sde")]
    DpmSolverSde2M,
    /// DPM-Solver++(2S), singlestep, with fresh noise at every step.
    #[serde(rename = "dpmpp-2s-ancestral")]
    Dpmpp2sAncestral,
    /// The unified predictor-corrector.
    #[serde(rename = "unipc")]
    UniPc,
    /// Latent consistency models.
    Lcm,
    /// Trajectory consistency distillation.
    Tcd,
}

/// How sigmas are laid out between the noisiest and the cleanest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigmaSchedule {
    /// At the timesteps of the configured spacing.
    #[default]
    Normal,
    /// Karras et al. (2022), rho = 7.
    Karras,
    /// Evenly in log sigma.
    Exponential,
    /// Quantiles of the beta distribution with alpha = beta = 0.6 (Lee et al., 2024).
    Beta,
    /// A1111's and ComfyUI's "SGM Uniform": evenly in time, the last interval ends at sigma 0.
    SgmUniform,
}

/// Every name of one scheduler. The first short name is the one that is shown and written.
struct Names {
    a1111: &'static str,
    diffusers: Option<&'static str>,
    short: &'static [&'static str],
}

impl SchedulerKind {
    /// Every scheduler, in the order in which they are listed.
    pub const ALL: [Self; 13] = [
        Self::Ddim,
        Self::Ddpm,
        Self::Pndm,
        Self::Lms,
        Self::Heun,
        Self::Euler,
        Self::EulerAncestral,
        Self::DpmSolverMultistep,
        Self::DpmSolverSde2M,
        Self::Dpmpp2sAncestral,
        Self::UniPc,
        Self::Lcm,
        Self::Tcd,
    ];

    /// Every scheduler, in the order in which they are listed.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    /// Reads a name of A1111 ("DPM++ 2M Karras", "Euler a"), of diffusers ("EulerAncestralDiscreteScheduler"), of ComfyUI
    /// ("dpmpp_2m_sde") or a short one ("dpmpp-2m"), with the sigma schedule that the name ends with, if any.
    ///
    /// # Errors
    /// If no scheduler has this name; the message lists them.
    pub fn parse(name: &str) -> Result<(Self, Option<SigmaSchedule>), SchedulerError> {
        let wanted = normalised(name);
        if let Some(kind) = Self::named(&wanted) {
            return Ok((kind, None));
        }
        for sigmas in SigmaSchedule::ALL {
            for suffix in sigmas.suffixes() {
                if let Some(kind) =
                    wanted.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('-')).and_then(Self::named)
                {
                    return Ok((kind, Some(sigmas)));
                }
            }
        }
        let choices: Vec<&str> = Self::ALL.iter().map(|kind| kind.name()).collect();
        Err(SchedulerError::UnknownScheduler { name: name.trim().to_owned(), choices: choices.join(", ") })
    }

    /// The short name, which [`parse`](Self::parse) reads: "dpmpp-2m".
    pub fn name(self) -> &'static str {
        self.names().short[0]
    }

    /// The name in A1111's menu and `parameters` text: "DPM++ 2M". DDPM and TCD go by their own names there.
    pub fn a1111_name(self) -> &'static str {
        self.names().a1111
    }

    /// diffusers' class, if it has one: "DPMSolverMultistepScheduler". The class of DPM++ 2M SDE is that of DPM++ 2M with another `algorithm_type`.
    pub fn diffusers_name(self) -> Option<&'static str> {
        self.names().diffusers
    }

    /// Whether the scheduler walks along sigmas, so that a [`SigmaSchedule`] means something to it.
    pub fn follows_sigmas(self) -> bool {
        !matches!(self, Self::Ddim | Self::Ddpm | Self::Pndm | Self::Lcm | Self::Tcd)
    }

    /// Whether the scheduler can go by these sigmas.
    ///
    /// # Errors
    /// [`SchedulerError::SigmasUnsupported`] for every schedule but the normal one where there are none.
    pub fn check_sigmas(self, sigmas: SigmaSchedule) -> Result<(), SchedulerError> {
        if sigmas == SigmaSchedule::Normal || self.follows_sigmas() {
            return Ok(());
        }
        Err(SchedulerError::SigmasUnsupported { scheduler: self.a1111_name(), sigmas: sigmas.name() })
    }

    /// Whether the sigma schedule of a configuration counts: of the schedulers that can follow one, diffusers' Euler a has no such
    /// field and takes A1111's schedules only where they are asked for.
    pub(super) fn reads_sigmas(self) -> bool {
        self.follows_sigmas() && self != Self::EulerAncestral
    }

    fn named(wanted: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| {
            let names = kind.names();
            let long = [Some(names.a1111), names.diffusers];
            names.short.contains(&wanted) || long.iter().flatten().any(|name| normalised(name) == wanted)
        })
    }

    fn names(self) -> Names {
        let (a1111, diffusers, short): (_, _, &'static [&'static str]) = match self {
            Self::Ddim => ("DDIM", Some("DDIMScheduler"), &["ddim"]),
            Self::Ddpm => ("DDPM", Some("DDPMScheduler"), &["ddpm"]),
            Self::Pndm => ("PLMS", Some("PNDMScheduler"), &["pndm", "plms"]),
            Self::Lms => ("LMS", Some("LMSDiscreteScheduler"), &["lms"]),
            Self::Heun => ("Heun", Some("HeunDiscreteScheduler"), &["heun"]),
            Self::Euler => ("Euler", Some("EulerDiscreteScheduler"), &["euler"]),
            Self::EulerAncestral => {
                ("Euler a", Some("EulerAncestralDiscreteScheduler"), &["euler-a", "euler-ancestral"])
            }
            Self::DpmSolverSde2M => ("DPM++ 2M SDE", None, &["dpmpp-2m-sde"]),
            Self::DpmSolverMultistep => ("DPM++ 2M", Some("DPMSolverMultistepScheduler"), &["dpmpp-2m"]),
            Self::Dpmpp2sAncestral => ("DPM++ 2S a", None, &["dpmpp-2s-a", "dpmpp-2s-ancestral"]),
            Self::UniPc => ("UniPC", Some("UniPCMultistepScheduler"), &["unipc", "uni-pc", "uni-pc-bh2"]),
            Self::Lcm => ("LCM", Some("LCMScheduler"), &["lcm"]),
            Self::Tcd => ("TCD", Some("TCDScheduler"), &["tcd"]),
        };
        Names { a1111, diffusers, short }
    }
}

impl fmt::Display for SchedulerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl SigmaSchedule {
    /// Every sigma schedule, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Normal, Self::Karras, Self::Exponential, Self::Beta, Self::SgmUniform];

    /// Reads a name: "karras", "SGM Uniform", "sgm-uniform".
    ///
    /// # Errors
    /// If no sigma schedule has this name; the message lists them.
    pub fn parse(name: &str) -> Result<Self, SchedulerError> {
        let wanted = normalised(name);
        Self::ALL.into_iter().find(|sigmas| sigmas.suffixes().contains(&wanted.as_str())).ok_or_else(|| {
            let choices: Vec<&str> = Self::ALL.iter().map(|sigmas| sigmas.name()).collect();
            SchedulerError::UnknownSigmas { name: name.trim().to_owned(), choices: choices.join(", ") }
        })
    }

    /// The short name, which [`parse`](Self::parse) reads: "sgm-uniform".
    pub fn name(self) -> &'static str {
        self.suffixes()[0]
    }

    /// The name in A1111's menu and `parameters` text ("Schedule type"): "SGM Uniform". The normal one is its "Uniform".
    pub fn a1111_name(self) -> &'static str {
        match self {
            Self::Normal => "Uniform",
            Self::Karras => "Karras",
            Self::Exponential => "Exponential",
            Self::Beta => "Beta",
            Self::SgmUniform => "SGM Uniform",
        }
    }

    // "uniform" comes after "sgm-uniform" nowhere: the scheduler's name before a suffix must match as well.
    fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Normal => &["normal", "uniform"],
            Self::Karras => &["karras"],
            Self::Exponential => &["exponential"],
            Self::Beta => &["beta"],
            Self::SgmUniform => &["sgm-uniform"],
        }
    }
}

impl fmt::Display for SigmaSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Lower case, "dpmpp" for "dpm++", one hyphen for spaces and underscores.
fn normalised(name: &str) -> String {
    let words = name.trim().to_lowercase().replace("++", "pp").replace(['_', '-'], " ");
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a1111_diffusers_and_comfy_are_understood() {
        use SchedulerKind as K;
        use SigmaSchedule as S;
        for (name, expected) in [
            ("DPM++ 2M Karras", (K::DpmSolverMultistep, Some(S::Karras))),
            ("DPM++ 2M SDE Karras", (K::DpmSolverSde2M, Some(S::Karras))),
            ("DPM++ 2M SDE Exponential", (K::DpmSolverSde2M, Some(S::Exponential))),
            ("DPM++ 2S a Karras", (K::Dpmpp2sAncestral, Some(S::Karras))),
            ("Euler a", (K::EulerAncestral, None)),
            ("euler_ancestral", (K::EulerAncestral, None)),
            ("Euler SGM Uniform", (K::Euler, Some(S::SgmUniform))),
            ("EulerAncestralDiscreteScheduler", (K::EulerAncestral, None)),
            ("DDIMScheduler", (K::Ddim, None)),
            ("dpmpp_2m_sde", (K::DpmSolverSde2M, None)),
            ("dpmpp-2m", (K::DpmSolverMultistep, None)),
            ("  unipc beta ", (K::UniPc, Some(S::Beta))),
            ("PLMS", (K::Pndm, None)),
            ("LMS Karras", (K::Lms, Some(S::Karras))),
        ] {
            assert_eq!(SchedulerKind::parse(name), Ok(expected), "{name}");
        }
        assert_eq!(SigmaSchedule::parse("SGM Uniform"), Ok(S::SgmUniform));
        assert_eq!(SigmaSchedule::parse("uniform"), Ok(S::Normal));
    }

    #[test]
    fn every_scheduler_is_found_by_each_of_its_names() {
        for kind in SchedulerKind::ALL {
            let long = [Some(kind.a1111_name()), kind.diffusers_name(), Some(kind.name())];
            for name in long.into_iter().flatten() {
                assert_eq!(SchedulerKind::parse(name), Ok((kind, None)), "{name}");
            }
            for sigmas in SigmaSchedule::ALL {
                let name = format!("{} {}", kind.a1111_name(), sigmas.a1111_name());
                assert_eq!(SchedulerKind::parse(&name), Ok((kind, Some(sigmas))), "{name}");
            }
        }
    }

    #[test]
    fn an_unknown_name_lists_the_choices() {
        let message = SchedulerKind::parse("DPM adaptive").unwrap_err().to_string();
        assert!(
            message.contains("\"DPM adaptive\"") && message.contains("euler-a, dpmpp-2m, dpmpp-2m-sde"),
            "{message}"
        );
        assert!(
            SigmaSchedule::parse("turbo")
                .unwrap_err()
                .to_string()
                .contains("normal, karras, exponential, beta, sgm-uniform")
        );
    }
}
