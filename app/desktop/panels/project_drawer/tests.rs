//! The drawer worked by its labels, over a project in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{Ui, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kento_studio::project::{DiskFs, Owner, Project};
use kento_studio::workflow::{Actor, Command, Failure, Permission, Record, RejectReason, Stage, would};

use super::{ProjectDrawer, data};
use crate::desk::{Libraries, NOTHING_INTERRUPTED, PanelAsk, PanelInput};
use crate::panels::checklist::{Sample, jo, mara, sha};
use crate::theme;

struct World {
    sample: Sample,
    actor: Actor,
    drawer: ProjectDrawer,
    libraries: Libraries,
    project: Project<Record>,
    refusals: Vec<String>,
    /// What asks for a dialog of the system.
    dialogs: Vec<PanelAsk>,
    _folder: tempfile::TempDir,
}

impl eframe::App for World {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let running = BTreeMap::new();
        let input = PanelInput {
            state: &self.sample.state,
            actor: &self.actor,
            now: self.sample.now,
            images: self.project.images(),
            models: &[],
            fingerprint: None,
            running: &running,
            libraries: &self.libraries,
            interrupted: NOTHING_INTERRUPTED,
            offered: None,
            read_only: None,
        };
        let mut asks = Vec::new();
        self.drawer.show(ui, &input, &mut asks);
        for ask in asks {
            let PanelAsk::Decide(command) = ask else {
                self.dialogs.push(ask);
                continue;
            };
            match would(&self.sample.state, &command, &self.actor, self.sample.now) {
                Permission::Yes => self.sample.ok(&self.actor.clone(), *command),
                Permission::No { reason } => self.refusals.push(reason),
            }
        }
    }
}

fn drawer(sample: Sample, actor: Actor) -> Harness<'static, World> {
    let folder = tempfile::tempdir().unwrap();
    let owner = Owner::this_process("Mara", sample.now);
    let path = folder.path().join("p.kento");
    let project = Project::<Record>::create(Arc::new(DiskFs), &path, "Harbour", sample.now, owner).unwrap();
    let libraries = Libraries::shipped().unwrap();
    let drawer = ProjectDrawer::default();
    let world =
        World { sample, actor, drawer, libraries, project, refusals: Vec::new(), dialogs: Vec::new(), _folder: folder };
    let mut harness = Harness::builder().with_size(Vec2::new(1280.0, 900.0)).build_eframe(|creation| {
        theme::apply(&creation.egui_ctx);
        world
    });
    harness.run_steps(3);
    harness
}

fn press(harness: &mut Harness<'static, World>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn write(harness: &mut Harness<'static, World>, label: &str, text: &str) {
    let field = harness.get_by_label(label);
    field.focus();
    harness.run_steps(2);
    harness.get_by_label(label).type_text(text);
    harness.run_steps(2);
}

/// Six of eight images of the run are rejected, four of them for the same reason.
fn culled() -> Sample {
    let mut sample = Sample::ran();
    for (i, image) in sample.run_images().into_iter().enumerate() {
        let command = match i {
            0 => Command::Keep { image },
            _ => Command::Reject { image, reason: RejectReason::StrayText, note: String::new() },
        };
        sample.ok(&mara(), command);
    }
    sample
}

#[test]
fn people_document_and_failures_are_told() {
    let sample = culled();
    let data = data::data(&sample.state, sample.now);
    assert_eq!(data.people.len(), 3);
    assert!(data.document.starts_with("Owned by Jo"), "{}", data.document);
    assert!(!data.is_overdue);
    assert_eq!(data.failing.len(), 1);
    let stray = Failure::Rejected(RejectReason::StrayText);
    assert_eq!((&data.failing[0].reason, data.failing[0].images.len()), (&stray, 3));
    let later = sample.now + jiff::SignedDuration::from_hours(24 * 4000);
    assert!(data::data(&sample.state, later).is_overdue);
}

#[test]
fn the_keep_rate_of_a_recipe_is_told_with_what_it_is_the_rate_of() {
    let mut sample = Sample::ran();
    // The run of four twice more: template candidates need eight decisions.
    for _ in 0..2 {
        sample.run_again();
    }
    let images: Vec<_> = (1..=3).flat_map(|run| sample.images_of_run(run)).collect();
    for image in &images[..9] {
        sample.ok(&mara(), Command::Keep { image: *image });
    }
    let data = data::data(&sample.state, sample.now);
    assert_eq!(data.recipes[0].text, "harbour-flat-r1 · 75 % kept, 9 of 12");
}

#[test]
fn a_failure_that_keeps_coming_back_goes_to_the_library_with_its_evidence() {
    let sample = culled();
    let failing = data::data(&sample.state, sample.now).failing.remove(0);
    let mut harness = drawer(sample, mara());
    press(&mut harness, &format!("{} of {} to the negative prompts…", failing.reason, failing.card));
    write(&mut harness, &format!("Negative prompt against {}", failing.reason), "stray letters");
    press(&mut harness, "Put it into the library");
    let world = harness.state();
    assert_eq!(world.refusals, [""; 0]);
    let additions = world.sample.state.library_additions();
    assert_eq!(additions.len(), 1);
    assert_eq!((additions[0].entry.text.as_str(), &additions[0].entry.evidence), ("stray letters", &failing.images));
    let offered = Libraries::with_additions(additions).unwrap();
    let set = offered.negatives.set(&additions[0].set).unwrap();
    assert!(set.entries.iter().any(|entry| entry.text == "stray letters"));
    harness.get_by_label("Its failure is in the negative-prompt library.");
    let addition = additions[0].clone();
    let (entry, reason, card) = (addition.entry.name.clone(), failing.reason, failing.card);
    let keep = format!("Keep {entry} against {reason} of {card} for other projects");
    press(&mut harness, &keep);
    assert_eq!(harness.state().dialogs, [PanelAsk::KeepNegative(Box::new(addition.clone()))]);
    harness.state_mut().libraries.kept_negatives.push(addition);
    harness.run_steps(3);
    assert!(harness.query_by_label(&keep).is_none(), "it is kept");
}

/// The text makes a name that a shipped entry of another text has: the record alone would put nothing into the library.
#[test]
fn an_entry_that_the_library_refuses_is_not_told_as_added() {
    let mut sample = culled();
    let shipped = Libraries::shipped().unwrap().negatives;
    let (set, taken) = (&shipped.sets[0].name, &shipped.sets[0].entries[0]);
    let failing = data::data(&sample.state, sample.now).failing.remove(0);
    let Command::AddNegativeEntry { entry, .. } = data::to_library(&failing, set, "another text") else { panic!() };
    let entry = kento_studio::library::NegativeEntry { name: taken.name.clone(), ..entry };
    let command = Command::AddNegativeEntry { set: set.clone(), entry };
    let refusal = data::refused_by(&shipped, &command).unwrap();
    assert!(refusal.contains(&taken.name), "{refusal}");
    assert_eq!(data::refused_by(&shipped, &data::to_library(&failing, set, "stray letters")), None);
    // An older project has it on record all the same.
    sample.ok(&mara(), command);
    let failing = data::data(&sample.state, sample.now).failing.remove(0);
    assert!(failing.in_library.is_none(), "it is on record and not in the library");
    sample.ok(&mara(), data::to_library(&failing, set, "stray letters"));
    assert!(data::data(&sample.state, sample.now).failing[0].in_library.is_some());
}

#[test]
fn checklists_are_saved_by_everybody_and_adopted_by_who_keeps_the_library() {
    let operator = drawer(culled(), mara());
    let label = operator.root().children_recursive().filter_map(|node| node.accesskit_node().label());
    assert_eq!(label.filter(|label| label.starts_with("Adopt a checklist from a file…, not possible: ")).count(), 1);
    let mut harness = drawer(culled(), jo());
    press(&mut harness, "Save review-full as a file…");
    press(&mut harness, "Adopt a checklist from a file…");
    assert_eq!(harness.state().dialogs, [PanelAsk::SaveChecklist("review-full".to_owned()), PanelAsk::ChooseChecklist]);
    let data = data::data(&harness.state().sample.state, harness.state().sample.now);
    assert!(data.checklists.iter().any(|(name, text)| name == "review-full" && text.starts_with("version 1, ")));
}

#[test]
fn hand_offs_reviews_and_rules_are_recorded_with_reasons() {
    let mut harness = drawer(culled(), jo());
    let is_unsaved = |harness: &Harness<'static, World>| {
        let world = harness.state();
        world.drawer.has_unsaved(&world.sample.state)
    };
    assert!(!is_unsaved(&harness), "nothing was written yet");
    write(&mut harness, "What was missing", "the palette as numbers");
    assert!(is_unsaved(&harness), "closing the window would lose it");
    write(&mut harness, "What is documented differently from now on", "the brief names colours");
    press(&mut harness, "Note it");
    assert!(!is_unsaved(&harness), "it is on record");
    let problems = harness.state().sample.state.hand_off_problems().to_vec();
    assert_eq!((problems.len(), problems[0].stage), (1, Stage::Brief));
    press(&mut harness, "It was reviewed: I own it");
    write(&mut harness, "Project review", "the sprint was too narrow");
    assert!(is_unsaved(&harness));
    press(&mut harness, "Hold the review");
    assert!(!is_unsaved(&harness));
    let state = &harness.state().sample.state;
    assert!(state.reviewed_at().is_some());
    let due = state.next_project_review().unwrap();
    let told = |now| data::data(state, now).next_review.unwrap();
    let now = harness.state().sample.now;
    assert_eq!(told(now), format!("The next review is due on {due}"));
    harness.get_by_label(&told(now));
    let later = now + jiff::SignedDuration::from_hours(24 * 4000);
    assert_eq!(told(later), format!("The next review was due on {due} and is overdue: hold it"));
    assert!(data::data(state, later).review_is_overdue && !data::data(state, now).review_is_overdue);
    assert_eq!(state.document().unwrap().owner, jo().person);
    assert_eq!(harness.state().refusals, [""; 0]);
}

#[test]
fn who_may_not_change_the_rules_is_told_who_may() {
    let harness = drawer(Sample::sprinted(), mara());
    let names: Vec<String> = harness
        .root()
        .children_recursive()
        .filter_map(|node| node.accesskit_node().label())
        .filter(|label| label.starts_with("Change the rules"))
        .collect();
    assert!(names.iter().any(|name| name.contains("not possible") && name.contains("Director")), "{names:?}");
    assert!(harness.state().sample.state.image(&sha(1)).is_some());
}

#[test]
fn a_template_is_kept_for_other_projects_or_saved_as_a_file() {
    let mut sample = Sample::ran();
    for _ in 0..2 {
        sample.run_again();
    }
    let images: Vec<_> = (1..=3).flat_map(|run| sample.images_of_run(run)).collect();
    for image in &images[..9] {
        sample.ok(&mara(), Command::Keep { image: *image });
    }
    let card = data::data(&sample.state, sample.now).recipes[0].card.clone();
    sample.ok(&mara(), Command::PromoteTemplate { card: card.clone(), reason: "the best".to_owned() });
    let template = sample.state.template_for_others(&card).unwrap();
    let mut harness = drawer(sample, mara());
    press(&mut harness, &format!("Keep {card} for other projects"));
    press(&mut harness, &format!("Keep the style of {card} for other projects"));
    press(&mut harness, &format!("Save the template {card} as a file"));
    let asked =
        [PanelAsk::KeepTemplate(card.clone()), PanelAsk::KeepStyle(card.clone()), PanelAsk::SaveTemplate(card.clone())];
    assert_eq!(harness.state().dialogs, asked);
    harness.state_mut().libraries.templates.push(template);
    harness.run_steps(3);
    assert!(harness.query_by_label(&format!("Keep {card} for other projects")).is_none());
    harness.get_by_label("It is a template, and every project is offered it.");
}
