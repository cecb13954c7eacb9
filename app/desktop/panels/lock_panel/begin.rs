use kento_studio::card::{CardName, CardOrigin, CardRef, LockedRecipe, NegativePrompt, PromptSkeleton, RecipeCard};
use kento_studio::workflow::{Job, JobPurpose, SprintCell, SprintStyle, State, slug};
use kento_studio::{SchemaV1, Task};

use crate::desk::PanelInput;
use crate::seed;

/// Denoising steps of a card that begins with nothing: enough for every scheduler that Kento has.
const FIRST_STEPS: u32 = 20;

/// What a new card begins as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// As the sprint cell that made the approved image.
    Direction,
    /// As another card.
    Copy(CardRef),
    /// As a card that a review of this project promoted because of its keep rate.
    Template(CardRef),
    /// As a card that another project promoted, and somebody kept for every project.
    Kept {
        /// The card.
        card: CardRef,
        /// The project.
        project: String,
    },
    /// As a card that ships with Kento.
    Shipped(CardRef),
    /// As a model's own settings without a prompt.
    Scratch,
}

impl Beginning {
    /// What the button says.
    pub fn label(&self) -> String {
        match self {
            Self::Direction => "From the approved direction".to_owned(),
            Self::Copy(card) => format!("Copy {card}"),
            Self::Template(card) => format!("From the template {card}"),
            Self::Kept { card, project } => format!("From the template {card} of {project}"),
            Self::Shipped(card) => format!("From the shipped card {card}"),
            Self::Scratch => "From scratch".to_owned(),
        }
    }

    /// What the records say of where the card began; nothing where its parent says it all.
    pub fn origin(&self, state: &State) -> Option<CardOrigin> {
        match self {
            Self::Direction | Self::Copy(_) | Self::Scratch => None,
            Self::Template(card) => {
                let project = state.project().map(|project| project.name.clone())?;
                Some(CardOrigin::Template { card: card.clone(), project })
            }
            Self::Kept { card, project } => Some(CardOrigin::Template { card: card.clone(), project: project.clone() }),
            Self::Shipped(card) => Some(CardOrigin::Shipped { card: card.clone() }),
        }
    }
}

/// A new card, not saved yet.
///
/// # Errors
/// One sentence that says what is missing.
pub fn begin(input: &PanelInput<'_>, beginning: &Beginning) -> Result<RecipeCard, String> {
    match beginning {
        Beginning::Direction => from_direction(input),
        Beginning::Copy(card) | Beginning::Template(card) => {
            let known = input.state.card(card).ok_or_else(|| format!("there is no card {card}: choose another"))?;
            let name = free_name(input.state, &format!("{} copy", card.name));
            Ok(RecipeCard { brief: brief_name(input.state), ..known.card.copy_as(name) })
        }
        Beginning::Kept { card, project } => {
            let templates = input.libraries.templates.iter();
            let mut of_project = templates.filter(|template| template.project == *project);
            let found = of_project.find(|template| template.recipe.card_ref() == *card);
            from_library(input, found.map(|template| &template.recipe), card)
        }
        Beginning::Shipped(card) => {
            let found = input.libraries.cards.iter().find(|recipe| recipe.card_ref() == *card);
            from_library(input, found, card)
        }
        Beginning::Scratch => from_scratch(input),
    }
}

/// A copy of a card that lies outside the project.
fn from_library(input: &PanelInput<'_>, found: Option<&LockedRecipe>, card: &CardRef) -> Result<RecipeCard, String> {
    let recipe = found.ok_or_else(|| format!("the template {card} is not there any more: choose another"))?;
    if recipe.card().task != Task::TextToImage {
        return Err(format!("{card} begins with an image that this project does not have: choose another"));
    }
    let name = free_name(input.state, &format!("{} copy", card.name));
    Ok(RecipeCard { brief: brief_name(input.state), ..recipe.card().copy_as(name) })
}

fn from_direction(input: &PanelInput<'_>) -> Result<RecipeCard, String> {
    let state = input.state;
    let direction = state.direction().ok_or("no direction is approved: rank the moodboard and approve one")?;
    let mut jobs = state.jobs_of_image(&direction.image).map(|(_, job)| job);
    let job = jobs.next().ok_or("the approved image was made outside Kento: begin from scratch")?;
    let cell = cell_of(state, job);
    let brief = brief_name(state);
    let style = cell.map(|(style, _)| style.name.as_str());
    let wanted = match (&brief, style) {
        (Some(brief), Some(style)) => format!("{brief} {style}"),
        (Some(one), None) => one.clone(),
        (None, style) => style.unwrap_or("card").to_owned(),
    };
    let in_library = style.map(slug).filter(|name| input.libraries.styles.style(name).is_ok());
    let (skeleton, negative) = match cell {
        Some((style, cell)) => (cell.skeleton.clone(), style.negative.clone()),
        // A picture of no sprint cell has one prompt and no slots.
        None => (
            PromptSkeleton { subject: job.request.recipe.prompt.clone(), ..PromptSkeleton::default() },
            NegativePrompt { text: job.request.recipe.negative_prompt.clone(), from: Vec::new() },
        ),
    };
    let mut card = RecipeCard {
        schema: SchemaV1,
        name: free_name(state, &wanted),
        revision: 1,
        parent: None,
        reason: None,
        brief,
        style: in_library,
        skeleton,
        negative: NegativePrompt::default(),
        recipe: job.request.recipe.clone(),
        seed: job.request.seed,
        variation: job.request.variation,
        task: job.request.task.clone(),
        adapters: Default::default(),
        upscaler: None,
        post: Vec::new(),
        axes: Vec::new(),
    };
    card.recipe.prompt = card.skeleton.text();
    card.set_negative(negative);
    Ok(card)
}

/// The cell of the sprint plan that a job rendered, with its row.
fn cell_of<'a>(state: &'a State, job: &Job) -> Option<(&'a SprintStyle, &'a SprintCell)> {
    let JobPurpose::Sprint { sprint, row, column } = &job.purpose else { return None };
    let sprint = state.sprints().iter().find(|one| one.number == *sprint)?;
    let style = sprint.plan.styles.get(*row as usize)?;
    Some((style, style.cells.get(*column as usize)?))
}

fn from_scratch(input: &PanelInput<'_>) -> Result<RecipeCard, String> {
    let fingerprint = input.fingerprint.ok_or("the device is still being opened: wait a moment")?;
    let model = input.models.first().ok_or("no model is known yet: choose a model file or folder")?;
    let brief = brief_name(input.state);
    let wanted = brief.clone().unwrap_or_else(|| "card".to_owned());
    Ok(RecipeCard {
        schema: SchemaV1,
        name: free_name(input.state, &wanted),
        revision: 1,
        parent: None,
        reason: None,
        brief,
        style: None,
        skeleton: PromptSkeleton::default(),
        negative: NegativePrompt::default(),
        recipe: model.recipe(fingerprint, FIRST_STEPS),
        seed: seed::random(),
        variation: None,
        task: Task::TextToImage,
        adapters: Default::default(),
        upscaler: None,
        post: Vec::new(),
        axes: Vec::new(),
    })
}

fn brief_name(state: &State) -> Option<String> {
    state.brief().map(|known| known.brief.name.clone())
}

/// A name like the wanted one that no card of the project has.
fn free_name(state: &State, wanted: &str) -> CardName {
    let wanted = slug(wanted);
    let wanted = if wanted.is_empty() { "card" } else { wanted.as_str() };
    let mut number = 1_u64;
    loop {
        let end = if number == 1 { String::new() } else { format!("-{number}") };
        let room = CardName::MOST_CHARS.saturating_sub(end.len());
        // A slug is ASCII, so that it can be cut anywhere.
        let begin = wanted.get(..wanted.len().min(room)).unwrap_or("card").trim_end_matches('-');
        if let Ok(name) = CardName::new(format!("{begin}{end}"))
            && state.cards().keys().all(|card| card.name != name)
        {
            return name;
        }
        number += 1;
    }
}
