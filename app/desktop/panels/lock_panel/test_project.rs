//! A project in memory that goes as far along the stages as a test of a panel needs, by the window's commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use kento_diffusion::schedulers::SchedulerKind;
use kento_engine::protocol::LocalSource;
use kento_studio::card::{CardRef, NegativePrompt, PromptSkeleton, RecipeCard};
use kento_studio::library::{Checklist, ChecklistItem};
use kento_studio::project::{DiskFs, ImageStore, Owner, Project};
use kento_studio::workflow::{
    Actor, Answer, Brief, ColourSpace, Command, Deliverable, FileFormat, GeneratedImage, JobPurpose, ProjectSettings,
    Record, Role, SprintCell, SprintPlan, SprintScope, SprintStyle, Stage, Stakes, State, decide,
};
use kento_studio::{
    DeviceFingerprint, Dtype, EngineFingerprint, ModelFile, ModelReference, NUMERICS_REVISION, SchemaV1, Sha256,
    ToolVersion,
};
use tempfile::TempDir;

use super::begin::{Beginning, begin};
use crate::desk::{Libraries, PanelInput};
use crate::model::Model;
use crate::raster::Raster;

/// A project and everything that a panel reads beside it.
pub struct TestProject {
    pub state: State,
    pub actor: Actor,
    pub models: Vec<Model>,
    pub fingerprint: EngineFingerprint,
    pub now: Timestamp,
    pub read_only: Option<&'static str>,
    images: ImageStore,
    running: BTreeMap<kento_studio::JobId, crate::desk::Running>,
    pub libraries: Libraries,
    records: u64,
    _folder: TempDir,
}

pub fn actor(name: &str, role: Role) -> Actor {
    Actor { person: name.parse().unwrap(), role }
}

pub fn jo() -> Actor {
    actor("Jo", Role::Director)
}

pub fn mara() -> Actor {
    actor("Mara", Role::Operator)
}

pub fn sha(n: u64) -> Sha256 {
    let mut bytes = [0xAB; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Sha256(bytes)
}

pub fn fingerprint() -> EngineFingerprint {
    EngineFingerprint {
        tool: ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION },
        platform: "linux x86_64".to_owned(),
        device: DeviceFingerprint {
            name: "Ryzen 5".to_owned(),
            class: "CPU".to_owned(),
            api: "flex".to_owned(),
            driver: String::new(),
            shader: String::new(),
        },
        dtype: Dtype::F32,
    }
}

fn model() -> Model {
    Model {
        source: LocalSource { model: "/models/starter".into(), vae: None },
        reference: ModelReference {
            name: "starter".to_owned(),
            files: vec![ModelFile { path: "unet/u.safetensors".to_owned(), bytes: 1, sha256: sha(9_999) }],
            licence: Some("MIT".to_owned()),
        },
        vae: None,
        family: "Stable Diffusion 1.x".to_owned(),
        native_side: 256,
        scheduler: Some(SchedulerKind::Euler),
        guidance_scale: 5.0,
        problems: Vec::new(),
    }
}

pub fn brief() -> Brief {
    let text = |text: &str| Answer::Filled(text.to_owned());
    Brief {
        intent: "A calm harbour that makes weekend tourists want to take the ferry.".to_owned(),
        purpose: text("spring brochure"),
        appears: text("cover and web banner"),
        mood: text("calm, early light"),
        must_haves: text("a red boat"),
        constraints: text("no real people, square"),
        palette: Answer::Filled(vec!["#e5534b".parse().unwrap()]),
        deliverables: Answer::Filled(vec![Deliverable {
            name: "cover".to_owned(),
            width: 2048,
            height: 2048,
            format: FileFormat::Png,
            count: 1,
            colour_space: ColourSpace::Srgb,
        }]),
        consistency: Answer::NotNeeded { because: "one picture".to_owned() },
        licensing: text("own use"),
        stakes: Some(Stakes::Client),
        iteration_budget: Answer::Filled(4),
        ..Brief::open("spring-harbour")
    }
}

/// A card of a project without a sprint, as it is before it was ever saved.
pub fn first_card() -> RecipeCard {
    begin(&TestProject::without_sprint().input(), &Beginning::Scratch).unwrap()
}

impl TestProject {
    /// Jo directs, Mara operates; nothing else happened.
    pub fn started() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let owner = Owner::this_process("Jo", now);
        let path = folder.path().join("harbour.kento");
        let project = Project::<Record>::create(Arc::new(DiskFs), &path, "Harbour Days", now, owner).unwrap();
        let mut started = Self {
            state: State::default(),
            actor: mara(),
            models: vec![model()],
            fingerprint: fingerprint(),
            now,
            read_only: None,
            images: project.images().clone(),
            running: BTreeMap::new(),
            libraries: Libraries::shipped().unwrap(),
            records: 0,
            _folder: folder,
        };
        let checklist = |name: &str| Checklist {
            schema: SchemaV1,
            name: name.to_owned(),
            version: 1,
            items: vec![ChecklistItem {
                id: "edges".to_owned(),
                group: "Visual".to_owned(),
                text: "Edges are clean".to_owned(),
                needs_evidence: false,
                hint: "look".to_owned(),
            }],
        };
        let start = Command::StartProject {
            name: "Harbour Days".to_owned(),
            settings: ProjectSettings::default(),
            checklists: vec![checklist("review-full")],
            document_owner: "Jo".parse().unwrap(),
            next_review: "2027-05-01".parse().unwrap(),
        };
        started.act(&jo(), start);
        started.act(&mara(), Command::SwitchRole { to: Role::Operator });
        started
    }

    /// The brief is complete.
    pub fn briefed() -> Self {
        let mut project = Self::started();
        project.act(&jo(), Command::WriteBrief { brief: Box::new(brief()), reason: None });
        project.act(&jo(), Command::CompleteBrief);
        project
    }

    /// The sprint is skipped.
    pub fn without_sprint() -> Self {
        let mut project = Self::briefed();
        let reason = "the look is given".to_owned();
        project.act(&jo(), Command::SkipStage { stage: Stage::ConceptSprint, reason });
        project
    }

    /// A sprint of 3 styles by 5 is rendered, and image 2 approved: style 0, second cell.
    pub fn directed() -> Self {
        let mut project = Self::briefed();
        let plan = project.plan();
        project.act(&mara(), Command::StartConceptSprint { plan: Box::new(plan) });
        project.render_all();
        project.act(&jo(), Command::RankMoodboard { candidates: vec![sha(2), sha(1), sha(3)] });
        let reason = "the calmest".to_owned();
        project.act(&jo(), Command::ApproveDirection { image: sha(2), reason });
        project
    }

    /// A plan of 3 styles by 5.
    pub fn plan(&self) -> SprintPlan {
        let cell = |style: usize, n: usize| SprintCell {
            label: format!("boat {n}"),
            skeleton: PromptSkeleton {
                subject: format!("boat {n}"),
                style: format!("style {style}"),
                ..PromptSkeleton::default()
            },
            seed: n as u64 + 10,
        };
        let style = |style: usize| SprintStyle {
            name: format!("Style {style}"),
            negative: NegativePrompt { text: "text".to_owned(), from: Vec::new() },
            cells: (0..5).map(|n| cell(style, n)).collect(),
        };
        let base = self.models[0].recipe(&self.fingerprint, 12);
        SprintPlan { base, styles: (0..3).map(style).collect(), scope: SprintScope::Full }
    }

    pub fn input(&self) -> PanelInput<'_> {
        PanelInput {
            state: &self.state,
            actor: &self.actor,
            now: self.now,
            images: &self.images,
            models: &self.models,
            fingerprint: Some(&self.fingerprint),
            running: &self.running,
            libraries: &self.libraries,
            interrupted: crate::desk::NOTHING_INTERRUPTED,
            offered: None,
            read_only: self.read_only,
        }
    }

    #[track_caller]
    pub fn act(&mut self, by: &Actor, command: Command) {
        let shown = format!("{command:?}");
        let records =
            decide(&self.state, &command, by, self.now).unwrap_or_else(|refusal| panic!("{refusal}\n{by}: {shown}"));
        for record in &records {
            self.records += 1;
            self.state.fold(self.records, record);
        }
    }

    /// Renders every job to the image of its number, in 1.5 seconds.
    pub fn render_all(&mut self) {
        for job in self.state.runnable_jobs() {
            if matches!(self.state.job(job).unwrap().purpose, JobPurpose::Proof { .. }) {
                continue;
            }
            let image = GeneratedImage {
                sha256: sha(job.0),
                pixels_sha256: sha(100_000 + job.0),
                fingerprint: fingerprint(),
                elapsed_secs: 1.5,
            };
            self.act(&mara(), Command::ReportImage { job, image: Box::new(image) });
        }
    }

    /// Renders the Hero of a card again, with the same pixels or others.
    pub fn prove(&mut self, card: &CardRef, same: bool) {
        let hero = self.state.card(card).unwrap().hero.unwrap().image;
        let pixels = self.state.image(&hero).unwrap().pixels_sha256;
        self.act(&mara(), Command::ProveCard { card: card.clone() });
        let job = kento_studio::JobId(self.state.next_job().0 - 1);
        let again_pixels = if same { pixels } else { sha(12_345) };
        let again_fingerprint = Box::new(fingerprint());
        self.act(&mara(), Command::ReportProof { job, again_pixels, again_fingerprint, ssimulacra2: None });
    }
}

/// Keeps a picture of a panel where `KENTO_GALLERY` says. A picture of one colour only is none.
pub fn keep(raster: &Raster, ctx: &eframe::egui::Context, output: &eframe::egui::FullOutput, name: &str) {
    let image = raster.image(ctx, output);
    let first = *image.get_pixel(0, 0);
    assert!(image.pixels().any(|pixel| *pixel != first), "{name} is empty");
    if let Ok(folder) = std::env::var("KENTO_GALLERY") {
        std::fs::create_dir_all(&folder).unwrap();
        image.save(std::path::Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}
