use crate::Recipe;

/// How long one image took, with what its time depends on.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::workflow) struct Timing {
    model: String,
    width: u32,
    height: u32,
    is_guided: bool,
    /// Seconds of the whole image by its steps.
    pub(super) secs_per_step: f64,
}

impl Timing {
    pub(super) fn new(recipe: &Recipe, elapsed_secs: f64) -> Self {
        Self {
            model: recipe.model.name.clone(),
            width: recipe.width,
            height: recipe.height,
            is_guided: is_guided(recipe),
            secs_per_step: elapsed_secs / f64::from(recipe.steps.max(1)),
        }
    }

    /// Whether an image of the recipe takes as long by step.
    pub(super) fn is_like(&self, recipe: &Recipe) -> bool {
        let same_size = (self.width, self.height) == (recipe.width, recipe.height);
        same_size && self.model == recipe.model.name && self.is_guided == is_guided(recipe)
    }
}

/// Guidance 1 means no guidance and halves the work.
fn is_guided(recipe: &Recipe) -> bool {
    (recipe.guidance_scale - 1.0).abs() > f64::EPSILON
}
