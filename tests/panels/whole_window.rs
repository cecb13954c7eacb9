//! The real window over a copy of the sample project, in states that no hand reaches quickly: something held over the window, a
//! picture whose colours are offered, text that is not saved, a person who is new to the project.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{DroppedFile, HoveredFile, Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use image::{Rgb, RgbImage};
use kento::window::{KentoApp, WindowSetup};

use crate::gallery::keep;
use crate::raster::Raster;

/// How long the window may take for anything, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct OnDrive(PathBuf);

impl DroppedFile for OnDrive {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

struct Window {
    harness: Harness<'static, KentoApp>,
    raster: Raster,
    place: tempfile::TempDir,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

impl Window {
    /// The sample project as this person opens it.
    fn of(person: &str, theme: &str, size: [f32; 2]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let project = place.path().join("harbour.kento");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&root.join("assets/sample/harbour.kento"), &project);
        let settings = place.path().join("settings");
        std::fs::create_dir_all(&settings).unwrap();
        std::fs::write(settings.join("me.ron"), format!("(schema: 1, name: {person:?})")).unwrap();
        let mut engine = kento::build_info::engine_launch(kento_engine::protocol::DeviceRequest {
            device: "cpu".to_owned(),
            ..Default::default()
        })
        .unwrap();
        engine.program = env!("CARGO_BIN_EXE_kento").into();
        let setup = WindowSetup {
            settings: Some(settings),
            project: Some(project),
            engine: Some(engine),
            model: root.join("tests/parity/pipelines/fixtures/sd1"),
            ..WindowSetup::default()
        };
        let raster = Raster::default();
        let builder = Harness::builder().with_size(Vec2::from(size)).with_max_steps(40).renderer(raster.clone());
        let harness = builder.build_eframe(move |creation| KentoApp::with(&creation.egui_ctx, setup));
        let mut window = Self { harness, raster, place };
        window.wait("Project Harbour days");
        window.command(theme);
        window
    }

    fn settle(&mut self) {
        for _ in 0..30 {
            self.harness.run_ok();
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn wait(&mut self, label: &str) {
        let since = Instant::now();
        while self.harness.query_by_label_contains(label).is_none() {
            if since.elapsed() > PATIENCE {
                self.take("window-without");
                panic!("{label} does not come");
            }
            self.harness.run_ok();
            std::thread::sleep(Duration::from_millis(20));
        }
        self.settle();
    }

    fn command(&mut self, words: &str) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
        self.harness.run_ok();
        self.harness.get_by_label("Search for a command").type_text(words);
        self.harness.run_ok();
        self.harness.key_press(Key::Enter);
        self.settle();
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.settle();
    }

    fn take(&mut self, name: &str) {
        keep(&self.raster.image(&self.harness.ctx, self.harness.output()), name);
    }
}

#[test]
fn what_is_held_over_the_window_is_announced_and_a_picture_offers_its_colours() {
    for (name, theme) in [("dark", "dark theme"), ("light", "light theme")] {
        let mut window = Window::of("Jo Brandt", theme, [1280.0, 800.0]);
        let picture = window.place.path().join("the mood of the harbour at six in the morning.png");
        let colours = [[201, 62, 44], [34, 84, 142], [238, 219, 164], [18, 40, 66], [240, 240, 236], [120, 140, 90]];
        RgbImage::from_fn(60, 20, |x, _| Rgb(colours[(x / 10) as usize])).save(&picture).unwrap();
        window.harness.input_mut().hovered_files =
            vec![HoveredFile { path: Some(picture.clone()), mime: String::new() }];
        window.harness.run_ok();
        window.harness.run_ok();
        window.harness.get_by_label("Drop it here");
        window.harness.get_by_label_contains("gives its colours to the brief");
        window.take(&format!("window-{name}-drop"));
        window.harness.input_mut().hovered_files.clear();
        window.harness.input_mut().dropped_files = vec![Arc::new(OnDrive(picture))];
        window.settle();
        window.take(&format!("window-{name}-input"));
        window.click("Take its colours");
        window.wait("Colours of the mood of the harbour");
        window.take(&format!("window-{name}-offered"));
        // The brief of the sample says that no palette is needed; whoever takes a colour needs one.
        window.harness.get_by_label("Palette: not needed, because");
        window.click("Take #c93e2c of the mood of the harbour at six in the morning.png");
        assert!(window.harness.query_by_label("Palette: not needed, because").is_none());
        window.harness.get_by_label("Colour #c93e2c");
        let field = window.harness.get_by_label("Mood");
        field.focus();
        window.harness.run_ok();
        window.harness.get_by_label("Mood").type_text(" and fresh");
        window.settle();
        window.click("Project Harbour days");
        window.click("New project…");
        window.harness.get_by_label("Name").type_text("Autumn");
        window.settle();
        window.take(&format!("window-{name}-new-project"));
        window.click("Begin");
        window.wait("Not saved yet");
        window.take(&format!("window-{name}-leaving"));
        window.click("Stay");
        assert!(window.harness.query_by_label("Not saved yet").is_none());
    }
}

#[test]
fn somebody_new_takes_any_role_by_a_click_also_the_first_one() {
    for role in ["Director", "Operator", "Reviewer"] {
        let mut window = Window::of("Nora Weiss", "dark theme", [1280.0, 800.0]);
        for role in ["Director", "Operator", "Reviewer"] {
            assert!(!window.harness.get_by_label(role).accesskit_node().is_selected().unwrap_or(false), "{role}");
        }
        window.harness.get_by_label("Nora Weiss: choose a role");
        if role == "Director" {
            window.take("window-dark-newcomer");
        }
        window.click(role);
        window.wait(&format!("{role}, Nora Weiss"));
        assert!(window.harness.query_by_label("Nora Weiss: choose a role").is_none());
    }
}
