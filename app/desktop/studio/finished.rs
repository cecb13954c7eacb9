//! The test of a finished image: whether its card makes it again, the first render and every repair, from the card and the model alone.

use std::collections::HashMap;

use jiff::Timestamp;
use kento_engine::client::EngineLaunch;
use kento_engine::protocol::{GenerateJob, Pixels, PreviewRate};
use kento_finishing::mask::{Mask, MaskChannel};
use kento_studio::card::Comparison::{self, Identical};
use kento_studio::card::{
    FinishedCard, FinishedMade, FinishedStep, LEAST_SSIMULACRA2, MixStep, Proof, ProofRefusal, TwoRenders,
    request_sha256,
};
use kento_studio::{EngineFingerprint, GenerationRequest, JobId, Sha256, Task};

use super::proving::FreshEngine;
use super::{ModelShelf, Verification, held_picture, pixels_sha256, similarity};
use crate::mixing;
use crate::region::RegionWork;

/// What was made again so far, by the hash of the file that it stands for.
type Made = HashMap<Sha256, (Pixels, Verification)>;

/// Makes a finished image again, step by step, each from what the steps before gave here; two that were mixed are mixed again without
/// an engine. `picture` finds the picture of a step by its hash; where another device or build gives other pixels and it finds none, the
/// picture in the card stands for it.
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
    let mut made = Made::new();
    let count = card.steps.len() + card.mixes.len();
    let mut verified = Vec::with_capacity(count);
    for (number, one) in (1_u64..).zip(card.in_order()) {
        let failed = |why: String| format!("step {number} of {count}: {why}");
        let (again, rendered) = match one {
            FinishedMade::Step(step) => {
                let request = GenerationRequest { job: JobId(number), ..step.request.clone() };
                let before = step.request.task.image().and_then(|image| made.get(&image.sha256));
                let before = before.map(|(pixels, _)| pixels);
                render(&mut engine, card, request, before, shelf).map_err(failed)?
            }
            FinishedMade::Mix(mix) => mix_again(card, mix, &made).map_err(failed)?,
        };
        let again_pixels = pixels_sha256(&again);
        let (mut score, mut compared_at) = (None, None);
        if again_pixels != one.pixels_sha256() {
            let first = picture(one.sha256()).filter(|first| pixels_sha256(first) == one.pixels_sha256());
            score = Some(match (first, card.picture(&one.sha256())) {
                (Some(first), _) => similarity(&first, &again).map_err(failed)?,
                (None, Some(held)) => {
                    let found = held_picture::compare(held, one.pixels_sha256(), &again).map_err(failed)?;
                    compared_at = Some(found.size);
                    found.ssimulacra2
                }
                (None, None) => {
                    let (ours, theirs) = (again_pixels.auto_v2(), one.pixels_sha256().auto_v2());
                    let what = format!("it has the pixels {ours} and not {theirs}");
                    return Err(failed(format!(
                        "{what}: to compare how alike they look, verify the card in its project"
                    )));
                }
            });
        }
        let comparison = match one {
            FinishedMade::Step(step) => {
                let judged = Proof::judge(renders(step, again_pixels, score, rendered.clone()), Timestamp::now());
                judged.map_err(|refusal| failed(refusal.to_string()))?.comparison
            }
            FinishedMade::Mix(mix) => {
                let is_same = |source: Sha256| made.get(&source).is_some_and(|(_, one)| one.comparison == Identical);
                judge_mix(score, is_same(mix.first) && is_same(mix.second)).map_err(failed)?
            }
        };
        let verification = Verification { comparison, again_pixels, fingerprint: rendered, compared_at };
        made.insert(one.sha256(), (again, verification.clone()));
        verified.push(verification);
    }
    Ok(verified)
}

/// The two pictures of a mix as they were made here, put together again.
fn mix_again(card: &FinishedCard, mix: &MixStep, made: &Made) -> Result<(Pixels, EngineFingerprint), String> {
    let source = |sha256| made.get(&sha256).ok_or("it mixes what is not there: take the card from the project again");
    let ((first, _), (second, rendered)) = (source(mix.first)?, source(mix.second)?);
    let png = card.mask(&mix.mask).ok_or("its mask is not in the card: take the card from the project again")?;
    Ok((mixing::mix(first, second, png)?, rendered.fingerprint.clone()))
}

/// The same two pictures give the same mix, bit for bit; two that only look the same give one that looks the same.
fn judge_mix(score: Option<f64>, sources_are_identical: bool) -> Result<Comparison, String> {
    match score {
        None => Ok(Identical),
        Some(_) if sources_are_identical => {
            Err("the mix has other pixels than its two images and its mask give: mix them again".to_owned())
        }
        Some(ssimulacra2) if ssimulacra2 >= LEAST_SSIMULACRA2 => Ok(Comparison::Similar { ssimulacra2 }),
        Some(score) => Err(ProofRefusal::NotSimilar { score }.to_string()),
    }
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
