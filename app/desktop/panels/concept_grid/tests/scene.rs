//! The panel in a window of its own, with pictures of it (`KENTO_GALLERY=folder`) and what its controls do.

use eframe::egui::{CentralPanel, Frame, Key, Modifiers, Ui, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use kento_studio::JobId;
use kento_studio::workflow::{Command, RejectReason, ReviewList, Role, TileStatus};

use super::world::{World, jo, mara, ravi, sha};
use crate::desk::{PanelAsk, Running, Selection};
use crate::frame::PanelKind;
use crate::panels::concept_grid::ConceptGridPanel;
use crate::raster::Raster;
use crate::theme::{self, ActingRole, ThemeChoice};
use crate::widgets::thumbnails::Thumbnails;

/// The panel, the project that it shows, and what it asked for. What it decides is done.
pub(super) struct Scene {
    pub(super) panel: ConceptGridPanel,
    pub(super) world: World,
    pub(super) selection: Selection,
    thumbnails: Option<Thumbnails>,
    asks: Vec<PanelAsk>,
    choice: ThemeChoice,
}

impl Scene {
    /// As the frame asks it.
    pub(super) fn panel_claims_all(&mut self) -> bool {
        self.panel.claims_all(&self.world.input())
    }

    /// As the key of the window does it.
    pub(super) fn toggle_cull(&mut self) -> crate::widgets::Allowed {
        self.panel.toggle_cull(&self.world.input())
    }
}

impl eframe::App for Scene {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let context = ui.ctx().clone();
        theme::set_theme(&context, self.choice);
        theme::set_role(&context, ActingRole::ALL[self.world.actor.role as usize]);
        ui.reset_style();
        let thumbnails = self.thumbnails.get_or_insert_with(|| Thumbnails::new(&context, 64).unwrap());
        thumbnails.listen(&context);
        let mut asks = Vec::new();
        let fill = theme::palette(ui.style()).panel;
        CentralPanel::default().frame(Frame::new().fill(fill)).show(ui, |ui| {
            let input = self.world.input();
            ui.horizontal(|ui| {
                self.panel.actions(ui, &input);
                ui.label(self.panel.context(&input));
            });
            self.panel.show(ui, &input, &mut self.selection, thumbnails, &mut asks);
        });
        for ask in asks {
            if let PanelAsk::Decide(command) = &ask {
                let actor = self.world.actor.clone();
                self.world.act(&actor, command.as_ref().clone());
            }
            self.asks.push(ask);
        }
    }
}

pub(super) fn scene(world: World, size: [f32; 2], choice: ThemeChoice, raster: &Raster) -> Harness<'static, Scene> {
    let builder = Harness::builder().with_size(Vec2::from(size)).with_max_steps(60).renderer(raster.clone());
    let mut harness = builder.build_eframe(|creation| {
        theme::apply(&creation.egui_ctx);
        let (panel, selection) = (ConceptGridPanel::default(), Selection::default());
        Scene { panel, world, selection, thumbnails: None, asks: Vec::new(), choice }
    });
    settle(&mut harness);
    harness
}

/// Draws until every thumbnail is there.
pub(super) fn settle(harness: &mut Harness<'static, Scene>) {
    for _ in 0..200 {
        harness.run_ok();
        if !harness.state().thumbnails.as_ref().is_some_and(Thumbnails::is_busy) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    harness.run_ok();
}

pub(super) fn keep(harness: &Harness<'static, Scene>, raster: &Raster, name: &str) {
    let image = raster.image(&harness.ctx, harness.output());
    let first = *image.get_pixel(0, 0);
    assert!(image.pixels().any(|pixel| *pixel != first), "{name} is empty");
    if let Ok(folder) = std::env::var("KENTO_GALLERY") {
        std::fs::create_dir_all(&folder).unwrap();
        image.save(std::path::Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}

pub(super) fn small(world: World) -> Harness<'static, Scene> {
    scene(world, [420.0, 800.0], ThemeChoice::Dark, &Raster::default())
}

pub(super) fn press(harness: &mut Harness<'static, Scene>, label: &str) {
    harness.get_by_label(label).click();
    settle(harness);
}

/// Culls beside the other panels.
pub(super) fn cull_beside(harness: &mut Harness<'static, Scene>) {
    press(harness, "Cull");
    press(harness, "Cull beside the other panels");
}

pub(super) fn key(harness: &mut Harness<'static, Scene>, key: Key) {
    harness.key_press(key);
    settle(harness);
}

pub(super) fn decided(harness: &Harness<'static, Scene>) -> Vec<Command> {
    let decided = |ask: &PanelAsk| match ask {
        PanelAsk::Decide(command) => Some(command.as_ref().clone()),
        _ => None,
    };
    harness.state().asks.iter().filter_map(decided).collect()
}

pub(super) fn image(harness: &Harness<'static, Scene>, job: u64) -> kento_studio::Sha256 {
    harness.state().world.state.images_of_jobs(&[JobId(job)]).next().unwrap()
}

#[test]
fn gallery_of_the_concept_grid() {
    let mut running = World::sprinting();
    running.draws = true;
    for job in 1..10 {
        running.render(JobId(job));
    }
    running.fail(10, "the device ran out of memory at step 3: close other programs or choose a smaller size");
    let preview = Some((sha(1 << 40), std::sync::Arc::new([90, 120, 150].repeat(16 * 16)), [16, 16]));
    running.running.insert(JobId(11), Running { fraction: 0.4, detail: "step 8 of 20".to_owned(), preview });
    let mut ranked = World::drawn_sprint();
    let best: Vec<_> = [3, 8, 15, 20].map(JobId).into_iter().collect();
    let candidates = ranked.state.images_of_jobs(&best).collect();
    ranked.act(&mara(), Command::ProposeMoodboard { candidates });
    ranked.actor = jo();
    let mut approved = World::drawn_run();
    approved.actor = mara();
    let mut culled = World::drawn_run();
    let images: Vec<_> = culled.state.images_of_jobs(&culled.state.runs()[0].jobs).collect();
    for (place, image) in images.iter().enumerate().take(12) {
        let reject = Command::Reject { image: *image, reason: RejectReason::Artefact, note: String::new() };
        culled.act(&mara(), if place % 3 == 0 { Command::Keep { image: *image } } else { reject });
    }
    let mut gate = World::drawn_run();
    let images: Vec<_> = gate.state.images_of_jobs(&gate.state.runs()[0].jobs).collect();
    for image in &images[..5] {
        gate.act(&mara(), Command::Keep { image: *image });
        gate.act(&mara(), Command::SubmitForReview { image: *image, list: ReviewList::Full });
    }
    gate.actor = ravi();
    for (name, world, size) in [
        ("grid-plan-300", World::briefed(), [300.0, 760.0]),
        ("grid-plan", World::briefed(), [480.0, 900.0]),
        ("grid-running", running, [480.0, 900.0]),
        ("grid-ranked", ranked, [640.0, 800.0]),
        ("grid-run", culled, [480.0, 800.0]),
        ("grid-gate", gate, [900.0, 110.0]),
    ] {
        let raster = Raster::default();
        let choice = if name == "grid-plan" || name == "grid-ranked" { ThemeChoice::Light } else { ThemeChoice::Dark };
        let harness = scene(world, size, choice, &raster);
        keep(&harness, &raster, name);
    }
    let raster = Raster::default();
    let mut harness = scene(approved, [300.0, 760.0], ThemeChoice::Dark, &raster);
    cull_beside(&mut harness);
    key(&mut harness, Key::X);
    keep(&harness, &raster, "grid-cull-300");
    key(&mut harness, Key::Escape);
    press(&mut harness, "Table");
    keep(&harness, &raster, "grid-table-300");
    press(&mut harness, "The concept sprint and the moodboard");
    keep(&harness, &raster, "grid-approved-300");
}

#[test]
fn a_sprint_is_planned_and_started() {
    let mut harness = small(World::briefed());
    assert!(!harness.state().panel.has_unsaved_plan(), "nobody has touched it");
    press(&mut harness, "Blueprint");
    assert!(harness.state().panel.has_unsaved_plan(), "closing the window would lose it");
    press(&mut harness, "Risograph");
    press(&mut harness, "Remove variation 6");
    press(&mut harness, "Start the sprint");
    let Some(Command::StartConceptSprint { plan }) = decided(&harness).pop() else { panic!("no sprint") };
    let styles: Vec<&str> = plan.styles.iter().map(|style| style.name.as_str()).collect();
    assert_eq!((styles, plan.count()), (vec!["flat-vector", "watercolour", "woodcut", "blueprint"], 20));
    assert!(harness.query_by_label("Start the sprint").is_none());
    assert!(harness.query_by_label("Plan another").is_some());
    assert!(!harness.state().panel.has_unsaved_plan(), "it is on record");
}

#[test]
fn tiles_are_opened_compared_and_proposed_by_keys() {
    let mut harness = small(World::sprinted());
    let tiles = ["Flat vector: a red sun, over blue mountains", "Flat vector: a yellow moon, over rolling hills"];
    press(&mut harness, tiles[0]);
    assert_eq!(harness.state().selection.image, Some(image(&harness, 1)));
    key(&mut harness, Key::ArrowRight);
    assert_eq!(harness.state().selection.image, Some(image(&harness, 2)));
    key(&mut harness, Key::Enter);
    assert_eq!(harness.state().asks.last(), Some(&PanelAsk::Reveal(PanelKind::Canvas)));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    settle(&mut harness);
    key(&mut harness, Key::C);
    assert_eq!(harness.state().selection.compared, Some(image(&harness, 2)));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    settle(&mut harness);
    press(&mut harness, "Propose 3");
    let candidates = [2, 3, 4].map(|job| image(&harness, job)).to_vec();
    assert_eq!(decided(&harness), [Command::ProposeMoodboard { candidates }]);
}

#[test]
fn a_director_ranks_by_keys_and_approves_with_a_reason() {
    let mut world = World::sprinted();
    world.actor = jo();
    let mut harness = small(world);
    press(&mut harness, "Flat vector: a red sun, over blue mountains");
    for (place, rank) in [Key::Num1, Key::Num2, Key::Num1].into_iter().enumerate() {
        if place > 0 {
            key(&mut harness, Key::ArrowRight);
        }
        key(&mut harness, rank);
    }
    assert!(harness.state().panel.has_unsaved(), "the order would be lost");
    press(&mut harness, "Rank these 3");
    let candidates = [3, 1, 2].map(|job| image(&harness, job)).to_vec();
    assert_eq!(decided(&harness), [Command::RankMoodboard { candidates }]);
    assert!(!harness.state().panel.has_unsaved(), "it is saved");
    harness.get_by_label("Why this direction").focus();
    harness.run_ok();
    harness.get_by_label("Why this direction").type_text("the calmest");
    settle(&mut harness);
    press(&mut harness, "Approve direction 1");
    let approve = Command::ApproveDirection { image: image(&harness, 3), reason: "the calmest".to_owned() };
    assert_eq!(decided(&harness).last(), Some(&approve));
    assert!(harness.query_by_label("Withdraw the direction…").is_some());
}

#[test]
fn a_run_is_culled_with_one_key_each() {
    let mut harness = small(World::ran());
    let first = harness.state().world.state.runs()[0].jobs[0].0;
    cull_beside(&mut harness);
    assert_eq!(harness.state().asks, [PanelAsk::Reveal(PanelKind::Canvas)]);
    assert_eq!(harness.state().selection.image, Some(image(&harness, first)));
    key(&mut harness, Key::K);
    key(&mut harness, Key::X);
    key(&mut harness, Key::Num2);
    key(&mut harness, Key::X);
    key(&mut harness, Key::O);
    harness.get_by_label("Note on the rejection").type_text("two masts");
    settle(&mut harness);
    key(&mut harness, Key::Enter);
    let images = [0, 1, 2, 3].map(|row| image(&harness, first + row));
    assert_eq!(harness.state().selection.image, Some(images[3]));
    key(&mut harness, Key::U);
    let reject = |image, reason, note: &str| Command::Reject { image, reason, note: note.to_owned() };
    assert_eq!(
        decided(&harness),
        [
            Command::Keep { image: images[0] },
            reject(images[1], RejectReason::Artefact, ""),
            reject(images[2], RejectReason::Other, "two masts"),
            Command::WithdrawCull { image: images[2] },
        ]
    );
    assert_eq!(harness.state().selection.image, Some(images[2]));
    let state = &harness.state().world.state;
    assert_eq!([0, 2].map(|row| state.tile(JobId(first + row))), [TileStatus::Kept, TileStatus::Done]);
}

#[test]
fn a_failed_tile_is_tried_again() {
    let mut world = World::sprinting();
    world.fail(1, "out of memory");
    let mut harness = small(world);
    press(&mut harness, "Try it again");
    assert_eq!(decided(&harness), [Command::RequeueJobs { jobs: vec![JobId(1)] }]);
    assert!(harness.query_by_label("Try it again").is_none());
}

#[test]
fn a_click_on_a_failed_tile_only_selects_it() {
    let mut world = World::sprinting();
    world.fail(2, "out of memory");
    let mut harness = small(world);
    let name = "Flat vector: a yellow moon, over rolling hills";
    press(&mut harness, &format!("{name}, failed: out of memory"));
    assert_eq!(decided(&harness), []);
    press(&mut harness, &format!("Try again: {name}"));
    assert_eq!(decided(&harness), [Command::RequeueJobs { jobs: vec![JobId(2)] }]);
}

#[test]
fn a_reject_that_is_refused_is_not_sent_and_its_note_stays() {
    let mut world = World::ran();
    world.actor = jo();
    let mut harness = small(world);
    press(&mut harness, "1: as the card");
    key(&mut harness, Key::X);
    key(&mut harness, Key::Num2);
    assert_eq!(decided(&harness), []);
    assert!(harness.query_by_label("Note on the rejection").is_some());
    assert!(harness.query_by_label_contains("Reject: anatomy, not possible: ").is_some());
}

#[test]
fn undo_of_a_second_decision_brings_the_first_one_back() {
    let mut harness = small(World::ran());
    let first = harness.state().world.state.runs()[0].jobs[0].0;
    cull_beside(&mut harness);
    for one in [Key::K, Key::ArrowLeft, Key::X, Key::Num1, Key::U] {
        key(&mut harness, one);
    }
    let image = image(&harness, first);
    let reject = Command::Reject { image, reason: RejectReason::ALL[0], note: String::new() };
    assert_eq!(decided(&harness), [Command::Keep { image }, reject, Command::Keep { image }]);
    assert_eq!(harness.state().world.state.tile(JobId(first)), TileStatus::Kept);
}

#[test]
fn culling_leaves_the_keyboard_to_whoever_has_it_and_ends_with_the_role() {
    let mut harness = small(World::ran());
    cull_beside(&mut harness);
    harness.get_by_label("Table").focus();
    settle(&mut harness);
    key(&mut harness, Key::K);
    key(&mut harness, Key::X);
    assert_eq!(decided(&harness), []);
    assert!(harness.query_by_label("Note on the rejection").is_none());
    key(&mut harness, Key::Escape);
    assert!(harness.query_by_label("End the cull").is_some(), "Esc only left the button");
    harness.state_mut().world.actor = jo();
    settle(&mut harness);
    harness.state_mut().world.actor = mara();
    settle(&mut harness);
    assert!(harness.query_by_label("Cull").is_some());
}

#[test]
fn the_keyboard_can_leave_the_note_that_other_needs() {
    let mut harness = small(World::ran());
    cull_beside(&mut harness);
    key(&mut harness, Key::X);
    key(&mut harness, Key::O);
    assert!(harness.get_by_label("Note on the rejection").is_focused());
    key(&mut harness, Key::Tab);
    assert!(!harness.get_by_label("Note on the rejection").is_focused());
    assert!(harness.get_by_label("Leave it").is_focused());
}

#[test]
fn who_cannot_plan_a_sprint_is_offered_the_hat_that_can() {
    let mut briefed = World::briefed();
    briefed.actor = jo();
    let mut harness = small(briefed);
    press(&mut harness, "Act as Operator to plan the sprint");
    assert_eq!(decided(&harness), [Command::SwitchRole { to: Role::Operator }]);
}
