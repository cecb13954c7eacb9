use std::collections::{BTreeMap, BTreeSet};

use kento_studio::JobId;
use kento_studio::workflow::{
    Command, CullCount, EXPECTED_KEEP_RATE, GridCell, PauseCause, RejectReason, TileStatus, VolumeRun,
};

use super::tiles::{Cell, Pictures, seconds_left, tile, tile_of_image};
use super::variations::{status_of, variations};
use super::{counted, time_text};
use crate::desk::{PanelInput, Running};
use crate::widgets::contact_sheet::{Sheet, SheetRow};

/// One line of the table of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// What differs from the locked card, field and value.
    pub changes: Vec<(String, String)>,
    /// How it stands, in a few words.
    pub status: String,
    /// Whether it was kept or rejected.
    pub is_decided: bool,
}

impl RunRow {
    /// What differs, in one line.
    pub fn text(&self) -> String {
        let changes: Vec<String> = self.changes.iter().map(|(field, value)| format!("{field} {value}")).collect();
        if changes.is_empty() { "as the card".to_owned() } else { changes.join(", ") }
    }
}

/// Why waiting images are held back, and what can be done about those that never will be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Pause {
    /// In words.
    pub text: String,
    /// To drop what is held back, where it never runs again.
    pub drop: Option<Command>,
}

/// A volume run as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RunData {
    /// Its number.
    pub number: u32,
    /// `run 2 · harbour-flat-r1`.
    pub title: String,
    /// All pictures, in the order of the rows, and behind them the variations of them that were accepted.
    pub pictures: Pictures,
    /// The table, in the same order.
    pub rows: Vec<RunRow>,
    /// Pictures of the run that are made; variations of them are no part of it.
    pub made: usize,
    /// Every job.
    pub jobs: Vec<JobId>,
    /// How it was culled.
    pub count: CullCount,
    /// How many images each reason rejected, the most frequent first.
    pub reasons: Vec<(RejectReason, u32)>,
    /// Pictures that wait to be made.
    pub to_come: u32,
    /// `This run: 3 of 12 decided kept, 25 %; at most 25 % is expected; 4 to decide`.
    pub keep_line: String,
    /// That later images are kept much less.
    pub drift: Option<String>,
    /// Why waiting images are held back.
    pub pause: Option<Pause>,
    /// `12 of 24 made · about 30 s left`.
    pub progress: String,
}

impl RunData {
    /// The run of a number, or the latest; none while there is none.
    pub fn of(input: &PanelInput<'_>, number: Option<u32>) -> Option<Self> {
        let runs = input.state.runs();
        let run = runs.iter().find(|one| Some(one.number) == number).or(runs.last())?;
        let mut pictures = Pictures::default();
        let (mut tiles, mut rows) = (Vec::new(), Vec::new());
        let mut count = CullCount::default();
        let versions = input.state.finished_versions();
        let (mut seen, mut reasons, mut to_come) = (BTreeSet::new(), BTreeMap::new(), 0);
        for (at, (changes, cell)) in input.state.run_table(run.number).into_iter().enumerate() {
            if cell.image.is_some_and(|image| seen.insert(image)) {
                count.generated += 1;
                count.kept += u32::from(cell.status == TileStatus::Kept);
                if let TileStatus::Rejected { reason, .. } = &cell.status {
                    count.rejected += 1;
                    *reasons.entry(*reason).or_insert(0) += 1;
                }
            }
            to_come += u32::from(matches!(cell.status, TileStatus::Queued | TileStatus::Held));
            // What was kept shows what became of it.
            let version = cell.image.filter(|_| cell.status == TileStatus::Kept).and_then(|image| versions.get(&image));
            let changes = changes.into_iter().map(|one| (one.field.to_string(), one.after)).collect();
            let status = status(&cell.status, input.running.get(&cell.job))
                + if version.is_some() { " · repaired" } else { "" };
            let row = RunRow { changes, status, is_decided: is_decided(&cell.status) };
            let repaired = if version.is_some() { ", repaired" } else { "" };
            let name = format!("{}: {}{repaired}", at + 1, row.text());
            let image = version.copied().or(cell.image);
            tiles.push(tile(input, name.clone(), &GridCell { image, ..cell.clone() }, cell.rank));
            pictures.cells.push(Cell { name, job: Some(cell.job), image, culled: cell.image });
            rows.push(row);
        }
        let progress = progress(input, &pictures, &run.jobs);
        let made = pictures.made();
        let hero = input.state.card(&run.card).and_then(|card| card.hero).map(|hero| hero.image);
        let roots: BTreeSet<_> = seen.into_iter().chain(hero).collect();
        for image in variations(input.state, &roots) {
            let status_now = status_of(image);
            let version = versions.get(&image.sha256).filter(|_| status_now == TileStatus::Kept);
            let repaired = if version.is_some() { ", repaired" } else { "" };
            let of = pictures.place(image.root).map_or_else(|| "the Hero".to_owned(), |place| (place + 1).to_string());
            let changes = vec![("variation of".to_owned(), of)];
            let status = status(&status_now, None) + if version.is_some() { " · repaired" } else { "" };
            let row = RunRow { changes, status, is_decided: is_decided(&status_now) };
            let name = format!("{}: {}{repaired}", rows.len() + 1, row.text());
            let shown = version.copied().unwrap_or(image.sha256);
            tiles.push(tile_of_image(input, name.clone(), shown, &status_now));
            pictures.cells.push(Cell { name, job: None, image: Some(shown), culled: Some(image.sha256) });
            rows.push(row);
        }
        let sheet_rows = vec![SheetRow { label: String::new(), tiles }];
        let title = format!("Run {} · {}", run.number, run.card);
        pictures.sheet = Sheet { name: title.clone(), rows: sheet_rows, can_be_sorted: false };
        let pause = pause(input, run);
        let mut reasons: Vec<(RejectReason, u32)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Some(Self {
            number: run.number,
            keep_line: keep_line(count),
            drift: input.state.drift(run.number),
            pause,
            progress,
            made,
            jobs: run.jobs.clone(),
            title,
            pictures,
            rows,
            count,
            reasons,
            to_come,
        })
    }

    /// The note beside the panel's title, without all the rest: `Run 2 · harbour-flat-r1 · 3 of 24 culled`.
    pub fn summary(input: &PanelInput<'_>, number: Option<u32>) -> Option<String> {
        let runs = input.state.runs();
        let run = runs.iter().find(|one| Some(one.number) == number).or(runs.last())?;
        let decided = run.jobs.iter().filter(|job| is_decided(&input.state.tile(**job))).count();
        Some(format!("Run {} · {} · {decided} of {} culled", run.number, run.card, run.jobs.len()))
    }

    /// Kept by decided, 0 to 1; none before the first decision. It tells how hard the cull is while it goes on: the keep rate is
    /// kept by generated.
    pub fn kept_of_decided(&self) -> Option<f64> {
        let decided = self.count.kept + self.count.rejected;
        (decided > 0).then(|| f64::from(self.count.kept) / f64::from(decided))
    }
}

/// A recipe that stopped reproducing can be proved again. One whose issue came back is done with: only a new revision
/// goes on.
fn pause(input: &PanelInput<'_>, run: &VolumeRun) -> Option<Pause> {
    let is_held = |job: &&JobId| input.state.tile(**job) == TileStatus::Held;
    let held: Vec<JobId> = run.jobs.iter().filter(is_held).copied().collect();
    let cause = held.first().and_then(|job| input.state.held_because(*job))?;
    let (card, pictures) = (&run.card, counted(held.len(), "picture", "pictures"));
    Some(match cause {
        PauseCause::NotReproduced => {
            let wait = if held.len() == 1 { "waits" } else { "wait" };
            let text = format!(
                "{card} is paused because it stopped reproducing: {pictures} {wait} until it is proved again in the \
                 lock panel"
            );
            Pause { text, drop: None }
        }
        PauseCause::RepeatedIssue { item, times } => {
            let text = format!(
                "{card} is paused because \"{item}\" failed {times} times: fix it in a new revision of the recipe. \
                 {pictures} of this run will not be made: drop them"
            );
            let cause = format!("dropped because \"{item}\" failed {times} times");
            Pause { text, drop: Some(Command::CancelJobs { jobs: held, cause }) }
        }
    })
}

fn is_decided(status: &TileStatus) -> bool {
    matches!(status, TileStatus::Kept | TileStatus::Rejected { .. })
}

fn status(status: &TileStatus, running: Option<&Running>) -> String {
    match (status, running) {
        (TileStatus::Queued, Some(running)) => format!("{:.0} %", running.fraction * 100.0),
        (TileStatus::Queued, None) => "waits".to_owned(),
        (TileStatus::Held, _) => "held back".to_owned(),
        (TileStatus::Done, _) => "to decide".to_owned(),
        (TileStatus::Kept, _) => "kept".to_owned(),
        (TileStatus::Rejected { reason, note }, _) if note.is_empty() => format!("rejected: {reason}"),
        (TileStatus::Rejected { reason, note }, _) => format!("rejected: {reason}, {note}"),
        (TileStatus::Failed { cause }, _) => format!("failed: {cause}"),
        (TileStatus::Cancelled { cause }, _) => format!("cancelled: {cause}"),
    }
}

fn keep_line(count: CullCount) -> String {
    let decided = count.kept + count.rejected;
    let open = match count.undecided() {
        0 if count.generated > 0 => "all are decided".to_owned(),
        open => format!("{open} to decide"),
    };
    if decided == 0 {
        return format!("This run: {open}; expect to keep 1 in 4 or fewer");
    }
    let percent = f64::from(count.kept) / f64::from(decided) * 100.0;
    let free = if decided >= 4 && percent > EXPECTED_KEEP_RATE * 100.0 { ", so cull harder" } else { "" };
    format!(
        "This run: {} of {decided} decided kept, {percent:.0} %; at most 25 % is expected{free}; {open}",
        count.kept
    )
}

fn progress(input: &PanelInput<'_>, pictures: &Pictures, jobs: &[JobId]) -> String {
    let made = format!("{} of {} made", pictures.made(), jobs.len());
    if pictures.made() == jobs.len() {
        return made;
    }
    match seconds_left(input, jobs) {
        Some(left) => format!("{made} · {} left", time_text(Some(left))),
        None => made,
    }
}
