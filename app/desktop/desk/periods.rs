use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz};
use kento_studio::workflow::{Metric, Outcome, Series, State, VolumeRun};

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
    let images: BTreeSet<_> = state.images_of_jobs(&run.jobs).collect();
    let images = || images.iter().filter_map(|image| state.image(image));
    let by = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    match metric {
        Metric::KeepRate => {
            let count = state.run_cull_count(run.number);
            count.keep_rate().filter(|_| count.kept + count.rejected > 0)
        }
        Metric::IterationsPerFinal => {
            let cleared = images().filter(|image| state.is_cleared(&image.sha256) || image.released.is_some()).count();
            by(images().count(), cleared)
        }
        Metric::Rework => {
            let outcomes = images().flat_map(|image| &image.reviews).filter_map(|review| review.outcome.as_ref());
            let is_back = |outcome: &&Outcome| matches!(outcome, Outcome::SentBack { .. } | Outcome::Vetoed { .. });
            let (back, all) = (outcomes.clone().filter(is_back).count(), outcomes.count());
            by(back, all)
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
