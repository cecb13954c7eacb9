//! Pictures of the whole frame and of every widget, to be looked at: `KENTO_GALLERY=folder cargo test --test panels gallery`. Without
//! the variable they are drawn all the same and thrown away.

use eframe::egui::{self, Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::RgbImage;
use kento::frame::{Drawer, FrameData, FrameEvent, WindowFrame, WindowLayout};
use kento::theme::{self, ActingRole, ThemeChoice};
use kento::widgets::image_view::Compare;
use kento::widgets::toasts::ToastKind;

use crate::raster::Raster;
use crate::sample::{SampleContents, frame_data};
use crate::snapshots;

/// The sample in the frame.
pub struct Scene {
    pub frame: WindowFrame,
    pub data: FrameData,
    pub contents: SampleContents,
    pub events: Vec<FrameEvent>,
}

impl Scene {
    pub fn new(role: ActingRole, choice: ThemeChoice) -> Self {
        let layout = WindowLayout { theme: choice, ..WindowLayout::default() };
        Self {
            frame: WindowFrame::new(layout, role),
            data: frame_data(role),
            contents: SampleContents::new(role),
            events: Vec::new(),
        }
    }
}

impl eframe::App for Scene {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        let events = self.frame.show(ui, &self.data, &mut self.contents, &[], &[]);
        for event in &events {
            if let FrameEvent::RoleAsked(role) = event {
                self.data.role = *role;
                self.contents.role = *role;
            }
        }
        self.events.extend(events);
    }
}

pub fn harness(scene: Scene, size: [f32; 2], raster: &Raster) -> Harness<'static, Scene> {
    let builder = Harness::builder()
        .with_size(Vec2::from(size))
        .with_max_steps(60)
        .with_step_dt(1.0 / 60.0)
        .renderer(raster.clone());
    let mut harness = builder.build_eframe(|creation| {
        theme::apply(&creation.egui_ctx);
        scene
    });
    settle(&mut harness);
    harness
}

/// Draws until every thumbnail is there.
pub fn settle(harness: &mut Harness<'static, Scene>) {
    for _ in 0..200 {
        harness.run_ok();
        let is_busy = harness.state().contents.thumbnails.as_ref().is_some_and(|thumbnails| thumbnails.is_busy());
        if !is_busy {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    harness.run_ok();
}

fn take(harness: &Harness<'static, Scene>, raster: &Raster, name: &str) {
    keep(&raster.image(&harness.ctx, harness.output()), name);
}

/// Compares a picture with its snapshot and writes it where `KENTO_GALLERY` says. A picture of one colour only is none.
pub fn keep(image: &RgbImage, name: &str) {
    let first = *image.get_pixel(0, 0);
    assert!(image.pixels().any(|pixel| *pixel != first), "{name} is empty");
    snapshots::compare(image, name);
    if let Ok(folder) = std::env::var("KENTO_GALLERY") {
        std::fs::create_dir_all(&folder).unwrap();
        image.save(std::path::Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}

#[test]
fn gallery_of_the_frame() {
    let large = std::env::var("KENTO_GALLERY").is_ok();
    let sizes: &[(&str, [f32; 2])] = if large {
        &[("1280", [1280.0, 800.0]), ("1600", [1600.0, 1000.0]), ("2560", [2560.0, 1440.0])]
    } else {
        &[("1280", [1280.0, 800.0])]
    };
    for (size_name, size) in sizes {
        for (theme_name, choice) in [("dark", ThemeChoice::Dark), ("light", ThemeChoice::Light)] {
            for role in ActingRole::ALL {
                if *size_name == "2560" && role != ActingRole::Operator {
                    continue;
                }
                let raster = Raster::default();
                let harness = harness(Scene::new(role, choice), *size, &raster);
                take(&harness, &raster, &format!("frame-{size_name}-{theme_name}-{}", role.label().to_lowercase()));
            }
        }
    }
}

#[test]
fn gallery_of_what_opens() {
    let scene = || Scene::new(ActingRole::Operator, ThemeChoice::Dark);
    let size = [1280.0, 800.0];
    let raster = Raster::default();
    let mut open = harness(scene(), size, &raster);
    open.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut open);
    take(&open, &raster, "palette");

    let raster = Raster::default();
    let mut open = harness(scene(), size, &raster);
    open.key_press(Key::F1);
    settle(&mut open);
    take(&open, &raster, "shortcuts");

    for (name, drawer) in [("queue", Drawer::Queue), ("numbers", Drawer::Numbers)] {
        let raster = Raster::default();
        let mut scene = scene();
        scene.frame.drawer = Some(drawer);
        scene.frame.toasts.push(ToastKind::Done, "harbour-flat r3 is saved", 0.0);
        scene.frame.toasts.push(ToastKind::Refused, "The recipe is not locked: prove it first, then lock it", 0.0);
        scene.frame.toasts.push(
            ToastKind::Failed,
            "The device was lost; the job is marked failed and the engine starts again",
            0.0,
        );
        let open = harness(scene, size, &raster);
        take(&open, &raster, name);
    }

    let raster = Raster::default();
    let mut open = harness(scene(), size, &raster);
    open.get_by_label("Lock-in pass, current").click();
    settle(&mut open);
    take(&open, &raster, "stage");

    for (name, compare) in [("compare-slider", Compare::Slider { at: 0.4 }), ("compare-side", Compare::SideBySide)] {
        let raster = Raster::default();
        let mut scene = Scene::new(ActingRole::Reviewer, ThemeChoice::Dark);
        scene.contents.view.compare = compare;
        let open = harness(scene, size, &raster);
        take(&open, &raster, name);
    }
}
