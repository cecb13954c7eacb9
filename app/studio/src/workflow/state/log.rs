use jiff::Timestamp;

use super::State;
use crate::workflow::{
    Action, Approval, ClearanceStep, CullDecision, FreshView, IterationSubject, Judgement, PauseCause, Record, Role,
};
use crate::{PersonName, Sha256};

/// One record in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Sequence number of the record.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Under which hat.
    pub role: Role,
    /// Who.
    pub by: PersonName,
    /// What, as a sentence without its subject: "kept 6ce01689f0".
    pub text: String,
}

impl State {
    pub(super) fn fold_log(&mut self, seq: u64, record: &Record) {
        let (at, role, by) = (record.at, record.role, record.by.clone());
        self.log.push(LogLine { seq, at, role, by, text: in_words(&record.action) });
    }
}

/// The first ten digits of a hash, as people see it.
fn short(image: &Sha256) -> String {
    image.auto_v2()
}

fn subject(subject: &IterationSubject) -> String {
    match subject {
        IterationSubject::Hero { card } => format!("the Hero of {card}"),
        IterationSubject::Image { root } => short(root),
    }
}

fn in_words(action: &Action) -> String {
    match action {
        Action::ProjectStarted { name, .. } => format!("began the project {name}"),
        Action::RoleTaken { from: None, to } => format!("joined as {to}"),
        Action::RoleTaken { from: Some(from), to } => format!("switched from {from} to {to}"),
        Action::SettingsChanged { reason, .. } => format!("changed the settings: {reason}"),
        Action::ChecklistAdopted { checklist } => {
            format!("adopted the checklist {} version {}", checklist.name, checklist.version)
        }
        Action::DocumentReviewed { owner, next_review } => {
            format!("reviewed the workflow document; {owner} owns it, next review {next_review}")
        }
        Action::BriefWritten { reason: None, .. } => "wrote the brief".to_owned(),
        Action::BriefWritten { reason: Some(reason), .. } => format!("revised the brief: {reason}"),
        Action::BriefCompleted {} => "completed the brief".to_owned(),
        Action::StageSkipped { stage, reason } => format!("skipped {stage}: {reason}"),
        Action::StageResumed { stage } => format!("took up {stage} after all"),
        Action::SprintStarted { sprint, plan } => {
            format!("began sprint {sprint}: {} variations in {} styles", plan.count(), plan.styles.len())
        }
        Action::JobsQueued { jobs } if jobs.len() == 1 => "queued 1 job".to_owned(),
        Action::JobsQueued { jobs } => format!("queued {} jobs", jobs.len()),
        Action::JobsRequeued { jobs } => format!("queued {} jobs again", jobs.len()),
        Action::ImageGenerated { job, sha256, elapsed_secs, .. } => {
            format!("made {} in {elapsed_secs:.1} s (job {job})", short(sha256))
        }
        Action::JobFailed { job, cause } => format!("job {job} failed: {cause}"),
        Action::JobCancelled { job, cause } => format!("cancelled job {job}: {cause}"),
        Action::MoodboardProposed { candidates, .. } => format!("put {} candidates on the moodboard", candidates.len()),
        Action::MoodboardRanked { candidates, .. } => {
            let first = candidates.first().map(short).unwrap_or_default();
            format!("ranked the moodboard of {}, {first} first", candidates.len())
        }
        Action::DirectionApproved { image, reason, .. } => format!("approved the direction {}: {reason}", short(image)),
        Action::DirectionWithdrawn { reason, .. } => format!("withdrew the direction: {reason}"),
        Action::DraftSaved { card, begun: None } => format!("saved the draft {}", card.card_ref()),
        Action::DraftSaved { card, begun: Some(origin) } => {
            format!("saved the draft {}, begun from {origin}", card.card_ref())
        }
        Action::HeroApproved { card, hero } => format!("approved {} as the Hero of {card}", short(hero)),
        Action::ProofPassed { card, .. } => format!("rendered the Hero of {card} again: it reproduces"),
        Action::ProofFailed { card, reason, .. } => format!("rendered the Hero of {card} again: {reason}"),
        Action::RecipeLocked { recipe } => format!("locked {}", recipe.card_ref()),
        Action::RecipeUnlocked { card, reason } => format!("{card} is unlocked: {reason}"),
        Action::RecipePaused { card, cause: PauseCause::NotReproduced } => {
            format!("volume runs of {card} pause: it stopped reproducing")
        }
        Action::RecipePaused { card, cause: PauseCause::RepeatedIssue { item, times } } => {
            format!("volume runs of {card} pause: \"{item}\" failed {times} times; fix it in a new revision")
        }
        Action::VolumeRunStarted { run, card, rows } => {
            format!("began volume run {run} of {card}: {} rows", rows.len())
        }
        Action::Culled { image, cull: CullDecision::Keep, .. } => format!("kept {}", short(image)),
        Action::Culled { image, cull: CullDecision::Reject { reason, note }, .. } if note.is_empty() => {
            format!("rejected {}: {reason}", short(image))
        }
        Action::Culled { image, cull: CullDecision::Reject { reason, note }, .. } => {
            format!("rejected {}: {reason}, {note}", short(image))
        }
        Action::CullWithdrawn { image, .. } => format!("took the cull of {} back", short(image)),
        Action::RepairOverruled { image, masked_share, reason } => {
            format!("repairs {} with {:.0} % masked: {reason}", short(image), masked_share * 100.0)
        }
        Action::RepairAccepted { image } => format!("accepted the candidate {}", short(image)),
        Action::RepairsDiscarded { images } if images.len() == 1 => {
            format!("discarded the candidate {}", short(&images[0]))
        }
        Action::RepairsDiscarded { images } => format!("discarded {} candidates", images.len()),
        Action::CandidatesMixed { first, second, result, .. } => {
            format!("mixed {} and {} into {}", short(first), short(second), short(&result.sha256))
        }
        Action::EditRecorded { parent, result, edit } => {
            format!("edited {} into {}: {}, {}", short(parent), short(&result.sha256), edit.kind, edit.note)
        }
        Action::ArtefactsChecked { image, findings } => {
            format!("checked {} for {} artefacts", short(image), findings.len())
        }
        Action::HandedToEditor { image, editor, reason } => format!("handed {} to {editor}: {reason}", short(image)),
        Action::TakenBackFromEditor { image, reason } => {
            format!("took {} back from its editor: {reason}", short(image))
        }
        Action::IterationsAsked { subject: of, reason } => {
            format!("asked for more iterations of {}: {reason}", subject(of))
        }
        Action::IterationsGranted { subject: of, more, reason } => {
            format!("granted {more} more iterations of {}: {reason}", subject(of))
        }
        Action::AltTextWritten { image, .. } => format!("wrote the alt text of {}", short(image)),
        Action::ReviewSubmitted { image, round, list, .. } => {
            format!("submitted {} to {} (round {round})", short(image), list.checklist())
        }
        Action::FreshEyesBegan { order } => format!("began a fresh-eyes pass over {} images", order.len()),
        Action::FreshEyesSaw { image, view: FreshView::Mirrored } => format!("looked at {} mirrored", short(image)),
        Action::FreshEyesSaw { image, view: FreshView::FullZoom } => format!("looked at {} at 100 %", short(image)),
        Action::ItemJudged { image, item, verdict } => {
            let judgement = match verdict.judgement {
                Judgement::Pass => "passes",
                Judgement::Fail => "fails",
                Judgement::NotApplicable => "does not apply",
            };
            format!("judged {}: {item} {judgement}", short(image))
        }
        Action::ImageCleared { image, approval, completes } => {
            let own = if *approval == Approval::SelfApproval { " (self-approval)" } else { "" };
            let step = if *completes == ClearanceStep::First { "; another person must clear it too" } else { "" };
            format!("cleared {}{own}{step}", short(image))
        }
        Action::ImageSentBack { image, failed, note } => {
            format!("sent {} back ({}): {note}", short(image), failed.join(", "))
        }
        Action::ImageVetoed { image, reason, .. } => format!("vetoed {}: {reason}", short(image)),
        Action::ClearanceVoided { image, found } if image == found => {
            format!("the alt text of {} changed: its clearance is void", short(image))
        }
        Action::ClearanceVoided { image, found } => {
            format!("the file of {} changed to {}: its clearance is void", short(image), short(found))
        }
        Action::VerdictsDropped { image, item } => {
            format!("what {item} judges of {} changed: judge it anew", short(image))
        }
        Action::ImageReleased { image, name, approval, .. } => {
            let own = if *approval == Approval::SelfApproval { " (self-approval)" } else { "" };
            format!("released {} as {name}{own}", short(image))
        }
        Action::InputAdded { image, file_name, .. } => format!("added {file_name} as input {}", short(&image.sha256)),
        Action::EvidenceAdded { file } => format!("added {} as evidence", file.file_name),
        Action::ProjectReviewed { findings, .. } => format!("reviewed the project: {findings}"),
        Action::TemplatePromoted { card, kept, generated, .. } => {
            format!("promoted {card} to a template ({kept} of {generated} kept)")
        }
        Action::NegativeEntryAdded { set, entry } => {
            format!("added \"{}\" to the negative prompts {set}, against {}", entry.text, entry.suppresses)
        }
        Action::HandOffProblemNoted { stage, what, fix } => {
            format!("hand-off of {stage} broke: {what}; from now on: {fix}")
        }
    }
}
