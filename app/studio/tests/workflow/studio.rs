//! A project in memory that goes as far along the stages as a test needs, by the same commands as the window.

use jiff::{SignedDuration, Timestamp};
use kento_studio::card::{AxisKind, CardName, CardRef, NegativePrompt, PromptSkeleton, RecipeCard, VariationAxis};
use kento_studio::library::{Checklist, ChecklistItem};
use kento_studio::workflow::*;
use kento_studio::{
    DeviceFingerprint, Dtype, EngineFingerprint, GenerationRequest, ImageReference, JobId, ModelFile, ModelReference,
    NUMERICS_REVISION, NoiseSource, Recipe, SchedulerSetting, SchemaV1, Sha256, Task, ToolVersion,
};

pub const START: &str = "2026-11-21T09:00:00Z";

pub struct Studio {
    pub state: State,
    pub records: Vec<Record>,
    pub now: Timestamp,
}

pub fn person(name: &str) -> PersonName {
    name.parse().unwrap()
}

pub fn actor(name: &str, role: Role) -> Actor {
    Actor { person: person(name), role }
}

pub fn jo() -> Actor {
    actor("Jo", Role::Director)
}

pub fn mara() -> Actor {
    actor("Mara", Role::Operator)
}

pub fn ravi() -> Actor {
    actor("Ravi", Role::Reviewer)
}

pub fn sha(n: u64) -> Sha256 {
    let mut bytes = [0xAB; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Sha256(bytes)
}

pub fn fingerprint(device: &str) -> EngineFingerprint {
    EngineFingerprint {
        tool: ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION },
        platform: "linux x86_64".to_owned(),
        device: DeviceFingerprint {
            name: device.to_owned(),
            class: "CPU".to_owned(),
            api: "flex".to_owned(),
            driver: String::new(),
            shader: String::new(),
        },
        dtype: Dtype::F32,
    }
}

pub fn recipe(prompt: &str) -> Recipe {
    Recipe {
        schema: SchemaV1,
        tool: ToolVersion { version: "0.1.0".to_owned(), commit: "abc".to_owned(), numerics: NUMERICS_REVISION },
        model: ModelReference {
            name: "starter".to_owned(),
            files: vec![ModelFile { path: "m.safetensors".to_owned(), bytes: 1, sha256: sha(9_999) }],
            licence: Some("MIT".to_owned()),
        },
        vae: None,
        prompt: prompt.to_owned(),
        negative_prompt: "text".to_owned(),
        clip_skip: 1,
        noise: NoiseSource::TorchCpu,
        scheduler: SchedulerSetting { name: "euler".to_owned(), sigmas: None },
        steps: 12,
        guidance_scale: 5.0,
        guidance_rescale: 0.0,
        width: 256,
        height: 256,
        dtype: Dtype::F32,
        device: None,
    }
}

pub fn skeleton(subject: &str, style: &str) -> PromptSkeleton {
    PromptSkeleton { subject: subject.to_owned(), style: style.to_owned(), ..PromptSkeleton::default() }
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

pub fn plan(styles: usize, variations: usize) -> SprintPlan {
    let cell = |style: usize, n: usize| SprintCell {
        label: format!("boat {n}"),
        skeleton: skeleton(&format!("boat {n}"), &format!("style {style}")),
        seed: n as u64,
    };
    let style = |style: usize| SprintStyle {
        name: format!("Style {style}"),
        negative: NegativePrompt { text: "text".to_owned(), from: Vec::new() },
        cells: (0..variations).map(|n| cell(style, n)).collect(),
    };
    SprintPlan { base: recipe(""), styles: (0..styles).map(style).collect(), scope: SprintScope::Full }
}

pub fn card(revision: u32) -> RecipeCard {
    let skeleton = skeleton("a red boat", "flat vector");
    let axis = |kind, values: &[&str]| VariationAxis { kind, values: values.iter().map(|v| (*v).to_owned()).collect() };
    RecipeCard {
        schema: SchemaV1,
        name: CardName::new("harbour-flat").unwrap(),
        revision,
        parent: None,
        reason: None,
        brief: Some("spring-harbour".to_owned()),
        style: None,
        recipe: recipe(&skeleton.text()),
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
            axis(AxisKind::SeedOffset, &["0", "1", "2", "3"]),
        ],
    }
}

pub fn card_ref(revision: u32) -> CardRef {
    card(revision).card_ref()
}

pub fn checklist(name: &str, ids: &[&str]) -> Checklist {
    let item = |id: &&str| ChecklistItem {
        id: (*id).to_owned(),
        group: "Visual".to_owned(),
        text: format!("{id} is right"),
        needs_evidence: **id == *"licence",
        hint: "look".to_owned(),
    };
    Checklist { schema: SchemaV1, name: name.to_owned(), version: 1, items: ids.iter().map(item).collect() }
}

pub fn pass() -> Verdict {
    Verdict { judgement: Judgement::Pass, note: "seen".to_owned(), evidence: Vec::new(), pins: Vec::new() }
}

pub fn fail() -> Verdict {
    let pins = vec![Pin { x: 0.25, y: 0.75 }];
    Verdict { judgement: Judgement::Fail, note: "a halo".to_owned(), evidence: Vec::new(), pins }
}

pub const ITEMS: [&str; 3] = ["hands", "edges", "licence"];

pub fn start_command() -> Command {
    Command::StartProject {
        name: "Harbour Days".to_owned(),
        settings: ProjectSettings::default(),
        checklists: vec![checklist("review-full", &ITEMS), checklist("review-short", &["edges"])],
        document_owner: person("Jo"),
        next_review: "2027-05-01".parse().unwrap(),
    }
}

impl Studio {
    /// Nothing has happened.
    pub fn empty() -> Self {
        Self { state: State::default(), records: Vec::new(), now: START.parse().unwrap() }
    }

    /// Jo directs, Mara operates, Ravi reviews.
    pub fn started() -> Self {
        let mut studio = Self::empty();
        studio.ok(&jo(), start_command());
        studio.ok(&mara(), Command::SwitchRole { to: Role::Operator });
        studio.ok(&ravi(), Command::SwitchRole { to: Role::Reviewer });
        studio
    }

    /// The brief is complete.
    pub fn briefed() -> Self {
        Self::briefed_with(brief())
    }

    pub fn briefed_with(brief: Brief) -> Self {
        let mut studio = Self::started();
        studio.ok(&jo(), Command::WriteBrief { brief: Box::new(brief), reason: None });
        studio.ok(&jo(), Command::CompleteBrief);
        studio
    }

    /// A sprint of 3 styles by 5 variations is rendered: images 1 to 15.
    pub fn sprinted() -> Self {
        let mut studio = Self::briefed();
        studio.ok(&mara(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
        studio.render_all();
        studio
    }

    /// A direction is approved.
    pub fn directed() -> Self {
        Self::sprinted().direct()
    }

    pub fn direct(mut self) -> Self {
        self.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(2), sha(1), sha(3)] });
        self.ok(&jo(), Command::ApproveDirection { image: sha(2), reason: "the calmest".to_owned() });
        self
    }

    /// Card r1 has a Hero, image 16.
    pub fn heroed() -> Self {
        Self::directed().hero()
    }

    pub fn hero(mut self) -> Self {
        self.ok(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
        self.ok(&mara(), Command::RenderHero { card: card_ref(1) });
        self.render_all();
        self
    }

    /// Card r1 is locked.
    pub fn locked() -> Self {
        Self::heroed().lock(1)
    }

    /// Proves, approves and locks a revision whose Hero is rendered.
    pub fn lock(mut self, revision: u32) -> Self {
        let card = card_ref(revision);
        let hero = self.state.card(&card).unwrap().hero.unwrap().image;
        self.prove(revision, true);
        self.ok(&jo(), Command::ApproveHero { card: card.clone(), hero });
        self.ok(&mara(), Command::LockRecipe { card });
        self
    }

    /// A volume run of 8 rows is rendered.
    pub fn ran() -> Self {
        let mut studio = Self::locked();
        studio.run_rows(8);
        studio
    }

    /// The first two images of the run are kept; their hashes.
    pub fn kept() -> (Self, Sha256, Sha256) {
        let mut studio = Self::ran();
        let images = studio.run_images(1);
        for image in &images[..2] {
            studio.ok(&mara(), Command::Keep { image: *image });
        }
        (studio, images[0], images[1])
    }

    /// The first keeper is at the gate, with its alt text.
    pub fn submitted() -> (Self, Sha256) {
        let (mut studio, image, _) = Self::kept();
        studio.ok(&mara(), alt(image));
        studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
        (studio, image)
    }

    /// The first keeper is cleared.
    pub fn cleared() -> (Self, Sha256) {
        let (mut studio, image) = Self::submitted();
        studio.clear(&ravi(), image);
        (studio, image)
    }

    /// The Director skips what lies between the sprint and the gate.
    pub fn skip_to_gate(&mut self, director: &Actor) {
        for stage in [Stage::LockInPass, Stage::VolumeRun] {
            self.ok(director, Command::SkipStage { stage, reason: "one small picture".to_owned() });
        }
    }

    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// Decides, takes every record through its JSON form, and folds it in.
    pub fn try_act(&mut self, by: &Actor, command: Command) -> Result<Vec<Record>, Refusal> {
        let records = decide(&self.state, &command, by, self.now)?;
        for record in &records {
            let text = serde_json::to_string(record).unwrap();
            let read: Record = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(read, *record, "{text}");
            self.state.fold(self.records.len() as u64 + 1, record);
            self.records.push(read);
        }
        Ok(records)
    }

    #[track_caller]
    pub fn ok(&mut self, by: &Actor, command: Command) -> Vec<Record> {
        let shown = format!("{command:?}");
        self.try_act(by, command).unwrap_or_else(|refusal| panic!("{refusal}\n{by}: {shown}"))
    }

    /// The sentence that a command is refused with; nothing may change.
    #[track_caller]
    pub fn refused(&self, by: &Actor, command: Command) -> String {
        match decide(&self.state, &command, by, self.now) {
            Ok(records) => panic!("not refused: {command:?} gave {records:?}"),
            Err(refusal) => refusal.to_string(),
        }
    }

    /// Renders every runnable job, each to the image of its job's number.
    pub fn render_all(&mut self) {
        for job in self.state.runnable_jobs() {
            if !matches!(self.state.job(job).unwrap().purpose, JobPurpose::Proof { .. }) {
                self.ok(&mara(), Command::ReportImage { job, image: Box::new(generated(job.0)) });
            }
        }
    }

    /// Renders the Hero of a revision again, with the same pixels or others.
    pub fn prove(&mut self, revision: u32, same: bool) {
        let hero = self.state.card(&card_ref(revision)).unwrap().hero.unwrap().image;
        let pixels = self.state.image(&hero).unwrap().pixels_sha256;
        self.ok(&mara(), Command::ProveCard { card: card_ref(revision) });
        let job = JobId(self.state.next_job().0 - 1);
        let again_pixels = if same { pixels } else { sha(12_345) };
        let again_fingerprint = Box::new(fingerprint("flex"));
        self.ok(&mara(), Command::ReportProof { job, again_pixels, again_fingerprint, ssimulacra2: None });
    }

    pub fn rows(&self, revision: u32, count: usize) -> Vec<GenerationRequest> {
        let rows = self.state.card(&card_ref(revision)).unwrap().locked.as_ref().unwrap().rows().unwrap();
        rows.into_iter().take(count).map(|row| row.request).collect()
    }

    pub fn run_rows(&mut self, count: usize) {
        let rows = self.rows(1, count);
        self.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
        self.render_all();
    }

    pub fn run_images(&self, run: u32) -> Vec<Sha256> {
        let run = self.state.runs().iter().find(|one| one.number == run).unwrap();
        self.state.images_of_jobs(&run.jobs).collect()
    }

    pub fn judge_all(&mut self, by: &Actor, image: Sha256) {
        for item in ITEMS {
            self.ok(by, Command::JudgeItem { image, item: item.to_owned(), verdict: pass() });
        }
    }

    /// Judges every item and clears, with an alt text where there is none yet.
    pub fn clear(&mut self, by: &Actor, image: Sha256) {
        if self.state.image(&image).unwrap().alt_text.is_empty() {
            self.ok(by, alt(image));
        }
        self.judge_all(by, image);
        self.ok(by, Command::ClearImage { image });
    }

    /// Keeps, submits and sends an image back because of its edges.
    pub fn fail_edges(&mut self, image: Sha256) {
        self.ok(&mara(), Command::Keep { image });
        self.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
        self.ok(&ravi(), Command::JudgeItem { image, item: "edges".to_owned(), verdict: fail() });
        self.ok(&ravi(), Command::SendBack { image, note: "mend the edges".to_owned() });
    }
}

pub fn generated(n: u64) -> GeneratedImage {
    GeneratedImage {
        sha256: sha(n),
        pixels_sha256: sha(100_000 + n),
        fingerprint: fingerprint("flex"),
        elapsed_secs: 1.5,
    }
}

pub fn reference(image: Sha256) -> ImageReference {
    ImageReference { sha256: image, width: 256, height: 256 }
}

pub fn inpaint(image: Sha256) -> Task {
    Task::Inpaint { image: reference(image), mask: reference(sha(777)), strength: 0.8, region: None }
}

pub fn repair(parent: Sha256, masked_share: f64, overrule: Option<&str>) -> Command {
    Command::StartRepair {
        parent,
        recipe: Box::new(recipe("a red boat")),
        task: inpaint(parent),
        seeds: vec![3],
        masked_share,
        overrule: overrule.map(str::to_owned),
    }
}

pub fn mix([first, second]: [Sha256; 2], result: Sha256) -> Command {
    let result = EditedImage { sha256: result, pixels_sha256: result, width: 256, height: 256 };
    Command::MixCandidates { first, second, mask: reference(sha(778)), result }
}

pub fn alt(image: Sha256) -> Command {
    Command::WriteAltText { image, text: "A red boat on a calm sea.".to_owned() }
}

/// What comes back from a human editor.
pub fn human_edit(parent: Sha256, result: Sha256) -> Command {
    let result = EditedImage { sha256: result, pixels_sha256: result, width: 256, height: 256 };
    let edit = Edit { kind: EditKind::HumanEdit, note: "set the logo".to_owned(), inputs: Vec::new() };
    Command::RecordEdit { parent, result, edit }
}

pub fn edit(parent: Sha256, result: Sha256) -> Command {
    Command::RecordEdit {
        parent,
        result: EditedImage { sha256: result, pixels_sha256: result, width: 256, height: 256 },
        edit: Edit { kind: EditKind::ColourCorrection, note: "towards the palette".to_owned(), inputs: Vec::new() },
    }
}
