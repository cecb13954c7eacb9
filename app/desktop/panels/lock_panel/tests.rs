use kento_studio::SchemaV1;
use kento_studio::card::{AxisKind, CardOrigin, CardRef, RecipeCard, Slot};
use kento_studio::library::Template;
use kento_studio::workflow::Command;

use super::begin::{Beginning, begin};
use super::data::{
    Edited, LeftOut, StepButton, card_lines, chosen, context, editing, first_comes, hero, history, library_choices,
    parent, proof_box, revisions, row_lines, run_command, run_label, run_lines, steps, volume,
};
use super::draft::CardDraft;
use super::slots::{library_words, typed_negative};
use super::test_project::{TestProject, jo, mara, sha};
use crate::desk::Selection;

/// The buttons, with why they cannot be pressed.
pub(super) fn told(steps: &[StepButton]) -> String {
    let line = |step: &StepButton| match step.allowed.reason() {
        None => step.label.to_owned(),
        Some(reason) => format!("{} ({reason})", step.label),
    };
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn buttons(project: &TestProject, card: &CardRef, typed: Option<&RecipeCard>) -> String {
    let known = project.state.card(card);
    let saved = known.map(|known| known.card.clone());
    let is_changed = typed.is_some();
    let card = Ok(typed.cloned().or(saved).unwrap());
    told(&steps(&project.input(), known, Edited { card: &card, is_changed, left_out: &LeftOut::new() }))
}

/// A card from the approved direction, saved.
pub(super) fn drafted() -> (TestProject, CardRef) {
    let mut project = TestProject::directed();
    let mut draft = CardDraft::of(&begin(&project.input(), &Beginning::Direction).unwrap());
    draft.add_axis(AxisKind::Subject);
    draft.axes[0].lines.push_str("\n two boats \n\n");
    draft.add_axis(AxisKind::SeedOffset);
    let card = draft.card().unwrap();
    project.act(&mara(), Command::SaveDraftCard { card: Box::new(card.clone()) });
    (project, card.card_ref())
}

/// The same, locked.
pub(super) fn locked() -> (TestProject, CardRef) {
    let (mut project, card) = drafted();
    project.act(&mara(), Command::RenderHero { card: card.clone() });
    project.render_all();
    project.prove(&card, true);
    let hero = project.state.card(&card).unwrap().hero.unwrap().image;
    project.act(&jo(), Command::ApproveHero { card: card.clone(), hero });
    project.act(&mara(), Command::LockRecipe { card: card.clone() });
    (project, card)
}

#[test]
fn a_new_card_begins_as_the_cell_that_made_the_approved_image() {
    let project = TestProject::directed();
    let card = begin(&project.input(), &Beginning::Direction).unwrap();
    let made = format!("{} | {} | {} | seed {}", card.name, card.skeleton.text(), card.negative.text, card.seed);
    assert_eq!(made, "spring-harbour-style-0 | boat 1, style 0 | text | seed 11");
    assert_eq!((card.brief.as_deref(), card.check()), (Some("spring-harbour"), Ok(())));
    let edited = Edited { card: &Ok(card), is_changed: true, left_out: &LeftOut::new() };
    let told = steps(&project.input(), None, edited);
    assert_eq!(self::told(&told), "Save draft");
}

#[test]
fn without_a_sprint_a_card_begins_with_the_models_settings() {
    let project = TestProject::without_sprint();
    let card = begin(&project.input(), &Beginning::Scratch).unwrap();
    assert_eq!((card.name.as_str(), card.recipe.steps, card.check()), ("spring-harbour", 20, Ok(())));
    assert_eq!(
        project.input().too_small([256, 256]).as_deref(),
        Some("256×256 is small for \"cover\", 2048×2048: it has to be enlarged 8 times.")
    );
    assert_eq!(project.input().too_small([2048, 2048]), None);
    let refused = begin(&project.input(), &Beginning::Direction).unwrap_err();
    assert_eq!(refused, "no direction is approved: rank the moodboard and approve one");
    let mut project = project;
    project.models.clear();
    assert!(begin(&project.input(), &Beginning::Scratch).unwrap_err().starts_with("no model is known yet"));
}

#[test]
fn every_project_is_offered_the_templates_of_others_and_the_shipped_cards() {
    let mut project = TestProject::directed();
    let shipped = library_choices(&project.input());
    let labels: Vec<String> = shipped.iter().map(|choice| choice.beginning.label()).collect();
    assert_eq!((labels.len(), labels[0].as_str()), (6, "From the shipped card green-cactus-flat-r1"));
    let note = &shipped[0].note;
    let hash = project.input().libraries.cards[0].card().recipe.model.principal_file().unwrap().sha256.auto_v2();
    let end = format!("model starter {hash} is not open: open it, or choose another on the card");
    assert!(note.starts_with("a green cactus, ") && note.ends_with(&end), "{note}");
    let recipe = project.input().libraries.cards[1].clone();
    project.models[0].reference = recipe.card().recipe.model.clone();
    project.libraries.templates.push(Template {
        schema: SchemaV1,
        recipe: recipe.clone(),
        project: "Calm Posters".to_owned(),
        generated: 8,
        kept: 3,
        promoted_by: "Jo".parse().unwrap(),
        promoted_at: project.now,
    });
    let offered = library_choices(&project.input());
    assert_eq!(offered.len(), 7);
    let first = &offered[0];
    assert_eq!(first.beginning.label(), "From the template pink-heart-neon-r1 of Calm Posters");
    assert!(first.note.starts_with("3 of 8 kept, promoted by Jo · model starter "), "{}", first.note);
    assert!(!first.note.contains("not open"), "{}", first.note);
    let card = begin(&project.input(), &first.beginning).unwrap();
    let (name, parent) = (card.name.to_string(), card.parent.clone().unwrap());
    assert_eq!((name.as_str(), parent), ("pink-heart-neon-copy", recipe.card_ref()));
    assert_eq!((card.brief.as_deref(), card.check()), (Some("spring-harbour"), Ok(())));
    let origin = CardOrigin::Template { card: recipe.card_ref(), project: "Calm Posters".to_owned() };
    assert_eq!(first.beginning.origin(&project.state), Some(origin));
    let mut changed = card.clone();
    changed.set_slot(Slot::Context, "on a calm sea");
    let origin = first.beginning.origin(&project.state);
    let known = super::data::parent(&project.input(), &changed, origin.as_ref()).unwrap();
    assert_eq!((known, known.differences(&changed).is_empty()), (recipe.card(), false));
    assert_eq!(super::data::parent(&project.input(), &changed, None), None, "no card of this project has that name");
    // It may be deleted while the list is open.
    let gone = first.beginning.clone();
    project.libraries.templates.clear();
    assert!(begin(&project.input(), &gone).unwrap_err().contains("is not there any more"));
}

#[test]
fn before_a_direction_the_panel_says_what_comes_first() {
    assert!(first_comes(&TestProject::briefed().state).unwrap().contains("the concept sprint"));
    let mut project = TestProject::briefed();
    let plan = project.plan();
    project.act(&mara(), Command::StartConceptSprint { plan: Box::new(plan) });
    assert!(first_comes(&project.state).unwrap().contains("a direction"));
    assert_eq!(first_comes(&TestProject::directed().state), None);
    assert_eq!(first_comes(&TestProject::without_sprint().state), None);
}

#[test]
fn the_next_step_stands_first_and_every_other_says_why_not() {
    let (mut project, card) = drafted();
    assert_eq!(
        buttons(&project, &card, None),
        "Render Hero\n\
         Prove (spring-harbour-style-0-r1 has no Hero as it stands now: render the Hero)\n\
         Approve Hero (the card has no Hero yet: render it)\n\
         Lock (spring-harbour-style-0-r1 has no Hero as it stands now: render the Hero)"
    );
    project.act(&mara(), Command::RenderHero { card: card.clone() });
    project.render_all();
    let rule = "approving the Hero needs a Director; an Operator neither approves a direction nor releases: \
                switch role or ask one";
    assert!(buttons(&project, &card, None).starts_with(&format!("Prove\nApprove Hero ({rule})\nLock (")));
    let mut typed = project.state.card(&card).unwrap().card.clone();
    typed.set_slot(Slot::Subject, "a ferry");
    let unsaved = "the card has changes that are not saved: save the draft first";
    assert!(
        buttons(&project, &card, Some(&typed))
            .starts_with(&format!("Save draft\nRender Hero ({unsaved})\nProve ({unsaved})"))
    );
    project.actor = jo();
    // A Director sees what is a Director's.
    assert_eq!(buttons(&project, &card, None), "Approve Hero");
}

#[test]
fn a_locked_card_runs_and_is_revised() {
    let (mut project, card) = locked();
    assert_eq!(buttons(&project, &card, None), "Start volume run\nRevise\nProve again");
    assert_eq!(
        editing(&project.input(), Some(&card)).reason(),
        Some("spring-harbour-style-0-r1 is locked and never changes: revise it")
    );
    let known = project.state.card(&card).unwrap().clone();
    let told = volume(&project.state, &known.card, &LeftOut::new());
    assert_eq!(told.words, "8 rows · about 12 s · 1.5 s each");
    let locked = known.locked.as_ref().unwrap();
    let lines = row_lines(&locked.rows().unwrap());
    assert_eq!((lines[0].as_str(), lines[5].as_str()), ("as the card", "Subject two boats · Seed 12"));
    project.act(&mara(), run_command(&project.state, &card, locked, &LeftOut::new()).unwrap());
    project.render_all();
    assert_eq!(run_lines(&project.state, &card)[0].words, "run 1 · 8 of 8 rendered · 0 kept");
    let boxed = proof_box(known.proof.as_ref().unwrap());
    assert!(boxed.comparison().contains('='), "{}", boxed.comparison());
    assert_eq!(boxed.made_on, ["flex · Ryzen 5 · f32 · numerics 2"]);

    let reason = "the sail is too dark".to_owned();
    project.act(&mara(), Command::ReviseRecipe { card: card.clone(), reason });
    let next = CardRef { revision: 2, ..card.clone() };
    let mut typed = project.state.card(&next).unwrap().card.clone();
    typed.set_slot(Slot::Style, "ink");
    typed.recipe.steps = 20;
    let parent = parent(&project.input(), &typed, None).unwrap();
    let (parent, changed) = (parent.card_ref(), parent.differences(&typed));
    let changed_words: Vec<String> = changed.iter().map(ToString::to_string).collect();
    assert_eq!(
        (parent, changed_words.join(", ").as_str()),
        (card.clone(), "Style: style 0 became ink, Steps: 12 became 20")
    );
    let known = project.state.card(&next).unwrap();
    assert_eq!(context(&next, known.status(), Some(&changed)), "spring-harbour-style-0 · r2 draft · Δ 2 slots");
    let labels: Vec<String> = card_lines(&project.state).iter().map(|line| line.label()).collect();
    assert_eq!(labels, ["spring-harbour-style-0 r2 · draft", "spring-harbour-style-0 r1 · locked"]);
    assert_eq!(chosen(&project.state, &Selection::default()), Some(next));
    let lines: Vec<String> = revisions(&project.state, &card.name).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, ["r2 draft · the sail is too dark", "r1 locked · the first"]);
    let what: Vec<String> = history(project.state.card(&card).unwrap()).into_iter().map(|(_, line)| line).collect();
    assert_eq!(what, ["Mara · locked", "Jo · Hero approved", "Mara · reproduced", "Mara · draft saved"]);
}

#[test]
fn a_run_renders_the_rows_that_are_ticked() {
    let (mut project, card) = locked();
    let known = project.state.card(&card).unwrap().clone();
    let locked = known.locked.as_ref().unwrap();
    let left_out = LeftOut::from([0, 5]);
    let told = volume(&project.state, &known.card, &left_out);
    assert_eq!(told.words, "6 of 8 rows · about 9 s · 1.5 s each");
    assert_eq!(run_label(&told), "Start volume run · 6 of 8 images");
    assert_eq!(run_label(&volume(&project.state, &known.card, &LeftOut::new())), "Start volume run · 8 images");
    project.act(&mara(), run_command(&project.state, &card, locked, &left_out).unwrap());
    let run = &project.state.runs()[0];
    let seeds: Vec<u64> = run.jobs.iter().map(|job| project.state.job(*job).unwrap().request.seed).collect();
    assert_eq!(seeds, [12, 13, 14, 11, 13, 14]);
    assert_eq!(run_lines(&project.state, &card)[0].words, "run 1 · 0 of 6 rendered · 0 kept");
    let none: LeftOut = (0..8).collect();
    let edited = Edited { card: &Ok(known.card.clone()), is_changed: false, left_out: &none };
    let told = self::told(&steps(&project.input(), Some(&known), edited));
    assert!(told.starts_with("Start volume run (no row is ticked: tick at least one)\n"), "{told}");
    assert_eq!(volume(&project.state, &known.card, &none).words, "none of the 8 rows is ticked");
}

#[test]
fn a_new_card_never_takes_the_place_of_another() {
    let (project, card) = drafted();
    let new = project.state.card(&card).unwrap().card.clone();
    let edited = Edited { card: &Ok(new), is_changed: true, left_out: &LeftOut::new() };
    assert_eq!(
        told(&steps(&project.input(), None, edited)),
        "Save draft (the card spring-harbour-style-0-r1 has that name: give the new one another name, or open \
         spring-harbour-style-0-r1 and change it)"
    );
}

#[test]
fn a_proof_that_fails_is_told_and_an_unlocked_card_is_proved_again() {
    let (mut project, card) = locked();
    project.prove(&card, false);
    let told = buttons(&project, &card, None);
    assert!(told.starts_with("Prove again\nRevise"), "{told}");
    let known = project.state.card(&card).unwrap();
    let data = hero(&project.input(), &card, known, &[]);
    assert!(data.failed.unwrap().starts_with("the second render has other pixels than the Hero"));
    assert_eq!((data.words.as_str(), data.budget.as_deref()), ("approved by Jo", Some("1 of 4 iterations")));
    assert!(super::data::trouble(known).unwrap().starts_with("Unlocked: the second render"));
}

#[test]
fn what_is_typed_is_the_card_and_what_cannot_be_read_is_named() {
    let (project, card) = drafted();
    let saved = project.state.card(&card).unwrap().card.clone();
    let mut draft = CardDraft::of(&saved);
    assert_eq!(draft.card(), Ok(saved.clone()));
    assert_eq!(saved.axes[0].values, ["boat 1", "two boats"]);
    assert_eq!(draft.axes[1].count, Some(4));
    draft.seed = "-1".to_owned();
    assert_eq!(draft.card().unwrap_err(), "a seed is a whole number from 0 to 18446744073709551615: correct it");
    draft.seed = "5".to_owned();
    draft.name = "Harbour".to_owned();
    assert!(draft.card().unwrap_err().starts_with("a card's name has 1 to 40 of the characters"));
    let copied = begin(&project.input(), &Beginning::Copy(card.clone())).unwrap();
    assert_eq!((copied.name.as_str(), copied.parent), ("spring-harbour-style-0-copy", Some(card)));
}

#[test]
fn what_came_from_a_library_is_taken_back_as_long_as_nobody_typed_on_it() {
    let (project, card) = drafted();
    let saved = project.state.card(&card).unwrap().card.clone();
    let libraries = project.input().libraries;
    let style = libraries.styles.styles.iter().find(|style| style.negative.is_some()).unwrap();
    let mut draft = CardDraft::of(&saved);
    draft.apply("the style", Some(Slot::Style), |card| {
        style.apply_to(card, &libraries.negatives).unwrap();
        card.recipe.steps = 33;
    });
    assert_ne!((&draft.card.style, &draft.card.negative), (&saved.style, &saved.negative));
    draft.card.set_slot(Slot::Subject, "a ferry");
    assert!(draft.applied().is_some());
    let mut typed = draft.clone();
    typed.card.set_slot(Slot::Style, "ink");
    assert_eq!(typed.applied(), None);
    draft.undo();
    let mut expected = saved.clone();
    expected.set_slot(Slot::Subject, "a ferry");
    assert_eq!((draft.card.clone(), draft.applied()), (expected, None));
    draft.apply("the example", Some(Slot::Subject), |card| card.set_slot(Slot::Subject, "a ferry"));
    assert_eq!(draft.applied(), None);
}

#[test]
fn entries_of_the_library_are_named_as_long_as_their_text_stands() {
    let project = TestProject::started();
    let input = project.input();
    let set = &input.libraries.negatives.sets[0];
    let whole = input.libraries.negatives.prompt(&set.name).unwrap();
    let words = format!("library: {} v{}", set.name, input.libraries.negatives.version);
    assert_eq!(library_words(&whole, input.libraries), words);
    let typed = typed_negative(&whole, format!("{}, a mast", set.entries[0].text), input.libraries);
    assert!(typed.from.iter().any(|entry| entry.entry == set.entries[0].name));
    assert!(typed.from.len() < whole.from.len());
    assert_eq!(library_words(&typed_negative(&whole, "a mast".to_owned(), input.libraries), input.libraries), "");
    assert_ne!(sha(1), sha(2));
}
