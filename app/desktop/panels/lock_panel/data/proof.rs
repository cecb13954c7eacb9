use kento_studio::card::{CardRef, Comparison, LEAST_SSIMULACRA2, Proof};
use kento_studio::workflow::{CardState, IterationSubject, JobPurpose, JobStatus, State};
use kento_studio::{EngineFingerprint, JobId, Sha256};

use super::jobs::{JobTrouble, job_troubles};
use crate::desk::PanelInput;
use crate::studio::SecondRender;
use crate::widgets::{ProofBox, ProofVerdict};

/// The render of a card, and what goes on with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeroData {
    /// The picture.
    pub image: Option<Sha256>,
    /// The job that renders it, or renders it again, now.
    pub job: Option<JobId>,
    /// Whether that job is a proof.
    pub is_proof: bool,
    /// Where it stands: approved by whom, or what is missing.
    pub words: String,
    /// Iterations of the brief's budget: `2 of 4 iterations`.
    pub budget: Option<String>,
    /// Why the latest proof failed.
    pub failed: Option<String>,
    /// The job of that proof.
    pub failed_job: Option<JobId>,
    /// Jobs of the card that gave nothing.
    pub troubles: Vec<JobTrouble>,
}

/// What is known of the render of a card. `interrupted` are the jobs that wait since Kento was closed.
pub fn hero(input: &PanelInput<'_>, card: &CardRef, known: &CardState, interrupted: &[JobId]) -> HeroData {
    let of_card = |purpose: &JobPurpose| match purpose {
        JobPurpose::Hero { card: of } => (of == card).then_some(false),
        JobPurpose::Proof { card: of, .. } => (of == card).then_some(true),
        _ => None,
    };
    let waiting = input.state.jobs().iter().filter(|(_, job)| job.status == JobStatus::Queued);
    let at_work = waiting.filter(|(id, _)| !interrupted.contains(id));
    let job = at_work.filter_map(|(id, job)| Some((*id, of_card(&job.purpose)?))).next();
    let troubles = job_troubles(input, card, known, interrupted);
    let words = match (&known.hero, known.approval.as_ref().filter(|_| is_approved(known)), job) {
        (None, _, Some(_)) => "the Hero is being rendered".to_owned(),
        (None, _, None) if !troubles.is_empty() => "no Hero yet".to_owned(),
        (None, _, None) => "no Hero yet: render it".to_owned(),
        (Some(_), Some(approval), _) => format!("approved by {}", approval.by),
        (Some(_), None, _) => "not approved: the Director approves it".to_owned(),
    };
    let subject = IterationSubject::Hero { card: card.clone() };
    let budget = input.state.iteration_budget(&subject).map(|budget| {
        let plural = if budget == 1 { "" } else { "s" };
        format!("{} of {budget} iteration{plural}", input.state.iterations_used(&subject))
    });
    HeroData {
        image: known.hero.map(|hero| hero.image),
        job: job.map(|(id, _)| id),
        is_proof: job.is_some_and(|(_, is_proof)| is_proof),
        words,
        budget,
        failed: known.failed_proof.clone(),
        failed_job: known.failed_proof.as_ref().and_then(|_| judged_job(input.state, known)),
        troubles,
    }
}

/// Whether the Hero that is there now is the one that the Director approved.
pub fn is_approved(known: &CardState) -> bool {
    let hero = known.hero.map(|hero| hero.image);
    known.approval.as_ref().is_some_and(|approval| Some(approval.hero) == hero)
}

/// The job of the proof that the Hero had last.
pub(super) fn judged_job(state: &State, known: &CardState) -> Option<JobId> {
    let hero = known.hero?.image;
    let wanted = JobPurpose::Proof { card: known.card.card_ref(), hero };
    let mut jobs = state.jobs().iter().rev();
    jobs.find(|(_, job)| job.status == JobStatus::Proved && job.purpose == wanted).map(|(id, _)| *id)
}

/// A proof with both hashes, what it was made on, and the verdict.
pub fn proof_box(proof: &Proof) -> ProofBox {
    let verdict = match proof.comparison {
        Comparison::Identical => ProofVerdict::Identical,
        Comparison::Similar { ssimulacra2 } => ProofVerdict::Similar { ssimulacra2 },
    };
    ProofBox {
        verdict,
        pixels: [proof.hero_pixels.to_string(), proof.again_pixels.to_string()],
        made_on: made_on(&proof.hero_fingerprint, &proof.again_fingerprint),
    }
}

/// A failed proof as its box shows it; None where `second` does not belong to the Hero that is there now.
pub fn failed_box(state: &State, known: &CardState, second: &SecondRender) -> Option<ProofBox> {
    let hero = known.hero?;
    let hero_fingerprint = state.job(hero.job)?.fingerprint.as_ref()?;
    if state.image(&hero.image)?.pixels_sha256 != second.hero_pixels {
        return None;
    }
    let verdict = match second.ssimulacra2 {
        Some(ssimulacra2) if *hero_fingerprint != second.again_fingerprint => {
            ProofVerdict::Differs { ssimulacra2, at_least: LEAST_SSIMULACRA2 }
        }
        ssimulacra2 => ProofVerdict::Unequal { ssimulacra2 },
    };
    Some(ProofBox {
        verdict,
        pixels: [second.hero_pixels.to_string(), second.again_pixels.to_string()],
        made_on: made_on(hero_fingerprint, &second.again_fingerprint),
    })
}

/// A name for the difference of two pictures. No file has it, and no other pair.
pub fn difference_name(hero_pixels: Sha256, again_pixels: Sha256) -> Sha256 {
    let mut name = hero_pixels.0;
    for (byte, other) in name.iter_mut().zip(again_pixels.0) {
        *byte ^= other;
    }
    Sha256(name)
}

fn made_on(hero: &EngineFingerprint, again: &EngineFingerprint) -> Vec<String> {
    let (hero, again) = (device_line(hero), device_line(again));
    if hero == again { vec![hero] } else { vec![format!("first: {hero}"), format!("second: {again}")] }
}

/// `Vulkan · RTX 4060 · f16 · numerics 4`.
fn device_line(fingerprint: &EngineFingerprint) -> String {
    let EngineFingerprint { tool, device, dtype, .. } = fingerprint;
    format!("{} · {} · {dtype} · numerics {}", device.api, device.name, tool.numerics)
}
