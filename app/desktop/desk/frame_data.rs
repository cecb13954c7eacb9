//! What the frame of the window shows of an open project.

use std::collections::HashMap;

use kento_studio::JobId;
use kento_studio::workflow::{
    Actor, CommandKind, EXPECTED_KEEP_RATE, JobPurpose, JobStatus, Metric, PauseCause, Role, StageStatus,
    Trend as Course,
};

use super::PanelInput;
use super::periods::bars;
use crate::cli::duration;
use crate::frame::{
    Chip, Criterion, FrameData, JobLine, Number, QueueRow, QueueState, Saved, Stage, StageState, Trend, Unit,
    WaitingRow,
};
use crate::panels::waiting::{Waiting, waiting};
use crate::theme::ActingRole;
use crate::widgets::Allowed;

/// The role as the window calls it.
pub(super) fn acting(role: Role) -> ActingRole {
    match role {
        Role::Director => ActingRole::Director,
        Role::Operator => ActingRole::Operator,
        Role::Reviewer => ActingRole::Reviewer,
    }
}

/// The role as the workflow calls it.
pub(super) fn role(acting: ActingRole) -> Role {
    match acting {
        ActingRole::Director => Role::Director,
        ActingRole::Operator => Role::Operator,
        ActingRole::Reviewer => Role::Reviewer,
    }
}

/// What takes long to compute in a large project and changes with a record only.
#[derive(Default)]
pub(super) struct Computed {
    of: Option<(u64, Actor, bool)>,
    stages: Vec<Stage>,
    numbers: Vec<Number>,
    pub waiting: Vec<Waiting>,
}

impl Computed {
    fn update(&mut self, input: &PanelInput<'_>) {
        let of = Some((input.state.seq(), input.actor.clone(), input.read_only.is_some()));
        if self.of != of {
            *self = Self { of, stages: stages(input), numbers: numbers(input), waiting: waiting(input) };
        }
    }
}

/// Everything but the recent projects, which are not the project's own.
pub(super) fn frame_data(
    input: &PanelInput<'_>,
    saved: Saved,
    no_engine: Option<&str>,
    order: &[JobId],
    computed: &mut Computed,
) -> FrameData {
    computed.update(input);
    let (queue, job) = queue(input, order);
    FrameData {
        project: input.state.project().map(|project| project.name.clone()),
        recent: Vec::new(),
        recent_open: None,
        projects: Allowed::Yes,
        devices: Allowed::Yes,
        device_lines: Vec::new(),
        saved,
        stages: computed.stages.clone(),
        role: acting(input.actor.role),
        has_role: input.state.role_of(&input.actor.person).is_some(),
        roles: std::array::from_fn(|_| input.may(CommandKind::SwitchRole)),
        person: input.actor.person.as_str().to_owned(),
        device: device(input, no_engine),
        job,
        idle: idle(&queue),
        held: None,
        queue,
        waiting: computed.waiting.iter().map(waiting_row).collect(),
        numbers: computed.numbers.clone(),
    }
}

fn waiting_row(one: &Waiting) -> WaitingRow {
    WaitingRow { what: one.what.clone(), detail: one.detail.clone() }
}

/// The rail.
pub(crate) fn stages(input: &PanelInput<'_>) -> Vec<Stage> {
    let current = input.state.current_stage();
    let stages = input.state.stages().into_iter().map(|view| {
        let state = match view.status {
            StageStatus::Done => StageState::Done,
            StageStatus::Current if view.stage == current => StageState::Current,
            StageStatus::Current => StageState::Open,
            StageStatus::Blocked => StageState::Blocked,
            StageStatus::Skipped { .. } => StageState::Skipped,
        };
        let entered = !matches!(view.status, StageStatus::Blocked);
        let missing = match &view.status {
            StageStatus::Skipped { reason } => vec![reason.clone()],
            _ => view.missing,
        };
        let kind = match view.status {
            StageStatus::Skipped { .. } => CommandKind::ResumeStage,
            _ => CommandKind::SkipStage,
        };
        Stage {
            // A stage that is done can be left out too: an image that did not come from it goes to the gate only then.
            skipping: view.stage.can_be_skipped().then(|| input.may(kind)),
            name: view.stage.to_string(),
            state,
            entry: Criterion { text: view.stage.entry_condition().to_owned(), is_met: entered },
            action: view.stage.action().to_owned(),
            exit: vec![Criterion { text: view.stage.exit_criteria().to_owned(), is_met: state == StageState::Done }],
            missing,
        }
    });
    stages.collect()
}

fn device(input: &PanelInput<'_>, no_engine: Option<&str>) -> Chip {
    if let Some(why) = no_engine {
        return Chip { text: "no device".to_owned(), explanation: why.to_owned(), has_failed: true };
    }
    let model = input.models.first().map_or("no model", |model| model.reference.name.as_str());
    match input.fingerprint {
        Some(fingerprint) => Chip {
            text: format!("{} · {} · {model}", fingerprint.device.name, fingerprint.dtype),
            explanation: format!(
                "{} through {}, {}; numerics revision {}",
                fingerprint.device.class, fingerprint.device.api, fingerprint.dtype, fingerprint.tool.numerics
            ),
            has_failed: false,
        },
        None => Chip {
            text: "opening the device".to_owned(),
            explanation: "The engine opens its device; deciding and looking work meanwhile".to_owned(),
            has_failed: false,
        },
    }
}

/// What a job makes, in a few words.
fn title(purpose: &JobPurpose) -> String {
    match purpose {
        JobPurpose::Sprint { sprint, row, column } => {
            format!("Sprint {sprint}, row {}, column {}", row + 1, column + 1)
        }
        JobPurpose::Variation { parent, .. } => format!("Variation of {}", parent.auto_v2()),
        JobPurpose::Hero { card } => format!("Hero of {card}"),
        JobPurpose::Proof { card, .. } => format!("Proof of {card}"),
        JobPurpose::Volume { card, run, row } => format!("Volume run {run}, row {} of {card}", row + 1),
        JobPurpose::Repair { parent, .. } => format!("Repair of {}", parent.auto_v2()),
    }
}

fn queue(input: &PanelInput<'_>, order: &[JobId]) -> (Vec<QueueRow>, Option<JobLine>) {
    let mut rows = Vec::new();
    let mut line = None;
    let mut waiting_secs = Some(0.0);
    let places: HashMap<JobId, usize> = order.iter().enumerate().map(|(place, job)| (*job, place)).collect();
    let mut jobs = input.state.interrupted_jobs();
    jobs.sort_by_key(|job| places.get(job).copied().unwrap_or(usize::MAX));
    // Whether one may be cancelled hangs on who acts, not on the job.
    let cancel = input.may(CommandKind::CancelJobs);
    for id in jobs {
        let Some(job) = input.state.job(id).filter(|job| job.status == JobStatus::Queued) else { continue };
        let estimate = input.state.seconds_per_image(&job.request.recipe);
        let (state, detail) = match (input.running.get(&id), input.state.held_because(id)) {
            (Some(running), _) => {
                line.get_or_insert_with(|| JobLine {
                    title: title(&job.purpose),
                    fraction: running.fraction,
                    detail: running.detail.clone(),
                });
                (QueueState::Running { fraction: running.fraction }, running.detail.clone())
            }
            (None, Some(cause)) => (QueueState::Held, held(cause).to_owned()),
            (None, None) if input.interrupted.contains(&id) => {
                (QueueState::Interrupted, "interrupted when Kento ended: queue it again or cancel it".to_owned())
            }
            (None, None) => {
                waiting_secs = waiting_secs.zip(estimate).map(|(sum, secs)| sum + secs);
                (QueueState::Waiting, estimate.map(|secs| format!("about {}", duration(secs))).unwrap_or_default())
            }
        };
        rows.push(QueueRow { job: id.0, title: title(&job.purpose), detail, state, cancel: cancel.clone() });
    }
    let waiting = rows.iter().filter(|row| row.state == QueueState::Waiting).count();
    if let (Some(line), true) = (&mut line, waiting > 0) {
        let secs = waiting_secs.map(|secs| format!(", {}", duration(secs))).unwrap_or_default();
        line.detail = format!("{} · then {waiting} more{secs}", line.detail);
    }
    rows.sort_by_key(|row| match row.state {
        QueueState::Running { .. } => 0,
        QueueState::Waiting => 1,
        QueueState::Interrupted => 2,
        QueueState::Held => 3,
    });
    (rows, line)
}

/// Why a job is held back, and what frees or ends it.
fn held(cause: &PauseCause) -> &'static str {
    match cause {
        PauseCause::NotReproduced => "the recipe stopped reproducing: prove it again, or cancel this",
        PauseCause::RepeatedIssue { .. } => {
            "the recipe is paused for an issue that came back: cancel this and revise it"
        }
    }
}

/// What is said while no job runs.
fn idle(rows: &[QueueRow]) -> String {
    let count = |state: QueueState| rows.iter().filter(|row| row.state == state).count();
    match (count(QueueState::Interrupted), count(QueueState::Held)) {
        (0, 0) => match count(QueueState::Waiting) {
            0 => "No job runs".to_owned(),
            waiting => format!("No job runs · {waiting} {} for the engine", one_or_more(waiting, "waits", "wait")),
        },
        (interrupted, 0) => {
            format!("No job runs · {interrupted} {} interrupted", one_or_more(interrupted, "was", "were"))
        }
        (0, held) => format!("No job runs · {held} {} held back", one_or_more(held, "is", "are")),
        (interrupted, held) => format!(
            "No job runs · {interrupted} {} interrupted, {held} {} held back",
            one_or_more(interrupted, "was", "were"),
            one_or_more(held, "is", "are")
        ),
    }
}

/// The word that agrees with a count.
fn one_or_more(count: usize, one: &'static str, more: &'static str) -> &'static str {
    if count == 1 { one } else { more }
}

/// The number's name where there is little room.
fn short_name(metric: Metric) -> &'static str {
    match metric {
        Metric::KeepRate | Metric::IterationsPerFinal => metric.label(),
        Metric::Rework => "Rework",
        Metric::SecondsToHero => "Brief → Hero",
    }
}

fn numbers(input: &PanelInput<'_>) -> Vec<Number> {
    let show = |metric: Metric, expected: Option<f64>, explanation: &str, text: fn(f64) -> String| {
        let series = input.state.series(metric, None);
        let course = series.points.iter().enumerate().map(|(place, point)| [place as f64, point.value]).collect();
        Number {
            name: short_name(metric).to_owned(),
            value: series.latest().map_or_else(|| "–".to_owned(), text),
            trend: match series.trend() {
                Course::Rising => Trend::Rises,
                Course::Falling => Trend::Falls,
                _ if series.points.len() > 1 => Trend::Steady,
                _ => Trend::Unknown,
            },
            course,
            bars: bars(input.state, metric, text),
            expected,
            unit: match metric {
                Metric::KeepRate | Metric::Rework => Unit::Percent,
                Metric::IterationsPerFinal => Unit::Plain,
                Metric::SecondsToHero => Unit::Seconds,
            },
            explanation: explanation.to_owned(),
        }
    };
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    vec![
        show(
            Metric::KeepRate,
            Some(EXPECTED_KEEP_RATE),
            "Kept images of volume runs by generated ones; about 1 in 4 is expected",
            percent,
        ),
        show(Metric::IterationsPerFinal, None, "Generations that a cleared image needed", |value| {
            format!("{value:.1}")
        }),
        show(Metric::Rework, None, "Rework after review: the share of reviewed images that were sent back", percent),
        show(Metric::SecondsToHero, None, "Time from the first brief to the approved Hero", duration),
    ]
}
