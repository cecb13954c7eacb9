//! The test of a card: whether it gives its Hero again, from the card and the model alone, in an engine process that has done
//! nothing before.

use jiff::Timestamp;
use kento_engine::client::{ClientEvent, EngineClient, EngineLaunch};
use kento_engine::protocol::{EngineEvent, GenerateJob, LocalSource, Pixels, PreviewRate};
use kento_studio::card::{Comparison, HeroApproval, LockedRecipe, Proof, RecipeCard, TwoRenders, request_sha256};
use kento_studio::{EngineFingerprint, GenerationRequest, JobId, PersonName, Sha256, Task};
use sha2::Digest as _;

use super::{ModelShelf, held_picture, pixels_sha256, similarity};
use crate::metadata::{self, ImageRecord};

/// What repeating a proof showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// How the new render compares with the Hero.
    pub comparison: Comparison,
    /// Hash of the pixels of the new render.
    pub again_pixels: Sha256,
    /// What it was rendered on.
    pub fingerprint: EngineFingerprint,
    /// Width and height at which the two were compared, where only the picture in the card was at hand.
    pub compared_at: Option<[u32; 2]>,
}

/// Renders the Hero of a locked card again and compares. `hero` is the Hero's picture; where another device or build gives other
/// pixels and it is not at hand, the picture in the card stands for it.
///
/// # Errors
/// One sentence that names what differs or is missing.
pub fn verify(
    card: &LockedRecipe,
    hero: Option<&Pixels>,
    shelf: &ModelShelf,
    launch: EngineLaunch,
) -> Result<Verification, String> {
    let request = card.request(JobId(1));
    request.check().map_err(|refusal| refusal.to_string())?;
    let source = shelf.source(&request.recipe)?;
    let (again, fingerprint) = render_alone(request.clone(), source, launch)?;
    let proof = card.proof();
    let again_pixels = pixels_sha256(&again);
    let (mut score, mut compared_at) = (None, None);
    if again_pixels != proof.hero_pixels {
        score = Some(match (hero, card.hero()) {
            (Some(hero), _) if pixels_sha256(hero) != proof.hero_pixels => {
                return Err(
                    "the picture that was given as Hero is not the one of the card: give the card's own".to_owned()
                );
            }
            (Some(hero), _) => similarity(hero, &again)?,
            (None, Some(held)) => {
                let found = held_picture::compare(held, proof.hero_pixels, &again)?;
                compared_at = Some(found.size);
                found.ssimulacra2
            }
            (None, None) => {
                return Err(format!(
                    "the render has the pixels {} and the Hero {}: to compare how alike they look, give the Hero's PNG",
                    again_pixels.auto_v2(),
                    proof.hero_pixels.auto_v2()
                ));
            }
        });
    }
    let renders = TwoRenders {
        request: request_sha256(&request),
        hero: proof.hero,
        hero_pixels: proof.hero_pixels,
        again_pixels,
        ssimulacra2: score,
        hero_fingerprint: proof.hero_fingerprint.clone(),
        again_fingerprint: fingerprint.clone(),
    };
    let judged = Proof::judge(renders, Timestamp::now()).map_err(|refusal| refusal.to_string())?;
    Ok(Verification { comparison: judged.comparison, again_pixels, fingerprint, compared_at })
}

/// Renders the Hero of a draft card, renders it again from the card alone in another fresh engine process, and locks the card
/// when both match. Gives the Hero's PNG too.
///
/// # Errors
/// One sentence that names what differs or is missing.
pub fn lock(
    card: RecipeCard,
    approved_by: PersonName,
    shelf: &ModelShelf,
    launch: &EngineLaunch,
) -> Result<(LockedRecipe, Vec<u8>), String> {
    card.check().map_err(|refusal| refusal.to_string())?;
    let request = card.request(JobId(1));
    let source = shelf.source(&request.recipe)?;
    let (hero, hero_fingerprint) = render_alone(request.clone(), source.clone(), launch.clone())?;
    let (again, again_fingerprint) = render_alone(request.clone(), source, launch.clone())?;
    let (hero_pixels, again_pixels) = (pixels_sha256(&hero), pixels_sha256(&again));
    let ssimulacra2 = if hero_pixels == again_pixels { None } else { Some(similarity(&hero, &again)?) };
    let kept = GenerationRequest { job: JobId(0), ..request.clone() };
    let record = ImageRecord::new(kept, hero_fingerprint.clone());
    let png = metadata::encode(&hero, &record).map_err(|error| error.to_string())?;
    let picture = held_picture::hold(Sha256(sha2::Sha256::digest(&png).into()), &hero)?;
    let hero = picture.of;
    let request = request_sha256(&request);
    let now = Timestamp::now();
    let renders =
        TwoRenders { request, hero, hero_pixels, again_pixels, ssimulacra2, hero_fingerprint, again_fingerprint };
    let proof = Proof::judge(renders, now).map_err(|refusal| refusal.to_string())?;
    let approval = HeroApproval { hero, by: approved_by, at: now };
    let locked = card.lock(proof, approval).and_then(|locked| locked.with_hero(picture));
    Ok((locked.map_err(|refusal| refusal.to_string())?, png))
}

/// Renders one request in a fresh engine process and ends that process.
fn render_alone(
    request: GenerationRequest,
    source: LocalSource,
    launch: EngineLaunch,
) -> Result<(Pixels, EngineFingerprint), String> {
    if request.task != Task::TextToImage {
        return Err("the card starts from an image, and this version proves cards that start from noise".to_owned());
    }
    let work = GenerateJob { request, source, preview: PreviewRate::Off, init_image: None, mask: None };
    FreshEngine::start(launch)?.render(work)
}

/// An engine process that has done nothing before. It ends with this.
pub(super) struct FreshEngine {
    client: EngineClient,
    fingerprint: Option<EngineFingerprint>,
}

impl FreshEngine {
    /// Starts it.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub(super) fn start(launch: EngineLaunch) -> Result<Self, String> {
        let client = EngineClient::start(launch).map_err(|error| format!("the engine cannot be started: {error}"))?;
        Ok(Self { client, fingerprint: None })
    }

    /// Renders one job; the next one finds the model loaded.
    ///
    /// # Errors
    /// What the engine says.
    pub(super) fn render(&mut self, work: GenerateJob) -> Result<(Pixels, EngineFingerprint), String> {
        let job = work.request.job;
        self.client.submit(work).map_err(|error| error.to_string())?;
        for event in self.client.events() {
            match event {
                ClientEvent::Engine(EngineEvent::Ready { fingerprint, .. }) => {
                    self.fingerprint = Some(*fingerprint);
                }
                ClientEvent::Engine(EngineEvent::Finished { job: done, image, .. }) if done == job => {
                    let fingerprint = self.fingerprint.clone();
                    return Ok((image, fingerprint.ok_or("the engine did not say what it computes on")?));
                }
                ClientEvent::Engine(EngineEvent::Failed { job: failed, error }) if failed == job => return Err(error),
                ClientEvent::Unavailable(why) => return Err(why),
                ClientEvent::Engine(_) | ClientEvent::Lost(_) => {}
            }
        }
        Err("the engine ended before the render was done: try again".to_owned())
    }
}
