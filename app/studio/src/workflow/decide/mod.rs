mod brief;
mod finish;
mod gate;
mod jobs;
mod lock;
mod mix;
mod project;
mod release;
mod sprint;
mod text;
mod vary;
mod volume;

use jiff::Timestamp;

use super::{Action, Actor, Command, Permission, Record, Refusal, State, permissions};
use crate::{SchemaV1, Sha256};

pub use gate::{may_judge, short_list_allowed};
pub(super) use volume::standing;

/// Fewest culled images that a keep rate is judged on, before a recipe becomes a template.
pub const LEAST_CULLED_FOR_TEMPLATE: u32 = 8;

/// Answers a command with the records that it makes, or with the rule that refuses it. Pure and total: nothing is
/// done, no input panics, and the same state, command, actor and time give the same answer.
///
/// The records are appended and folded together or not at all.
///
/// # Errors
/// [`Refusal`], one sentence that says what to do.
pub fn decide(state: &State, command: &Command, by: &Actor, now: Timestamp) -> Result<Vec<Record>, Refusal> {
    permissions::check(state, command.kind(), by)?;
    let actions = actions(state, command, by, now)?;
    let record = |action| Record { schema: SchemaV1, role: by.role, by: by.person.clone(), at: now, action };
    Ok(actions.into_iter().map(record).collect())
}

/// Whether [`decide`] would say yes, for a button that stands for one whole command.
pub fn would(state: &State, command: &Command, by: &Actor, now: Timestamp) -> Permission {
    decide(state, command, by, now).map(|_| ()).into()
}

fn actions(state: &State, command: &Command, by: &Actor, now: Timestamp) -> Result<Vec<Action>, Refusal> {
    match command {
        Command::StartProject { name, settings, checklists, document_owner, next_review } => {
            project::start(name, settings, checklists, document_owner, *next_review, by)
        }
        Command::SwitchRole { to } => project::switch_role(state, *to, by),
        Command::ChangeSettings { settings, reason } => project::change_settings(settings, reason),
        Command::AdoptChecklist { checklist } => project::adopt_checklist(state, checklist),
        Command::ReviewDocument { owner, next_review } => project::review_document(owner, *next_review, now),
        Command::ReviewProject { findings, next_review } => project::review_project(findings, *next_review, now),
        Command::PromoteTemplate { card, reason } => project::promote_template(state, card, reason),
        Command::AddNegativeEntry { set, entry } => project::add_negative_entry(state, set, entry),
        Command::NoteHandOffProblem { stage, what, fix } => project::note_hand_off_problem(*stage, what, fix),
        Command::WriteBrief { brief, reason } => brief::write(state, brief, reason.as_deref()),
        Command::CompleteBrief => brief::complete(state),
        Command::SkipStage { stage, reason } => brief::skip(state, *stage, reason),
        Command::ResumeStage { stage } => brief::resume(state, *stage),
        Command::StartConceptSprint { plan } => sprint::start(state, plan),
        Command::ProposeMoodboard { candidates } => sprint::propose(state, candidates),
        Command::RankMoodboard { candidates } => sprint::rank(state, candidates),
        Command::ApproveDirection { image, reason } => sprint::approve(state, image, reason),
        Command::WithdrawDirection { reason } => sprint::withdraw(state, reason),
        Command::VaryImage { parent, recipe, task, seed, variations } => {
            vary::vary(state, parent, recipe, task, (*seed, variations))
        }
        Command::SaveNewCard { card, begun } => lock::save_new(state, card, begun.as_ref()),
        Command::SaveDraftCard { card } => lock::save_draft(state, card),
        Command::ReviseRecipe { card, reason } => lock::revise(state, card, reason),
        Command::RenderHero { card } => lock::render_hero(state, card),
        Command::ApproveHero { card, hero } => lock::approve_hero(state, card, hero),
        Command::ProveCard { card } => lock::prove(state, card),
        Command::LockRecipe { card } => lock::lock(state, card),
        Command::ReportProof { job, again_pixels, again_fingerprint, ssimulacra2 } => {
            lock::report_proof(state, *job, again_pixels, again_fingerprint, *ssimulacra2, now)
        }
        Command::StartVolumeRun { card, rows, seen } => volume::start(state, card, rows, *seen),
        Command::Keep { image } => volume::keep(state, image),
        Command::Reject { image, reason, note } => volume::reject(state, image, *reason, note),
        Command::WithdrawCull { image } => volume::withdraw_cull(state, image),
        Command::StartRepair { parent, recipe, task, seeds, masked_share, overrule } => {
            let repair = finish::Repair { recipe, task, seeds, masked_share: *masked_share };
            finish::repair(state, parent, &repair, overrule.as_deref())
        }
        Command::AcceptRepair { image } => finish::accept(state, image),
        Command::DiscardRepairs { images } => finish::discard(state, images),
        Command::MixCandidates { first, second, mask, result } => mix::mix(state, first, second, mask, result),
        Command::RecordEdit { parent, result, edit } => finish::record_edit(state, parent, result, edit),
        Command::CheckArtefacts { image, findings } => gate::check_artefacts(state, image, findings),
        Command::HandToEditor { image, editor, reason } => finish::hand_to_editor(state, image, editor, reason),
        Command::TakeBackFromEditor { image, reason } => finish::take_back_from_editor(state, image, reason),
        Command::AskForIterations { subject, reason } => finish::ask(state, subject, reason),
        Command::GrantIterations { subject, more, reason, seen } => {
            finish::grant(state, subject, (*more, *seen), reason)
        }
        Command::WriteAltText { image, text } => release::write_alt_text(state, image, text),
        Command::SubmitForReview { image, list } => gate::submit(state, image, *list),
        Command::BeginFreshEyes { images } => gate::begin_fresh_eyes(state, images, now),
        Command::ReportSeen { image, view } => gate::report_seen(state, image, *view, by),
        Command::JudgeItem { image, item, verdict } => gate::judge(state, image, item, verdict, by),
        Command::ClearImage { image } => gate::clear(state, image, by),
        Command::SendBack { image, note } => gate::send_back(state, image, note, by),
        Command::VetoImage { image, reason } => gate::veto(state, image, reason, by),
        Command::ReleaseImages { images } => release::release(state, images),
        Command::ReportChangedFile { image, found } => release::report_changed_file(state, image, found),
        Command::AddInput { image, file_name, licence } => jobs::add_input(state, image, file_name, licence),
        Command::AddEvidence { file } => gate::add_evidence(state, file),
        Command::RequeueJobs { jobs } => jobs::requeue(state, jobs, by),
        Command::CancelJobs { jobs, cause } => jobs::cancel(state, jobs, cause),
        Command::ReportImage { job, image } => jobs::report_image(state, *job, image),
        Command::ReportFailure { job, cause } => jobs::report_failure(state, *job, cause),
    }
}

/// The image, or that there is none.
fn image<'a>(state: &'a State, image: &Sha256) -> Result<&'a super::Image, Refusal> {
    state.image(image).ok_or_else(|| Refusal::UnknownImage(image.auto_v2()))
}
