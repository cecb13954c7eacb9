//! The panel with every control by its name. `KENTO_GALLERY=folder` keeps pictures of it to be looked at.

use eframe::egui::{Theme, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kento_studio::card::{AxisKind, CardOrigin, CardRef, Slot};
use kento_studio::workflow::{Command, Role};

use super::begin::{Beginning, begin};
use super::draft::CardDraft;
use super::test_project::{TestProject, jo, keep, mara};
use super::ui::LockPanel;
use crate::desk::{PanelAsk, Selection};
use crate::raster::Raster;
use crate::theme;
use crate::widgets::thumbnails::Thumbnails;

pub(super) struct Scene {
    pub(super) project: TestProject,
    pub(super) panel: LockPanel,
    pub(super) selection: Selection,
    pub(super) thumbnails: Option<Thumbnails>,
    pub(super) asks: Vec<PanelAsk>,
}

pub(super) fn harness(project: TestProject, size: [f32; 2], choice: Theme, raster: &Raster) -> Harness<'static, Scene> {
    let scene = Scene {
        project,
        panel: LockPanel::default(),
        selection: Selection::default(),
        thumbnails: None,
        asks: Vec::new(),
    };
    let role = match scene.project.actor.role {
        Role::Director => theme::ActingRole::Director,
        Role::Operator => theme::ActingRole::Operator,
        Role::Reviewer => theme::ActingRole::Reviewer,
    };
    let mut harness = Harness::builder()
        .with_size(Vec2::from(size))
        .with_max_steps(60)
        .with_theme(choice)
        .renderer(raster.clone())
        .with_context_setup(move |ctx| {
            theme::apply(ctx);
            theme::set_role(ctx, role);
        })
        .build_ui_state(
            |ui, scene: &mut Scene| {
                let Scene { project, panel, selection, thumbnails, asks } = scene;
                let ctx = ui.ctx().clone();
                let thumbnails = thumbnails.get_or_insert_with(|| Thumbnails::new(&ctx, 16).unwrap());
                thumbnails.listen(&ctx);
                panel.show(ui, &project.input(), selection, thumbnails, asks);
            },
            scene,
        );
    settle(&mut harness);
    harness
}

pub(super) fn settle(harness: &mut Harness<'static, Scene>) {
    for _ in 0..5 {
        harness.run_ok();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// What the panel asked for since the last time.
pub(super) fn asked(harness: &mut Harness<'static, Scene>) -> Vec<Command> {
    let asks = std::mem::take(&mut harness.state_mut().asks);
    let command = |ask| match ask {
        PanelAsk::Decide(command) => Some(*command),
        _ => None,
    };
    asks.into_iter().filter_map(command).collect()
}

/// Decides what was asked, as the desk would.
pub(super) fn decide(harness: &mut Harness<'static, Scene>) {
    let by = harness.state().project.actor.clone();
    for command in asked(harness) {
        harness.state_mut().project.act(&by, command);
    }
    settle(harness);
}

pub(super) fn press(harness: &mut Harness<'static, Scene>, name: &str) {
    harness.get_by_label(name).click();
    settle(harness);
}

#[test]
fn who_cannot_begin_a_card_is_offered_the_hat_that_can() {
    let raster = Raster::default();
    let mut project = TestProject::directed();
    project.actor = jo();
    let mut panel = harness(project, [340.0, 600.0], Theme::Dark, &raster);
    keep(&raster, &panel.ctx, panel.output(), "lock-hat");
    press(&mut panel, "Act as Operator to begin a recipe card");
    assert_eq!(asked(&mut panel), [Command::SwitchRole { to: Role::Operator }]);
    // In the hat that can, it is offered the cards instead.
    panel.state_mut().project.actor.role = Role::Operator;
    settle(&mut panel);
    assert!(panel.query_by_label("Act as Operator to begin a recipe card").is_none());
    assert!(panel.query_by_label_contains("From the approved direction").is_some());
}

#[test]
fn a_card_goes_from_the_direction_to_a_volume_run_by_its_buttons() {
    let raster = Raster::default();
    let mut panel = harness(TestProject::directed(), [340.0, 1400.0], Theme::Dark, &raster);
    keep(&raster, &panel.ctx, panel.output(), "lock-empty");
    press(&mut panel, "From the approved direction");
    panel.get_by_label("Subject");
    keep(&raster, &panel.ctx, panel.output(), "lock-new");
    press(&mut panel, "Save draft");
    decide(&mut panel);
    let card = panel.state().selection.card.clone().unwrap();
    assert_eq!(card.to_string(), "spring-harbour-style-0-r1");
    press(&mut panel, "Render Hero");
    decide(&mut panel);
    panel.state_mut().project.render_all();
    settle(&mut panel);
    press(&mut panel, "Prove");
    assert_eq!(asked(&mut panel), [Command::ProveCard { card: card.clone() }]);
    panel.state_mut().project.prove(&card, true);
    let hero = panel.state().project.state.card(&card).unwrap().hero.unwrap().image;
    panel.state_mut().project.act(&jo(), Command::ApproveHero { card: card.clone(), hero });
    settle(&mut panel);
    press(&mut panel, "Lock");
    decide(&mut panel);
    keep(&raster, &panel.ctx, panel.output(), "lock-locked");
    press(&mut panel, "Start volume run · 1 image");
    decide(&mut panel);
    assert_eq!(panel.state().project.state.runs().len(), 1);
    press(&mut panel, "Revise");
    keep(&raster, &panel.ctx, panel.output(), "lock-why");
    assert_eq!(asked(&mut panel), []);
    panel.get_by_label("Why revision 2 of spring-harbour-style-0?").focus();
    panel.run_ok();
    panel.get_by_label("Why revision 2 of spring-harbour-style-0?").type_text("the sail is too dark");
    settle(&mut panel);
    press(&mut panel, "Make the revision");
    decide(&mut panel);
    assert_eq!(panel.state().selection.card, Some(CardRef { revision: 2, ..card }));
}

#[test]
fn a_card_begins_from_a_shipped_card_and_the_records_say_so() {
    let raster = Raster::default();
    let mut panel = harness(TestProject::directed(), [340.0, 1400.0], Theme::Dark, &raster);
    press(&mut panel, "From a template or a shipped card");
    keep(&raster, &panel.ctx, panel.output(), "lock-beginnings");
    press(&mut panel, "Take in a template file…");
    assert_eq!(std::mem::take(&mut panel.state_mut().asks), [PanelAsk::ChooseTemplate]);
    press(&mut panel, "From the shipped card green-cactus-flat-r1");
    press(&mut panel, "Save draft");
    decide(&mut panel);
    let card = panel.state().selection.card.clone().unwrap();
    let known = panel.state().project.state.card(&card).unwrap();
    let parent: CardRef = "green-cactus-flat-r1".parse().unwrap();
    let seed = panel.state().project.libraries.cards[0].card().seed;
    assert_eq!((card.to_string().as_str(), known.card.seed), ("green-cactus-flat-copy-r1", seed));
    assert_eq!(known.begun, Some(CardOrigin::Shipped { card: parent }));
    assert!(panel.query_all_by_label_contains("not on this machine").next().is_some());
}

#[test]
fn what_is_typed_survives_what_others_save() {
    let raster = Raster::default();
    let mut project = TestProject::directed();
    let mut draft = CardDraft::of(&begin(&project.input(), &Beginning::Direction).unwrap());
    draft.add_axis(AxisKind::SeedOffset);
    draft.add_axis(AxisKind::Subject);
    draft.axes[1].lines.push_str("\na blue ferry");
    let card = draft.card().unwrap();
    project.act(&mara(), Command::SaveDraftCard { card: Box::new(card.clone()) });
    let mut panel = harness(project, [340.0, 1400.0], Theme::Light, &raster);
    let node = panel.get_by_label("Context");
    node.focus();
    panel.run_ok();
    panel.get_by_label("Context").type_text("by the (calm:1.2) sea");
    settle(&mut panel);
    let mut theirs = card;
    theirs.set_slot(Slot::Style, "ink");
    panel.state_mut().project.act(&mara(), Command::SaveDraftCard { card: Box::new(theirs) });
    settle(&mut panel);
    assert_eq!(panel.get_by_label("Context").value().as_deref(), Some("by the (calm:1.2) sea"));
    panel.get_by_label_contains("The draft was saved with other values while you typed");
    keep(&raster, &panel.ctx, panel.output(), "lock-typed-light");
    press(&mut panel, "Take the saved one");
    assert_eq!(panel.get_by_label("Style").value().as_deref(), Some("ink"));
}

#[test]
fn nothing_is_wider_than_a_narrow_panel() {
    let raster = Raster::default();
    let mut project = TestProject::directed();
    let card = begin(&project.input(), &Beginning::Direction).unwrap();
    project.act(&mara(), Command::SaveDraftCard { card: Box::new(card) });
    project.actor = jo();
    let panel = harness(project, [300.0, 1000.0], Theme::Dark, &raster);
    keep(&raster, &panel.ctx, panel.output(), "lock-director-narrow");
    fits(&panel);
}

/// Nothing sticks out of a panel of 300 points.
pub(super) fn fits(panel: &Harness<'static, Scene>) {
    // The harness has a margin of 8 points and the panel one of 12.
    let too_wide = panel.root().children_recursive().filter_map(|node| {
        let node = node.accesskit_node();
        let (rect, name) = (node.bounding_box()?, node.label().or(node.value())?);
        (rect.x1 > 280.5).then(|| format!("{name} at {rect:?}"))
    });
    assert_eq!(too_wide.collect::<Vec<_>>(), Vec::<String>::new());
}
