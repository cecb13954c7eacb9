//! Canvas and checklist side by side, worked by their labels, with real pictures in a real project folder.

#[path = "tests/files.rs"]
mod files;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Ui, UiBuilder, Vec2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use kento_studio::library::Checklist;
use kento_studio::project::{DiskFs, Owner, Project};
use kento_studio::workflow::{
    Actor, Command, Judgement, Outcome, Permission, Record, ReviewList, Role, State, decide, would,
};
use kento_studio::{JobId, Sha256};

use super::sample::{Sample, actor, fail, mara, pass, ravi, sha};
use super::{ChecklistPanel, ListKind, judge_command};
use crate::desk::{Libraries, PanelAsk, PanelInput, Running, Selection};
use crate::panels::canvas::CanvasPanel;
use crate::raster::Raster;
use crate::theme::{self, ActingRole, ThemeChoice};
use crate::widgets::thumbnails::Thumbnails;

const SIDE: u32 = 96;

/// A red boat on the left of the sea, so that a mirror image is another one.
fn boat(hull: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(SIDE, SIDE, |x, y| match (x, y) {
        (10..=45, 58..=68) => image::Rgb(hull),
        (26..=28, 20..=57) => image::Rgb([80, 60, 50]),
        (_, 60..) => image::Rgb([49, 113, 175]),
        _ => image::Rgb([206, 225, 238]),
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

struct World {
    sample: Sample,
    actor: Actor,
    project: Project<Record>,
    libraries: Libraries,
    selection: Selection,
    running: BTreeMap<JobId, Running>,
    canvas: CanvasPanel,
    checklist: ChecklistPanel,
    thumbnails: Option<Thumbnails>,
    refusals: Vec<String>,
    /// What was asked for and is no decision.
    others: Vec<PanelAsk>,
    width: f32,
    contexts: [String; 2],
    _folder: tempfile::TempDir,
}

impl World {
    /// A project with two real pictures, as images 1 and 2.
    fn new(by: Actor, sample: impl FnOnce(BTreeMap<u32, Sha256>) -> Sample) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let owner = Owner::this_process("Mara", now);
        let path = folder.path().join("harbour.kento");
        let project = Project::<Record>::create(Arc::new(DiskFs), &path, "Harbour Days", now, owner).unwrap();
        let hulls = [(1, [213, 50, 47]), (2, [233, 134, 46])];
        let pictures = hulls.map(|(n, hull)| (n, project.put_image(&boat(hull)).unwrap().sha256));
        let sample = sample(pictures.into());
        let selection = Selection { image: Some(sample.picture(1)), ..Selection::default() };
        Self {
            sample,
            actor: by,
            project,
            libraries: Libraries::shipped().unwrap(),
            selection,
            running: BTreeMap::new(),
            canvas: CanvasPanel::default(),
            checklist: ChecklistPanel::default(),
            thumbnails: None,
            refusals: Vec::new(),
            others: Vec::new(),
            width: 320.0,
            contexts: Default::default(),
            _folder: folder,
        }
    }

    fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let thumbnails = self.thumbnails.get_or_insert_with(|| Thumbnails::new(&ctx, 16).unwrap());
        thumbnails.listen(&ctx);
        let input = PanelInput {
            state: &self.sample.state,
            actor: &self.actor,
            now: self.sample.now,
            images: self.project.images(),
            models: &[],
            fingerprint: None,
            running: &self.running,
            libraries: &self.libraries,
            interrupted: crate::desk::NOTHING_INTERRUPTED,
            offered: None,
            read_only: None,
        };
        let (left, right) = ui.max_rect().split_left_right_at_x(ui.max_rect().right() - self.width);
        let mut asks = Vec::new();
        ui.painter().rect_filled(right, 0.0, theme::palette(ui.style()).panel);
        ui.scope_builder(UiBuilder::new().max_rect(left).id_salt("canvas"), |ui| {
            ui.set_clip_rect(left);
            ui.horizontal(|ui| self.canvas.actions(ui, &input, &self.selection));
            self.canvas.show(ui, &input, &mut self.selection, thumbnails, &mut asks);
        });
        ui.scope_builder(UiBuilder::new().max_rect(right).id_salt("checklist"), |ui| {
            ui.set_clip_rect(right);
            self.checklist.show(ui, &input, &mut self.selection, &mut self.canvas, &mut asks);
        });
        let of_checklist = self.checklist.context(&input, &self.selection);
        self.contexts = [self.canvas.context(&input, &self.selection), of_checklist];
        for ask in asks {
            let PanelAsk::Decide(command) = ask else {
                self.others.push(ask);
                continue;
            };
            match would(&self.sample.state, &command, &self.actor, self.sample.now) {
                Permission::Yes => self.sample.ok(&self.actor.clone(), *command),
                Permission::No { reason } => self.refusals.push(reason),
            }
        }
    }
}

struct App(World, ThemeChoice);

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        theme::set_theme(ui.ctx(), self.1);
        self.0.draw(ui);
    }
}

struct Desk {
    harness: Harness<'static, App>,
    raster: Raster,
}

impl Desk {
    fn new(world: World, size: [f32; 2], choice: ThemeChoice) -> Self {
        let raster = Raster::default();
        let builder = Harness::builder().with_size(Vec2::from(size)).with_step_dt(0.1).renderer(raster.clone());
        let harness = builder.build_eframe(|creation| {
            theme::apply(&creation.egui_ctx);
            let role = match world.actor.role {
                Role::Director => ActingRole::Director,
                Role::Operator => ActingRole::Operator,
                Role::Reviewer => ActingRole::Reviewer,
            };
            theme::set_role(&creation.egui_ctx, role);
            App(world, choice)
        });
        let mut desk = Self { harness, raster };
        desk.steps(20);
        desk
    }

    fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&World) -> bool) {
        for _ in 0..600 {
            if is_so(&self.harness.state().0) {
                return;
            }
            self.steps(1);
        }
        panic!("never: {what}; refusals: {:?}", self.world().refusals);
    }

    fn world(&mut self) -> &mut World {
        &mut self.harness.state_mut().0
    }

    fn state(&self) -> &State {
        &self.harness.state().0.sample.state
    }

    fn image(&self) -> Sha256 {
        self.harness.state().0.sample.picture(1)
    }

    #[track_caller]
    fn press(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.steps(4);
    }

    #[track_caller]
    fn says(&self, text: &str) {
        assert!(self.harness.query_all_by_label_contains(text).next().is_some(), "nobody says: {text}");
    }

    fn write(&mut self, label: &str, text: &str) {
        self.harness.get_by_label(label).focus();
        self.steps(1);
        self.harness.get_by_label(label).type_text(text);
        self.steps(2);
    }

    fn click_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.steps(1);
        for pressed in [true, false] {
            let button = PointerButton::Primary;
            self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
            self.steps(1);
        }
        self.steps(2);
    }

    /// Writes a picture where `KENTO_GALLERY` says.
    fn keep(&self, name: &str) {
        let picture = self.raster.image(&self.harness.ctx, self.harness.output());
        let first = *picture.get_pixel(0, 0);
        assert!(picture.pixels().any(|pixel| *pixel != first), "{name} is empty");
        if let Ok(folder) = std::env::var("KENTO_GALLERY") {
            std::fs::create_dir_all(&folder).unwrap();
            picture.save(std::path::Path::new(&folder).join(format!("{name}.png"))).unwrap();
        }
    }
}

/// Image 1 is at the gate, and another person reviews.
fn at_gate() -> World {
    World::new(ravi(), |pictures| {
        let mut sample = Sample::sprinted_with(pictures);
        sample.keep_and_submit(sample.picture(1));
        sample
    })
}

#[test]
fn one_person_clears_and_releases_after_a_fresh_eyes_pass() {
    let world = World::new(actor("Mara", Role::Reviewer), |pictures| Sample::solo_at_gate_with(2, pictures));
    let mut desk = Desk::new(world, [900.0, 800.0], ThemeChoice::Dark);
    desk.says("or a fresh-eyes pass in 20 min, may clear it.");
    desk.world().sample.later(20);
    desk.steps(2);
    desk.keep("checklist-fresh-eyes-begin");
    desk.press("Begin with 2 images");
    let image = desk.image();
    desk.until("a pass", |world| world.sample.state.fresh_eyes().is_some());
    if desk.state().fresh_eyes().unwrap().order[0] != image {
        desk.press("Look at the next image");
        desk.until("the other image is seen", |world| world.sample.state.fresh_eyes().unwrap().seen.len() == 1);
    }
    let is_seen = |world: &World| world.sample.state.fresh_eyes().unwrap().is_seen(&world.sample.picture(1));
    for _ in 0..60 {
        desk.steps(5);
        if desk.harness.query_by_label("Look at the next image").is_some() && !is_seen(desk.world()) {
            desk.press("Look at the next image");
        }
    }
    desk.until("the canvas has shown it both ways", is_seen);
    desk.world().selection.image = Some(image);
    desk.steps(4);
    desk.keep("checklist-fresh-eyes-over");
    desk.write("Alt text", "A red boat by the sea");
    desk.press("Save alt text");
    desk.press("Pass: hands is right");
    desk.press("Not applicable: edges is right");
    desk.press("Pass: licence is right");
    desk.write("Note on licence is right", "MIT, attached to the model");
    desk.press("Save: licence is right");
    desk.says("With fresh eyes, you may clear it now");
    desk.write("Alt text", ", calm");
    assert!(desk.harness.query_by_label_contains("Clear for release, not possible: the alt text is").is_some());
    desk.press("Save alt text");
    desk.press("Clear for release");
    desk.until("cleared", |world| world.sample.state.is_cleared(&world.sample.picture(1)));
    desk.says("Self-approval");
    desk.press("Release…");
    desk.keep("checklist-release");
    desk.press("Release");
    desk.until("released", |world| world.sample.state.image(&world.sample.picture(1)).unwrap().released.is_some());
    desk.says("Released by Mara as");
}

#[test]
fn a_fail_has_its_note_and_its_place_on_the_image() {
    let mut desk = Desk::new(at_gate(), [900.0, 800.0], ThemeChoice::Dark);
    let image = desk.image();
    desk.press("Fail: edges is right");
    assert!(desk.harness.query_by_label_contains("Save: edges is right, not possible: a fail needs a note").is_some());
    desk.write("Note on edges is right", "halo left of the sail");
    desk.press("Place a pin on the image: edges is right");
    desk.keep("checklist-place-pin");
    desk.click_at(pos2(290.0, 370.0));
    desk.steps(2);
    desk.press("Save: edges is right");
    let verdict = desk.state().image(&image).unwrap().review().unwrap().verdict("edges").unwrap().verdict.clone();
    assert_eq!(
        (verdict.judgement, verdict.note.as_str(), verdict.pins.len()),
        (Judgement::Fail, "halo left of the sail", 1)
    );
    assert!((0.3..0.7).contains(&verdict.pins[0].x) && (0.3..0.7).contains(&verdict.pins[0].y), "{:?}", verdict.pins);
    desk.steps(2);
    desk.says("Show pin 1 of edges is right");
    assert!(desk.harness.query_by_label("Pin 1").is_some());
    desk.keep("checklist-fail");
    desk.says("1 item fails, and 2 of 3 are open");
    desk.press("Send back…");
    assert!(!desk.world().checklist.has_unsaved(), "nothing is typed");
    desk.write("What to do with it", "mend the halo");
    assert!(desk.world().checklist.has_unsaved(), "it would be lost");
    desk.press("Send back");
    desk.steps(2);
    assert!(!desk.world().checklist.has_unsaved(), "it is recorded");
    let outcome = desk.state().image(&image).unwrap().review().unwrap().outcome.clone();
    let note = "mend the halo".to_owned();
    assert_eq!(outcome, Some(Outcome::SentBack { failed: vec!["edges".to_owned()], note }));
    desk.says("Sent back because of \"edges is right\": mend the halo.");
}

#[test]
fn the_operator_culls_checks_and_submits() {
    let mut desk = Desk::new(World::new(mara(), Sample::sprinted_with), [900.0, 800.0], ThemeChoice::Light);
    let image = desk.image();
    desk.press("Reject this image…");
    assert!(desk.harness.query_by_label_contains("other, not possible: the reason \"other\" needs a note").is_some());
    desk.keep("checklist-reject");
    assert!(!desk.world().checklist.has_unsaved());
    desk.write("Note on the reject", "too green");
    assert!(desk.world().checklist.has_unsaved(), "the note would be lost");
    desk.press("colour");
    desk.steps(2);
    assert!(!desk.world().checklist.has_unsaved());
    assert!(desk.state().image(&image).unwrap().is_rejected());
    desk.press("Keep this image");
    assert!(desk.state().image(&image).unwrap().is_kept());
    let short = "Short review list, not possible: the short list needs internal stakes";
    assert!(desk.harness.query_by_label_contains(short).is_some());
    desk.keep("checklist-submit");
    desk.press("Submit for review");
    assert_eq!(desk.state().image(&image).unwrap().open_review().unwrap().list, ReviewList::Full);
    desk.says("You made this image. Only another person may clear it.");
    assert!(desk.harness.query_by_label_contains("Clear for release, not possible: ").is_some());
    desk.keep("checklist-made-it");
}

#[test]
fn nothing_stands_outside_a_narrow_panel() {
    let mut desk = Desk::new(World { width: 300.0, ..at_gate() }, [620.0, 640.0], ThemeChoice::Dark);
    desk.press("Fail: edges is right");
    desk.steps(2);
    let panel = Rect::from_min_max(pos2(320.0, 0.0), pos2(620.0, 640.0)).expand(1.0);
    let of = |what: &str| format!("{what}: edges is right");
    let (pin, discard) = (of("Place a pin on the image"), of("Discard what is written here"));
    for label in ["Note on edges is right", &pin, &discard, "Alt text"] {
        let rect = desk.harness.get_by_label(label).rect();
        assert!(panel.left() <= rect.left() && rect.right() <= panel.right(), "{label} at {rect:?}");
    }
    desk.keep("checklist-narrow");
}

#[test]
fn nothing_selected_says_what_to_do() {
    let world = World::new(mara(), Sample::sprinted_with);
    let selection = Selection::default();
    let desk = Desk::new(World { selection, ..world }, [900.0, 600.0], ThemeChoice::Dark);
    desk.says("No image is selected");
    desk.says("Nothing to judge");
    desk.keep("canvas-empty");
}

#[test]
fn a_pin_may_come_before_its_item() {
    let mut desk = Desk::new(at_gate(), [900.0, 800.0], ThemeChoice::Dark);
    desk.press("Set a pin");
    desk.click_at(pos2(290.0, 370.0));
    desk.says("The pin is set: press the cross of the item that it shows.");
    assert!(desk.harness.query_by_label("Pin 1").is_some());
    desk.press("Fail: hands is right");
    desk.steps(2);
    desk.says("Show pin 1 of hands is right");
    desk.press("Discard what is written here: hands is right");
    desk.steps(2);
    assert!(desk.harness.query_by_label("Pin 1").is_none());
}

#[test]
fn a_pin_is_placed_by_keyboard_alone() {
    let mut desk = Desk::new(at_gate(), [900.0, 800.0], ThemeChoice::Dark);
    desk.press("Fail: edges is right");
    desk.press("Place a pin on the image: edges is right");
    for key in [Key::ArrowRight, Key::ArrowDown, Key::Enter] {
        desk.harness.key_press(key);
        desk.steps(2);
    }
    desk.says("Show pin 1 of edges is right");
    desk.write("Note on edges is right", "a halo");
    desk.press("Save: edges is right");
    let image = desk.image();
    let verdict = desk.state().image(&image).unwrap().review().unwrap().verdict("edges").unwrap().verdict.clone();
    assert!(verdict.pins.len() == 1 && verdict.pins[0].x > 0.5 && verdict.pins[0].y > 0.5, "{:?}", verdict.pins);
}

#[test]
fn the_preview_of_a_running_job_is_shown_while_nothing_is_selected() {
    let world = World::new(mara(), Sample::sprinted_with);
    let preview = Some((Sha256([0xFF; 32]), Arc::new([[49, 113, 175]; 64].concat()), [8, 8]));
    let running = Running { fraction: 0.4, detail: "step 8 of 20".to_owned(), preview };
    let world = World { selection: Selection::default(), running: [(JobId(16), running)].into(), ..world };
    let desk = Desk::new(world, [900.0, 600.0], ThemeChoice::Dark);
    desk.says("Live preview, step 8 of 20");
    desk.keep("canvas-live");
}

#[test]
fn two_pictures_are_compared_and_mirrored() {
    let mut world = World::new(mara(), Sample::sprinted_with);
    world.selection.compared = Some(world.sample.picture(2));
    let mut desk = Desk::new(world, [900.0, 600.0], ThemeChoice::Dark);
    desk.press("Side by side");
    desk.steps(6);
    desk.keep("canvas-side-by-side");
    let name = desk.image().auto_v2();
    let [canvas, checklist] = desk.world().contexts.clone();
    assert!(canvas.starts_with(&format!("{name} · 256×256 · ")) && canvas.ends_with(" %"), "{canvas}");
    assert_eq!(checklist, "review, full · stakes: client · 0 of 3");
    desk.press("Before and after, in turn");
    desk.press("Mirror: a crooked face or horizon shows at once");
    desk.steps(10);
    assert!(desk.world().contexts[0].ends_with(" % · mirrored"), "{}", desk.world().contexts[0]);
    desk.keep("canvas-mirrored");
    desk.world().selection.compared = None;
    desk.steps(4);
    let why = "Before and after, in turn, not possible: the image has no parent";
    assert!(desk.harness.query_by_label_contains(why).is_some());
}

#[test]
fn the_shipped_lists_fit_a_narrow_panel() {
    let world = World::new(ravi(), |pictures| {
        let mut sample = Sample::sprinted_with(pictures);
        let image = sample.picture(1);
        for checklist in crate::shipped::checklists().unwrap() {
            if checklist.name != "artefact-gate" {
                sample.ok(&ravi(), Command::AdoptChecklist { checklist: Checklist { version: 2, ..checklist } });
            }
        }
        sample.keep_and_submit(image);
        sample.ok(&ravi(), judge_command(ListKind::Review, image, "hands", pass("")));
        sample.ok(
            &ravi(),
            judge_command(ListKind::Review, image, "faces", fail("the left eye is higher than the right one")),
        );
        sample
    });
    let mut desk = Desk::new(World { width: 300.0, ..world }, [800.0, 800.0], ThemeChoice::Dark);
    assert_eq!(desk.world().contexts[1], "review, full · stakes: client · 2 of 26");
    desk.says("1 item fails, and 24 of 26 are open");
    desk.keep("checklist-shipped");
}
