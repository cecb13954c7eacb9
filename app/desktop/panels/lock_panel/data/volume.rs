use kento_studio::card::{CardRef, MOST_ROWS, RecipeCard, VolumeRow};
use kento_studio::workflow::{JobStatus, State};

/// Most rows that are listed one by one; a longer run is told by its axes.
pub const MOST_PREVIEWED: usize = 200;

/// What a volume run of a card would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeData {
    /// How many rows the axes make.
    pub rows: usize,
    /// Rows and cost in words.
    pub words: String,
    /// Whether the axes make more rows than a run may have.
    pub is_too_large: bool,
}

/// Rows and cost of a card's axes.
pub fn volume(state: &State, card: &RecipeCard) -> VolumeData {
    let rows = card.axes.iter().fold(1_usize, |rows, axis| rows.saturating_mul(axis.values.len()));
    let is_too_large = rows > MOST_ROWS as usize;
    let words = match (rows, state.seconds_per_image(&card.recipe)) {
        _ if is_too_large => format!("more than the {MOST_ROWS} rows of one run: remove values"),
        (0, _) => "an axis has no values".to_owned(),
        (1, _) if card.axes.is_empty() => "1 row: the card itself; an axis varies it".to_owned(),
        (rows, None) => format!("{rows} {} · no image of this kind was timed yet", row_word(rows)),
        (rows, Some(secs)) => {
            format!("{rows} {} · about {} · {secs:.1} s each", row_word(rows), about(secs * rows as f64))
        }
    };
    VolumeData { rows, words, is_too_large }
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
        let kept = state.images_of_jobs(&run.jobs).filter(|image| state.is_keeper(image)).count();
        let words = format!("run {} · {done} of {} rendered · {kept} kept", run.number, run.jobs.len());
        RunLine { words, drift: state.drift(run.number) }
    })
    .collect()
}
