use std::collections::BTreeSet;

use kento_studio::card::{CardRef, MOST_ROWS, RecipeCard, VolumeRow};
use kento_studio::workflow::{JobStatus, State};

/// Most rows that are listed one by one; a longer run is told by its axes.
pub const MOST_PREVIEWED: usize = 200;

/// Rows of a card that a run leaves out, from 0.
pub type LeftOut = BTreeSet<usize>;

/// What a volume run of a card would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeData {
    /// How many rows the axes make.
    pub rows: usize,
    /// How many of them are rendered.
    pub ticked: usize,
    /// Rows and cost in words.
    pub words: String,
    /// Whether the axes make more rows than a run may have.
    pub is_too_large: bool,
}

/// Rows and cost of a card's axes.
pub fn volume(state: &State, card: &RecipeCard, left_out: &LeftOut) -> VolumeData {
    let rows = card.axes.iter().fold(1_usize, |rows, axis| rows.saturating_mul(axis.values.len()));
    let ticked = rows.saturating_sub(left_out.range(..rows).count());
    let is_too_large = rows > MOST_ROWS as usize;
    let of_rows =
        if ticked == rows { format!("{rows} {}", row_word(rows)) } else { format!("{ticked} of {rows} rows") };
    let words = match (rows, ticked, state.seconds_per_image(&card.recipe)) {
        _ if is_too_large => format!("more than the {MOST_ROWS} rows of one run: remove values"),
        (0, _, _) => "an axis has no values".to_owned(),
        (_, 0, _) => format!("none of the {rows} rows is ticked"),
        (1, _, _) if card.axes.is_empty() => "1 row: the card itself; an axis varies it".to_owned(),
        (_, _, None) => format!("{of_rows} · no image of this kind was timed yet"),
        (_, ticked, Some(secs)) => format!("{of_rows} · about {} · {secs:.1} s each", about(secs * ticked as f64)),
    };
    VolumeData { rows, ticked, words, is_too_large }
}

/// What the button says that starts the run.
pub fn run_label(data: &VolumeData) -> String {
    let VolumeData { rows, ticked, .. } = data;
    let plural = if *rows == 1 { "" } else { "s" };
    match ticked {
        0 => "Start volume run".to_owned(),
        _ if ticked == rows => format!("Start volume run · {rows} image{plural}"),
        _ => format!("Start volume run · {ticked} of {rows} images"),
    }
}

fn row_word(rows: usize) -> &'static str {
    if rows == 1 { "row" } else { "rows" }
}

/// A duration as people say it.
pub fn about(secs: f64) -> String {
    let minutes = (secs / 60.0).round() as u64;
    match secs {
        ..90.0 => format!("{:.0} s", secs.ceil()),
        _ if minutes < 90 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

/// The rows with what differs from the card.
pub fn row_lines(rows: &[VolumeRow]) -> Vec<String> {
    let line = |row: &VolumeRow| {
        let changes: Vec<String> = row.changes.iter().map(|one| format!("{} {}", one.field, one.after)).collect();
        if changes.is_empty() { "as the card".to_owned() } else { changes.join(" · ") }
    };
    rows.iter().map(line).collect()
}

/// A run of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLine {
    /// `run 1 · 8 of 8 rendered · 2 kept`.
    pub words: String,
    /// That it drifts.
    pub drift: Option<String>,
}

/// The runs of a card, latest first.
pub fn run_lines(state: &State, card: &CardRef) -> Vec<RunLine> {
    let runs = state.runs().iter().rev().filter(|run| run.card == *card);
    runs.map(|run| {
        let is_done = |job: &&kento_studio::JobId| {
            state.job(**job).is_some_and(|job| matches!(job.status, JobStatus::Done { .. }))
        };
        let done = run.jobs.iter().filter(is_done).count();
        // The same count as of the keep rate: the Hero of the card is no keeper of a run before it is kept there.
        let kept = state.run_cull_count(run.number).kept;
        let words = format!("run {} · {done} of {} rendered · {kept} kept", run.number, run.jobs.len());
        RunLine { words, drift: state.drift(run.number) }
    })
    .collect()
}
