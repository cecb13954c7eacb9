use kento_studio::workflow::{
    Actor, Candidacy, CullDecision, FreshView, Image, Job, JobPurpose, Origin, Outcome, ReviewList, Role, State,
};
use kento_studio::{Margins, Sha256, Task};

use crate::desk::Selection;

/// What stands around the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasData {
    /// The image.
    pub image: Sha256,
    /// What it is called above the picture: hash and what made it.
    pub name: String,
    /// Width and height, where the project knows the image.
    pub size: Option<[u32; 2]>,
    /// Where it came from, in words.
    pub origin: String,
    /// What was decided about it.
    pub standing: String,
    /// The images that it was made from, first to last, without itself.
    pub lineage: Vec<(Sha256, String)>,
    /// What it is compared with, and what that is.
    pub compared: Option<(Sha256, String)>,
}

/// The selected image with everything that is written around it; none when nothing is selected.
pub fn canvas_data(state: &State, selection: &Selection) -> Option<CanvasData> {
    let image = selection.image?;
    let known = state.image(&image);
    let mut lineage: Vec<(Sha256, String)> =
        state.lineage(&image).into_iter().skip(1).map(|one| (one, step(state, &one))).collect();
    lineage.reverse();
    let other = selection.compared.or_else(|| known.and_then(|known| known.parent)).filter(|other| *other != image);
    Some(CanvasData {
        image,
        name: format!("{} · {}", image.auto_v2(), step(state, &image)),
        size: known.map(|known| [known.width, known.height]),
        origin: origin(state, &image),
        standing: known.map(|known| standing(state, known)).unwrap_or_default(),
        lineage,
        compared: other.map(|other| (other, format!("{} · {}", other.auto_v2(), step(state, &other)))),
    })
}

/// The note beside the panel's title: `6ce0168921 · 128×128 · 400 % · turned 15°`.
pub fn context(state: &State, image: &Sha256, percent: Option<f32>, mirrored: bool, degrees: f32) -> String {
    let mut parts = vec![image.auto_v2()];
    if let Some(known) = state.image(image) {
        parts.push(format!("{}×{}", known.width, known.height));
    }
    parts.extend(percent.map(|percent| format!("{percent:.0} %")));
    parts.extend(mirrored.then(|| "mirrored".to_owned()));
    parts.extend((degrees != 0.0).then(|| format!("turned {degrees:.0}°")));
    parts.join(" · ")
}

/// A seed in groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// How the person has to look at the image next in the running fresh-eyes pass; none when it is not that image's turn.
pub fn fresh_view(state: &State, by: &Actor, image: &Sha256) -> Option<FreshView> {
    let pass = state.fresh_eyes().filter(|pass| pass.by == by.person && by.role == Role::Reviewer)?;
    let next = state.next_fresh_look().filter(|next| next == image)?;
    let seen = pass.seen.get(&next).map(Vec::as_slice).unwrap_or_default();
    [FreshView::Mirrored, FreshView::FullZoom].into_iter().find(|view| !seen.contains(view))
}

/// Where an image came from, with the seed.
fn origin(state: &State, image: &Sha256) -> String {
    if let Some(input) = state.inputs().get(image) {
        return format!("input \"{}\" of {}, {}", input.file_name, input.by, input.licence);
    }
    let Some(known) = state.image(image) else { return "not an image of this project".to_owned() };
    let mut text = match known.origins.first() {
        None => "of unknown origin".to_owned(),
        Some(Origin::Edited { edit, by, .. }) if edit.note.is_empty() => format!("{} by {by}", edit.kind),
        Some(Origin::Edited { edit, by, .. }) => format!("{} by {by}: {}", edit.kind, edit.note),
        Some(Origin::Mixed { first, second, by, .. }) => {
            format!("mix of {} and {} by {by}", first.auto_v2(), second.auto_v2())
        }
        Some(Origin::Generated { job }) => match state.job(*job) {
            Some(job) => format!("{} · seed {}", purpose(state, job), grouped(job.request.seed)),
            None => format!("job {job}"),
        },
    };
    if known.origins.len() > 1 {
        text.push_str(&format!(" · made {} times", known.origins.len()));
    }
    text
}

fn repair(task: &Task, parent: &str, masked_share: f64) -> String {
    let masked = format!("{:.0} % masked", masked_share * 100.0);
    let margins = task.region().and_then(|region| region.extend);
    match (task, margins) {
        (Task::ImageToImage { strength, .. }, _) => format!("refinement of {parent}, strength {strength:.2}"),
        (_, None) => format!("repair of {parent}, {masked}"),
        (_, Some(Margins { left, top, right, bottom })) => {
            let sides = [("left", left), ("top", top), ("right", right), ("bottom", bottom)];
            let sides = sides.into_iter().filter(|(_, pixels)| *pixels > 0);
            let mut parts: Vec<String> = sides.map(|(side, pixels)| format!("{side} {pixels} px")).collect();
            parts.extend((masked_share > 0.0).then_some(masked));
            format!("extension of {parent}: {}", parts.join(", "))
        }
    }
}

fn purpose(state: &State, job: &Job) -> String {
    match &job.purpose {
        JobPurpose::Sprint { sprint, row, column } => {
            let found = state.sprints().iter().find(|one| one.number == *sprint);
            let style = found.and_then(|sprint| sprint.plan.styles.get(*row as usize));
            match style.and_then(|style| Some((style, style.cells.get(*column as usize)?))) {
                Some((style, cell)) => format!("concept sprint {sprint} · {} · {}", style.name, cell.label),
                None => format!("concept sprint {sprint} · row {} · column {}", row + 1, column + 1),
            }
        }
        JobPurpose::Variation { parent, .. } => format!("variation of {}", parent.auto_v2()),
        JobPurpose::Hero { card } => format!("Hero of {card}"),
        JobPurpose::Proof { card, .. } => format!("proof of {card}"),
        JobPurpose::Volume { card, run, row } => {
            let rows = state.runs().iter().find(|one| one.number == *run).and_then(|run| run.rows.get(*row as usize));
            let changes: Vec<String> =
                rows.into_iter().flatten().map(|one| format!("{} {}", one.field, one.after)).collect();
            let changes = if changes.is_empty() { "as the card".to_owned() } else { changes.join(", ") };
            format!("{card} · run {run}, row {} · {changes}", row + 1)
        }
        JobPurpose::Repair { parent, masked_share, .. } => repair(&job.request.task, &parent.auto_v2(), *masked_share),
    }
}

/// What made an image, in a word or two, for the line of its lineage.
pub fn step(state: &State, image: &Sha256) -> String {
    let made = |origin: &Origin| match origin {
        Origin::Edited { edit, .. } => edit.kind.to_string(),
        Origin::Mixed { .. } => "mix".to_owned(),
        Origin::Generated { job } => match state.job(*job).map(|job| &job.purpose) {
            Some(JobPurpose::Sprint { sprint, .. }) => format!("sprint {sprint}"),
            Some(JobPurpose::Variation { .. }) => "variation".to_owned(),
            Some(JobPurpose::Hero { card } | JobPurpose::Proof { card, .. }) => format!("Hero {card}"),
            Some(JobPurpose::Volume { run, row, .. }) => format!("run {run}, row {}", row + 1),
            Some(JobPurpose::Repair { .. }) => "repair".to_owned(),
            None => "job".to_owned(),
        },
    };
    match state.image(image).and_then(|known| known.origins.first()) {
        Some(origin) => made(origin),
        None if state.inputs().contains_key(image) => "input".to_owned(),
        None => "unknown".to_owned(),
    }
}

/// What was decided about an image, in a few words.
pub fn standing(state: &State, image: &Image) -> String {
    if let Some(released) = &image.released {
        return format!("released as {}", released.name);
    }
    if image.is_vetoed() {
        return "vetoed, it never ships".to_owned();
    }
    match image.review().map(|review| (review, &review.outcome)) {
        Some((review, None)) => {
            let list = if review.list == ReviewList::Full { "full" } else { "short" };
            return format!("at the review gate, round {}, {list} list", review.round);
        }
        Some((_, Some(Outcome::Cleared))) if state.is_cleared(&image.sha256) => return "cleared".to_owned(),
        Some((_, Some(Outcome::Cleared))) => return "cleared for other stakes than now".to_owned(),
        Some((_, Some(Outcome::SentBack { note, .. }))) if note.is_empty() => return "sent back".to_owned(),
        Some((_, Some(Outcome::SentBack { note, .. }))) => return format!("sent back: {note}"),
        Some((_, Some(Outcome::Voided { found }))) if *found == image.sha256 => {
            return "clearance void, the alt text changed".to_owned();
        }
        Some((_, Some(Outcome::Voided { .. }))) => return "clearance void, the file changed".to_owned(),
        Some((_, Some(Outcome::Vetoed { .. } | Outcome::Superseded))) | None => {}
    }
    if let Some(hand_off) = &image.hand_off {
        return format!("with the editor {}", hand_off.editor);
    }
    match image.candidacy {
        Some(Candidacy::Waits) => return "candidate".to_owned(),
        Some(Candidacy::Discarded) => return "discarded".to_owned(),
        Some(Candidacy::Accepted) | None => {}
    }
    match image.culled.as_ref().map(|culled| &culled.decision) {
        Some(CullDecision::Reject { reason, note }) if note.is_empty() => format!("rejected: {reason}"),
        Some(CullDecision::Reject { reason, note }) => format!("rejected: {reason}, {note}"),
        _ if state.is_approved_hero(&image.sha256) => "approved Hero".to_owned(),
        _ if state.is_keeper(&image.sha256) => "keeper".to_owned(),
        _ => "not culled yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kento_studio::workflow::{Command, Edit, EditKind, EditedImage, RejectReason};

    use super::*;
    use crate::panels::checklist::{Sample, jo, mara, sha};

    fn told(sample: &Sample, image: Sha256) -> String {
        let selection = Selection { image: Some(image), ..Selection::default() };
        let data = canvas_data(&sample.state, &selection).unwrap();
        let lineage: Vec<String> = data.lineage.iter().map(|(one, how)| format!("{} {how}", one.auto_v2())).collect();
        let compared = data.compared.map(|(_, name)| name).unwrap_or_default();
        format!("{} | {} | {} | {compared}", data.origin, data.standing, lineage.join(" → "))
    }

    #[test]
    fn an_image_tells_where_it_came_from_and_how_it_stands() {
        let mut sample = Sample::sprinted();
        assert_eq!(
            told(&sample, sha(1)),
            "concept sprint 1 · Style 0 · boat 0 · seed 965 400 086 | not culled yet |  | "
        );
        let reject = Command::Reject { image: sha(2), reason: RejectReason::Anatomy, note: "two masts".to_owned() };
        sample.ok(&mara(), reject);
        assert!(told(&sample, sha(2)).contains("| rejected: anatomy, two masts |"), "{}", told(&sample, sha(2)));
        sample.keep_and_submit(sha(1));
        assert!(told(&sample, sha(1)).contains("| at the review gate, round 1, full list |"));
        assert_eq!(told(&sample, sha(777)), "not an image of this project |  |  | ");
    }

    #[test]
    fn a_repair_tells_what_was_done_to_its_parent() {
        use kento_studio::{CropBox, Fill, ImageReference, Region, Softness};

        let reference = |n| ImageReference { sha256: sha(n), width: 128, height: 128 };
        let crop = CropBox { x: 0, y: 0, width: 128, height: 128 };
        let with = |extend| Task::Inpaint {
            image: reference(1),
            mask: reference(2),
            strength: 0.75,
            region: Some(Region { crop, fill: Fill::Original, blend: 4, soft: Softness::Hard, extend }),
        };
        assert_eq!(repair(&with(None), "ab", 0.125), "repair of ab, 12 % masked");
        let sides = Margins { left: 32, right: 8, ..Margins::NONE };
        assert_eq!(repair(&with(Some(sides)), "ab", 0.0), "extension of ab: left 32 px, right 8 px");
        assert_eq!(repair(&with(Some(sides)), "ab", 0.1), "extension of ab: left 32 px, right 8 px, 10 % masked");
        let refined = Task::ImageToImage { image: reference(1), strength: 0.3 };
        assert_eq!(repair(&refined, "ab", 1.0), "refinement of ab, strength 0.30");
    }

    #[test]
    fn an_edit_is_compared_with_its_parent() {
        let mut sample = Sample::sprinted();
        sample.ok(&mara(), Command::Keep { image: sha(1) });
        let result = EditedImage { sha256: sha(50), pixels_sha256: sha(51), width: 256, height: 256 };
        let edit = Edit { kind: EditKind::ColourCorrection, note: "towards red".to_owned(), inputs: Vec::new() };
        sample.ok(&mara(), Command::RecordEdit { parent: sha(1), result, edit });
        let name = sha(1).auto_v2();
        assert_eq!(
            told(&sample, sha(50)),
            format!("colour correction by Mara: towards red | keeper | {name} sprint 1 | {name} · sprint 1")
        );
    }

    #[test]
    fn the_context_reads_as_in_the_drawing() {
        let sample = Sample::sprinted();
        let name = sha(1).auto_v2();
        assert_eq!(context(&sample.state, &sha(1), Some(400.0), false, 0.0), format!("{name} · 256×256 · 400 %"));
        assert_eq!(
            context(&sample.state, &sha(1), None, true, -15.0),
            format!("{name} · 256×256 · mirrored · turned -15°")
        );
        assert_eq!([grouped(7), grouped(1234), grouped(965_400_086)], ["7", "1 234", "965 400 086"]);
    }

    #[test]
    fn a_pass_leads_from_mirrored_to_100_percent_to_the_next_image() {
        let mut sample = Sample::solo_at_gate(2);
        sample.later(21);
        sample.ok(&sample.solo_reviewer(), Command::BeginFreshEyes { images: vec![sha(1), sha(2)] });
        let me = sample.solo_reviewer();
        let order = sample.state.fresh_eyes().unwrap().order.clone();
        assert_eq!(fresh_view(&sample.state, &me, &order[1]), None);
        for view in [FreshView::Mirrored, FreshView::FullZoom] {
            assert_eq!(fresh_view(&sample.state, &me, &order[0]), Some(view));
            sample.ok(&me, Command::ReportSeen { image: order[0], view });
        }
        assert_eq!(fresh_view(&sample.state, &me, &order[0]), None);
        assert_eq!(fresh_view(&sample.state, &me, &order[1]), Some(FreshView::Mirrored));
        assert_eq!(fresh_view(&sample.state, &jo(), &order[1]), None);
    }
}
