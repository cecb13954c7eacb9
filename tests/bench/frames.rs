//! Time of the window's frames with 1,000 pictures in the concept grid, at rest and while the engine renders on the CPU:
//! `cargo bench --workspace --bench frames [-- WIDTHxHEIGHT]`.
//!
//! A frame is everything that the window's thread does for it: the program's own logic, egui's layout, and turning shapes into
//! triangles. What a graphics card does with the triangles is not in it, nor is the tree for screen readers where none listens.
//! The grid scrolls the whole time, so that new thumbnails come into sight in nearly every frame.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made may panic")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::App as _;
use eframe::egui::{
    Context, Event, FullOutput, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect,
    Shape, TouchPhase, Vec2,
};
use kento::metadata::{self, ImageRecord};
use kento::studio::{StudioProject, pixels_sha256};
use kento::window::{KentoApp, WindowSetup};
use kento::{model, shipped};
use kento_engine::protocol::{DeviceRequest, Pixels};
use kento_studio::card::{Adapters, CardName, CardRef, PromptSkeleton, RecipeCard, VariationAxis};
use kento_studio::workflow::{
    Answer, Brief, Command, GeneratedImage, JobPurpose, JobStatus, ProjectSettings, Role, SprintCell, SprintPlan,
    SprintScope, SprintStyle, Stakes,
};
use kento_studio::{
    DeviceFingerprint, Dtype, EngineFingerprint, NUMERICS_REVISION, PersonName, SchemaV1, Sha256, Task, ToolVersion,
};

/// Pictures in the grid.
const PICTURES: u32 = 1_000;
/// Pictures of the same run that the engine has yet to make; enough to work for as long as is measured.
const TO_RENDER: u32 = 60;
/// Width and height of a picture, in pixels.
const SIDE: u32 = 512;
/// Frames of one measurement.
const FRAMES: usize = 800;
/// What a screen of 60 Hz leaves a frame.
const BETWEEN_FRAMES: Duration = Duration::from_micros(16_667);
/// How far the wheel turns in a frame, in points.
const WHEEL_STEP: f32 = 60.0;
const PERSON: &str = "Mara Lind";
const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    let size = std::env::args().find_map(|word| {
        let (width, height) = word.split_once('x')?;
        Some(Vec2::new(width.parse().ok()?, height.parse().ok()?))
    });
    let size = size.unwrap_or(Vec2::new(1600.0, 1000.0));
    // Beside the kept project, so that it is moved and copied within one drive.
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let place = tempfile::tempdir_in(target).unwrap();
    let began = Instant::now();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/thousand.kento");
    if !kept.exists() {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        std::fs::rename(thousand_pictures(place.path()), &kept).unwrap();
        println!(
            "{PICTURES} pictures of {SIDE}x{SIDE} were made in {:.0} s and are kept: {}",
            secs(began),
            kept.display()
        );
    }
    let folder = place.path().join("thousand.kento");
    copy(&kept, &folder);
    println!("window {} x {}", size.x, size.y);

    let mut bench = Bench::at(place.path(), folder, size);
    bench.wait_for("Queue them again");
    // Every thumbnail is made once, as on any later day.
    let first = bench.measure();
    println!("{}", first.told("first time through, thumbnails being made"));
    let at_rest = bench.measure();
    println!("{}", at_rest.told("engine at rest"));
    bench.press("Queue them again");
    bench.wait_for("step ");
    let at_work = bench.measure();
    // It still has something to do, so it worked the whole time.
    bench.wait_for("step ");
    println!("{}", at_work.told("engine at work on the CPU"));
    println!("p99 at work / p99 at rest: {:.2}", percentile(&at_work.millis, 0.99) / percentile(&at_rest.millis, 0.99));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn secs(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

/// Times of frames in milliseconds.
struct Frames {
    millis: Vec<f64>,
    /// Of these, turning shapes into triangles.
    tessellation: Vec<f64>,
}

impl Frames {
    fn told(&self, when: &str) -> String {
        let over = self.millis.iter().filter(|millis| **millis > 16.0).count();
        format!(
            "{when}: median {:.1} ms ({:.1} of it triangles), p95 {:.1}, p99 {:.1}, longest {:.1}; {over} of {} frames over 16 ms",
            percentile(&self.millis, 0.5),
            percentile(&self.tessellation, 0.5),
            percentile(&self.millis, 0.95),
            percentile(&self.millis, 0.99),
            percentile(&self.millis, 1.0),
            self.millis.len(),
        )
    }
}

fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}

/// The window without a screen: what eframe does for a frame, but for the graphics card.
struct Bench {
    ctx: Context,
    app: KentoApp,
    frame: eframe::Frame,
    size: Vec2,
    above_grid: Pos2,
    began: Instant,
    output: FullOutput,
    /// What the last frame said, and where.
    texts: Vec<(String, Pos2)>,
}

impl Bench {
    fn at(place: &Path, project: PathBuf, size: Vec2) -> Self {
        let cpu = DeviceRequest { device: "cpu".to_owned(), ..DeviceRequest::default() };
        let mut engine = kento::build_info::engine_launch(cpu).unwrap();
        engine.program = env!("CARGO_BIN_EXE_kento").into();
        let setup = WindowSetup {
            settings: Some(place.join("settings")),
            project: Some(project),
            person: Some(PERSON.to_owned()),
            engine: Some(engine),
            ..WindowSetup::default()
        };
        let ctx = Context::default();
        Self {
            app: KentoApp::with(&ctx, setup),
            ctx,
            frame: eframe::Frame::_new_kittest(),
            size,
            above_grid: Pos2::new(size.x * 0.15, size.y * 0.6),
            began: Instant::now(),
            output: FullOutput::default(),
            texts: Vec::new(),
        }
    }

    /// Draws one frame; how long its layout and its triangles took.
    fn step(&mut self, events: Vec<Event>) -> [Duration; 2] {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            max_texture_side: Some(8192),
            time: Some(secs(self.began)),
            focused: true,
            events,
            ..RawInput::default()
        };
        let began = Instant::now();
        self.output = self.ctx.run_ui(input, |ui| {
            self.app.logic(ui, &mut self.frame);
            self.app.ui(ui, &mut self.frame);
        });
        let laid_out = began.elapsed();
        let shapes = std::mem::take(&mut self.output.shapes);
        let texts = shapes.iter().filter_map(|clipped| text_of(&clipped.shape)).collect();
        let began = Instant::now();
        let triangles = self.ctx.tessellate(shapes, self.output.pixels_per_point);
        assert!(!triangles.is_empty(), "an empty window proves nothing");
        self.texts = texts;
        [laid_out, began.elapsed()]
    }

    fn find(&self, words: &str) -> Option<Pos2> {
        self.texts.iter().find_map(|(text, at)| text.contains(words).then_some(*at))
    }

    fn wait_for(&mut self, words: &str) {
        let began = Instant::now();
        while self.find(words).is_none() {
            assert!(began.elapsed() < PATIENCE, "waited in vain for {words:?}; the window says {:?}", self.texts);
            std::thread::sleep(Duration::from_millis(10));
            self.step(Vec::new());
        }
    }

    fn press(&mut self, words: &str) {
        let at = self.find(words).unwrap();
        for pressed in [None, Some(true), Some(false)] {
            let button = pressed.map(|pressed| Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            self.step([Some(Event::PointerMoved(at)), button].into_iter().flatten().collect());
        }
    }

    /// Scrolls down and up again, as fast as a person turns the wheel, at the pace of a screen.
    fn measure(&mut self) -> Frames {
        let mut frames = Frames { millis: Vec::new(), tessellation: Vec::new() };
        for frame in 0..FRAMES {
            let down = frame % 400 < 200;
            let wheel = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: Vec2::new(0.0, if down { -WHEEL_STEP } else { WHEEL_STEP }),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            };
            let parts =
                self.step(vec![Event::PointerMoved(self.above_grid), wheel]).map(|part| part.as_secs_f64() * 1e3);
            frames.millis.push(parts.iter().sum());
            frames.tessellation.push(parts[1]);
            std::thread::sleep(BETWEEN_FRAMES.saturating_sub(Duration::from_secs_f64(frames.millis[frame] / 1e3)));
        }
        frames
    }
}

/// What a shape says, and where.
fn text_of(shape: &Shape) -> Option<(String, Pos2)> {
    match shape {
        Shape::Text(text) => Some((text.galley.text().to_owned(), text.visual_bounding_rect().center())),
        Shape::Vec(shapes) => shapes.iter().find_map(text_of),
        _ => None,
    }
}

/// A project whose volume run has [`PICTURES`] pictures, and [`TO_RENDER`] that an earlier session did not come to.
fn thousand_pictures(place: &Path) -> PathBuf {
    let folder = place.join("thousand.kento");
    let person: PersonName = PERSON.parse().unwrap();
    let start = Command::StartProject {
        name: "Thousand".to_owned(),
        settings: ProjectSettings::default(),
        checklists: shipped::checklists().unwrap(),
        document_owner: person.clone(),
        next_review: "2099-01-01".parse().unwrap(),
    };
    let mut making = Making { project: StudioProject::create(&folder, person, start).unwrap(), made: 0 };
    making.decide(Role::Director, Command::WriteBrief { brief: Box::new(brief()), reason: None });
    making.decide(Role::Director, Command::CompleteBrief);

    let model = model::open(model::STARTER, None).unwrap();
    let recipe = model.recipe(&fingerprint(), 20);
    let skeleton = PromptSkeleton { subject: "a red boat by the sea".to_owned(), ..PromptSkeleton::default() };
    let cell = SprintCell { label: "boat".to_owned(), skeleton: skeleton.clone(), seed: 1 };
    let style = SprintStyle { name: "flat-vector".to_owned(), negative: Default::default(), cells: vec![cell] };
    let scope = SprintScope::Compressed { reason: "only frames are measured".to_owned() };
    let plan = SprintPlan { base: recipe.clone(), styles: vec![style], scope };
    making.decide(Role::Operator, Command::StartConceptSprint { plan: Box::new(plan) });
    let first = making.draw(1)[0];
    making.decide(Role::Operator, Command::ProposeMoodboard { candidates: vec![first] });
    making.decide(Role::Director, Command::RankMoodboard { candidates: vec![first] });
    let reason = "only frames are measured".to_owned();
    making.decide(Role::Director, Command::ApproveDirection { image: first, reason });

    let card = making.lock(skeleton, recipe);
    let locked = making.project.state().card(&card).and_then(|card| card.locked.clone()).unwrap();
    let rows = locked.rows().unwrap().into_iter().map(|row| row.request).collect();
    making.decide(Role::Operator, Command::StartVolumeRun { card, rows, seen: None });
    making.draw(PICTURES as usize);
    making.project.close().unwrap();
    folder
}

fn brief() -> Brief {
    let filled = |text: &str| Answer::Filled(text.to_owned());
    fn no<T>() -> Answer<T> {
        Answer::NotNeeded { because: "only frames are measured".to_owned() }
    }
    Brief {
        intent: "A thousand calm pictures that show how long a frame takes.".to_owned(),
        purpose: filled("measuring"),
        appears: filled("here"),
        mood: filled("calm"),
        must_haves: filled("a boat"),
        constraints: no(),
        palette: no(),
        deliverables: no(),
        consistency: no(),
        licensing: no(),
        stakes: Some(Stakes::Client),
        iteration_budget: no(),
        ..Brief::open("thousand")
    }
}

struct Making {
    project: StudioProject,
    made: u64,
}

impl Making {
    fn decide(&mut self, role: Role, command: Command) {
        if self.project.state().role_of(&self.project.actor().person) != Some(role) {
            self.project.decide(&Command::SwitchRole { to: role }).unwrap();
        }
        self.project.decide(&command).unwrap();
    }

    /// A card with its Hero, proved and locked.
    fn lock(&mut self, skeleton: PromptSkeleton, recipe: kento_studio::Recipe) -> CardRef {
        let mut card = RecipeCard {
            schema: SchemaV1,
            name: CardName::new("thousand").unwrap(),
            revision: 1,
            parent: None,
            reason: None,
            brief: Some("thousand".to_owned()),
            style: Some("flat-vector".to_owned()),
            skeleton: PromptSkeleton::default(),
            negative: Default::default(),
            recipe,
            seed: 1,
            variation: None,
            task: Task::TextToImage,
            adapters: Adapters::default(),
            upscaler: None,
            post: Vec::new(),
            axes: vec![VariationAxis::seeds(PICTURES + TO_RENDER)],
        };
        for slot in kento_studio::card::Slot::ALL {
            card.set_slot(slot, skeleton.slot(slot));
        }
        let name = card.card_ref();
        self.decide(Role::Operator, Command::SaveDraftCard { card: Box::new(card) });
        self.decide(Role::Operator, Command::RenderHero { card: name.clone() });
        let hero = self.draw(1)[0];
        self.decide(Role::Director, Command::ApproveHero { card: name.clone(), hero });
        self.decide(Role::Operator, Command::ProveCard { card: name.clone() });
        let state = self.project.state();
        let proof =
            state.jobs().values().find(|job| matches!(job.purpose, JobPurpose::Proof { .. })).unwrap().request.job;
        let again_pixels = state.image(&hero).unwrap().pixels_sha256;
        let again_fingerprint = Box::new(fingerprint());
        let proved = Command::ReportProof { job: proof, again_pixels, again_fingerprint, ssimulacra2: None };
        self.decide(Role::Operator, proved);
        self.decide(Role::Operator, Command::LockRecipe { card: name.clone() });
        name
    }

    /// Gives the first `count` jobs that wait a picture each.
    fn draw(&mut self, count: usize) -> Vec<Sha256> {
        let waits = |job: &&kento_studio::workflow::Job| job.status == JobStatus::Queued;
        let jobs: Vec<_> = self.project.state().jobs().values().filter(waits).take(count).cloned().collect();
        assert_eq!(jobs.len(), count);
        let mut images = Vec::new();
        for job in jobs {
            let (id, fingerprint) = (job.request.job, fingerprint());
            let pixels = picture(self.made);
            self.made += 1;
            let record = ImageRecord::new(job.request, fingerprint.clone());
            let sha256 = self.project.put_image(&metadata::encode(&pixels, &record).unwrap()).unwrap();
            let pixels_sha256 = pixels_sha256(&pixels);
            let image = GeneratedImage { sha256, pixels_sha256, fingerprint, elapsed_secs: 2.0 };
            self.project.decide(&Command::ReportImage { job: id, image: Box::new(image) }).unwrap();
            images.push(sha256);
        }
        images
    }
}

/// A picture with gradients and grain, another one for every number.
fn picture(number: u64) -> Pixels {
    let mut noise = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut data = Vec::with_capacity((SIDE * SIDE * 3) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            let grain = (noise % 9) as u32;
            data.extend([(x / 2 + number as u32 * 7) as u8, (y / 2 + grain) as u8, ((x + y) / 4 + grain) as u8]);
        }
    }
    Pixels { width: SIDE, height: SIDE, channels: 3, data }
}

fn fingerprint() -> EngineFingerprint {
    EngineFingerprint {
        tool: ToolVersion { version: "0.1.0".to_owned(), commit: "bench".to_owned(), numerics: NUMERICS_REVISION },
        platform: "bench".to_owned(),
        device: DeviceFingerprint {
            name: "bench".to_owned(),
            class: "CPU".to_owned(),
            api: "flex".to_owned(),
            driver: String::new(),
            shader: String::new(),
        },
        dtype: Dtype::F32,
    }
}
