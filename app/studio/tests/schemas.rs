//! A file of every kind that a released form was ever written in still opens. The fixtures are frozen: a form that
//! changes gets a new schema number and a new fixture, and the old one stays.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use kento_studio::card::{AxisKind, Comparison, LockedRecipe, RecipeCard};
use kento_studio::library::{
    Checklist, NegativeLibrary, RonForm, SkeletonExamples, StyleLibrary, Template, WorkflowDocument, read_ron,
};
use kento_studio::{NoiseSource, Task};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[track_caller]
fn open<T: RonForm>(name: &str) -> T {
    read_ron(&fixture(name)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[test]
fn a_recipe_card_of_schema_1() {
    let card: RecipeCard = open("recipe-card-1.ron");
    assert_eq!(card.card_ref().to_string(), "red-sun-r2");
    assert_eq!(card.reason.as_deref(), Some("the sun was too small"));
    assert!(card.recipe.prompt.ends_with("print \"quality\" \\(fine\\)\nß☀"));
    assert_eq!((card.seed, card.recipe.noise), (u64::MAX - 3, NoiseSource::Philox));
    assert!(matches!(card.task, Task::Inpaint { strength, .. } if strength == 0.1 + 0.2));
    assert_eq!(card.axes.iter().map(|axis| axis.kind).collect::<Vec<_>>(), AxisKind::ALL);
    assert!(card.recipe.vae.is_some() && card.recipe.device.is_some());
}

#[test]
fn a_locked_recipe_of_schema_1() {
    let locked: LockedRecipe = open("locked-recipe-1.ron");
    assert_eq!(locked.card(), &open::<RecipeCard>("recipe-card-1.ron"));
    assert_eq!(locked.proof().comparison, Comparison::Similar { ssimulacra2: 93.25 });
    assert_eq!(locked.proof().proved_at.to_string(), "2026-11-21T02:30:00.5Z");
    assert_eq!(locked.approval().by.as_str(), "Ada Director");
}

#[test]
fn a_template_of_schema_1() {
    let template: Template = open("template-1.ron");
    assert_eq!(template.recipe, open::<LockedRecipe>("locked-recipe-1.ron"));
    assert_eq!((template.keep_rate(), template.project.as_str()), (0.325, "calm-posters"));
}

#[test]
fn libraries_of_schema_1() {
    let negatives: NegativeLibrary = open("negative-library-1.ron");
    assert_eq!(negatives.prompt("print").unwrap().text, "blurry, flat vector illustration");
    assert_eq!(negatives.sets[0].entries[0].evidence.len(), 1);
    let styles: StyleLibrary = open("style-library-1.ron");
    assert_eq!(styles.check_against(&negatives), Ok(()));
    assert_eq!(styles.style("risograph").unwrap().settings.as_ref().unwrap().steps, Some(25));
    let examples: SkeletonExamples = open("skeleton-examples-1.ron");
    assert_eq!(examples.subject, ["a red sun", "a (red apple:1.2)"]);
}

#[test]
fn documents_of_schema_1() {
    let list: Checklist = open("checklist-1.ron");
    assert_eq!((list.version, list.items.len(), list.groups().len()), (3, 2, 2));
    let document: WorkflowDocument = open("workflow-document-1.ron");
    assert_eq!((document.owner.as_str(), document.review_by.to_string().as_str()), ("Ada Director", "2027-05-31"));
}
