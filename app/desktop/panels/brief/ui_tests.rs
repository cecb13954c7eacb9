//! The panel with every control by its name. `KENTO_GALLERY=folder` keeps pictures of it to be looked at.

use eframe::egui::{Theme, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kento_studio::workflow::{Answer, Brief, Command, Stakes};

use super::ui::BriefPanel;
use crate::desk::PanelAsk;
use crate::panels::lock_panel::{TestProject, brief, jo, keep, mara};
use crate::raster::Raster;
use crate::theme::{self, ActingRole};

struct Scene {
    project: TestProject,
    panel: BriefPanel,
    asks: Vec<PanelAsk>,
}

fn harness(project: TestProject, size: [f32; 2], choice: Theme, raster: &Raster) -> Harness<'static, Scene> {
    let is_director = project.actor == jo();
    let mut harness = Harness::builder()
        .with_size(Vec2::from(size))
        .with_max_steps(60)
        .with_theme(choice)
        .renderer(raster.clone())
        .with_context_setup(move |ctx| {
            theme::apply(ctx);
            theme::set_role(ctx, if is_director { ActingRole::Director } else { ActingRole::Operator });
        })
        .build_ui_state(
            |ui, scene: &mut Scene| {
                scene.panel.show(ui, &scene.project.input(), &mut scene.asks);
            },
            Scene { project, panel: BriefPanel::default(), asks: Vec::new() },
        );
    harness.run_ok();
    harness
}

fn press(harness: &mut Harness<'static, Scene>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_ok();
}

fn write(harness: &mut Harness<'static, Scene>, name: &str, text: &str) {
    harness.get_by_label(name).focus();
    harness.run_ok();
    harness.get_by_label(name).type_text(text);
    harness.run_ok();
}

/// Decides what was asked, as the desk would.
fn decide(harness: &mut Harness<'static, Scene>) {
    let by = harness.state().project.actor.clone();
    for ask in std::mem::take(&mut harness.state_mut().asks) {
        let PanelAsk::Decide(command) = ask else { panic!("{ask:?}") };
        harness.state_mut().project.act(&by, *command);
    }
    harness.run_ok();
}

fn saved(harness: &Harness<'static, Scene>) -> Brief {
    harness.state().project.state.brief().unwrap().brief.clone()
}

#[test]
fn a_brief_is_written_and_completed_by_hand() {
    let raster = Raster::default();
    let mut project = TestProject::started();
    project.actor = jo();
    let mut panel = harness(project, [340.0, 1500.0], Theme::Dark, &raster);
    keep(&raster, &panel.ctx, panel.output(), "brief-empty");
    write(&mut panel, "Intent in one sentence", "A calm harbour that makes tourists take the ferry.");
    for field in ["Purpose", "Where it appears", "Mood", "Must-haves", "Hard constraints"] {
        write(&mut panel, field, "as told");
    }
    for field in ["Palette", "Consistency", "Licensing context", "Iteration budget per image"] {
        press(&mut panel, &format!("{field} not needed"));
        write(&mut panel, &format!("{field}: not needed, because"), "a sketch");
    }
    press(&mut panel, "Add a deliverable");
    write(&mut panel, "Name of deliverable 1", "cover");
    press(&mut panel, "Stakes internal");
    keep(&raster, &panel.ctx, panel.output(), "brief-typed");
    press(&mut panel, "Save the brief");
    decide(&mut panel);
    assert_eq!(saved(&panel).missing(), []);
    assert_eq!(saved(&panel).stakes, Some(Stakes::Internal));
    assert_eq!(saved(&panel).palette, Answer::NotNeeded { because: "a sketch".to_owned() });
    press(&mut panel, "Complete the brief");
    decide(&mut panel);
    assert!(panel.state().project.state.brief_is_complete());
    assert!(!panel.state().panel.is_open(&panel.state().project.input()));
}

#[test]
fn what_is_typed_survives_what_others_save() {
    let raster = Raster::default();
    let mut project = TestProject::briefed();
    project.actor = jo();
    let mut panel = harness(project, [340.0, 1500.0], Theme::Light, &raster);
    write(&mut panel, "Mood", ", and stormy");
    keep(&raster, &panel.ctx, panel.output(), "brief-revise-light");
    let mut theirs = brief();
    theirs.purpose = Answer::Filled("winter brochure".to_owned());
    let reason = Some("another season".to_owned());
    panel.state_mut().project.act(&jo(), Command::WriteBrief { brief: Box::new(theirs), reason });
    panel.run_ok();
    assert!(panel.get_by_label("Mood").value().is_some_and(|mood| mood.contains("stormy")));
    panel.get_by_label_contains("The brief was saved with other words while you typed");
    press(&mut panel, "Take the saved one");
    assert_eq!(panel.get_by_label("Purpose").value().as_deref(), Some("winter brochure"));
}

#[test]
fn nothing_is_wider_than_a_narrow_panel() {
    let raster = Raster::default();
    for (by, name) in [(jo(), "brief-narrow"), (mara(), "brief-read-narrow")] {
        let mut project = TestProject::briefed();
        project.actor = by;
        let panel = harness(project, [300.0, 1200.0], Theme::Dark, &raster);
        keep(&raster, &panel.ctx, panel.output(), name);
        for node in panel.root().children_recursive() {
            let node = node.accesskit_node();
            let (Some(rect), Some(name)) = (node.bounding_box(), node.label().or(node.value())) else { continue };
            // The harness has a margin of 8 points and the panel one of 12.
            assert!(rect.x1 <= 280.5, "{name} at {rect:?}");
        }
    }
}
