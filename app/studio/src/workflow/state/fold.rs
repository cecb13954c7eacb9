use std::collections::{BTreeMap, BTreeSet};

use super::card::CardHistory;
use super::{
    AddedEvidence, BriefState, Candidacy, CardState, Direction, DocumentStatus, HandOffProblem, Hero, Image,
    InputImage, IterationAsk, LibraryAddition, Moodboard, Origin, Project, Released, Skip, State, Template, Timing,
    VolumeRun,
};
use crate::card::{CardOrigin, CardRef, HeroApproval, RecipeCard, request_sha256};
use crate::library::Checklist;
use crate::workflow::metrics::{Event, EventKind};
use crate::workflow::{
    ARTEFACT_GATE, Action, ConceptSprint, CullDecision, Culled, EditedImage, Finding, FreshEyes, HandOff, Job,
    JobPurpose, JobStatus, Judged, PauseCause, QueuedJob, Record, SprintPlan,
};
use crate::{JobId, Sha256};

impl State {
    /// Takes one more record into account. Total: a record that refers to nothing known changes nothing but the log.
    pub fn fold(&mut self, seq: u64, record: &Record) {
        self.seq = seq;
        self.fold_log(seq, record);
        self.fold_worker(record);
        match &record.action {
            Action::ProjectStarted { name, settings, checklists, document_owner, next_review } => {
                self.project = Some(Project { name: name.clone(), by: record.by.clone(), at: record.at });
                self.settings = settings.clone();
                self.checklists.clear();
                checklists.iter().for_each(|list| self.adopt(list));
                self.document =
                    Some(DocumentStatus { owner: document_owner.clone(), next_review: *next_review, reviews: 0 });
            }
            Action::RoleTaken { to, .. } => {
                self.roles.insert(record.by.clone(), *to);
            }
            Action::SettingsChanged { settings, .. } => self.settings = settings.clone(),
            Action::ChecklistAdopted { checklist } => self.adopt(checklist),
            Action::DocumentReviewed { owner, next_review } => {
                let before = self.document.as_ref().map_or(0, |document| document.reviews);
                let (owner, reviews) = (owner.clone(), before.saturating_add(1));
                self.document = Some(DocumentStatus { owner, next_review: *next_review, reviews });
            }
            Action::BriefWritten { brief, reason } => {
                let earlier = self.brief.as_ref();
                self.brief = Some(BriefState {
                    brief: (**brief).clone(),
                    revision: earlier.map_or(1, |earlier| earlier.revision.saturating_add(1)),
                    first_written_at: earlier.map_or(record.at, |earlier| earlier.first_written_at),
                    declared: earlier.is_some_and(|earlier| earlier.declared) && brief.missing().is_empty(),
                    reason: reason.clone(),
                });
            }
            Action::BriefCompleted {} => {
                if let Some(brief) = &mut self.brief {
                    brief.declared = true;
                }
            }
            Action::StageSkipped { stage, reason } => {
                let skip = Skip { reason: reason.clone(), by: record.by.clone(), at: record.at };
                self.skips.insert(*stage, skip);
            }
            Action::StageResumed { stage } => {
                self.skips.remove(stage);
            }
            Action::SprintStarted { sprint, plan } => self.fold_sprint(seq, record, *sprint, plan),
            Action::JobsQueued { jobs } => self.fold_jobs(seq, record, jobs),
            Action::JobsRequeued { jobs } => {
                for job in jobs {
                    if let Some(job) = self.jobs.get_mut(job) {
                        job.status = JobStatus::Queued;
                        job.attempts = job.attempts.saturating_add(1);
                        job.again_by.insert(record.by.clone());
                    }
                }
            }
            Action::ImageGenerated { job, request, sha256, pixels_sha256, fingerprint, elapsed_secs } => {
                self.timings.push(Timing::new(&request.recipe, *elapsed_secs));
                if let Some(job) = self.jobs.get_mut(job) {
                    job.status = JobStatus::Done { image: *sha256 };
                    job.fingerprint = Some((**fingerprint).clone());
                }
                self.fold_image(seq, record, *job, *sha256, *pixels_sha256);
            }
            Action::JobFailed { job, cause } => self.end_job(*job, JobStatus::Failed { cause: cause.clone() }),
            Action::JobCancelled { job, cause } => self.end_job(*job, JobStatus::Cancelled { cause: cause.clone() }),
            Action::MoodboardProposed { candidates, .. } => {
                self.moodboard = Some(Moodboard { candidates: candidates.clone(), ranked_by: None, seq });
            }
            Action::MoodboardRanked { candidates, .. } => {
                let ranked_by = Some(record.by.clone());
                self.moodboard = Some(Moodboard { candidates: candidates.clone(), ranked_by, seq });
            }
            Action::DirectionApproved { image, reason, .. } => {
                let (by, at) = (record.by.clone(), record.at);
                self.direction = Some(Direction { image: *image, reason: reason.clone(), by, at, seq });
            }
            Action::DirectionWithdrawn { .. } => self.direction = None,
            Action::DraftSaved { .. }
            | Action::HeroApproved { .. }
            | Action::ProofPassed { .. }
            | Action::ProofFailed { .. }
            | Action::RecipeLocked { .. }
            | Action::RecipeUnlocked { .. }
            | Action::RecipePaused { .. } => self.fold_card(seq, record),
            Action::VolumeRunStarted { run, card, rows } => self.runs.push(VolumeRun {
                number: *run,
                card: card.clone(),
                rows: rows.clone(),
                jobs: Vec::new(),
                by: record.by.clone(),
                seq,
            }),
            Action::Culled { image, cull, .. } => {
                let culled = Culled { decision: cull.clone(), by: record.by.clone(), at: record.at, seq };
                self.decide_cull(seq, record, *image, Some(culled));
            }
            Action::CullWithdrawn { image, .. } => self.decide_cull(seq, record, *image, None),
            Action::RepairOverruled { .. } => {}
            Action::RepairAccepted { image } => {
                self.decide_candidate(*image, Candidacy::Accepted);
                if let Some(image) = self.images.get_mut(image) {
                    image.accepted_seq = Some(seq);
                }
            }
            Action::RepairsDiscarded { images } => {
                images.iter().for_each(|image| self.decide_candidate(*image, Candidacy::Discarded));
            }
            Action::CandidatesMixed { first, second, mask, result } => {
                self.fold_mix(seq, record, [*first, *second], *mask, result);
            }
            Action::EditRecorded { parent, result, edit } => {
                let by = record.by.clone();
                let origin = Origin::Edited { parent: *parent, edit: edit.clone(), by };
                let before = self.images.get(parent);
                let card = before.and_then(|image| image.card.clone());
                let editor = before.and_then(|image| image.hand_off.as_ref()).map(|hand_off| hand_off.editor.clone());
                self.add_image(seq, record, result.clone(), origin, Some(*parent), card);
                if let Some(image) = self.images.get_mut(&result.sha256) {
                    image.makers.extend(editor);
                }
                if let Some(image) = self.images.get_mut(parent) {
                    image.hand_off = None;
                }
            }
            Action::ArtefactsChecked { image, findings } => {
                let version = self.checklists.get(ARTEFACT_GATE).map(|list| list.version);
                if let Some(image) = self.images.get_mut(image) {
                    image.artefact_version = image.artefact_version.or(version);
                    for Finding { item, verdict } in findings {
                        let judged = Judged { verdict: verdict.clone(), at: record.at, seq };
                        image.artefacts.insert(item.clone(), judged);
                    }
                }
            }
            Action::HandedToEditor { image, editor, reason } => {
                if let Some(image) = self.images.get_mut(image) {
                    image.hand_off = Some(HandOff { editor: editor.clone(), reason: reason.clone(), seq });
                }
            }
            Action::TakenBackFromEditor { image, .. } => {
                if let Some(image) = self.images.get_mut(image) {
                    image.hand_off = None;
                }
            }
            Action::IterationsAsked { subject, reason } => self.asks.push(IterationAsk {
                subject: subject.clone(),
                reason: reason.clone(),
                by: record.by.clone(),
                seq,
            }),
            Action::IterationsGranted { subject, more, .. } => {
                let granted = self.grants.entry(subject.clone()).or_default();
                *granted = granted.saturating_add(*more);
                self.granted_at.insert(subject.clone(), seq);
                self.asks.retain(|ask| ask.subject != *subject);
            }
            Action::AltTextWritten { image, text } => {
                if let Some(image) = self.images.get_mut(image) {
                    image.alt_text.clone_from(text);
                }
            }
            Action::ReviewSubmitted { .. }
            | Action::ItemJudged { .. }
            | Action::ImageCleared { .. }
            | Action::ImageSentBack { .. }
            | Action::ImageVetoed { .. }
            | Action::ClearanceVoided { .. }
            | Action::VerdictsDropped { .. } => self.fold_review(seq, record),
            Action::FreshEyesBegan { order } => {
                let (by, at) = (record.by.clone(), record.at);
                self.fresh_eyes = Some(FreshEyes { order: order.clone(), seen: BTreeMap::new(), by, at, seq });
            }
            Action::FreshEyesSaw { image, view } => {
                if let Some(pass) = &mut self.fresh_eyes {
                    pass.seen.entry(*image).or_default().push(*view);
                }
            }
            Action::ImageReleased { image, name, disclosure, .. } => {
                self.release_names.insert(name.to_lowercase());
                if let Some(image) = self.images.get_mut(image) {
                    let (by, at) = (record.by.clone(), record.at);
                    let (name, disclosure) = (name.clone(), disclosure.clone());
                    image.released = Some(Released { name, disclosure, by, at, seq });
                }
            }
            Action::InputAdded { image, file_name, licence } => {
                let (file_name, licence) = (file_name.clone(), licence.clone());
                let input = InputImage { image: image.clone(), file_name, licence, by: record.by.clone() };
                self.inputs.insert(image.sha256, input);
            }
            Action::EvidenceAdded { file } => {
                let added = AddedEvidence { file: file.clone(), by: record.by.clone(), seq };
                self.evidence.insert(file.sha256, added);
            }
            Action::ProjectReviewed { next_review, .. } => {
                (self.reviewed_at, self.next_project_review) = (Some(record.at), Some(*next_review));
            }
            Action::TemplatePromoted { card, kept, generated, reason } => self.templates.push(Template {
                card: card.clone(),
                kept: *kept,
                generated: *generated,
                reason: reason.clone(),
                by: record.by.clone(),
                at: record.at,
            }),
            Action::NegativeEntryAdded { set, entry } => {
                self.additions.push(LibraryAddition { set: set.clone(), entry: entry.clone() });
            }
            Action::HandOffProblemNoted { stage, what, fix } => {
                self.problems.push(HandOffProblem { stage: *stage, what: what.clone(), fix: fix.clone() });
            }
        }
    }

    fn adopt(&mut self, list: &Checklist) {
        self.adopted.insert((list.name.clone(), list.version), list.clone());
        self.checklists.insert(list.name.clone(), list.clone());
    }

    fn fold_sprint(&mut self, seq: u64, record: &Record, number: u32, plan: &SprintPlan) {
        let jobs = vec![Vec::new(); plan.styles.len()];
        let (plan, by) = (plan.clone(), record.by.clone());
        self.sprints.push(ConceptSprint { number, plan, jobs, by, seq });
    }

    fn fold_jobs(&mut self, seq: u64, record: &Record, jobs: &[QueuedJob]) {
        for QueuedJob { request, purpose } in jobs {
            match purpose {
                JobPurpose::Sprint { sprint, row, .. } => {
                    let sprint = self.sprints.iter_mut().find(|one| one.number == *sprint);
                    if let Some(row) = sprint.and_then(|sprint| sprint.jobs.get_mut(*row as usize)) {
                        row.push(request.job);
                    }
                }
                JobPurpose::Volume { run, .. } => {
                    if let Some(run) = self.runs.iter_mut().find(|one| one.number == *run) {
                        run.jobs.push(request.job);
                    }
                }
                _ => {}
            }
            let job = Job {
                request: request.clone(),
                purpose: purpose.clone(),
                by: record.by.clone(),
                again_by: BTreeSet::new(),
                seq,
                attempts: 1,
                status: JobStatus::Queued,
                fingerprint: None,
            };
            self.jobs.insert(request.job, job);
        }
    }

    fn end_job(&mut self, job: JobId, status: JobStatus) {
        if let Some(job) = self.jobs.get_mut(&job) {
            job.status = status;
        }
    }

    fn fold_image(&mut self, seq: u64, record: &Record, id: JobId, sha256: Sha256, pixels_sha256: Sha256) {
        let Some(job) = self.jobs.get(&id).cloned() else { return };
        let parent = job.purpose.parent();
        let of_parent = || self.images.get(&parent?)?.card.clone();
        let card = match &job.purpose {
            // A variation is of the recipe as long as it asks for nothing that the recipe does not allow.
            JobPurpose::Variation { .. } => {
                let is_of = |card: &CardRef| self.cards.get(card).is_some_and(|known| known.card.varies(&job.request));
                of_parent().filter(is_of)
            }
            purpose => purpose.card().cloned().or_else(of_parent),
        };
        let (width, height) = job.request.picture_size();
        let file = EditedImage { sha256, pixels_sha256, width, height };
        // A candidate that was discarded and is made again is looked at again; any other image stays what it is.
        let waits = self.images.get(&sha256).is_none_or(|known| known.candidacy == Some(Candidacy::Discarded));
        let made = Record { by: job.by.clone(), ..record.clone() };
        self.add_image(seq, &made, file, Origin::Generated { job: id }, parent, card.clone());
        // Prompt, seed and settings of a Hero and of a row are those of the card, and so are its authors their makers.
        let authors = match &job.purpose {
            JobPurpose::Hero { card } | JobPurpose::Volume { card, .. } => self.cards.get(card),
            _ => None,
        };
        let authors = authors.map(|card| card.savers.clone()).unwrap_or_default();
        if let Some(image) = self.images.get_mut(&sha256) {
            image.makers.extend(authors.into_iter().chain(job.again_by.clone()));
        }
        if waits && job.purpose.strip().is_some() {
            self.decide_candidate(sha256, Candidacy::Waits);
        }
        self.events.push(Event { seq, at: record.at, card, kind: EventKind::Generated { image: sha256 } });
        if let JobPurpose::Hero { card } = &job.purpose {
            let hero = Hero { image: sha256, job: id };
            if let Some(state) = self.cards.get_mut(card)
                && state.locked.is_none()
                && same_pixels(&state.card, &job)
            {
                // Approval and proof hold for the image that was approved and proved.
                if state.hero.is_some_and(|before| before.image != sha256) {
                    (state.approval, state.proof, state.failed_proof) = (None, None, None);
                }
                state.hero = Some(hero);
            }
        }
    }

    /// Adds an image, or one more origin of an image that is known. `record.by` is its maker.
    pub(super) fn add_image(
        &mut self,
        seq: u64,
        record: &Record,
        file: EditedImage,
        origin: Origin,
        parent: Option<Sha256>,
        card: Option<CardRef>,
    ) {
        let before = parent.and_then(|parent| self.images.get(&parent));
        let mut makers: BTreeSet<_> = before.map(|parent| parent.makers.clone()).unwrap_or_default();
        makers.insert(record.by.clone());
        let (parent, root) = (before.map(|parent| parent.sha256), before.map_or(file.sha256, |parent| parent.root));
        if let Some(image) = self.images.get_mut(&file.sha256) {
            image.origins.push(origin);
            image.makers.append(&mut makers);
            (image.made_at, image.made_seq) = (record.at, seq);
            image.card = image.card.take().or(card);
            return;
        }
        let image = Image {
            sha256: file.sha256,
            pixels_sha256: file.pixels_sha256,
            width: file.width,
            height: file.height,
            origins: vec![origin],
            parent,
            root,
            card,
            makers,
            made_at: record.at,
            made_seq: seq,
            seq,
            culled: None,
            candidacy: None,
            accepted_seq: None,
            artefacts: BTreeMap::new(),
            artefact_version: None,
            hand_off: None,
            alt_text: String::new(),
            reviews: Vec::new(),
            released: None,
        };
        self.images.insert(file.sha256, image);
    }

    pub(super) fn decide_candidate(&mut self, image: Sha256, candidacy: Candidacy) {
        if let Some(image) = self.images.get_mut(&image) {
            image.candidacy = Some(candidacy);
        }
    }

    fn decide_cull(&mut self, seq: u64, record: &Record, sha256: Sha256, culled: Option<Culled>) {
        let Some(image) = self.images.get_mut(&sha256) else { return };
        let keep = culled.as_ref().map(|culled| culled.decision == CullDecision::Keep);
        image.culled = culled;
        let kind = EventKind::Culled { image: sha256, keep };
        self.events.push(Event { seq, at: record.at, card: image.card.clone(), kind });
    }

    fn fold_card(&mut self, seq: u64, record: &Record) {
        let (card, what) = match &record.action {
            Action::DraftSaved { card, begun } => {
                let begun = begun.as_ref().map(|origin| format!("begun from {origin}"));
                (card.card_ref(), begun.unwrap_or_else(|| "draft saved".to_owned()))
            }
            Action::HeroApproved { card, .. } => (card.clone(), "Hero approved".to_owned()),
            Action::ProofPassed { card, .. } => (card.clone(), "reproduced".to_owned()),
            Action::ProofFailed { card, reason, .. } => (card.clone(), format!("not reproduced: {reason}")),
            Action::RecipeLocked { recipe } => (recipe.card_ref(), "locked".to_owned()),
            Action::RecipeUnlocked { card, reason } => (card.clone(), format!("unlocked: {reason}")),
            Action::RecipePaused { card, .. } => (card.clone(), "paused".to_owned()),
            _ => return,
        };
        let history = CardHistory { seq, at: record.at, by: record.by.clone(), what };
        if let Action::DraftSaved { card: draft, begun } = &record.action {
            self.save_draft(record, draft, begun.as_ref());
        }
        if let Action::ProofPassed { job, .. } | Action::ProofFailed { job, .. } = &record.action {
            self.end_job(*job, JobStatus::Proved);
        }
        let Some(state) = self.cards.get_mut(&card) else { return };
        state.history.push(history);
        match &record.action {
            Action::HeroApproved { hero, .. } => {
                let first = state.approval.is_none();
                state.approval = Some(HeroApproval { hero: *hero, by: record.by.clone(), at: record.at });
                if first {
                    let card = Some(card);
                    self.events.push(Event { seq, at: record.at, card, kind: EventKind::HeroApproved });
                }
            }
            Action::ProofPassed { proof, .. } => (state.proof, state.failed_proof) = (Some((**proof).clone()), None),
            Action::ProofFailed { reason, .. } => (state.proof, state.failed_proof) = (None, Some(reason.clone())),
            Action::RecipeLocked { recipe } => {
                state.locked = Some((**recipe).clone());
                state.unlocked = None;
                state.pauses.retain(|cause| *cause != PauseCause::NotReproduced);
            }
            Action::RecipeUnlocked { reason, .. } => state.unlocked = Some(reason.clone()),
            Action::RecipePaused { cause, .. } => state.pauses.push(cause.clone()),
            _ => {}
        }
    }

    fn save_draft(&mut self, record: &Record, draft: &RecipeCard, begun: Option<&CardOrigin>) {
        let fresh = CardState {
            card: draft.clone(),
            begun: begun.cloned(),
            by: record.by.clone(),
            savers: BTreeSet::new(),
            hero: None,
            approval: None,
            proof: None,
            failed_proof: None,
            locked: None,
            unlocked: None,
            pauses: Vec::new(),
            failures: BTreeMap::new(),
            history: Vec::new(),
        };
        let state = self.cards.entry(draft.card_ref()).or_insert(fresh);
        if state.locked.is_some() {
            return;
        }
        // Hero, approval and proof hold for the pixels that the card determines, and for no others.
        if request_sha256(&state.card.request(JobId(0))) != request_sha256(&draft.request(JobId(0))) {
            (state.hero, state.approval, state.proof, state.failed_proof) = (None, None, None, None);
        }
        state.card = draft.clone();
        state.by = record.by.clone();
        state.savers.insert(record.by.clone());
    }
}

/// Whether a job renders exactly what a card says.
fn same_pixels(card: &RecipeCard, job: &Job) -> bool {
    request_sha256(&card.request(JobId(0))) == request_sha256(&job.request)
}
