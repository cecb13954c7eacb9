use serde::{Deserialize, Serialize};

use crate::card::{NegativePrompt, PromptSkeleton};
use crate::{GenerationRequest, JobId, PersonName, Recipe, SchemaV1, Task};

/// What a concept sprint renders: styles as rows, variations as columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SprintPlan {
    /// Model, scheduler, steps, guidance, size. Its prompts are replaced by those of the cells.
    pub base: Recipe,
    /// The rows.
    pub styles: Vec<SprintStyle>,
    /// A full sprint, or fewer directions with a reason.
    pub scope: SprintScope,
}

impl SprintPlan {
    /// How many images the plan makes.
    pub fn count(&self) -> usize {
        self.styles.iter().map(|style| style.cells.len()).sum()
    }

    /// What the engine is asked for in one cell.
    pub fn request(&self, style: &SprintStyle, cell: &SprintCell, job: JobId) -> GenerationRequest {
        let recipe =
            Recipe { prompt: cell.skeleton.text(), negative_prompt: style.negative.text.clone(), ..self.base.clone() };
        GenerationRequest { schema: SchemaV1, job, recipe, task: Task::TextToImage, seed: cell.seed, variation: None }
    }
}

/// One row of the concept grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SprintStyle {
    /// Name of the style, as the row is labelled.
    pub name: String,
    /// The negative prompt of the row.
    pub negative: NegativePrompt,
    /// The variations.
    pub cells: Vec<SprintCell>,
}

/// One cell of the concept grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SprintCell {
    /// What is varied here, as the column is labelled.
    pub label: String,
    /// The prompt, slot by slot.
    pub skeleton: PromptSkeleton,
    /// Seed of the noise.
    pub seed: u64,
}

/// How broad a sprint is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SprintScope {
    /// 15 to 30 variations in 3 to 5 styles.
    Full,
    /// Fewer, knowingly: at most 30 variations in at most 5 styles.
    Compressed {
        /// Why a smaller sprint is enough.
        reason: String,
    },
}

/// A concept sprint that was started.
#[derive(Debug, Clone, PartialEq)]
pub struct ConceptSprint {
    /// Number of the sprint, from 1.
    pub number: u32,
    /// What it renders.
    pub plan: SprintPlan,
    /// The jobs by row and column; the same shape as the plan.
    pub jobs: Vec<Vec<JobId>>,
    /// Who started it.
    pub by: PersonName,
    /// Its record.
    pub seq: u64,
}
