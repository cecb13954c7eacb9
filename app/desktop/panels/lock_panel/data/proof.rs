use kento_studio::card::{CardRef, Comparison, Proof};
use kento_studio::workflow::{CardState, IterationSubject, JobPurpose, JobStatus};
use kento_studio::{EngineFingerprint, JobId, Sha256};

use crate::desk::PanelInput;
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
}

/// What is known of the render of a card.
pub fn hero(input: &PanelInput<'_>, card: &CardRef, known: &CardState) -> HeroData {
    let of_card = |purpose: &JobPurpose| match purpose {
        JobPurpose::Hero { card: of } => (of == card).then_some(false),
        JobPurpose::Proof { card: of, .. } => (of == card).then_some(true),
        _ => None,
    };
    let waiting = input.state.jobs().iter().filter(|(_, job)| job.status == JobStatus::Queued);
    let job = waiting.filter_map(|(id, job)| Some((*id, of_card(&job.purpose)?))).next();
    let words = match (&known.hero, &known.approval, job) {
        (None, _, Some(_)) => "the Hero is being rendered".to_owned(),
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
    }
}

/// A proof with both hashes, what it was made on, and the verdict.
pub fn proof_box(proof: &Proof) -> ProofBox {
    let (hero, again) = (device_line(&proof.hero_fingerprint), device_line(&proof.again_fingerprint));
    let made_on = if hero == again { vec![hero] } else { vec![format!("first: {hero}"), format!("second: {again}")] };
    let verdict = match proof.comparison {
        Comparison::Identical => ProofVerdict::Identical,
        Comparison::Similar { ssimulacra2 } => ProofVerdict::Similar { ssimulacra2 },
    };
    ProofBox { verdict, pixels: [proof.hero_pixels.to_string(), proof.again_pixels.to_string()], made_on }
}

/// `Vulkan · RTX 4060 · f16 · numerics 4`.
fn device_line(fingerprint: &EngineFingerprint) -> String {
    let EngineFingerprint { tool, device, dtype, .. } = fingerprint;
    format!("{} · {} · {dtype} · numerics {}", device.api, device.name, tool.numerics)
}
