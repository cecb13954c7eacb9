use kento_engine::protocol::LocalSource;
use kento_studio::{ModelFile, ModelReference, Recipe};

use crate::model::Model;

/// The models that are known on this machine, found by content: a recipe names hashes, never paths.
#[derive(Debug, Clone, Default)]
pub struct ModelShelf {
    models: Vec<Model>,
}

impl ModelShelf {
    /// Puts a model on the shelf; one with the same files is replaced.
    pub fn put(&mut self, model: Model) {
        self.models.retain(|one| one.reference.files != model.reference.files || one.vae != model.vae);
        self.models.push(model);
    }

    /// Every model.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Where the model of a recipe lies on this machine.
    ///
    /// # Errors
    /// One sentence that names the model by its hash.
    pub fn source(&self, recipe: &Recipe) -> Result<LocalSource, String> {
        let same = |one: &ModelReference, other: &ModelReference| one.files == other.files;
        let found = self.models.iter().find(|model| {
            same(&model.reference, &recipe.model)
                && match (&model.vae, &recipe.vae) {
                    (None, None) => true,
                    (Some(one), Some(other)) => same(one, other),
                    _ => false,
                }
        });
        found.map(|model| model.source.clone()).ok_or_else(|| {
            let named = self.models.iter().find(|model| model.reference.name == recipe.model.name);
            let files = |model: &ModelReference| model.principal_file().map(|file| file.sha256.auto_v2());
            let wanted = files(&recipe.model).unwrap_or_else(|| "no files".to_owned());
            match named.map(|model| first_difference(&model.reference, &recipe.model)) {
                Some(difference) => format!(
                    "the model \"{}\" of this machine is not the one of the recipe ({difference}): open the model {wanted}",
                    recipe.model.name
                ),
                None => format!("the model \"{}\" ({wanted}) is not on this machine: open it first", recipe.model.name),
            }
        })
    }
}

/// The first file in which two models differ, in words.
fn first_difference(here: &ModelReference, wanted: &ModelReference) -> String {
    let named = |files: &[ModelFile], path: &str| files.iter().find(|file| file.path == path).map(|file| file.sha256);
    for file in &wanted.files {
        match named(&here.files, &file.path) {
            None => return format!("{} is missing", file.path),
            Some(sha256) if sha256 != file.sha256 => {
                return format!("{} has the hash {} instead of {}", file.path, sha256.auto_v2(), file.sha256.auto_v2());
            }
            Some(_) => {}
        }
    }
    let more = here.files.iter().find(|file| named(&wanted.files, &file.path).is_none());
    more.map_or_else(|| "its VAE differs".to_owned(), |file| format!("{} is not in the recipe", file.path))
}
