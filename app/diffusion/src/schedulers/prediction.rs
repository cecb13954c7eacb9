use serde::{Deserialize, Serialize};

use super::linear::Linear;

/// What the model was trained to predict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PredictionType {
    /// The noise.
    #[default]
    Epsilon,
    /// The clean sample.
    Sample,
    /// The velocity `alpha * noise - sigma * clean` (Salimans and Ho, 2022).
    VPrediction,
}

impl PredictionType {
    /// diffusers' name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Epsilon => "epsilon",
            Self::Sample => "sample",
            Self::VPrediction => "v_prediction",
        }
    }

    /// The clean sample in `sample = alpha * clean + sigma * noise`.
    pub(super) fn original(self, alpha: f64, sigma: f64) -> Linear {
        match self {
            Self::Epsilon => Linear { sample: 1.0 / alpha, output: -sigma / alpha },
            Self::Sample => Linear { sample: 0.0, output: 1.0 },
            Self::VPrediction => Linear { sample: alpha, output: -sigma },
        }
    }

    /// The noise in `sample = alpha * clean + sigma * noise`.
    pub(super) fn epsilon(self, alpha: f64, sigma: f64) -> Linear {
        match self {
            Self::Epsilon => Linear { sample: 0.0, output: 1.0 },
            Self::Sample => Linear { sample: 1.0 / sigma, output: -alpha / sigma },
            Self::VPrediction => Linear { sample: sigma, output: alpha },
        }
    }

    /// The clean sample in `sample = clean + sigma * noise`, the scaling of the sigma schedulers: the same as
    /// [`original`](Self::original) once the sample is multiplied by `alpha = 1 / sqrt(sigma^2 + 1)`.
    pub(super) fn original_unscaled(self, sigma: f64) -> Linear {
        let alpha = 1.0 / (sigma * sigma + 1.0).sqrt();
        let scaled = self.original(alpha, sigma * alpha);
        Linear { sample: scaled.sample * alpha, ..scaled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prediction_type_recovers_clean_sample_and_noise() {
        const ROUNDING: f64 = 1e-12;
        let (clean, noise, sigma_ratio) = (0.7, -1.3, 2.5);
        let alpha = 1.0 / f64::sqrt(sigma_ratio * sigma_ratio + 1.0);
        let sigma = sigma_ratio * alpha;
        let sample = alpha * clean + sigma * noise;
        for (prediction, output) in [
            (PredictionType::Epsilon, noise),
            (PredictionType::Sample, clean),
            (PredictionType::VPrediction, alpha * noise - sigma * clean),
        ] {
            let value = |linear: Linear, sample: f64| linear.sample * sample + linear.output * output;
            assert!((value(prediction.original(alpha, sigma), sample) - clean).abs() < ROUNDING);
            assert!((value(prediction.epsilon(alpha, sigma), sample) - noise).abs() < ROUNDING);
            assert!((value(prediction.original_unscaled(sigma_ratio), sample / alpha) - clean).abs() < ROUNDING);
        }
    }
}
