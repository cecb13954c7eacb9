//! From an empty window to a keeper: project, brief, concept sprint, moodboard, recipe card, volume run, cull.

use std::path::Path;

use eframe::egui::Key;
use image::{Rgb, RgbImage};
use kento::frame::PanelKind;

use crate::person::{ENGINE_PATIENCE, Person};
use crate::{DIRECTION, MAKER, PROJECT};

/// Which key puts on which hat.
pub const DIRECTOR: (Key, &str) = (Key::F6, "Director");
/// See [`DIRECTOR`].
pub const OPERATOR: (Key, &str) = (Key::F7, "Operator");
/// See [`DIRECTOR`].
pub const REVIEWER: (Key, &str) = (Key::F8, "Reviewer");

/// Puts on another hat and waits until the window shows it.
#[track_caller]
pub fn act_as(person: &mut Person, (key, role): (Key, &str), name: &str) {
    person.key(key);
    person.wait_for(&format!("{role}, {name}"));
}

/// The form for a new project.
pub fn begin_a_project(person: &mut Person) {
    person.click("Project No project");
    person.click("New project…");
    person.fill("Name", PROJECT);
    person.fill("Your name", MAKER);
    person.click("Begin");
    person.wait_for_control(&format!("Project {PROJECT}"), ENGINE_PATIENCE);
    // Whoever begins a project holds the relationship: the brief is theirs.
    person.wait_for(&format!("Director, {MAKER}"));
}

/// The pause before a fresh-eyes pass is a figure of the project. The Director changes it for a reason, and nobody else.
pub fn agree_on_no_pause(person: &mut Person) {
    act_as(person, OPERATOR, MAKER);
    person.click("People, review and rules of the project");
    assert!(!person.can_press("Change the rules"), "{}", person.told());
    act_as(person, DIRECTOR, MAKER);
    person.fill_number("minutes before a fresh-eyes pass", 0);
    assert!(!person.can_press("Change the rules"), "rules are changed for a reason");
    person.fill("Why", "nobody else is here and the guide is printed today");
    person.click("Change the rules");
    person.wait_for("Change the rules, not possible: nothing is changed");
    person.click("Close Project");
}

/// Every field of the brief, filled in or not needed for a reason.
pub fn write_the_brief(person: &mut Person) {
    person.go_to(PanelKind::LockPanel);
    assert!(person.sees("Brief, current"), "{}", person.told());
    assert!(!person.can_press("Complete the brief"), "an empty brief cannot be complete");
    let intent = "A calm set of harbour pictures opens each chapter of the town's summer guide.";
    person.fill("Intent in one sentence", intent);
    for (field, text) in [
        ("Purpose", "Chapter openers that a reader recognises as one family"),
        ("Where it appears", "The printed guide and its web page"),
        ("Mood", "Calm, sunny, a little old-fashioned"),
        ("Must-haves", "One clear subject and room for a headline"),
        ("Hard constraints", "No people, no lettering, square"),
        ("Consistency", "The same style and light in all pictures"),
    ] {
        person.fill(field, text);
    }
    for (field, because) in [
        ("Palette", "the style sets the colours"),
        ("Licensing context", "only our own model is used, without input pictures"),
    ] {
        person.click(&format!("{field} not needed"));
        person.fill(&format!("{field}: not needed, because"), because);
    }
    person.click("Add a deliverable");
    person.fill("Name of deliverable 1", "chapter opener");
    person.fill_number("Width of deliverable 1 in pixels", 512);
    person.fill_number("Height of deliverable 1 in pixels", 512);
    person.click("Stakes client");
    person.fill_number("Iteration budget per image", 8);
    person.click("Save the brief");
    person.click("Complete the brief");
    person.wait_for("Brief, done");
}

/// A picture that falls onto the window is asked what it is for, and goes into the project under its licence.
pub fn bring_an_input(person: &mut Person, path: &Path) {
    RgbImage::from_fn(48, 32, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, 90])).save(path).unwrap();
    person.drop_file(path);
    person.wait_for("What is this picture for?");
    assert!(!person.can_press("Add it as an input"), "an input needs a licence");
    person.fill("Licence of the picture", "own photograph");
    person.click("Add it as an input");
    person.wait_for("mood.jpg goes into the project as an input");
    person.go_to(PanelKind::Canvas);
    person.wait_for("input \"mood.jpg\" of");
}

/// The fewest pictures that make a full sprint: 3 styles with 5 variations each.
pub fn run_the_sprint(person: &mut Person) {
    act_as(person, OPERATOR, MAKER);
    person.go_to(PanelKind::ConceptGrid);
    person.click("Woodcut");
    person.click("Remove variation 6");
    person.fill("Subject 1", "a red boat");
    person.fill("Context 1", "by the sea");
    person.fill_number("Steps", 2);
    person.wait_for("3 × 5 = 15 pictures");
    person.wait_for_control("Start the sprint", ENGINE_PATIENCE);
    person.click("Start the sprint");
    person.wait_for("Concept sprint 1, 15 pictures");
    person.wait_for_idle_engine();
}

/// The Operator proposes, the Director ranks and approves.
pub fn choose_a_direction(person: &mut Person) {
    let [first, second, third] =
        ["Flat vector", "Risograph", "Watercolour"].map(|style| format!("{style}: a red boat, by the sea"));
    person.click(&first);
    person.ctrl_click(&second);
    person.ctrl_click(&third);
    person.click("Propose 3");
    person.wait_for("proposed; the Director ranks it");
    // An Operator approves no direction.
    assert!(person.names_that_begin("Approve direction").is_empty(), "{}", person.told());

    act_as(person, DIRECTOR, MAKER);
    person.go_to(PanelKind::ConceptGrid);
    person.click(&third);
    person.key(Key::Num1);
    person.wait_for("not saved yet");
    person.click("Rank these 3");
    person.wait_for(&format!("ranked by {MAKER}"));
    assert!(!person.can_press("Approve direction 1"), "a direction is approved for a reason");
    person.fill("Why this direction", DIRECTION);
    person.click("Approve direction 1");
    person.wait_for("Concept sprint, done");
}

/// A card from the direction, its Hero, the Director's word, the proof in a fresh process, the lock.
pub fn lock_the_recipe(person: &mut Person) {
    act_as(person, OPERATOR, MAKER);
    person.go_to(PanelKind::LockPanel);
    person.click("From the approved direction");
    // More steps than a draft has, so that the Hero is a picture of its own.
    person.fill_number("Steps", 3);
    person.click("Add a variation axis");
    person.click("Seed offset");
    person.fill_number("How many seeds", 4);
    person.click("Save draft");
    person.click("Render Hero");
    person.wait_for_engine("not approved: the Director approves it");
    // Nothing locks that was not proved and approved.
    assert!(!person.can_press("Lock") && !person.can_press("Approve Hero"), "{}", person.told());
    // What is to be approved stands in the canvas.
    person.go_to(PanelKind::Canvas);
    person.wait_for("Hero of ");

    act_as(person, DIRECTOR, MAKER);
    person.go_to(PanelKind::LockPanel);
    // From the palette, by its name: everything that can be done now stands there.
    person.command("Approve the Hero");
    person.wait_for(&format!("approved by {MAKER}"));

    act_as(person, OPERATOR, MAKER);
    person.go_to(PanelKind::LockPanel);
    person.click("Prove");
    person.wait_for_engine("A second render in a fresh process equals the first, pixel for pixel.");
    person.command("Lock the recipe");
    person.wait_for("Lock-in pass, done");
}

/// Four seeds; the first is kept, which is 1 in 4.
pub fn run_and_cull(person: &mut Person, how: CullBy) {
    person.click("Start volume run · 4 images");
    person.go_to(PanelKind::ConceptGrid);
    person.wait_for_engine("4 to decide; expect to keep 1 in 4 or fewer");
    match how {
        CullBy::WholeWindow => cull_with_the_whole_window(person),
        CullBy::Panel => cull_in_the_panel(person),
    }
    person.wait_for("1 of 4 decided kept, 25 %; at most 25 % is expected; all are decided");
}

/// Where a run is culled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CullBy {
    /// One picture after the other fills the window.
    WholeWindow,
    /// In the concept grid, with the picture in the canvas.
    Panel,
}

/// One key opens it from any panel, one key decides each picture, and Escape brings the panels back.
fn cull_with_the_whole_window(person: &mut Person) {
    person.go_to(PanelKind::Checklist);
    person.key(Key::F9);
    person.wait_for("0 of 4 decided · – of them kept (expected 1 in 4)");
    assert!(!person.sees("Fill the window with"), "a panel's header is still there: {}", person.told());
    person.key(Key::K);
    person.wait_for("1 of 4 decided · 100 % of them kept (expected 1 in 4)");
    person.key(Key::Num2);
    person.wait_for("2 of 4 decided · 50 % of them kept (expected 1 in 4)");
    person.key(Key::K);
    person.wait_for("3 of 4 decided · 67 % of them kept (expected 1 in 4)");
    // The third was too kind.
    person.key(Key::Z);
    person.wait_for("2 of 4 decided · 50 % of them kept (expected 1 in 4)");
    for decided in 3..=4 {
        person.key(Key::X);
        person.wait_for("Reason to reject");
        person.key(Key::Num1);
        person.wait_for(&format!("{decided} of 4 decided · "));
    }
    person.wait_for("All 4 pictures are decided");
    person.wait_for("1 of 4 kept, 25 %");
    person.key(Key::Escape);
    person.go_to(PanelKind::ConceptGrid);
}

fn cull_in_the_panel(person: &mut Person) {
    person.key(Key::F9);
    person.click("Cull beside the other panels");
    person.key(Key::K);
    person.wait_for("1 of 1 decided kept");
    for decided in 2..=4 {
        person.key(Key::X);
        person.wait_for("Reason to reject");
        person.key(Key::Num1);
        person.wait_for(&format!("1 of {decided} decided kept"));
    }
    person.wait_for("Every picture is decided.");
    person.key(Key::Escape);
}
