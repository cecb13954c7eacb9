//! The canvas alone, worked by its labels and keys, with real pictures in a real project folder.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Event, Key, PointerButton, Pos2, Rect, Ui, UiBuilder, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::{Rgb, RgbImage};
use kento_finishing::PixelRect;
use kento_studio::project::{DiskFs, Owner, Project};
use kento_studio::workflow::{Command, Edit, EditKind, EditedImage, Record};
use kento_studio::{CropBox, JobId, Sha256, Task};

use super::CanvasPanel;
use super::repair::{Masked, RepairForm};
use crate::desk::{Libraries, PanelAsk, PanelInput, Running, Selection};
use crate::panels::checklist::{Sample, mara, sha};
use crate::raster::Raster;
use crate::theme::{self, ActingRole};
use crate::widgets::thumbnails::Thumbnails;

const SIDE: u32 = 256;

struct World {
    sample: Sample,
    project: Project<Record>,
    libraries: Libraries,
    selection: Selection,
    running: BTreeMap<JobId, Running>,
    canvas: CanvasPanel,
    thumbnails: Option<Thumbnails>,
    context: String,
    asks: Vec<PanelAsk>,
    _folder: tempfile::TempDir,
}

fn png(colour: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| Rgb(colour(x, y)));
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

impl World {
    /// A repair of the selected image with two candidates: the job of the first.
    fn repaired(&mut self, crop: CropBox) -> JobId {
        let image = self.selection.image.unwrap();
        let known = self.sample.state.image(&image).unwrap().clone();
        let form = RepairForm { count: 2, ..RepairForm::of(&self.sample.state, &known, 7).unwrap() };
        let masked = Masked::Within(PixelRect::new(180, 180, 20, 20), 0.006);
        let plan = form.plan(&self.sample.state, &known, masked).unwrap();
        let job = self.sample.state.next_job();
        let mut command = form.command(&plan, &known, sha(900));
        if let Command::StartRepair { task: Task::Inpaint { region: Some(region), .. }, .. } = &mut command {
            region.crop = crop;
        }
        self.sample.ok(&mara(), command);
        job
    }

    /// Image 1 is grey and kept; an edit of it is brighter in its left half.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let owner = Owner::this_process("Mara", now);
        let path = folder.path().join("harbour.kento");
        let project = Project::<Record>::create(Arc::new(DiskFs), &path, "Harbour Days", now, owner).unwrap();
        let first = project.put_image(&png(|_, _| [100; 3])).unwrap().sha256;
        let edited = png(|x, _| if x < SIDE / 2 { [100, 120, 100] } else { [100; 3] });
        let edited = project.put_image(&edited).unwrap().sha256;
        let mut sample = Sample::sprinted_with([(1, first)].into());
        sample.ok(&mara(), Command::Keep { image: first });
        let result = EditedImage { sha256: edited, pixels_sha256: sha(51), width: SIDE, height: SIDE };
        let edit = Edit { kind: EditKind::ColourCorrection, note: "greener".to_owned(), inputs: Vec::new() };
        sample.ok(&mara(), Command::RecordEdit { parent: first, result, edit });
        Self {
            sample,
            project,
            libraries: Libraries::shipped().unwrap(),
            selection: Selection { image: Some(edited), ..Selection::default() },
            running: BTreeMap::new(),
            canvas: CanvasPanel::default(),
            thumbnails: None,
            context: String::new(),
            asks: Vec::new(),
            _folder: folder,
        }
    }

    fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let thumbnails = self.thumbnails.get_or_insert_with(|| Thumbnails::new(&ctx, 16).unwrap());
        thumbnails.listen(&ctx);
        let actor = mara();
        let input = PanelInput {
            state: &self.sample.state,
            actor: &actor,
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
        let area = ui.max_rect();
        let header = Rect::from_min_size(area.min, Vec2::new(area.width(), theme::HEADER_HEIGHT));
        ui.scope_builder(UiBuilder::new().max_rect(header).id_salt("header"), |ui| {
            ui.horizontal(|ui| self.canvas.actions(ui, &input, &self.selection));
        });
        let below = Rect::from_min_max(header.left_bottom(), area.max);
        ui.scope_builder(UiBuilder::new().max_rect(below).id_salt("canvas"), |ui| {
            ui.set_clip_rect(below);
            self.canvas.show(ui, &input, &mut self.selection, thumbnails, &mut self.asks);
        });
        self.context = self.canvas.context(&input, &self.selection);
    }
}

struct App(World);

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.0.draw(ui);
    }
}

struct Desk {
    harness: Harness<'static, App>,
    raster: Raster,
}

impl Desk {
    fn new(world: World) -> Self {
        let raster = Raster::default();
        let builder = Harness::builder().with_size(Vec2::new(900.0, 700.0)).renderer(raster.clone());
        let harness = builder.build_eframe(|creation| {
            theme::apply(&creation.egui_ctx);
            theme::set_role(&creation.egui_ctx, ActingRole::Operator);
            App(world)
        });
        let mut desk = Self { harness, raster };
        desk.until("the picture is read", |desk| desk.world().canvas.drawn.is_some());
        let picture = desk.picture();
        desk.click_at(picture.center());
        desk
    }

    fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[track_caller]
    fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..600 {
            if is_so(self) {
                return self.steps(3);
            }
            self.steps(1);
        }
        panic!("never: {what}");
    }

    fn world(&self) -> &World {
        &self.harness.state().0
    }

    fn world_mut(&mut self) -> &mut World {
        &mut self.harness.state_mut().0
    }

    fn says(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.steps(3);
    }

    #[track_caller]
    fn press(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.steps(4);
    }

    fn click_at(&mut self, at: Pos2) {
        self.drag(at, at);
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        let button = |pos, pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Default::default(),
        };
        self.harness.hover_at(from);
        self.steps(1);
        self.harness.event(button(from, true));
        self.steps(1);
        for share in [0.5, 1.0] {
            self.harness.event(Event::PointerMoved(from + (to - from) * share));
            self.steps(1);
        }
        self.harness.event(button(to, false));
        self.steps(3);
    }

    /// Where the view of the picture is.
    fn picture(&self) -> Rect {
        let nodes = self.harness.query_all_by_role(eframe::egui::Role::Image);
        nodes.map(|node| node.rect()).max_by(|a, b| a.area().total_cmp(&b.area())).unwrap()
    }

    /// Where a pixel of the picture is seen.
    fn spot(&self, x: f32, y: f32) -> Pos2 {
        let (pane, canvas) = (self.picture(), &self.world().canvas);
        let size = [SIDE as f32; 2];
        let camera = canvas.view.camera;
        pane.center() + Vec2::from(camera.ui_from_image([x / size[0], y / size[1]], size, pane.size().into()))
    }

    /// The colour of a place of the window; the pointer is elsewhere.
    fn colour(&mut self, at: Pos2) -> [u8; 3] {
        self.harness.remove_cursor();
        self.steps(2);
        let image = self.raster.image(&self.harness.ctx, self.harness.output());
        image.get_pixel(at.x as u32, at.y as u32).0
    }

    /// Writes a picture where `KENTO_GALLERY` says.
    fn keep(&self, name: &str) {
        let Ok(folder) = std::env::var("KENTO_GALLERY") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.raster.image(&self.harness.ctx, self.harness.output());
        picture.save(std::path::Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}

#[test]
fn where_it_differs_from_its_parent_is_shown_as_heat_with_a_legend_in_masking_too() {
    let mut desk = Desk::new(World::new());
    desk.press("Where it differs from the picture before");
    desk.until("it is measured", |desk| desk.says("at most 20 of 255 · 50.0 % of the pixels differ"));
    let (changed, same) = (desk.spot(60.0, 200.0), desk.spot(200.0, 60.0));
    assert_eq!(desk.colour(changed), kento_finishing::difference::heat(20));
    assert_eq!(desk.colour(same), [0; 3]);
    desk.keep("canvas-heat");
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    desk.key(Key::H);
    assert!(!desk.says("of the pixels differ"), "one picture again");
    assert_eq!(desk.colour(changed), [100, 120, 100]);
    desk.key(Key::H);
    desk.until("it is there again", |desk| desk.says("50.0 % of the pixels differ"));
    assert_eq!(desk.colour(changed), kento_finishing::difference::heat(20));
}

#[test]
fn a_running_repair_is_seen_in_its_region_and_nowhere_else() {
    let mut world = World::new();
    let crop = CropBox { x: 128, y: 144, width: 96, height: 96 };
    let job = world.repaired(crop);
    let magenta = Arc::new([200, 0, 200].repeat(16 * 16));
    let preview = Some((Sha256([3; 32]), magenta, [16, 16]));
    world.running.insert(job, Running { fraction: 0.5, detail: "step 3 of 6".to_owned(), preview });

    let mut desk = Desk::new(world);
    desk.until("it is told", |desk| desk.says("Live preview in the region, step 3 of 6"));
    let middle = [crop.x + crop.width / 2, crop.y + crop.height / 2].map(|axis| axis as f32);
    let inside = desk.spot(middle[0], middle[1]);
    desk.until("the preview is read", |desk| desk.world().canvas.preview.is_some());
    assert_eq!(desk.colour(inside), [200, 0, 200]);
    let beside = desk.spot(crop.x as f32 - 4.0, middle[1]);
    assert_eq!(desk.colour(beside), [100, 120, 100]);
    desk.keep("canvas-live");
    // On another image there is none.
    let parent = desk.world().sample.picture(1);
    desk.world_mut().selection.image = Some(parent);
    desk.steps(10);
    assert!(!desk.says("Live preview in the region"));
}

#[test]
fn the_view_is_turned_by_keys_and_what_is_pressed_is_what_is_seen() {
    let mut desk = Desk::new(World::new());
    (0..6).for_each(|_| desk.key(Key::Num6));
    assert!(desk.world().context.ends_with("turned 90°"), "{}", desk.world().context);
    // What was at the left is at the top now.
    let (top, bottom) = (desk.spot(60.0, 128.0), desk.spot(200.0, 128.0));
    assert!(top.y < bottom.y && (top.x - bottom.x).abs() < 1.0, "{top:?} {bottom:?}");
    assert_eq!([desk.colour(top), desk.colour(bottom)], [[100, 120, 100], [100; 3]]);
    desk.key(Key::I);
    desk.click_at(top);
    assert_eq!(desk.world().canvas.picked, Some([100, 120, 100]));
    desk.key(Key::Num4);
    desk.keep("canvas-turned");
    desk.key(Key::Num5);
    assert!(!desk.world().context.contains("turned"), "{}", desk.world().context);
}

#[test]
fn rulers_give_guides_and_the_brief_gives_the_frame_of_a_deliverable() {
    let mut desk = Desk::new(World::new());
    let before = desk.picture();
    desk.press("Rulers, guides and turning");
    desk.press("Rulers");
    assert!(desk.says("deliverable, 2048×2048"), "the brief's deliverable is offered");
    assert!(desk.says("write there \"safe area 5 %\""), "where to write what the brief does not say");
    desk.press("cover");
    desk.keep("canvas-menu");
    desk.key(Key::Escape);
    let after = desk.picture();
    assert!(after.left() > before.left() && after.top() > before.top(), "{before:?} {after:?}");
    let (from, to) = (desk.spot(128.0, 0.0), desk.spot(128.0, 64.0));
    desk.drag(Pos2::new(from.x, after.top() - 6.0), to);
    assert_eq!(desk.world().canvas.composing.own(), 1);
    let line = desk.spot(30.0, 64.0);
    assert_ne!(desk.colour(line), [100, 120, 100], "a guide is seen on the picture");
    desk.keep("canvas-rulers");
    assert!(desk.says("Ruler at the top: drag a guide out of it"));
    // Let go of beside the picture, it is gone.
    desk.drag(Pos2::new(after.left() - 6.0, after.center().y), Pos2::new(after.left() - 4.0, after.center().y + 20.0));
    assert_eq!(desk.world().canvas.composing.own(), 1);
}

#[test]
fn a_candidate_that_failed_says_why_and_is_made_again_at_a_press() {
    let mut world = World::new();
    let job = world.repaired(CropBox { x: 128, y: 144, width: 96, height: 96 });
    world.sample.ok(&mara(), Command::ReportFailure { job, cause: "the device has too little memory".to_owned() });
    let mut desk = Desk::new(world);
    desk.keep("canvas-failed");
    desk.press("Candidate 1 failed, make it again: the device has too little memory");
    let again = PanelAsk::decide(Command::RequeueJobs { jobs: vec![job] });
    assert_eq!(desk.world().asks, [again]);
    assert!(desk.says("Candidate 2, not possible: it waits for the engine"));
}

#[test]
fn a_stroke_is_kept_when_the_window_loses_the_keyboard_and_a_removed_mask_is_brought_back() {
    let mut desk = Desk::new(World::new());
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    let (from, to) = (desk.spot(100.0, 128.0), desk.spot(160.0, 140.0));
    let press = Event::PointerButton {
        pos: from,
        button: PointerButton::Primary,
        pressed: true,
        modifiers: Default::default(),
    };
    desk.harness.hover_at(from);
    desk.steps(1);
    for event in [press, Event::PointerMoved(to), Event::WindowFocused(false)] {
        desk.harness.event(event);
        desk.steps(2);
    }
    assert!(!desk.says("0.0 % masked"), "what was drawn so far is kept");
    desk.press("Undo on the mask");
    desk.until("it is undone", |desk| desk.says("0.0 % masked"));
    assert!(!desk.says("Bring back"), "nothing was removed");
    desk.press("Another mask of this picture");
    desk.press("Remove this mask");
    desk.press("Bring back Mask 2");
    desk.press("Remove this mask");
    desk.until("it was there again", |desk| desk.says("Bring back Mask 2"));
}

#[test]
fn what_is_typed_for_a_repair_stays_with_its_picture() {
    const PROMPT: &str = "Prompt of the repair";
    let world = World::new();
    let edited = world.selection.image.unwrap();
    let first = world.sample.state.image(&edited).unwrap().parent.unwrap();
    let mut desk = Desk::new(world);
    desk.press("Mask and repair");
    desk.until("the masks are read", |desk| desk.says("0.0 % masked"));
    assert!(!desk.world().canvas.has_unsaved(&desk.world().sample.state), "its own prompt was typed by nobody");
    desk.harness.get_by_label(PROMPT).focus();
    desk.steps(1);
    desk.harness.get_by_label(PROMPT).type_text(" with a lamp");
    desk.steps(2);
    let prompt = |desk: &Desk| desk.harness.get_by_label(PROMPT).value().unwrap_or_default();
    let typed = prompt(&desk);
    assert!(typed.contains("with a lamp"), "{typed}");
    assert!(desk.world().canvas.has_unsaved(&desk.world().sample.state));
    desk.world_mut().selection.image = Some(first);
    desk.until("the other picture has a prompt of its own", |desk| {
        desk.harness.query_by_label(PROMPT).is_some() && !prompt(desk).contains("lamp")
    });
    assert!(desk.world().canvas.has_unsaved(&desk.world().sample.state), "it would be lost all the same");
    desk.world_mut().selection.image = Some(edited);
    desk.until("what was typed is there", |desk| {
        desk.harness.query_by_label(PROMPT).is_some() && prompt(desk) == typed
    });
}
