use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{CardState, CardStatus, Image, Origin, State, Timing};
use crate::card::CardRef;
use crate::library::{self, Checklist, RonForm as _};
use crate::workflow::{
    ARTEFACT_GATE, Answer, CullDecision, Failure, IterationSubject, Job, JobPurpose, JobStatus, Judged, Outcome,
    PauseCause, Refusal, Review, ReviewList, Stage, Stakes, TrackRecord,
};
use crate::{JobId, Recipe, SchemaV1, Sha256, Task};

impl State {
    /// Jobs without a result, lowest number first. After a start of the app nothing runs, so these were
    /// interrupted: queue them again with [`RequeueJobs`](crate::workflow::Command::RequeueJobs) or drop them with
    /// `CancelJobs`.
    pub fn interrupted_jobs(&self) -> Vec<JobId> {
        self.jobs.iter().filter(|(_, job)| job.status == JobStatus::Queued).map(|(id, _)| *id).collect()
    }

    /// Jobs without a result that the engine may work on: those of paused volume runs wait.
    pub fn runnable_jobs(&self) -> Vec<JobId> {
        self.interrupted_jobs().into_iter().filter(|job| self.held_because(*job).is_none()).collect()
    }

    /// Jobs without a result that wait for no engine but for a decision, lowest number first, each with why. Where the
    /// cause [ends never](PauseCause::is_lasting) they belong to a revision that does not run again: drop them with
    /// `CancelJobs`.
    pub fn held_jobs(&self) -> Vec<(JobId, &PauseCause)> {
        let jobs = self.interrupted_jobs().into_iter();
        jobs.filter_map(|job| Some((job, self.held_because(job)?))).collect()
    }

    /// Why a waiting job of a volume run is held back; of several causes one that never ends.
    pub fn held_because(&self, job: JobId) -> Option<&PauseCause> {
        let JobPurpose::Volume { card, .. } = &self.jobs.get(&job)?.purpose else { return None };
        let pauses = &self.cards.get(card)?.pauses;
        pauses.iter().find(|cause| cause.is_lasting()).or(pauses.first())
    }

    /// The number of the next job.
    pub fn next_job(&self) -> JobId {
        JobId(self.jobs.keys().next_back().map_or(1, |job| job.0.saturating_add(1)))
    }

    /// Whether the stage is skipped.
    pub fn is_skipped(&self, stage: Stage) -> bool {
        self.skips.contains_key(&stage)
    }

    /// Whether the brief is complete.
    pub fn brief_is_complete(&self) -> bool {
        self.brief.as_ref().is_some_and(super::BriefState::is_complete)
    }

    /// The stakes of the brief. Until they are known everything counts as client work.
    pub fn stakes(&self) -> Stakes {
        self.brief.as_ref().and_then(|brief| brief.brief.stakes).unwrap_or(Stakes::Client)
    }

    /// The checklist that a review is held by: the version that it was submitted with, whatever was adopted since.
    pub fn checklist_of(&self, review: &Review) -> Option<&Checklist> {
        self.checklist_at(review.list.checklist(), Some(review.checklist_version))
    }

    /// The artefact gate that an image is checked by: the version of its first check, before that the latest one.
    pub fn artefact_gate_of(&self, image: &Image) -> Option<&Checklist> {
        self.checklist_at(ARTEFACT_GATE, image.artefact_version)
    }

    fn checklist_at(&self, name: &str, version: Option<u32>) -> Option<&Checklist> {
        let kept = version.and_then(|version| self.adopted.get(&(name.to_owned(), version)));
        kept.or_else(|| self.checklist(name))
    }

    /// The latest revision of a card name.
    pub fn latest_revision(&self, card: &CardRef) -> Option<&CardRef> {
        self.cards.keys().filter(|one| one.name == card.name).max_by_key(|one| one.revision)
    }

    /// Cards that a volume run can use now.
    pub fn usable_cards(&self) -> impl Iterator<Item = &CardRef> {
        self.cards.iter().filter(|(_, state)| state.status() == CardStatus::Locked).map(|(card, _)| card)
    }

    /// Images that jobs made, without doubles in one job.
    pub fn images_of_jobs(&self, jobs: &[JobId]) -> impl Iterator<Item = Sha256> {
        jobs.iter().filter_map(|job| match self.jobs.get(job)?.status {
            JobStatus::Done { image } => Some(image),
            _ => None,
        })
    }

    /// The jobs that made an image.
    pub fn jobs_of_image(&self, image: &Sha256) -> impl Iterator<Item = (JobId, &Job)> {
        let origins = self.images.get(image).map(|image| image.origins.as_slice()).unwrap_or_default();
        origins.iter().filter_map(|origin| match origin {
            Origin::Generated { job } => Some((*job, self.jobs.get(job)?)),
            Origin::Edited { .. } | Origin::Mixed { .. } => None,
        })
    }

    /// Whether an image came from a concept sprint.
    pub fn is_sprint_image(&self, image: &Sha256) -> bool {
        self.jobs_of_image(image).any(|(_, job)| matches!(job.purpose, JobPurpose::Sprint { .. }))
    }

    /// Whether an image came from a volume run.
    pub fn is_volume_image(&self, image: &Sha256) -> bool {
        self.jobs_of_image(image).any(|(_, job)| matches!(job.purpose, JobPurpose::Volume { .. }))
    }

    /// The recipe that an image ships under: the locked card whose volume run or Hero its lineage began with. What a
    /// card made before it changed is not of that card.
    pub fn recipe_of<'a>(&self, image: &'a Image) -> Option<&'a CardRef> {
        let made = |known: &CardState| {
            let is_hero = known.hero.is_some_and(|hero| hero.image == image.root);
            known.locked.is_some() && (is_hero || self.is_volume_image(&image.root))
        };
        image.card.as_ref().filter(|card| self.cards.get(*card).is_some_and(made))
    }

    /// Whether an image is a keeper: its own cull decision counts, else that of the nearest image that has one among
    /// those which it repairs or edits. An approved Hero is a keeper too. A variation is another image and inherits
    /// nothing.
    pub fn is_keeper(&self, image: &Sha256) -> bool {
        let mut next = self.images.get(image);
        let mut is_hero = false;
        while let Some(image) = next {
            if image.is_open_candidate() {
                return false;
            }
            if image.culled.is_some() {
                return image.is_kept();
            }
            is_hero |= self.is_approved_hero(&image.sha256);
            next = self.finished_from(image).and_then(|parent| self.images.get(&parent));
        }
        is_hero
    }

    /// For each image that was repaired or edited: what stands for it now, of all that became of it what was accepted last. Nothing
    /// that was rejected or vetoed stands for anything.
    pub fn finished_versions(&self) -> BTreeMap<Sha256, Sha256> {
        let stands = |image: &&Image| !image.is_open_candidate() && !image.is_vetoed() && !image.is_rejected();
        let mut latest: BTreeMap<Sha256, (u64, Sha256)> = BTreeMap::new();
        for made in self.images.values().filter(stands) {
            let version = (made.accepted_seq.unwrap_or(made.seq), made.sha256);
            let mut one = made;
            while let Some(parent) = self.finished_from(one).and_then(|parent| self.images.get(&parent)) {
                let known = latest.entry(parent.sha256).or_insert(version);
                *known = version.max(*known);
                // A child is younger than its parent, so that every way ends.
                if parent.seq >= one.seq {
                    break;
                }
                one = parent;
            }
        }
        latest.into_iter().map(|(image, (_, version))| (image, version)).collect()
    }

    /// Everything that was repaired or edited from an image, and from that again, oldest first.
    pub fn finished_of(&self, image: &Sha256) -> Vec<&Image> {
        let Some(of) = self.images.get(image) else { return Vec::new() };
        let comes_from = |one: &&Image| {
            // A child is younger than its parent, so that every way ends.
            let mut next = *one;
            while let Some(parent) = self.finished_from(next).and_then(|parent| self.images.get(&parent)) {
                if parent.sha256 == of.sha256 {
                    return true;
                }
                if parent.seq >= next.seq {
                    break;
                }
                next = parent;
            }
            false
        };
        let of_its_family = self.images.values().filter(|one| one.root == of.root && one.seq > of.seq);
        let mut finished: Vec<&Image> = of_its_family.filter(comes_from).collect();
        finished.sort_by_key(|one| one.seq);
        finished
    }

    /// The image that this one repairs or edits.
    fn finished_from(&self, image: &Image) -> Option<Sha256> {
        let parent = image.parent?;
        let is_finished = |origin: &Origin| match origin {
            Origin::Edited { parent: of, .. } => *of == parent,
            // What has a part of a variation is another image too. A candidate is older than its mix, so that this ends.
            Origin::Mixed { first, second, .. } => [first, second].into_iter().all(|one| {
                self.images.get(one).is_some_and(|one| one.seq < image.seq && self.finished_from(one).is_some())
            }),
            Origin::Generated { job } => self
                .jobs
                .get(job)
                .is_some_and(|job| matches!(&job.purpose, JobPurpose::Repair { parent: of, .. } if *of == parent)),
        };
        image.origins.iter().any(is_finished).then_some(parent)
    }

    /// Whether an image is the approved Hero of a card.
    pub fn is_approved_hero(&self, image: &Sha256) -> bool {
        self.cards.values().any(|card| card.approval.as_ref().is_some_and(|approval| approval.hero == *image))
    }

    /// Keepers, oldest first.
    pub fn keepers(&self) -> Vec<&Image> {
        let mut keepers: Vec<&Image> = self.images.values().filter(|image| self.is_keeper(&image.sha256)).collect();
        keepers.sort_by_key(|image| image.seq);
        keepers
    }

    /// Images at the review gate, oldest submission first.
    pub fn candidates(&self) -> Vec<&Image> {
        let mut open: Vec<&Image> = self.images.values().filter(|image| image.open_review().is_some()).collect();
        open.sort_by_key(|image| image.open_review().map(|review| review.seq));
        open
    }

    /// Whether enough people cleared exactly this file for the stakes as they are now, on a list that is long enough.
    pub fn is_cleared(&self, image: &Sha256) -> bool {
        let Some(image) = self.images.get(image).filter(|image| !image.is_vetoed()) else { return false };
        let Some(review) = image.review().filter(|review| review.outcome == Some(Outcome::Cleared)) else {
            return false;
        };
        let stakes = self.stakes();
        let clears = |clearance: &&crate::workflow::Clearance| clearance.sha256 == image.sha256;
        let mut people: Vec<_> = review.clearances.iter().filter(clears).map(|clearance| &clearance.by).collect();
        people.sort();
        people.dedup();
        people.len() >= stakes.reviewers() && (review.list == ReviewList::Full || stakes == Stakes::Internal)
    }

    /// The images that the running fresh-eyes pass still stands for, in its order: those at the gate that nobody made
    /// again since it began.
    pub fn fresh_looks(&self) -> Vec<Sha256> {
        let Some(pass) = &self.fresh_eyes else { return Vec::new() };
        let stands = |image: &Image| image.open_review().is_some() && image.made_seq < pass.seq;
        pass.order.iter().filter(|image| self.images.get(image).is_some_and(stands)).copied().collect()
    }

    /// The next image of the running fresh-eyes pass: the first that it still stands for and that was not seen both
    /// ways. One that left the gate or was made again meanwhile is passed over.
    pub fn next_fresh_look(&self) -> Option<Sha256> {
        let pass = self.fresh_eyes.as_ref()?;
        self.fresh_looks().into_iter().find(|image| !pass.is_seen(image))
    }

    /// Seconds until a fresh-eyes pass over an image may begin; 0 when it may. A clock that was set back only makes the
    /// pause longer.
    pub fn seconds_to_fresh_eyes(&self, image: &Image, now: Timestamp) -> i64 {
        let pause = i64::from(self.settings.fresh_eyes_minutes) * 60;
        pause.saturating_sub(now.duration_since(image.made_at).as_secs()).max(0)
    }

    /// [`Self::seconds_to_fresh_eyes`] in whole minutes, rounded up.
    pub fn minutes_to_fresh_eyes(&self, image: &Image, now: Timestamp) -> i64 {
        self.seconds_to_fresh_eyes(image, now).saturating_add(59) / 60
    }

    /// Cleared images that are not released, oldest first.
    pub fn cleared(&self) -> Vec<&Image> {
        let mut cleared: Vec<&Image> =
            self.images.values().filter(|image| image.released.is_none() && self.is_cleared(&image.sha256)).collect();
        cleared.sort_by_key(|image| image.seq);
        cleared
    }

    /// The track record that the short list hangs on: what the latest rounds of review came to.
    pub fn track_record(&self) -> TrackRecord {
        let rule = &self.settings.short_list;
        let mut record = TrackRecord {
            reviewed: 0,
            sent_back: 0,
            least_reviewed: rule.least_reviewed,
            most_rework: rule.most_rework,
        };
        let mut known = BTreeSet::new();
        // From the latest back: what comes second of a round was overtaken.
        let latest = self.review_outcomes(self.events.iter().rev());
        let rounds = latest.filter(|(_, round, _)| known.insert(*round)).take(rule.least_reviewed as usize);
        for (_, _, is_rework) in rounds {
            record.reviewed += 1;
            record.sent_back += u32::from(is_rework);
        }
        record
    }

    /// Iterations that were spent: generations that neither failed nor were cancelled.
    pub fn iterations_used(&self, subject: &IterationSubject) -> u32 {
        let spent = |job: &&Job| job.status.is_spent() && self.subject_of(job).as_ref() == Some(subject);
        u32::try_from(self.jobs.values().filter(spent).count()).unwrap_or(u32::MAX)
    }

    /// What a job's iteration is counted against, where it counts as one.
    pub fn subject_of(&self, job: &Job) -> Option<IterationSubject> {
        job.subject(|image| self.images.get(image).map(|image| image.root))
    }

    /// Iterations that may be spent: the brief's budget and what the Director granted. None where the brief sets no
    /// budget.
    pub fn iteration_budget(&self, subject: &IterationSubject) -> Option<u32> {
        let Answer::Filled(budget) = self.brief.as_ref()?.brief.iteration_budget else { return None };
        Some(budget.saturating_add(self.grants.get(subject).copied().unwrap_or_default()))
    }

    /// Measured seconds for one image of this recipe: the middle of the latest 15 of its model, size and guidance,
    /// by steps. None before the first.
    pub fn seconds_per_image(&self, recipe: &Recipe) -> Option<f64> {
        let same = |timing: &&Timing| timing.is_like(recipe);
        let mut per_step: Vec<f64> =
            self.timings.iter().rev().filter(same).map(|one| one.secs_per_step).take(15).collect();
        per_step.sort_by(f64::total_cmp);
        per_step.get(per_step.len() / 2).map(|secs| secs * f64::from(recipe.steps))
    }

    /// Whether the review date of the workflow document has passed, counted in UTC.
    pub fn document_is_overdue(&self, now: Timestamp) -> bool {
        self.document.as_ref().is_some_and(|document| document.next_review < today(now))
    }

    /// Whether the day of the next project review has passed, counted in UTC.
    pub fn project_review_is_overdue(&self, now: Timestamp) -> bool {
        self.next_project_review.is_some_and(|due| due < today(now))
    }

    /// Warns when a volume run drifts: in its later half, less than half as much was kept as in its earlier half.
    /// Judged from 16 decisions on, because fewer say nothing.
    pub fn drift(&self, run: u32) -> Option<String> {
        let run = self.runs.iter().find(|one| one.number == run)?;
        let decided: Vec<bool> = self
            .images_of_jobs(&run.jobs)
            .filter_map(|image| self.images.get(&image)?.culled.as_ref().map(|one| one.decision == CullDecision::Keep))
            .collect();
        if decided.len() < 16 {
            return None;
        }
        let (earlier, later) = decided.split_at(decided.len() / 2);
        let rate = |half: &[bool]| half.iter().filter(|keep| **keep).count() as f64 / half.len() as f64;
        let (before, after) = (rate(earlier), rate(later));
        (after < before / 2.0).then(|| {
            format!(
                "the run drifts: {:.0} % kept in its later half against {:.0} % before",
                after * 100.0,
                before * 100.0
            )
        })
    }

    /// Card revisions by keep rate, best first, that have enough culled images to judge: candidates for templates.
    pub fn template_candidates(&self) -> Vec<(CardRef, crate::workflow::CullCount)> {
        let mut cards: Vec<_> = self
            .cards
            .iter()
            .filter(|(_, state)| state.status() == CardStatus::Locked)
            .map(|(card, _)| (card.clone(), self.cull_count(Some(card))))
            .filter(|(_, count)| count.kept + count.rejected >= crate::workflow::LEAST_CULLED_FOR_TEMPLATE)
            .collect();
        cards.sort_by(|a, b| b.1.keep_rate().unwrap_or(0.0).total_cmp(&a.1.keep_rate().unwrap_or(0.0)));
        cards
    }

    /// A template of this project in the form in which another project takes it.
    ///
    /// # Errors
    /// [`Refusal`] where the card is no template, does not reproduce any more, or begins with an image that only this project
    /// has.
    pub fn template_for_others(&self, card: &CardRef) -> Result<library::Template, Refusal> {
        let promoted = self.templates.iter().find(|template| template.card == *card);
        let promoted = promoted.ok_or_else(|| Refusal::Entry(format!("{card} is no template: promote it first")))?;
        let known = self.card(card).ok_or_else(|| Refusal::UnknownCard(card.clone()))?;
        let (Some(recipe), None, Some(project)) = (&known.locked, &known.unlocked, &self.project) else {
            return Err(Refusal::Entry(format!("{card} is not locked any more: prove it again and lock it")));
        };
        if recipe.card().task != Task::TextToImage {
            let text =
                format!("{card} begins with an image that only this project has: keep a card made from text alone");
            return Err(Refusal::Entry(text));
        }
        let template = library::Template {
            schema: SchemaV1,
            recipe: recipe.clone(),
            project: project.name.clone(),
            generated: promoted.generated,
            kept: promoted.kept,
            promoted_by: promoted.by.clone(),
            promoted_at: promoted.at,
        };
        template.check_form()?;
        Ok(template)
    }

    /// What kept failing on images of each card revision, with the images that show it, most frequent first: why they were rejected,
    /// and what they failed for at the gate.
    pub fn failing_prompts(&self) -> Vec<(CardRef, Failure, Vec<Sha256>)> {
        let mut found = BTreeMap::<(CardRef, Failure), BTreeSet<Sha256>>::new();
        for image in self.images.values() {
            let Some(card) = &image.card else { continue };
            for failure in failures(image) {
                found.entry((card.clone(), failure)).or_default().insert(image.sha256);
            }
        }
        let of = |((card, failure), images): ((CardRef, Failure), BTreeSet<Sha256>)| {
            (card, failure, images.into_iter().collect())
        };
        let mut list: Vec<(CardRef, Failure, Vec<Sha256>)> = found.into_iter().map(of).collect();
        list.sort_by_key(|(_, _, images)| std::cmp::Reverse(images.len()));
        list
    }
}

/// What one image failed for.
fn failures(image: &Image) -> Vec<Failure> {
    let mut failures = Vec::new();
    if let Some(CullDecision::Reject { reason, .. }) = image.culled.as_ref().map(|culled| &culled.decision) {
        failures.push(Failure::Rejected(*reason));
    }
    let at_gate = |item: &String| Failure::AtGate { item: item.clone() };
    for review in &image.reviews {
        match &review.outcome {
            Some(Outcome::SentBack { failed, .. }) => failures.extend(failed.iter().map(at_gate)),
            Some(Outcome::Vetoed { .. }) => {
                let fails = |item: &&String| review.verdict(item).is_some_and(Judged::is_fail);
                let failed: Vec<Failure> = review.verdicts.keys().filter(fails).map(at_gate).collect();
                failures.extend(if failed.is_empty() { vec![Failure::Vetoed] } else { failed });
            }
            _ => {}
        }
    }
    failures
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}
