//! The test of a finished image: whether its card makes it again, the first render and every repair, from the card and the model alone.

use jiff::Timestamp;
use kento_engine::client::EngineLaunch;
use kento_engine::protocol::{GenerateJob, Pixels, PreviewRate};
use kento_finishing::mask::{Mask, MaskChannel};
use kento_studio::card::{FinishedCard, FinishedStep, Proof, TwoRenders, request_sha256};
use kento_studio::{EngineFingerprint, GenerationRequest, JobId, Sha256, Task};

use super::proving::FreshEngine;
use super::{ModelShelf, Verification, pixels_sha256, similarity};
use crate::region::RegionWork;

/// Makes a finished image again, step by step, each from what the step before gave here. `picture` finds the picture of a step by its
/// hash; it is needed only where another device or build gives other pixels.
///
/// # Errors
/// One sentence that names the step and what differs or is missing.
pub fn verify_finished(
    card: &FinishedCard,
    picture: impl Fn(Sha256) -> Option<Pixels>,
    shelf: &ModelShelf,
    launch: EngineLaunch,
) -> Result<Vec<Verification>, String> {
    card.check().map_err(|refusal| refusal.to_string())?;
    let mut engine = FreshEngine::start(launch)?;
    let mut before: Option<Pixels> = None;
    let mut verified = Vec::with_capacity(card.steps.len());
    for (number, step) in (1_u64..).zip(&card.steps) {
        let request = GenerationRequest { job: JobId(number), ..step.request.clone() };
        let failed = |why: String| format!("step {number} of {}: {why}", card.steps.len());
        let (again, fingerprint) = render(&mut engine, card, request, before.as_ref(), shelf).map_err(failed)?;
        let again_pixels = pixels_sha256(&again);
        let mut score = None;
        if again_pixels != step.pixels_sha256 {
            let first = picture(step.sha256).filter(|first| pixels_sha256(first) == step.pixels_sha256);
            let first = first.ok_or_else(|| {
                let (ours, theirs) = (again_pixels.auto_v2(), step.pixels_sha256.auto_v2());
                failed(format!("it has the pixels {ours} and not {theirs}: to compare how alike they look, verify the card in its project"))
            })?;
            score = Some(similarity(&first, &again).map_err(failed)?);
        }
        let judged = Proof::judge(renders(step, again_pixels, score, fingerprint.clone()), Timestamp::now());
        let judged = judged.map_err(|refusal| failed(refusal.to_string()))?;
        verified.push(Verification { comparison: judged.comparison, again_pixels, fingerprint });
        before = Some(again);
    }
    Ok(verified)
}

fn renders(
    step: &FinishedStep,
    again_pixels: Sha256,
    ssimulacra2: Option<f64>,
    again_fingerprint: EngineFingerprint,
) -> TwoRenders {
    TwoRenders {
        request: request_sha256(&step.request),
        hero: step.sha256,
        hero_pixels: step.pixels_sha256,
        again_pixels,
        ssimulacra2,
        hero_fingerprint: step.fingerprint.clone(),
        again_fingerprint,
    }
}

fn render(
    engine: &mut FreshEngine,
    card: &FinishedCard,
    request: GenerationRequest,
    before: Option<&Pixels>,
    shelf: &ModelShelf,
) -> Result<(Pixels, EngineFingerprint), String> {
    let source = shelf.source(&request.recipe)?;
    let mut region = None;
    let (init_image, mask) = match &request.task {
        Task::TextToImage => (None, None),
        Task::ImageToImage { .. } => (before.cloned(), None),
        Task::Inpaint { image, mask, .. } => {
            let size = [image.width, image.height];
            let png =
                card.mask(&mask.sha256).ok_or("its mask is not in the card: take the card from the project again")?;
            let mask = Mask::from_png(png, size, MaskChannel::Grey).map_err(|error| error.to_string())?;
            let mask = Pixels { width: size[0], height: size[1], channels: 1, data: mask.to_bytes() };
            let image = before.cloned().ok_or("it repairs no image: take the card from the project again")?;
            region = RegionWork::new(&request, image.clone(), mask.clone())?;
            match &region {
                Some(region) => region.for_engine().map(|(image, mask)| (Some(image), Some(mask)))?,
                None => (Some(image), Some(mask)),
            }
        }
    };
    let work = GenerateJob { request, source, preview: PreviewRate::Off, init_image, mask };
    let (made, fingerprint) = engine.render(work)?;
    let whole = region.map(|region| region.put_back(&made)).transpose()?;
    Ok((whole.unwrap_or(made), fingerprint))
}
