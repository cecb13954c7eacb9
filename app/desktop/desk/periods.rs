use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz};
use kento_studio::workflow::{Image, Metric, Origin, Outcome, Series, State, VolumeRun};

use crate::frame::NumberBar;

/// A number by week, by volume run and by recipe, as far as there are values.
pub(crate) fn bars(state: &State, metric: Metric, text: fn(f64) -> String) -> [Vec<NumberBar>; 3] {
    let bar = |(label, value): (String, f64)| NumberBar { label, value, text: text(value) };
    let weeks = weeks(&state.series(metric, None)).into_iter().map(|(monday, value)| (day(monday), value));
    let runs = state.runs().iter();
    let runs = runs.filter_map(|run| Some((format!("Run {}", run.number), of_run(state, metric, run)?)));
    let recipes = state.cards().keys().filter_map(|card| {
        let value = state.series(metric, Some(card)).latest()?;
        Some((card.to_string(), value))
    });
    [weeks.map(bar).collect(), runs.map(bar).collect(), recipes.map(bar).collect()]
}

/// The value at the end of each week that has one, by its Monday.
fn weeks(series: &Series) -> BTreeMap<Date, f64> {
    series.points.iter().map(|point| (monday(point.at), point.value)).collect()
}

fn monday(at: Timestamp) -> Date {
    let date = at.to_zoned(tz::TimeZone::UTC).date();
    let since = i64::from(date.weekday().to_monday_zero_offset());
    // Only the first days of the calendar have no Monday before them.
    date.checked_sub(since.days()).unwrap_or(date)
}

fn day(date: Date) -> String {
    date.strftime("%-d %b").to_string()
}

/// A number of one run alone; the time to the Hero is that of its recipe.
fn of_run(state: &State, metric: Metric, run: &VolumeRun) -> Option<f64> {
    let made: BTreeSet<_> = state.images_of_jobs(&run.jobs).collect();
    // What was repaired, edited or varied of the run's images belongs to the run too.
    let images = || state.images().values().filter(|image| made.contains(&image.root));
    let by = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    match metric {
        Metric::KeepRate => {
            let count = state.run_cull_count(run.number);
            count.keep_rate().filter(|_| count.kept + count.rejected > 0)
        }
        Metric::IterationsPerFinal => {
            let cleared = images().filter(|image| state.is_cleared(&image.sha256) || image.released.is_some()).count();
            let is_generated = |image: &&Image| image.origins.iter().any(|one| matches!(one, Origin::Generated { .. }));
            by(images().filter(is_generated).count(), cleared)
        }
        Metric::Rework => {
            let reviews = images().flat_map(|image| &image.reviews);
            let outcomes: Vec<bool> =
                reviews.filter_map(|review| review.outcome.as_ref().and_then(Outcome::is_rework)).collect();
            by(outcomes.iter().filter(|is_rework| **is_rework).count(), outcomes.len())
        }
        Metric::SecondsToHero => state.series(metric, Some(&run.card)).latest(),
    }
}

#[cfg(test)]
mod tests {
    use kento_studio::workflow::Point;

    use super::*;

    #[test]
    fn a_week_has_the_value_that_it_ended_with() {
        let point = |at: &str, value: f64| Point { seq: 1, at: at.parse().unwrap(), value };
        let points = vec![
            point("2026-11-16T00:00:00Z", 0.1),
            point("2026-11-22T23:59:59Z", 0.4),
            point("2026-11-23T00:00:00Z", 0.2),
            point("2026-12-31T12:00:00Z", 0.3),
        ];
        let weeks: Vec<(String, f64)> =
            weeks(&Series { points }).into_iter().map(|(monday, value)| (day(monday), value)).collect();
        assert_eq!(weeks, [("16 Nov".to_owned(), 0.4), ("23 Nov".to_owned(), 0.2), ("28 Dec".to_owned(), 0.3)]);
    }
}
