//! A project in memory that goes as far as a test needs, by the same commands as the window.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use kento_diffusion::schedulers::SchedulerKind;
use kento_engine::protocol::LocalSource;
use kento_studio::card::{AxisKind, CardName, NegativePrompt, PromptSkeleton, RecipeCard, VariationAxis};
use kento_studio::library::{Checklist, ChecklistItem};
use kento_studio::project::{DiskFs, Owner, Project};
use kento_studio::workflow::*;
use kento_studio::{
    DeviceFingerprint, Dtype, EngineFingerprint, JobId, ModelFile, ModelReference, NUMERICS_REVISION, Recipe, SchemaV1,
    Sha256, Task, ToolVersion,
};

use super::super::data::{PlanData, PlanForm};
use crate::desk::{Libraries, PanelInput, Running};
use crate::model::Model;

pub struct World {
    pub state: State,
    pub now: Timestamp,
    pub actor: Actor,
    pub models: Vec<Model>,
    pub fingerprint: Option<EngineFingerprint>,
    pub running: BTreeMap<JobId, Running>,
    libraries: Libraries,
    project: Project<Record>,
    seq: u64,
    /// Whether images are real files, to be looked at.
    pub draws: bool,
    _folder: tempfile::TempDir,
}

pub fn person(name: &str) -> PersonName {
    name.parse().unwrap()
}

pub fn jo() -> Actor {
    Actor { person: person("Jo"), role: Role::Director }
}

pub fn mara() -> Actor {
    Actor { person: person("Mara"), role: Role::Operator }
}

pub fn ravi() -> Actor {
    Actor { person: person("Ravi"), role: Role::Reviewer }
}

/// The image of a job.
pub fn sha(job: u64) -> Sha256 {
    let mut bytes = [0xAB; 32];
    bytes[..8].copy_from_slice(&job.to_be_bytes());
    Sha256(bytes)
}

fn fingerprint() -> EngineFingerprint {
    EngineFingerprint {
        tool: ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION },
        platform: "linux x86_64".to_owned(),
        device: DeviceFingerprint {
            name: "flex".to_owned(),
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

impl World {
    /// Jo directs, Mara operates, Ravi reviews; Mara acts.
    pub fn started() -> Self {
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("harbour.kento");
        let owner = Owner::this_process("Mara", now);
        let mut world = Self {
            state: State::default(),
            now,
            actor: mara(),
            models: vec![model()],
            fingerprint: Some(fingerprint()),
            running: BTreeMap::new(),
            libraries: Libraries::shipped().unwrap(),
            project: Project::create(Arc::new(DiskFs), &place, "Harbour Days", now, owner).unwrap(),
            seq: 0,
            draws: false,
            _folder: folder,
        };
        let item = |id: &str| ChecklistItem {
            id: id.to_owned(),
            group: "Visual".to_owned(),
            text: format!("{id} is right"),
            needs_evidence: false,
            hint: "look".to_owned(),
        };
        let items = ["hands", "edges"].map(item).to_vec();
        world.act(
            &jo(),
            Command::StartProject {
                name: "Harbour Days".to_owned(),
                settings: ProjectSettings::default(),
                checklists: vec![Checklist { schema: SchemaV1, name: "review-full".to_owned(), version: 1, items }],
                document_owner: person("Jo"),
                next_review: "2027-05-01".parse().unwrap(),
            },
        );
        world.act(&mara(), Command::SwitchRole { to: Role::Operator });
        world.act(&ravi(), Command::SwitchRole { to: Role::Reviewer });
        world
    }

    /// The brief is complete.
    pub fn briefed() -> Self {
        fn not_needed<T>() -> Answer<T> {
            Answer::NotNeeded { because: "it is a test".to_owned() }
        }
        let mut world = Self::started();
        let brief = Brief {
            intent: "A calm harbour that makes weekend tourists want to take the ferry.".to_owned(),
            purpose: not_needed(),
            appears: not_needed(),
            mood: not_needed(),
            must_haves: not_needed(),
            constraints: not_needed(),
            palette: not_needed(),
            deliverables: Answer::Filled(vec![Deliverable {
                name: "cover".to_owned(),
                width: 1024,
                height: 1024,
                format: FileFormat::Png,
                count: 1,
                colour_space: ColourSpace::Srgb,
            }]),
            consistency: not_needed(),
            licensing: not_needed(),
            stakes: Some(Stakes::Client),
            iteration_budget: not_needed(),
            ..Brief::open("spring-harbour")
        };
        let brief = Brief {
            purpose: Answer::Filled("brochure".to_owned()),
            appears: Answer::Filled("cover".to_owned()),
            mood: Answer::Filled("calm".to_owned()),
            must_haves: Answer::Filled("a place for the headline".to_owned()),
            ..brief
        };
        world.act(&jo(), Command::WriteBrief { brief: Box::new(brief), reason: None });
        world.act(&jo(), Command::CompleteBrief);
        world
    }

    /// The sprint of the first plan: 4 styles by 6 variations, jobs 1 to 24, none rendered.
    pub fn sprinting() -> Self {
        let mut world = Self::briefed();
        let command = {
            let input = world.input();
            PlanData::of(&input, &PlanForm::first(&input)).command.unwrap()
        };
        world.act(&mara(), command);
        world
    }

    /// The sprint is rendered to real files.
    pub fn drawn_sprint() -> Self {
        let mut world = Self::sprinting();
        world.draws = true;
        world.render_all();
        world
    }

    /// The sprint is rendered; image n is that of job n.
    pub fn sprinted() -> Self {
        let mut world = Self::sprinting();
        world.render_all();
        world
    }

    /// A volume run of 20 rows is rendered: jobs 27 to 46.
    pub fn ran() -> Self {
        let mut world = Self::locked();
        world.start_run();
        world.render_all();
        world
    }

    /// A card is locked.
    pub fn locked() -> Self {
        Self::sprinted().lock()
    }

    /// A run of 20 rows whose images are real files.
    pub fn drawn_run() -> Self {
        let mut world = Self::drawn_sprint().lock();
        world.start_run();
        world.render_all();
        world
    }

    fn lock(self) -> Self {
        let mut world = self;
        let candidates: Vec<Sha256> = world.state.images_of_jobs(&[2, 1, 3].map(JobId)).collect();
        let image = candidates[0];
        world.act(&jo(), Command::RankMoodboard { candidates });
        world.act(&jo(), Command::ApproveDirection { image, reason: "the calmest".to_owned() });
        let card = card(model().recipe(&fingerprint(), 12));
        let name = card.card_ref();
        world.act(&mara(), Command::SaveDraftCard { card: Box::new(card) });
        world.act(&mara(), Command::RenderHero { card: name.clone() });
        world.render_all();
        let hero = world.state.card(&name).unwrap().hero.unwrap().image;
        world.act(&mara(), Command::ProveCard { card: name.clone() });
        let job = JobId(world.state.next_job().0 - 1);
        let again_pixels = world.state.image(&hero).unwrap().pixels_sha256;
        let again_fingerprint = Box::new(fingerprint());
        world.act(&mara(), Command::ReportProof { job, again_pixels, again_fingerprint, ssimulacra2: None });
        world.act(&jo(), Command::ApproveHero { card: name.clone(), hero });
        world.act(&mara(), Command::LockRecipe { card: name });
        world
    }

    pub fn start_run(&mut self) {
        let name = self.state.cards().keys().next().unwrap().clone();
        let rows = self.state.card(&name).unwrap().locked.as_ref().unwrap().rows().unwrap();
        let rows = rows.into_iter().map(|row| row.request).collect();
        self.act(&mara(), Command::StartVolumeRun { card: name, rows, seen: None });
    }

    #[track_caller]
    pub fn act(&mut self, by: &Actor, command: Command) {
        let shown = format!("{command:?}");
        let records = decide(&self.state, &command, by, self.now).unwrap_or_else(|no| panic!("{no}: {shown}"));
        for record in &records {
            self.seq += 1;
            self.state.fold(self.seq, record);
        }
    }

    pub fn render(&mut self, job: JobId) {
        let image = GeneratedImage {
            sha256: if self.draws { self.drawn(job.0) } else { sha(job.0) },
            pixels_sha256: sha(100_000 + job.0),
            fingerprint: fingerprint(),
            elapsed_secs: 1.5,
        };
        self.act(&mara(), Command::ReportImage { job, image: Box::new(image) });
    }

    /// A small boat, in another colour and place for every job.
    fn drawn(&self, job: u64) -> Sha256 {
        let (row, column) = ((job.saturating_sub(1) / 6) as i32, (job.saturating_sub(1) % 6) as i32);
        let paints = [[205, 225, 238], [246, 238, 222], [222, 232, 246], [244, 241, 236], [232, 232, 232]];
        let sky = paints[row as usize % paints.len()];
        let hull = [[213, 50, 47], [236, 150, 50], [250, 205, 60], [40, 90, 160], [70, 120, 90], [190, 90, 150]];
        let hull = hull[column as usize % hull.len()];
        let picture = image::RgbImage::from_fn(128, 128, |x, y| {
            let (x, y) = (x as i32, y as i32);
            let (middle, top) = (40 + column * 9, 30 + row * 4);
            let in_hull = (72..86).contains(&y) && (x - middle).abs() < 26 - (y - 72);
            let in_sail = (top..70).contains(&y) && x > middle && x - middle < (y - top) / 2;
            image::Rgb(match (in_hull, in_sail, y >= 80) {
                (true, _, _) => hull,
                (_, true, _) => [250, 250, 245],
                (_, _, true) => [49, 113, 175],
                _ => sky,
            })
        });
        let mut file = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
        self.project.images().put(file.get_ref()).unwrap().sha256
    }

    pub fn render_all(&mut self) {
        for job in self.state.runnable_jobs() {
            self.render(job);
        }
    }

    pub fn fail(&mut self, job: u64, cause: &str) {
        self.act(&mara(), Command::ReportFailure { job: JobId(job), cause: cause.to_owned() });
    }

    pub fn input(&self) -> PanelInput<'_> {
        PanelInput {
            state: &self.state,
            actor: &self.actor,
            now: self.now,
            images: self.project.images(),
            models: &self.models,
            fingerprint: self.fingerprint.as_ref(),
            running: &self.running,
            libraries: &self.libraries,
            interrupted: crate::desk::NOTHING_INTERRUPTED,
            offered: None,
            read_only: None,
        }
    }
}

fn card(recipe: Recipe) -> RecipeCard {
    let skeleton = PromptSkeleton {
        subject: "a red boat".to_owned(),
        style: "flat vector illustration".to_owned(),
        ..PromptSkeleton::default()
    };
    let axis = |kind, values: &[&str]| VariationAxis { kind, values: values.iter().map(|v| (*v).to_owned()).collect() };
    RecipeCard {
        schema: SchemaV1,
        name: CardName::new("harbour-flat").unwrap(),
        revision: 1,
        parent: None,
        reason: None,
        brief: Some("spring-harbour".to_owned()),
        style: None,
        recipe: Recipe { prompt: skeleton.text(), negative_prompt: "text".to_owned(), ..recipe },
        skeleton,
        negative: NegativePrompt { text: "text".to_owned(), from: Vec::new() },
        seed: 7,
        variation: None,
        task: Task::TextToImage,
        adapters: Default::default(),
        upscaler: None,
        post: Vec::new(),
        axes: vec![
            axis(AxisKind::Subject, &["a red boat", "a blue boat"]),
            axis(AxisKind::SeedOffset, &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
        ],
    }
}
