//! Every scheduler against diffusers: samples, timesteps and first noise level of each case that `make.py` ran.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use kento_diffusion::schedulers::{Scheduler, SchedulerConfig, SchedulerKind, SigmaSchedule, build};
use serde::Deserialize;

use crate::support::{Differences, Fixture, folder, relative_difference};

/// Largest difference of a sample, as a share of the range of diffusers' sample.
///
/// diffusers computes coefficients in f32, we in f64, so a difference of 1e-6 to 1e-5 is rounding; a timestep that is wrong by
/// one changes the fixture's model by 5e-4 of its input, a wrong formula by far more.
const SAMPLE_TOLERANCE: f32 = 1e-4;

/// Largest difference of a timestep. Fractional ones come out of logarithms of f32 values, in steps of about 1e-4.
const TIMESTEP_TOLERANCE: f32 = 1e-2;

/// Largest relative difference of the first noise level, a single f32.
const INIT_NOISE_TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    kind: String,
    sigmas: Option<String>,
    steps: usize,
    /// Steps that are skipped: image-to-image.
    start: usize,
    eta: Option<f64>,
    config: serde_json::Value,
    calls: usize,
    init_noise_sigma: f64,
}

impl Case {
    fn name(&self) -> String {
        let sigmas = self.sigmas.as_deref().unwrap_or("normal");
        let different = ["num_train_timesteps", "beta_start", "beta_end", "steps_offset", "trained_betas"];
        let mut config = self.config.clone();
        config.as_object_mut().unwrap().retain(|key, _| !different.contains(&key.as_str()));
        format!("{} {sigmas} {} steps from {} eta {:?} {config}", self.kind, self.steps, self.start, self.eta)
    }

    fn build(&self) -> Result<Box<dyn Scheduler>, Box<dyn std::error::Error>> {
        let mut config = SchedulerConfig::from_value(self.config.clone())?;
        config.eta = self.eta;
        let sigmas = self.sigmas.as_deref().map(SigmaSchedule::parse).transpose()?;
        Ok(build(SchedulerKind::parse(&self.kind)?.0, sigmas, &config, self.steps)?)
    }
}

struct Banks {
    sample: Tensor<4>,
    original: Tensor<4>,
    texture: Vec<Tensor<4>>,
    noise: Vec<Tensor<4>>,
}

impl Banks {
    fn read(io: &Fixture, device: &Device) -> Self {
        let each = |key: &str| {
            let shape: [usize; 4] = io.shape_of(key)[1..].try_into().unwrap();
            let tensor = |values: &[f32]| Tensor::from_data(TensorData::new(values.to_vec(), shape), device);
            io.floats(key).chunks(shape.iter().product()).map(tensor).collect()
        };
        Self {
            sample: io.tensor("sample", device),
            original: io.tensor("original", device),
            texture: each("texture"),
            noise: each("noise"),
        }
    }

    /// The samples after every call.
    fn run(&self, scheduler: &mut dyn Scheduler, start: usize) -> Vec<Vec<f32>> {
        let begin = start * scheduler.order();
        let mut sample = if begin > 0 {
            scheduler.add_noise(self.original.clone(), self.sample.clone(), begin)
        } else {
            self.sample.clone().mul_scalar(scheduler.init_noise_sigma())
        };
        let mut samples = Vec::new();
        for call in begin..scheduler.timesteps().len() {
            let gain = 0.4 + 0.5 * scheduler.timesteps()[call] / 1000.0;
            let input = scheduler.scale_model_input(sample.clone(), call);
            let output = input.mul_scalar(gain) + self.texture[call].clone().mul_scalar(0.3);
            let noise = scheduler.needs_noise(call).then(|| self.noise[call].clone());
            sample = scheduler.step(output, call, sample, noise).prev_sample;
            samples.push(sample.to_data().try_to_vec::<f32>().unwrap());
        }
        samples
    }
}

#[test]
fn every_scheduler_gives_the_samples_of_diffusers() {
    let io = Fixture::read(&folder("schedulers/fixtures/io.safetensors"));
    let cases: Vec<Case> =
        serde_json::from_slice(&std::fs::read(folder("schedulers/fixtures/cases.json")).unwrap()).unwrap();
    let banks = Banks::read(&io, &Device::flex());
    let (samples, mut timesteps) = (io.floats("samples"), &io.floats("timesteps")[..]);
    let expected_samples: Vec<&[f32]> = samples.chunks(banks.sample.dims().iter().product()).collect();
    let mut differences = Differences::default();
    let mut largest: BTreeMap<&str, (f32, usize)> = BTreeMap::new();
    for (case, expected) in cases.iter().zip(expected_samples.chunks(3)) {
        let (expected_timesteps, rest) = timesteps.split_at(case.calls);
        timesteps = rest;
        let mut scheduler = match case.build() {
            Ok(scheduler) => scheduler,
            Err(error) => {
                differences.failed(&case.name(), error);
                continue;
            }
        };
        let actual_timesteps: Vec<f32> = scheduler.timesteps().iter().map(|timestep| *timestep as f32).collect();
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= TIMESTEP_TOLERANCE;
        if actual_timesteps.len() != case.calls || !actual_timesteps.iter().zip(expected_timesteps).all(near) {
            differences
                .failed(&case.name(), format!("timesteps {actual_timesteps:?} instead of {expected_timesteps:?}"));
            continue;
        }
        let init = scheduler.init_noise_sigma();
        if (init / case.init_noise_sigma - 1.0).abs() > INIT_NOISE_TOLERANCE {
            differences.failed(&case.name(), format!("init_noise_sigma {init} instead of {}", case.init_noise_sigma));
        }
        let actual = banks.run(scheduler.as_mut(), case.start);
        let kept = [0, actual.len() / 2, actual.len() - 1];
        let share = kept
            .iter()
            .zip(expected)
            .map(|(index, expected)| relative_difference(&actual[*index], expected))
            .fold(0.0, worse);
        let (worst, count) = largest.entry(&case.kind).or_default();
        (*worst, *count) = (worse(*worst, share), *count + 1);
        if share > SAMPLE_TOLERANCE || share.is_nan() {
            differences.failed(&case.name(), format!("{share:.1e} of the range, allowed {SAMPLE_TOLERANCE:.0e}"));
        }
    }
    assert!(
        timesteps.is_empty() && cases.len() * 3 == expected_samples.len(),
        "the fixture's parts do not fit together"
    );
    assert_eq!(largest.len(), SchedulerKind::ALL.len(), "a scheduler has no case");
    for (kind, (share, count)) in largest {
        println!("parity: {kind}: {share:.1e} of the range at most, {count} cases");
    }
    differences.assert_none();
}

/// The larger of two, or NaN if one is.
fn worse(a: f32, b: f32) -> f32 {
    if a.is_nan() || a > b { a } else { b }
}
