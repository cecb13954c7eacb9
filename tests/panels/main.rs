//! The panels: what they show, as text, and that every control is found by its label and does what it says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod drawers;
mod frame;
mod gallery;
mod raster;
mod sample;
mod snapshots;
mod views;
mod whole_window;
mod widgets;

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kento::metadata::ImageRecord;
use kento::model::Model;
use kento::panels::prompt::{Form, MainButton};
use kento::panels::{bottom_bar, picture, prompt, top_bar};
use kento::theme;
use kento::window::session::{EngineState, FinishedPicture, ModelState, RunningJob, Session, Stage};
use kento::window::{Command, KentoApp};
use kento_diffusion::schedulers::SchedulerKind;
use kento_engine::protocol::{EngineEvent, JobTimings, LocalSource, Pixels};
use kento_studio::{
    DeviceFingerprint, Dtype, EngineFingerprint, GenerationRequest, JobId, ModelFile, ModelReference,
    NUMERICS_REVISION, NoiseSource, Recipe, SchedulerSetting, SchemaV1, Sha256, Task, ToolVersion,
};

fn fingerprint() -> EngineFingerprint {
    EngineFingerprint {
        tool: ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION },
        platform: "linux x86_64".to_owned(),
        device: DeviceFingerprint {
            name: "Radeon RX 7600".to_owned(),
            class: "discrete GPU".to_owned(),
            api: "Vulkan".to_owned(),
            driver: "Mesa".to_owned(),
            shader: "SPIR-V".to_owned(),
        },
        dtype: Dtype::F16,
    }
}

fn model() -> Model {
    Model {
        source: LocalSource { model: "/models/starter".into(), vae: None },
        reference: ModelReference {
            name: "starter".to_owned(),
            files: vec![ModelFile { path: "unet/u.safetensors".to_owned(), bytes: 1, sha256: Sha256([3; 32]) }],
            licence: None,
        },
        vae: None,
        family: "Stable Diffusion 1.x".to_owned(),
        native_side: 128,
        scheduler: Some(SchedulerKind::Ddim),
        guidance_scale: 4.0,
        problems: Vec::new(),
    }
}

fn request() -> GenerationRequest {
    GenerationRequest {
        schema: SchemaV1,
        job: JobId(1),
        recipe: Recipe {
            schema: SchemaV1,
            tool: fingerprint().tool,
            model: model().reference,
            vae: None,
            prompt: "a red sun".to_owned(),
            negative_prompt: String::new(),
            clip_skip: 1,
            noise: NoiseSource::TorchCpu,
            scheduler: SchedulerSetting { name: "ddim".to_owned(), sigmas: None },
            steps: 20,
            guidance_scale: 7.0,
            guidance_rescale: 0.0,
            width: 128,
            height: 128,
            dtype: Dtype::F16,
            device: None,
        },
        task: Task::TextToImage,
        seed: 42,
        variation: None,
    }
}

fn ready() -> Session {
    let mut session = Session::new();
    session.engine = EngineState::Ready { fingerprint: fingerprint(), why: "it is the best GPU here".to_owned() };
    session.model = ModelState::Found(Box::new(model()));
    session
}

fn running() -> Session {
    let mut session = ready();
    session.job =
        Some(RunningJob { request: request(), stage: Stage::Waiting, began: Instant::now(), cancelled_at: None });
    session
}

fn pixels() -> Pixels {
    Pixels { width: 2, height: 2, channels: 3, data: vec![9; 12] }
}

/// Everything that the panels say, as text.
fn said(session: &Session) -> String {
    let top = top_bar::data(session);
    let bottom = bottom_bar::data(session);
    let prompt = prompt::data(session, &Form::default());
    format!(
        "{} | {}\n{:?}\n{:?}\n{} {:?} {}",
        top.model.text,
        top.device.text,
        picture::data(session),
        prompt.main_button,
        bottom.text,
        bottom.fraction,
        bottom.time
    )
}

#[test]
fn every_state_is_told_in_words() {
    assert_eq!(
        said(&Session::new()),
        "opening the model | opening the device\n\
         Empty { title: \"Opening the device\", advice: \"The engine runs in its own process; this window never waits for it.\" }\n\
         Disabled(\"The device is being opened\")\n\
         The engine starts None "
    );
    let mut session = ready();
    assert_eq!(
        said(&session),
        "starter · Stable Diffusion 1.x | Radeon RX 7600 · f16\n\
         Empty { title: \"No picture yet\", advice: \"Write a prompt and press Generate.\" }\n\
         Generate\n\
         Ready None "
    );
    session.engine = EngineState::Unavailable("the driver is missing".to_owned());
    assert_eq!(
        said(&session),
        "starter · Stable Diffusion 1.x | no device\n\
         Broken { title: \"No device\", advice: \"the driver is missing\", retry: TryAgain }\n\
         Disabled(\"the driver is missing\")\n\
         No engine None "
    );
    let mut session = ready();
    session.model = ModelState::Missing("the starter model was not found".to_owned());
    assert!(
        said(&session)
            .contains("Broken { title: \"No model\", advice: \"the starter model was not found\", retry: TryAgain }")
    );
}

#[test]
fn a_job_is_followed_from_its_first_event_to_its_picture() {
    let mut session = running();
    let job = JobId(1);
    assert!(said(&session).contains("Making the first picture"));
    session.hear(EngineEvent::Loading { job, component: "unet".to_owned(), fraction: 0.2 });
    assert_eq!(bottom_bar::data(&session).text, "Loading unet");
    session.hear(EngineEvent::Step { job, done: 5, of: 20, elapsed_secs: 2.0, preview: Some(pixels()) });
    let bar = bottom_bar::data(&session);
    assert_eq!((bar.text.as_str(), bar.fraction, bar.time.as_str()), ("Step 5 of 20", Some(0.25), "6.0 s left"));
    assert_eq!(picture::data(&session), picture::PictureData::Preview { size: (128, 128) });
    let before = session.picture().map(|(revision, _)| revision);
    // Another job's event changes nothing.
    session.hear(EngineEvent::Failed { job: JobId(7), error: "x".to_owned() });
    assert!(session.job.is_some() && session.failure.is_none());
    session.hear(EngineEvent::Notice { job, text: "the prompt was cut".to_owned() });
    let timings = JobTimings { total_secs: 8.25, load_secs: 1.5, ..JobTimings::default() };
    session.hear(EngineEvent::Finished { job, image: pixels(), timings });
    assert_eq!(
        picture::data(&session),
        picture::PictureData::Finished {
            size: (2, 2),
            caption: "seed 42 · 128×128 · DDIM · 20 steps · guidance 7".to_owned(),
            saved: None,
            failure: None,
            notices: vec!["the prompt was cut".to_owned()],
        }
    );
    assert_ne!(session.picture().map(|(revision, _)| revision), before);
    assert_eq!(bottom_bar::data(&session).time, "8.2 s, 1.5 s of it loading");
}

#[test]
fn a_failure_stays_until_the_next_try_and_a_stop_is_told() {
    let mut session = running();
    session.hear(EngineEvent::Failed { job: JobId(1), error: "the model is damaged".to_owned() });
    assert!(
        said(&session)
            .contains("Broken { title: \"The image failed\", advice: \"the model is damaged\", retry: Generate }")
    );
    assert_eq!(prompt::data(&session, &Form::default()).main_button, MainButton::Generate);
    let mut session = running();
    session.job.as_mut().unwrap().cancelled_at = Some(Instant::now());
    assert!(bottom_bar::data(&session).text.starts_with("Stopping after this step"));
    assert_eq!(prompt::data(&session, &Form::default()).main_button, MainButton::Cancel);
    session.job.as_mut().unwrap().cancelled_at = Some(Instant::now() - Duration::from_secs(10));
    assert_eq!(prompt::data(&session, &Form::default()).main_button, MainButton::ForceStop);
}

#[test]
fn a_form_with_a_mistake_says_which() {
    let button = |change: fn(&mut Form)| {
        let mut form = Form::default();
        change(&mut form);
        match prompt::data(&ready(), &form).main_button {
            MainButton::Disabled(why) => why,
            other => format!("{other:?}"),
        }
    };
    assert_eq!(button(|form| form.width = Some(100)), "width must be a multiple of 8 and is 100: use 96 or 104");
    assert_eq!(
        button(|form| form.seed = "x".to_owned()),
        "The seed must be a whole number from 0 to 18446744073709551615"
    );
    assert_eq!(button(|form| form.steps = 0), "steps must be between 1 and 1000 and is 0");
    let data = prompt::data(&ready(), &Form::default());
    assert_eq!((data.native_side, data.model_guidance), (128, 4.0));
    assert_eq!(button(|form| form.prompt = String::new()), "Generate");
}

/// What the prompt panel works on.
struct PromptState {
    session: Session,
    form: Form,
    commands: Vec<Command>,
}

fn prompt_panel(session: Session) -> Harness<'static, PromptState> {
    let state = PromptState { session, form: Form::default(), commands: Vec::new() };
    Harness::builder().with_context_setup(theme::apply).build_ui_state(
        |ui, state: &mut PromptState| {
            let data = prompt::data(&state.session, &state.form);
            prompt::show(ui, &data, &mut state.form, &mut state.commands);
        },
        state,
    )
}

#[test]
fn every_control_of_the_prompt_panel_has_its_label() {
    let mut harness = prompt_panel(ready());
    harness.run();
    for label in ["Prompt", "Negative prompt", "Seed", "Steps", "Guidance", "Width (px)", "Height (px)"] {
        // The control itself: labels that only name another node are not found by their text.
        assert_ne!(harness.get_by_label(label).accesskit_node().role(), egui::Role::Label, "{label}");
    }
    harness.get_by_label("Generate").click();
    harness.run();
    harness.get_by_label("New seed").click();
    harness.run();
    assert_eq!(harness.state().commands, [Command::Generate, Command::NewSeed]);
}

#[test]
fn the_main_button_follows_the_job() {
    let mut harness = prompt_panel(running());
    harness.run();
    harness.get_by_label("Cancel the running job").click();
    harness.run();
    assert_eq!(harness.state().commands, [Command::Cancel]);
    assert!(harness.query_by_label("Generate").is_none());
    let mut harness = prompt_panel(Session::new());
    harness.run();
    harness.get_by_label("Generate, not possible: The device is being opened").click();
    harness.run();
    assert_eq!(harness.state().commands, []);
}

#[test]
fn typing_changes_the_form_only() {
    let mut harness = prompt_panel(ready());
    harness.run();
    let node = harness.get_by_label("Negative prompt");
    node.focus();
    harness.run();
    harness.get_by_label("Negative prompt").type_text("blurry");
    harness.run();
    assert_eq!(harness.state().form.negative_prompt, "blurry");
    assert_eq!(harness.state().commands, []);
}

fn picture_panel(session: &Session) -> Harness<'static, Vec<Command>> {
    let data = picture::data(session);
    let draw = move |ui: &mut egui::Ui, commands: &mut Vec<Command>| picture::show(ui, &data, None, commands);
    Harness::builder().with_context_setup(theme::apply).build_ui_state(draw, Vec::new())
}

#[test]
fn a_broken_state_offers_to_try_again_and_a_picture_to_be_saved() {
    let mut session = ready();
    session.model = ModelState::Missing("set KENTO_ASSETS".to_owned());
    let mut harness = picture_panel(&session);
    harness.run();
    harness.get_by_label("set KENTO_ASSETS");
    harness.get_by_label("Try again").click();
    harness.run();
    assert_eq!(harness.state(), &[Command::TryAgain]);

    let mut session = ready();
    session.finished = Some(FinishedPicture {
        pixels: Arc::new(pixels()),
        record: ImageRecord::new(request(), fingerprint()),
        timings: JobTimings::default(),
        saved: None,
    });
    let mut harness = picture_panel(&session);
    harness.run();
    harness.get_by_label("Save").click();
    harness.run();
    assert_eq!(harness.state(), &[Command::Save]);
}

#[test]
fn the_whole_window_is_drawn_at_the_smallest_and_the_largest_size_before_any_device_is_open() {
    for size in [theme::SMALLEST_WINDOW, theme::FIRST_WINDOW, [2560.0, 1440.0]] {
        let mut harness = Harness::builder()
            .with_size(egui::Vec2::from(size))
            .build_eframe(|creation| KentoApp::new(&creation.egui_ctx));
        // One frame: the engine is started only after it.
        harness.step();
        assert_eq!(harness.state().session().engine, EngineState::Starting);
        harness.get_by_label("Kento");
        let button = harness.get_by_label("Generate, not possible: The device is being opened").rect();
        assert!(button.right() <= size[0] && button.bottom() <= size[1], "{button:?} in {size:?}");
    }
}
