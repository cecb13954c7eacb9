use kento_studio::card::AnyCard;
use kento_studio::{PersonName, library};

use super::args::LockArgs;
use super::{CliError, print};
use crate::studio::{self, ModelShelf};
use crate::whole_file::WholeFile;
use crate::{build_info, model};

/// `kento lock`: proves a card in fresh engine processes and writes it locked, with its Hero beside it where one is asked for.
///
/// # Errors
/// [`CliError::Failed`] when the card does not reproduce or cannot be written.
pub fn run(args: &LockArgs) -> Result<(), CliError> {
    // A locked card is proved anew as the same revision.
    let mut card = AnyCard::read(&args.card).map_err(CliError::failed)?.card().clone();
    let model = model::open(args.model.as_deref().unwrap_or(model::STARTER), None).map_err(CliError::failed)?;
    if args.adopt_model {
        card.recipe.model = model.reference.clone();
        card.recipe.tool = build_info::tool();
        card.recipe.device = None;
    }
    let mut shelf = ModelShelf::default();
    shelf.put(model);
    let approved_by = PersonName::new(args.approved_by.as_str()).map_err(CliError::failed)?;
    let launch = build_info::engine_launch(args.device.request()).map_err(CliError::failed)?;
    let (locked, hero) = studio::lock(card, approved_by, &shelf, &launch).map_err(CliError::Failed)?;
    let text = library::to_ron(&locked).map_err(CliError::failed)?;
    let write = |path: &std::path::Path, bytes: &[u8]| -> std::io::Result<()> {
        let mut file = WholeFile::beside(path)?;
        file.write(bytes)?;
        file.finish()
    };
    let failed =
        |error| CliError::Failed(format!("the locked card cannot be written: {error}: {}", args.out.display()));
    if let Some(path) = &args.hero {
        write(path, &hero).map_err(failed)?;
    }
    write(&args.out, text.as_bytes()).map_err(failed)?;
    print(&format!("{} locked, pixels {}", locked.card_ref(), locked.proof().hero_pixels.auto_v2()))
}
