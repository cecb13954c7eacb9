//! The timesteps of a run, falling. diffusers has three families of formulas; they differ in rounding and at the ends.

use super::SchedulerError;
use super::config::{SchedulerConfig, TimestepSpacing};

/// Whole timesteps of DDIM, DDPM and PNDM.
pub(super) fn whole(
    config: &SchedulerConfig,
    default: TimestepSpacing,
    steps: usize,
) -> Result<Vec<f64>, SchedulerError> {
    let mut timesteps = spaced(config, default, steps, steps)?;
    timesteps.iter_mut().for_each(|timestep| *timestep = timestep.round_ties_even());
    Ok(timesteps)
}

/// Timesteps of Euler and its like: fractional with linspace spacing, in f32 as in diffusers.
pub(super) fn fractional(
    config: &SchedulerConfig,
    default: TimestepSpacing,
    steps: usize,
) -> Result<Vec<f64>, SchedulerError> {
    let mut timesteps = spaced(config, default, steps, steps)?;
    timesteps.iter_mut().for_each(|timestep| *timestep = f64::from(*timestep as f32));
    Ok(timesteps)
}

/// Whole timesteps of DPM-Solver and UniPC, which lay out one more than they use and leave out the cleanest. `last` is the
/// number of training timesteps that take part (`lambda_min_clipped` can cut off the noisiest).
pub(super) fn whole_of_one_more(
    config: &SchedulerConfig,
    last: usize,
    steps: usize,
) -> Result<Vec<f64>, SchedulerError> {
    let mut timesteps = match config.timestep_spacing.unwrap_or(TimestepSpacing::Linspace) {
        TimestepSpacing::Linspace => linspace(last, steps + 1),
        TimestepSpacing::Leading => leading(config, last, steps + 1),
        TimestepSpacing::Trailing => trailing(config, last, steps),
    };
    timesteps.truncate(steps);
    timesteps.iter_mut().for_each(|timestep| *timestep = timestep.round_ties_even());
    within_training(config, steps, timesteps)
}

fn spaced(
    config: &SchedulerConfig,
    default: TimestepSpacing,
    steps: usize,
    len: usize,
) -> Result<Vec<f64>, SchedulerError> {
    let last = config.num_train_timesteps();
    let timesteps = match config.timestep_spacing.unwrap_or(default) {
        TimestepSpacing::Linspace => linspace(last, len),
        TimestepSpacing::Leading => leading(config, last, len),
        TimestepSpacing::Trailing => trailing(config, last, len),
    };
    within_training(config, steps, timesteps)
}

/// `np.linspace(0, last - 1, len)`, reversed. A single timestep is 0, as numpy has it.
fn linspace(last: usize, len: usize) -> Vec<f64> {
    let end = (last - 1) as f64;
    let step = end / (len.max(2) - 1) as f64;
    let value = |index: usize| if index + 1 == len && len > 1 { end } else { index as f64 * step };
    (0..len).rev().map(value).collect()
}

fn leading(config: &SchedulerConfig, last: usize, len: usize) -> Vec<f64> {
    let ratio = last / len;
    let offset = config.steps_offset.unwrap_or(0);
    (0..len).rev().map(|index| (index * ratio + offset) as f64).collect()
}

/// `np.arange(last, 0, -num_train_timesteps / len).round() - 1`, cut to `len`: for some lengths (61, 103, ...) rounding gives numpy
/// one value more, which would be timestep -1.
fn trailing(config: &SchedulerConfig, last: usize, len: usize) -> Vec<f64> {
    let start = last as f64;
    let delta = (start - config.num_train_timesteps() as f64 / len as f64) - start;
    let values = (0..len).map(|index| start + index as f64 * delta);
    values.map(|value| value.round_ties_even() - 1.0).take_while(|value| *value >= 0.0).collect()
}

fn within_training(config: &SchedulerConfig, steps: usize, timesteps: Vec<f64>) -> Result<Vec<f64>, SchedulerError> {
    let num_train_timesteps = config.num_train_timesteps();
    if timesteps.first().is_some_and(|first| *first >= num_train_timesteps as f64) {
        let steps_offset = config.steps_offset.unwrap_or(0);
        return Err(SchedulerError::PastTraining { steps, steps_offset, num_train_timesteps });
    }
    Ok(timesteps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(spacing: TimestepSpacing, steps_offset: usize) -> SchedulerConfig {
        SchedulerConfig {
            timestep_spacing: Some(spacing),
            steps_offset: Some(steps_offset),
            ..SchedulerConfig::default()
        }
    }

    #[test]
    fn five_steps_of_each_spacing() {
        // diffusers' test_steps_offset and table 2 of Lin et al. (2023)
        let of = |spacing, offset| whole(&config(spacing, offset), TimestepSpacing::Leading, 5).unwrap();
        assert_eq!(of(TimestepSpacing::Leading, 1), [801.0, 601.0, 401.0, 201.0, 1.0]);
        assert_eq!(of(TimestepSpacing::Trailing, 1), [999.0, 799.0, 599.0, 399.0, 199.0]);
        assert_eq!(of(TimestepSpacing::Linspace, 1), [999.0, 749.0, 500.0, 250.0, 0.0]);
    }

    #[test]
    fn every_number_of_steps_gives_that_many_falling_timesteps() {
        for spacing in [TimestepSpacing::Leading, TimestepSpacing::Trailing, TimestepSpacing::Linspace] {
            for steps in 1..=1000 {
                let timesteps = whole(&config(spacing, 0), spacing, steps).unwrap();
                assert_eq!(timesteps.len(), steps, "{spacing:?}");
                assert!(
                    timesteps.is_sorted_by(|a, b| a > b) && timesteps.iter().all(|t| (0.0..1000.0).contains(t)),
                    "{spacing:?} {steps}"
                );
            }
        }
    }

    #[test]
    fn an_offset_that_leads_past_training_is_refused() {
        let error = whole(&config(TimestepSpacing::Leading, 1), TimestepSpacing::Leading, 1000).unwrap_err();
        assert_eq!(error, SchedulerError::PastTraining { steps: 1000, steps_offset: 1, num_train_timesteps: 1000 });
    }
}
