//! The whole path from an empty window to a cleared image, as a person walks it: the real window, driven by what its controls are
//! called, with the real engine in a process of its own on a model that is as small as it gets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod canvas;
mod gate;
mod making;
mod person;
mod repair;

use std::fs;
use std::path::Path;
use std::process::Command;

use kento::frame::PanelKind;
use kento::studio::StudioProject;
use kento::theme;
use kento::window::WindowSetup;
use kento_engine::protocol::DeviceRequest;
use kento_finishing::mask::{ImageKey, MaskStore};
use kento_studio::PersonName;
use kento_studio::card::Comparison;
use kento_studio::workflow::{
    Action, Approval, Candidacy, FreshView, JobStatus, Record, Role, SUBTLE_VARIATION, State,
};

use making::CullBy;
use person::{Person, setup};

const PROJECT: &str = "Harbour days";
const MAKER: &str = "Mara Lind";
const SECOND: &str = "Sam Okafor";
const DIRECTION: &str = "Flat shapes print well and leave room for the headline";

/// Stages as the rail names them.
const STAGES: [&str; 7] =
    ["Brief", "Concept sprint", "Lock-in pass", "Volume run", "Fix-and-finish", "Review gate", "Release"];

fn cpu() -> DeviceRequest {
    DeviceRequest { device: "cpu".to_owned(), ..DeviceRequest::default() }
}

#[test]
fn from_a_brief_to_a_cleared_image_with_four_panels_beside_each_other() {
    from_a_brief_to_a_cleared_image([1600.0, 1000.0]);
}

#[test]
fn from_a_brief_to_a_cleared_image_with_panels_in_tabs() {
    from_a_brief_to_a_cleared_image(theme::FIRST_WINDOW);
}

#[test]
fn from_a_brief_to_a_cleared_image_in_the_smallest_window() {
    from_a_brief_to_a_cleared_image(theme::SMALLEST_WINDOW);
}

#[test]
fn who_works_alone_clears_with_fresh_eyes_and_it_is_marked() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("projects/harbour-days.kento");
    let mut person = Person::at(setup(place.path()), theme::FIRST_WINDOW);
    making::begin_a_project(&mut person);
    making::agree_on_no_pause(&mut person);
    making::write_the_brief(&mut person);
    making::bring_an_input(&mut person, &place.path().join("mood.jpg"));
    from_the_sprint_to_a_repair(&mut person, CullBy::WholeWindow);
    canvas::drag_mix_extend_and_vary(&mut person);
    gate::finish_and_submit(&mut person);
    gate::the_maker_looks_with_fresh_eyes(&mut person);
    drop(person);

    let state = state_of(&folder);
    what_was_made_on_the_canvas_is_kept(&folder, &state);
    let inputs: Vec<_> = state.inputs().values().collect();
    let [input] = inputs.as_slice() else { panic!("one input, not {}", inputs.len()) };
    assert_eq!(
        (input.file_name.as_str(), input.licence.as_str(), input.image.width),
        ("mood.jpg", "own photograph", 48)
    );
    let checked = Command::new(env!("CARGO_BIN_EXE_kento")).args(["project", "check"]).arg(&folder).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    assert_eq!((state.settings().fresh_eyes_minutes, state.is_solo()), (0, true));
    let cleared = state.cleared();
    let [cleared] = cleared.as_slice() else { panic!("one cleared image, not {}", cleared.len()) };
    assert_eq!(cleared.approval(), Some(Approval::SelfApproval));
    let seen = state.fresh_eyes().and_then(|pass| pass.seen.get(&cleared.sha256));
    assert_eq!(seen.map(Vec::as_slice), Some(&[FreshView::Mirrored, FreshView::FullZoom][..]));
}

#[test]
fn who_opens_a_project_and_is_not_known_is_asked_for_a_name_first() {
    let place = tempfile::tempdir().unwrap();
    let mut person = Person::at(setup(place.path()), theme::FIRST_WINDOW);
    making::begin_a_project(&mut person);
    drop(person);
    let unknown = || WindowSetup {
        settings: Some(place.path().join("settings of another")),
        project: Some(place.path().join("projects/harbour-days.kento")),
        person: Some(String::new()),
        ..setup(place.path())
    };

    let mut person = Person::at(unknown(), theme::FIRST_WINDOW);
    person.wait_for("Who works here?");
    assert!(!person.can_press("Go on"), "nobody is nobody's name");
    person.click("Cancel");
    person.wait_for("Nothing was opened");
    assert!(person.can_press("Project No project"));
    drop(person);

    let mut person = Person::at(unknown(), theme::FIRST_WINDOW);
    person.fill("Your name", SECOND);
    person.click("Go on");
    person.wait_for_control(&format!("Project {PROJECT}"), person::ENGINE_PATIENCE);
    person.wait_for(&format!("{SECOND}: choose a role"));
    drop(person);
    let mut person = Person::at(unknown(), theme::FIRST_WINDOW);
    person.wait_for_control(&format!("Project {PROJECT}"), person::ENGINE_PATIENCE);
}

fn from_a_brief_to_the_gate(person: &mut Person, how: CullBy) {
    making::write_the_brief(person);
    from_the_sprint_to_the_gate(person, how);
}

fn from_the_sprint_to_the_gate(person: &mut Person, how: CullBy) {
    from_the_sprint_to_a_repair(person, how);
    gate::finish_and_submit(person);
}

fn from_the_sprint_to_a_repair(person: &mut Person, how: CullBy) {
    making::run_the_sprint(person);
    making::choose_a_direction(person);
    making::lock_the_recipe(person);
    making::run_and_cull(person, how);
    repair::repair_a_keeper(person);
}

fn from_a_brief_to_a_cleared_image(size: [f32; 2]) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("projects/harbour-days.kento");
    let mut person = Person::at(setup(place.path()), size);
    making::begin_a_project(&mut person);
    // In the smallest window the panel is all that a picture can have beside the others; elsewhere it gets the whole window.
    let how = if size == theme::SMALLEST_WINDOW { CullBy::Panel } else { CullBy::WholeWindow };
    from_a_brief_to_the_gate(&mut person, how);
    gate::the_maker_clears_nothing(&mut person);
    gate::a_second_person_clears(&mut person);
    let before = standing(&mut person);
    drop(person);

    let state = state_of(&folder);
    the_state_tells_the_journey(&state);
    the_repair_is_kept(&folder, &state);
    the_records_are_one_chain(&folder, &state);

    let mut person = opened_again(place.path(), size);
    person.go_to(PanelKind::Checklist);
    person.wait_for(&format!("Cleared by {SECOND}."));
    assert_eq!(standing(&mut person), before);
    drop(person);
    assert!(state_of(&folder) == state, "looking at a project changes nothing in it");
}

/// One of two candidates stands for the keeper, the other waits; the mask and the card of the finished image are on the drive.
fn the_repair_is_kept(folder: &Path, state: &State) {
    let of = |candidacy| state.images().values().filter(move |image| image.candidacy == Some(candidacy));
    let accepted: Vec<_> = of(Candidacy::Accepted).collect();
    let [accepted] = accepted.as_slice() else { panic!("one accepted repair, not {}", accepted.len()) };
    assert_eq!(of(Candidacy::Waits).count(), 1);
    assert!(state.is_keeper(&accepted.sha256));
    assert!(folder.join(format!("finished/{}.ron", accepted.sha256)).is_file());
    let parent = accepted.parent.unwrap();
    let key = ImageKey { sha256: parent.0, size: [accepted.width, accepted.height] };
    let kept = MaskStore::open(&folder.join(format!("masks/{parent}.masks")), key).unwrap();
    assert_eq!(kept.store.masks().len(), 1);
    assert!(kept.store.masks()[0].mask.share() > 0.0);
}

/// A mix of two candidates, an extension of the mix and a variation are accepted, each with its card.
fn what_was_made_on_the_canvas_is_kept(folder: &Path, state: &State) {
    let accepted: Vec<_> =
        state.images().values().filter(|image| image.candidacy == Some(Candidacy::Accepted)).collect();
    let mixed = accepted.iter().find(|image| state.mixed_of(&image.sha256).is_some()).unwrap();
    let (two, mask) = state.mixed_of(&mixed.sha256).unwrap();
    assert!(two.iter().all(|one| state.image(one).unwrap().parent == mixed.parent));
    assert!(folder.join("images").join(&mask.to_string()[..2]).is_dir());
    let extended = accepted.iter().find(|image| image.parent == Some(mixed.sha256)).unwrap();
    assert!(extended.width > mixed.width && extended.height == mixed.height, "{}", extended.width);
    assert!(state.is_keeper(&mixed.sha256) && state.is_keeper(&extended.sha256));
    let varied = accepted.iter().find(|image| image.parent == Some(extended.sha256)).unwrap();
    let (_, job) = state.jobs_of_image(&varied.sha256).next().unwrap();
    assert_eq!(job.request.variation.map(|variation| variation.strength), Some(SUBTLE_VARIATION));
    assert!(!state.is_keeper(&varied.sha256), "a variation is another image");
    for image in [mixed, extended, varied] {
        assert!(folder.join(format!("finished/{}.ron", image.sha256)).is_file(), "{}", image.sha256);
    }
}

/// The project in a new window, from the list of recent ones.
fn opened_again(place: &Path, size: [f32; 2]) -> Person {
    let mut person = Person::at(setup(place), size);
    person.click("Project No project");
    person.click(PROJECT);
    person.wait_for_control(&format!("Project {PROJECT}"), person::PATIENCE);
    person.wait_for(&format!("Reviewer, {MAKER}"));
    person
}

/// How the window says that the project stands: every stage, and the last record.
fn standing(person: &mut Person) -> Vec<String> {
    // Until then the bar says that it is being saved.
    person.wait_for("saved · record ");
    let stages = STAGES.iter().flat_map(|stage| person.names_that_begin(&format!("{stage}, ")));
    let saved = person.texts_that_begin("saved · record ");
    let standing: Vec<String> = stages.chain(saved).collect();
    assert_eq!(standing.len(), STAGES.len() + 1, "{standing:?}");
    standing
}

fn state_of(folder: &Path) -> State {
    let reader = PersonName::new("a test").unwrap();
    let opened = StudioProject::read(folder, reader).unwrap();
    assert!(opened.torn.is_none());
    opened.project.state().as_ref().clone()
}

fn the_state_tells_the_journey(state: &State) {
    let maker = PersonName::new(MAKER).unwrap();
    assert!(state.brief_is_complete());
    assert!(state.jobs().values().all(|job| job.status != JobStatus::Queued));

    // 15 sprint pictures, the Hero, 4 of the run; its first row is the Hero's own request.
    let [sprint] = state.sprints() else { panic!("one sprint, not {}", state.sprints().len()) };
    assert_eq!(sprint.jobs.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 5]);
    let board = state.moodboard().unwrap();
    assert_eq!((board.candidates.len(), board.ranked_by.as_ref()), (3, Some(&maker)));
    let direction = state.direction().unwrap();
    assert_eq!((direction.image, direction.reason.as_str()), (board.candidates[0], DIRECTION));

    let (card, known) = state.cards().iter().next().unwrap();
    assert_eq!((state.cards().len(), card.to_string().as_str()), (1, "harbour-days-watercolour-r1"));
    let locked = known.locked.as_ref().unwrap();
    assert_eq!(locked.proof().comparison, Comparison::Identical);
    assert_eq!(locked.proof().hero_pixels, locked.proof().again_pixels);
    assert_eq!(locked.approval().by, maker);
    assert!(known.unlocked.is_none() && known.pauses.is_empty());

    let [run] = state.runs() else { panic!("one run, not {}", state.runs().len()) };
    let made: Vec<_> = state.images_of_jobs(&run.jobs).collect();
    assert_eq!(made.len(), 4);
    let kept: Vec<_> = made.iter().filter(|image| state.image(image).is_some_and(|image| image.is_kept())).collect();
    let rejected = made.iter().filter(|image| state.image(image).is_some_and(|image| image.is_rejected()));
    assert_eq!((kept.as_slice(), rejected.count()), (&[&made[0]][..], 3));

    let cleared = state.cleared();
    let [cleared] = cleared.as_slice() else { panic!("one cleared image, not {}", cleared.len()) };
    // The first row of the run asks for what the Hero was asked for: the same image, and not the sprint's. What was cleared is its
    // repaired version, because that is what the grid shows for it.
    assert_eq!(Some(made[0]), known.hero.as_ref().map(|hero| hero.image));
    assert_eq!((Some(&cleared.sha256), cleared.parent), (state.finished_versions().get(&made[0]), Some(made[0])));
    assert_ne!(cleared.sha256, direction.image);
    assert_eq!(cleared.approval(), Some(Approval::Independent));
    assert!(!cleared.alt_text.is_empty() && cleared.makers.iter().eq([&maker]));
}

/// Every switch of a hat is on record with the name, and the program that checks projects finds nothing wrong.
fn the_records_are_one_chain(folder: &Path, state: &State) {
    let text = fs::read_to_string(folder.join("records.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["seq"], state.seq());
    let switches: Vec<String> = lines.into_iter().filter_map(switch).collect();
    let expected = [
        (MAKER, Role::Director),
        (MAKER, Role::Operator),
        (MAKER, Role::Director),
        (MAKER, Role::Operator),
        (MAKER, Role::Director),
        (MAKER, Role::Operator),
        (MAKER, Role::Reviewer),
        (SECOND, Role::Director),
        (SECOND, Role::Reviewer),
    ];
    assert_eq!(switches, expected.map(|(name, role)| format!("{name}: {role}")));

    let checked = Command::new(env!("CARGO_BIN_EXE_kento")).args(["project", "check"]).arg(folder).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said.contains(&format!("sound: {} records in one chain", state.seq())), "{said}");
}

/// Who put on which hat, if that is what a line of the log says.
fn switch(mut line: serde_json::Value) -> Option<String> {
    let record: Record = serde_json::from_value(line["record"].take()).unwrap();
    match record.action {
        Action::RoleTaken { to, .. } => Some(format!("{}: {to}", record.by)),
        _ => None,
    }
}
