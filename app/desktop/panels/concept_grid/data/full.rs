use kento_studio::workflow::EXPECTED_KEEP_RATE;

use super::{RunData, counted};

/// What stands around the one picture that has the window to itself while a run is culled.
#[derive(Debug, Clone, PartialEq)]
pub struct FullCull {
    /// `17 of 96 decided · 21 % of them kept (expected 1 in 4)`.
    pub progress: String,
    /// Decided by all, 0 to 1.
    pub fraction: f32,
    /// What the picture is called.
    pub name: String,
    /// How it stands, in a few words.
    pub status: String,
    /// What came out of it, once every picture that is made is decided.
    pub summary: Option<CullSummary>,
}

/// What a cull came to.
#[derive(Debug, Clone, PartialEq)]
pub struct CullSummary {
    /// `All 24 pictures are decided`.
    pub title: String,
    /// `6 of 24 kept, 25 %`.
    pub kept: String,
    /// How that stands to what is expected.
    pub expected: String,
    /// Why pictures were rejected: the reason, how often, and that by the most frequent one.
    pub reasons: Vec<(String, u32, f32)>,
    /// Whether more pictures come, or the run drifts.
    pub notes: Vec<String>,
}

impl FullCull {
    /// Around the picture at a place of a run.
    pub fn of(run: &RunData, place: usize) -> Self {
        let decided = run.count.kept + run.count.rejected;
        let all = run.count.generated + run.to_come;
        let rate = run.kept_of_decided().map_or_else(|| "–".to_owned(), percent);
        let row = run.rows.get(place);
        Self {
            progress: format!("{decided} of {all} decided · {rate} of them kept (expected 1 in 4)"),
            fraction: if all > 0 { decided as f32 / all as f32 } else { 0.0 },
            name: run.pictures.cells.get(place).map(|cell| cell.name.clone()).unwrap_or_default(),
            status: row.map(|row| row.status.clone()).unwrap_or_default(),
            summary: (decided > 0 && run.next_undecided(None).is_none()).then(|| CullSummary::of(run)),
        }
    }
}

impl CullSummary {
    fn of(run: &RunData) -> Self {
        let (kept, made) = (run.count.kept, run.count.generated);
        let rate = run.count.keep_rate().unwrap_or_default();
        let title = match run.to_come {
            0 if made == 1 => "The one picture is decided".to_owned(),
            0 => format!("All {made} pictures are decided"),
            _ => format!("All {made} that are made are decided"),
        };
        let expected = match (kept, rate > EXPECTED_KEEP_RATE) {
            (0, _) => "Nothing is kept: the recipe or its axes may need another revision.",
            (_, false) => "1 in 4 or fewer is expected, and this run is within it.",
            (_, true) => "1 in 4 or fewer is expected: look through the keepers once more.",
        };
        let most = run.reasons.first().map_or(1, |(_, count)| *count).max(1) as f32;
        let more = counted(run.to_come as usize, "picture is", "pictures are");
        let to_come = (run.to_come > 0).then(|| format!("{more} still to come; the cull goes on with the next one."));
        Self {
            title,
            kept: format!("{kept} of {made} kept, {}", percent(rate)),
            expected: expected.to_owned(),
            reasons: run.reasons.iter().map(|(why, count)| (why.to_string(), *count, *count as f32 / most)).collect(),
            notes: to_come.into_iter().chain(run.drift.clone()).collect(),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
