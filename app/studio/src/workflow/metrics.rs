use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::State;
use crate::Sha256;
use crate::card::CardRef;

/// What the figures are counted from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) seq: u64,
    pub(super) at: Timestamp,
    pub(super) card: Option<CardRef>,
    pub(super) kind: EventKind,
}

/// One countable event.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum EventKind {
    Generated { image: Sha256 },
    Culled { image: Sha256, keep: Option<bool> },
    HeroApproved,
    Cleared { image: Sha256, round: u32 },
    SentBack { image: Sha256, round: u32 },
    Vetoed { image: Sha256, round: u32 },
    Voided { image: Sha256 },
}

/// One of the four numbers that are tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Kept images of volume runs by generated ones, 0 to 1.
    KeepRate,
    /// Generations by cleared images: what a shipped image needed.
    IterationsPerFinal,
    /// Share of the finished rounds of review that was sent back or vetoed, 0 to 1. The last outcome of a round counts; one that
    /// was voided does not.
    Rework,
    /// Seconds from the first writing of the brief to the project's first approved Hero; of one card revision, from its first saving
    /// to its own.
    SecondsToHero,
}

impl Metric {
    /// All four, in the order of the bottom bar.
    pub const ALL: [Self; 4] = [Self::KeepRate, Self::IterationsPerFinal, Self::Rework, Self::SecondsToHero];

    /// The label.
    pub fn label(self) -> &'static str {
        match self {
            Self::KeepRate => "Keep rate",
            Self::IterationsPerFinal => "Iterations per final",
            Self::Rework => "Rework after review",
            Self::SecondsToHero => "Time from brief to approved Hero",
        }
    }
}

/// A number over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// First to last.
    pub points: Vec<Point>,
}

/// One point of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The record after which the value holds; the order of the points.
    pub seq: u64,
    /// When, for the axis of a plot.
    pub at: Timestamp,
    /// The value.
    pub value: f64,
}

/// Where a number is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// Higher than half-way.
    Rising,
    /// Lower than half-way.
    Falling,
    /// The same as half-way, or too little to tell.
    Steady,
}

impl Series {
    /// The latest value.
    pub fn latest(&self) -> Option<f64> {
        self.points.last().map(|point| point.value)
    }

    /// The latest value against the one half-way.
    pub fn trend(&self) -> Trend {
        match (self.points.get(self.points.len() / 2), self.points.last()) {
            (Some(middle), Some(last)) if self.points.len() > 1 && last.value > middle.value => Trend::Rising,
            (Some(middle), Some(last)) if self.points.len() > 1 && last.value < middle.value => Trend::Falling,
            _ => Trend::Steady,
        }
    }

    fn push(&mut self, event: &Event, value: f64) {
        self.points.push(Point { seq: event.seq, at: event.at, value });
    }
}

/// How a volume run or recipe was culled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CullCount {
    /// Images that exist.
    pub generated: u32,
    /// Kept.
    pub kept: u32,
    /// Rejected.
    pub rejected: u32,
}

impl CullCount {
    /// Kept by generated, 0 to 1; none before the first image.
    pub fn keep_rate(&self) -> Option<f64> {
        (self.generated > 0).then(|| f64::from(self.kept) / f64::from(self.generated))
    }

    /// Images without a decision.
    pub fn undecided(&self) -> u32 {
        self.generated.saturating_sub(self.kept + self.rejected)
    }
}

impl State {
    /// A number over time, of one card revision or of the whole project.
    pub fn series(&self, metric: Metric, card: Option<&CardRef>) -> Series {
        let events = self.events.iter().filter(|event| card.is_none() || event.card.as_ref() == card);
        match metric {
            Metric::KeepRate => self.keep_rate(events),
            Metric::IterationsPerFinal => iterations_per_final(events),
            Metric::Rework => self.rework(events),
            Metric::SecondsToHero => self.seconds_to_hero(events, card),
        }
    }

    /// How the volume images of one card revision, or of the project, were culled.
    pub fn cull_count(&self, card: Option<&CardRef>) -> CullCount {
        let runs = self.runs().iter().filter(|run| card.is_none_or(|card| run.card == *card));
        self.count(runs.flat_map(|run| self.images_of_jobs(&run.jobs)).collect())
    }

    /// How one volume run was culled.
    pub fn run_cull_count(&self, number: u32) -> CullCount {
        let run = self.runs().iter().find(|run| run.number == number);
        self.count(run.map(|run| self.images_of_jobs(&run.jobs).collect()).unwrap_or_default())
    }

    fn count(&self, images: BTreeSet<Sha256>) -> CullCount {
        let mut count = CullCount::default();
        for image in images.iter().filter_map(|image| self.image(image)) {
            count.generated += 1;
            count.kept += u32::from(image.is_kept());
            count.rejected += u32::from(image.is_rejected());
        }
        count
    }

    fn keep_rate<'a>(&self, events: impl Iterator<Item = &'a Event>) -> Series {
        let mut series = Series::default();
        let (mut generated, mut kept) = (BTreeSet::new(), BTreeSet::new());
        let mut decided = 0_u64;
        for event in events {
            match &event.kind {
                EventKind::Generated { image } if self.is_volume_image(image) => {
                    generated.insert(*image);
                }
                EventKind::Culled { image, keep } if self.is_volume_image(image) => {
                    decided += 1;
                    match keep {
                        Some(true) => kept.insert(*image),
                        Some(false) | None => kept.remove(image),
                    };
                }
                _ => continue,
            }
            if decided > 0 && !generated.is_empty() {
                series.push(event, kept.len() as f64 / generated.len() as f64);
            }
        }
        series
    }

    fn rework<'a>(&self, events: impl Iterator<Item = &'a Event>) -> Series {
        let mut series = Series::default();
        let (mut rounds, mut back) = (BTreeMap::new(), 0_u64);
        for (event, round, is_rework) in self.review_outcomes(events) {
            back += u64::from(is_rework);
            back -= u64::from(rounds.insert(round, is_rework) == Some(true));
            series.push(event, back as f64 / rounds.len() as f64);
        }
        series
    }

    /// What rounds of review came to, one outcome after the other: the image and its round, and whether it
    /// [came back](crate::workflow::Outcome::is_rework) from it. The last outcome of a round counts; rounds that were voided are left out.
    pub(super) fn review_outcomes<'a>(
        &self,
        events: impl Iterator<Item = &'a Event>,
    ) -> impl Iterator<Item = (&'a Event, (Sha256, u32), bool)> {
        events.filter_map(move |event| {
            let (image, round, is_rework) = match event.kind {
                EventKind::Cleared { image, round } => (image, round, false),
                EventKind::SentBack { image, round } | EventKind::Vetoed { image, round } => (image, round, true),
                _ => return None,
            };
            let reviews = &self.image(&image)?.reviews;
            let outcome = reviews.iter().rfind(|review| review.round == round)?.outcome.as_ref()?;
            outcome.is_rework().map(|_| (event, (image, round), is_rework))
        })
    }

    fn seconds_to_hero<'a>(&self, mut events: impl Iterator<Item = &'a Event>, card: Option<&CardRef>) -> Series {
        let mut series = Series::default();
        let since = match card {
            None => self.brief().map(|brief| brief.first_written_at),
            Some(card) => self.card(card).and_then(|card| card.history.first()).map(|saved| saved.at),
        };
        // What is approved later took no longer from the brief: it was begun later.
        let first = events.find(|event| event.kind == EventKind::HeroApproved);
        if let (Some(since), Some(event)) = (since, first) {
            // A clock that was set back gives no negative time.
            series.push(event, event.at.duration_since(since).as_secs_f64().max(0.0));
        }
        series
    }
}

fn iterations_per_final<'a>(events: impl Iterator<Item = &'a Event>) -> Series {
    let mut series = Series::default();
    let (mut generations, mut finals) = (0_u64, BTreeSet::new());
    for event in events {
        match &event.kind {
            EventKind::Generated { .. } => generations += 1,
            EventKind::Cleared { image, .. } => {
                finals.insert(*image);
            }
            EventKind::Vetoed { image, .. } | EventKind::Voided { image } => {
                finals.remove(image);
            }
            _ => continue,
        }
        if !finals.is_empty() {
            series.push(event, generations as f64 / finals.len() as f64);
        }
    }
    series
}
