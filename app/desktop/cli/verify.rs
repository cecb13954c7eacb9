use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use kento_engine::protocol::Pixels;
use kento_studio::card::{Comparison, FinishedCard, LockedRecipe};
use kento_studio::library::{RonFileRefusal, RonRefusal};
use kento_studio::{Recipe, Sha256, library};
use serde::Serialize;

use super::args::VerifyArgs;
use super::{CliError, print, print_json};
use crate::studio::{ModelShelf, verify, verify_finished};
use crate::{build_info, input_image, model};

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    card: String,
    verified: bool,
    comparison: &'a Comparison,
    hero_pixels: Sha256,
    again_pixels: Sha256,
    device: &'a str,
    numerics: u32,
    /// Width and height of the card's own picture, where the two were compared by it.
    compared_at: Option<[u32; 2]>,
}

/// `kento verify`: renders the Hero of a locked card again, or makes a finished image again with every repair, from the card and the
/// model alone, and compares.
///
/// # Errors
/// [`CliError::Failed`] that names what differs or is missing.
pub fn run(args: &VerifyArgs) -> Result<(), CliError> {
    match library::read_ron::<FinishedCard>(&args.card) {
        Ok(card) => return finished(args, &card),
        // It is one, and something in it is wrong.
        Err(RonFileRefusal { refusal: refusal @ RonRefusal::Rule { .. }, path }) => {
            return Err(CliError::failed(RonFileRefusal { refusal, path }));
        }
        Err(_) => {}
    }
    let card: LockedRecipe = library::read_ron(&args.card).map_err(CliError::failed)?;
    let hero = hero(args, &card)?;
    let shelf = shelf(args, [&card.card().recipe])?;
    let launch = build_info::engine_launch(args.device.request()).map_err(CliError::failed)?;
    let found = verify(&card, hero.as_ref(), &shelf, launch).map_err(CliError::Failed)?;
    if args.json {
        return print_json(&Report {
            card: card.card_ref().to_string(),
            verified: true,
            comparison: &found.comparison,
            hero_pixels: card.proof().hero_pixels,
            again_pixels: found.again_pixels,
            device: &found.fingerprint.device.name,
            numerics: found.fingerprint.tool.numerics,
            compared_at: found.compared_at,
        });
    }
    let how = match found.comparison {
        Comparison::Identical => "identical".to_owned(),
        Comparison::Similar { ssimulacra2 } => {
            let at = found.compared_at.map(|[width, height]| format!(" at {width}x{height}")).unwrap_or_default();
            format!("cannot be told apart (SSIMULACRA2 {ssimulacra2:.1}{at})")
        }
    };
    print(&format!(
        "{} reproduces: {how}, pixels {} on {}",
        card.card_ref(),
        found.again_pixels.auto_v2(),
        found.fingerprint.device.name
    ))
}

/// The models that are at hand, among them those of the recipes.
fn shelf<'a>(args: &VerifyArgs, wanted: impl IntoIterator<Item = &'a Recipe>) -> Result<ModelShelf, CliError> {
    let mut shelf = ModelShelf::default();
    // The starter model is always at hand; any other is named by its path and recognised by its content.
    let starter = [model::STARTER.to_owned()];
    let names = if args.model.is_empty() { &starter[..] } else { &args.model };
    for name in names {
        shelf.put(model::open(name, args.vae.as_deref()).map_err(CliError::failed)?);
    }
    for recipe in wanted {
        shelf.source(recipe).map_err(|why| CliError::Failed(format!("{why}, with --model PATH")))?;
    }
    Ok(shelf)
}

/// Makes a finished image again: the first render and every repair.
fn finished(args: &VerifyArgs, card: &FinishedCard) -> Result<(), CliError> {
    let (Some(sha256), Some(pixels)) = (card.sha256(), card.pixels_sha256()) else {
        return Err(CliError::Failed("the card has no steps: take it from the project again".to_owned()));
    };
    let shelf = shelf(args, card.steps.iter().map(|step| &step.request.recipe))?;
    let launch = build_info::engine_launch(args.device.request()).map_err(CliError::failed)?;
    let picture = |sha256| Some(input_image::read_rgb(&beside(&args.card, sha256)?).ok()?.pixels);
    let found = verify_finished(card, picture, &shelf, launch).map_err(CliError::Failed)?;
    let Some(end) = found.last() else { return Err(CliError::Failed("nothing was made again".to_owned())) };
    let name = sha256.auto_v2();
    if args.json {
        return print_json(&Report {
            card: name,
            verified: true,
            comparison: &end.comparison,
            hero_pixels: pixels,
            again_pixels: end.again_pixels,
            device: &end.fingerprint.device.name,
            numerics: end.fingerprint.tool.numerics,
            compared_at: end.compared_at,
        });
    }
    let identical = found.iter().filter(|one| one.comparison == Comparison::Identical).count();
    print(&format!(
        "{name} is made again in {} steps, {identical} of them identical, pixels {} on {}",
        found.len(),
        end.again_pixels.auto_v2(),
        end.fingerprint.device.name
    ))
}

/// The Hero's picture: the file that was named, the PNG beside the card, or the one in the project that the card lies in.
fn hero(args: &VerifyArgs, card: &LockedRecipe) -> Result<Option<Pixels>, CliError> {
    let path = match &args.hero {
        Some(path) => path.clone(),
        None => match beside(&args.card, card.proof().hero) {
            Some(path) => path,
            None => return Ok(None),
        },
    };
    Ok(Some(input_image::read_rgb(&path).map_err(CliError::failed)?.pixels))
}

fn beside(card: &Path, hero: Sha256) -> Option<PathBuf> {
    let same_name = card.with_extension("png");
    if same_name.is_file() {
        return Some(same_name);
    }
    let name = hero.to_string();
    let path = card.parent()?.parent()?.join("images").join(&name[..2]).join(format!("{}.png", &name[2..]));
    let mut first = [0];
    // Only a file that can be read counts; anything else is no project around the card.
    File::open(&path).ok()?.read_exact(&mut first).ok()?;
    Some(path)
}
