//! What ships in `recipes/`, compiled into the program: cards, checklists, styles, negative prompts, examples, the workflow document.

use kento_studio::card::LockedRecipe;
use kento_studio::library::{
    Checklist, NegativeLibrary, RonForm, RonRefusal, SkeletonExamples, StyleLibrary, WorkflowDocument, from_ron,
};
use kento_studio::workflow::LibraryAddition;

macro_rules! recipe_file {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/", $path))
    };
}

/// The checklists that a new project begins with: the artefact gate, the short and the full review list.
///
/// # Errors
/// Never in a program that passed its tests.
pub fn checklists() -> Result<Vec<Checklist>, RonRefusal> {
    [
        recipe_file!("checklists/artefact-gate.ron"),
        recipe_file!("checklists/review-short.ron"),
        recipe_file!("checklists/review-full.ron"),
    ]
    .into_iter()
    .map(from_ron)
    .collect()
}

/// The cards of the starter model, as they were locked; any project may begin a card as one of them.
///
/// # Errors
/// As [`checklists`].
pub fn cards() -> Result<Vec<LockedRecipe>, RonRefusal> {
    [
        recipe_file!("cards/green-cactus-flat.ron"),
        recipe_file!("cards/pink-heart-neon.ron"),
        recipe_file!("cards/red-lighthouse-woodcut.ron"),
        recipe_file!("cards/red-sun-risograph.ron"),
        recipe_file!("cards/white-boat-watercolour.ron"),
        recipe_file!("cards/yellow-moon-paper.ron"),
    ]
    .into_iter()
    .map(from_ron)
    .collect()
}

/// The style library.
///
/// # Errors
/// As [`checklists`].
pub fn styles() -> Result<StyleLibrary, RonRefusal> {
    read(recipe_file!("styles.ron"))
}

/// The negative-prompt library.
///
/// # Errors
/// As [`checklists`].
pub fn negatives() -> Result<NegativeLibrary, RonRefusal> {
    read(recipe_file!("negatives.ron"))
}

/// The negative-prompt library with what a project's own review put into it.
///
/// # Errors
/// As [`checklists`].
pub fn negatives_with(additions: &[LibraryAddition]) -> Result<NegativeLibrary, RonRefusal> {
    let mut library = negatives()?;
    for addition in additions {
        if let Err(refusal) = library.add_from_review(&addition.set, addition.entry.clone()) {
            log::warn!("an entry of the project's negative-prompt library cannot be offered: {refusal}");
        }
    }
    Ok(library)
}

/// Examples for the slots of the prompt skeleton.
///
/// # Errors
/// As [`checklists`].
pub fn skeleton_examples() -> Result<SkeletonExamples, RonRefusal> {
    read(recipe_file!("skeleton-examples.ron"))
}

/// The workflow document.
///
/// # Errors
/// As [`checklists`].
pub fn workflow_document() -> Result<WorkflowDocument, RonRefusal> {
    read(recipe_file!("workflow.ron"))
}

fn read<T: RonForm>(text: &str) -> Result<T, RonRefusal> {
    from_ron(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_ships_can_be_read() {
        let names: Vec<String> = checklists().unwrap().into_iter().map(|list| list.name).collect();
        assert_eq!(names, ["artefact-gate", "review-short", "review-full"]);
        let (styles, negatives) = (styles().unwrap(), negatives().unwrap());
        assert!(styles.styles.len() >= 8);
        styles.check_against(&negatives).unwrap();
        skeleton_examples().unwrap();
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/cards")).unwrap();
        let files = folder.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|name| name == "ron"));
        assert_eq!(cards().unwrap().len(), files.count(), "every card that ships is offered");
        workflow_document().unwrap();
    }
}
