//! The loops of diffusers' own scheduler tests (tests/schedulers/test_schedulers.py), whose results diffusers publishes as a sum
//! and a mean of absolute values.

use burn::tensor::{Device, Tensor, TensorData};

use super::{BetaSchedule, Scheduler, SchedulerConfig};
use crate::noise::{NoiseGenerator, NoiseSource};

const SHAPE: [usize; 4] = [4, 3, 8, 8];
const LEN: usize = 768;

/// diffusers compares sums of 768 numbers to 0.01 and means to 0.001; both are printed with four digits.
const SUM_TOLERANCE: f64 = 1e-2;
const MEAN_TOLERANCE: f64 = 1e-3;

/// The results in diffusers' test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Published {
    pub(super) sum: f64,
    pub(super) mean: f64,
}

/// A run on the dummy model of diffusers' tests.
pub(super) struct FullLoop {
    scheduler: Box<dyn Scheduler>,
    start: usize,
}

/// What a run ends with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    sum: f64,
    mean: f64,
}

impl Ending {
    #[track_caller]
    pub(super) fn is(self, published: Published) {
        assert!((self.sum - published.sum).abs() < SUM_TOLERANCE, "{self:?} is not {published:?}");
        self.has_mean(published.mean);
    }

    /// For the tests in which diffusers publishes no sum.
    #[track_caller]
    pub(super) fn has_mean(self, mean: f64) {
        assert!((self.mean - mean).abs() < MEAN_TOLERANCE, "{self:?} has not the mean {mean}");
    }
}

impl FullLoop {
    pub(super) fn new(scheduler: Box<dyn Scheduler>) -> Self {
        Self { scheduler, start: 0 }
    }

    /// Starts as image-to-image does, after `steps` skipped steps.
    pub(super) fn starting_after(mut self, steps: usize) -> Self {
        self.start = steps * self.scheduler.order();
        self
    }

    /// `sample * t / (t + 1)` is the model; as in diffusers' tests, `step` gets the scaled model input for its sample.
    pub(super) fn run(mut self) -> Ending {
        let device = Device::flex();
        let tensor = |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, SHAPE), &device);
        let mut sample = tensor(dummy(|index| index)).mul_scalar(self.scheduler.init_noise_sigma());
        if self.start > 0 {
            sample = self.scheduler.add_noise(sample, tensor(dummy(|index| LEN - 1 - index)), self.start);
        }
        let mut generator = NoiseGenerator::new(NoiseSource::TorchCpu, 0);
        for index in self.start..self.scheduler.timesteps().len() {
            let timestep = self.scheduler.timesteps()[index];
            sample = self.scheduler.scale_model_input(sample, index);
            let output = sample.clone().mul_scalar(timestep).div_scalar(timestep + 1.0);
            let noise = self.scheduler.needs_noise(index).then(|| tensor(generator.randn(LEN)));
            sample = self.scheduler.step(output, index, sample, noise).prev_sample;
        }
        let values = sample.into_data().try_to_vec::<f32>().unwrap();
        let sum: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
        Ending { sum, mean: sum / LEN as f64 }
    }
}

/// The configuration of most of diffusers' tests.
pub(super) fn linear() -> SchedulerConfig {
    SchedulerConfig {
        num_train_timesteps: Some(1000),
        beta_start: Some(0.0001),
        beta_end: Some(0.02),
        beta_schedule: Some(BetaSchedule::Linear),
        ..SchedulerConfig::default()
    }
}

/// The configuration of diffusers' tests of the sigma schedulers.
pub(super) fn linear_1100() -> SchedulerConfig {
    SchedulerConfig { num_train_timesteps: Some(1100), ..linear() }
}

/// `dummy_sample_deter`: numbers counted along channel, height, width, batch and then permuted to batch first.
fn dummy(count: impl Fn(usize) -> usize) -> Vec<f32> {
    let [batch, channels, height, width] = SHAPE;
    let plane = channels * height * width;
    (0..LEN).map(|index| count(index % plane * batch + index / plane) as f32 / LEN as f32).collect()
}
