//! A project in memory for the tests of the panels, made by the same commands as the window's.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kento_studio::card::{AxisKind, CardName, NegativePrompt, PromptSkeleton, RecipeCard, VariationAxis};
use kento_studio::library::{Checklist, ChecklistItem};
use kento_studio::workflow::*;
use kento_studio::{
    DeviceFingerprint, Dtype, EngineFingerprint, JobId, ModelFile, ModelReference, NUMERICS_REVISION, NoiseSource,
    Recipe, SchedulerSetting, SchemaV1, Sha256, Task, ToolVersion,
};

use super::View;
use crate::widgets::Allowed;

pub struct Sample {
    pub state: State,
    pub now: Timestamp,
    /// What the first images are; the others are made up.
    pub pictures: BTreeMap<u32, Sha256>,
    seq: u64,
    operator: Actor,
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

pub fn ravi() -> Actor {
    actor("Ravi", Role::Reviewer)
}

pub fn sha(n: u32) -> Sha256 {
    let mut bytes = [0xAB; 32];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    Sha256(bytes)
}

pub fn pass(note: &str) -> Verdict {
    Verdict { judgement: Judgement::Pass, note: note.to_owned(), evidence: Vec::new(), pins: Vec::new() }
}

pub fn fail(note: &str) -> Verdict {
    let pins = vec![Pin { x: 0.25, y: 0.75 }];
    Verdict { judgement: Judgement::Fail, note: note.to_owned(), evidence: Vec::new(), pins }
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

fn recipe(prompt: &str) -> Recipe {
    Recipe {
        schema: SchemaV1,
        tool: fingerprint().tool,
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

fn skeleton(subject: &str, style: &str) -> PromptSkeleton {
    PromptSkeleton { subject: subject.to_owned(), style: style.to_owned(), ..PromptSkeleton::default() }
}

fn card() -> RecipeCard {
    let skeleton = skeleton("a red boat", "flat vector");
    RecipeCard {
        schema: SchemaV1,
        name: CardName::new("harbour-flat").unwrap(),
        revision: 1,
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
        axes: vec![VariationAxis {
            kind: AxisKind::SeedOffset,
            values: ["0", "1", "2", "3"].map(str::to_owned).to_vec(),
        }],
    }
}

fn brief(stakes: Stakes) -> Brief {
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
        stakes: Some(stakes),
        iteration_budget: Answer::Filled(4),
        ..Brief::open("spring-harbour")
    }
}

fn checklist(name: &str, items: &[(&str, &str)]) -> Checklist {
    let item = |(id, group): &(&str, &str)| ChecklistItem {
        id: (*id).to_owned(),
        group: (*group).to_owned(),
        text: format!("{id} is right"),
        needs_evidence: *id == "licence",
        hint: "look".to_owned(),
    };
    Checklist { schema: SchemaV1, name: name.to_owned(), version: 1, items: items.iter().map(item).collect() }
}

/// What lies between the sprint and the gate; a small job does without.
const LEFT_OUT: [Stage; 2] = [Stage::LockInPass, Stage::VolumeRun];

pub const FULL: [(&str, &str); 3] = [("hands", "Visual"), ("edges", "Visual"), ("licence", "Legal")];

impl Sample {
    fn started(director: &Actor, operator: Actor, artefact_gate: bool) -> Self {
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let mut sample = Self { state: State::default(), now, pictures: BTreeMap::new(), seq: 0, operator };
        let mut checklists = vec![checklist("review-full", &FULL), checklist("review-short", &FULL[1..2])];
        checklists.extend(artefact_gate.then(|| checklist("artefact-gate", &[("seams", "Visual")])));
        let start = Command::StartProject {
            name: "Harbour Days".to_owned(),
            settings: ProjectSettings::default(),
            checklists,
            document_owner: director.person.clone(),
            next_review: "2027-05-01".parse().unwrap(),
        };
        sample.ok(director, start);
        sample
    }

    fn brief_with(mut self, director: &Actor, stakes: Stakes) -> Self {
        self.ok(director, Command::WriteBrief { brief: Box::new(brief(stakes)), reason: None });
        self.ok(director, Command::CompleteBrief);
        for stage in LEFT_OUT {
            self.ok(director, Command::SkipStage { stage, reason: "one small picture".to_owned() });
        }
        self
    }

    /// Jo directs, Mara operates, Ravi reviews; the brief is complete; what lies between sprint and gate is skipped.
    pub fn briefed(stakes: Stakes) -> Self {
        Self::started(&jo(), mara(), false).crew().brief_with(&jo(), stakes)
    }

    /// The brief is revised to other stakes.
    pub fn stakes_become(&mut self, stakes: Stakes) {
        let reason = Some("who will see it is known now".to_owned());
        self.ok(&jo(), Command::WriteBrief { brief: Box::new(brief(stakes)), reason });
    }

    fn crew(mut self) -> Self {
        self.ok(&mara(), Command::SwitchRole { to: Role::Operator });
        self.ok(&ravi(), Command::SwitchRole { to: Role::Reviewer });
        self
    }

    /// A sprint of 3 styles by 5 variations is rendered: images 1 to 15.
    pub fn sprint(mut self) -> Self {
        let cell = |style: usize, n: usize| SprintCell {
            label: format!("boat {n}"),
            skeleton: skeleton(&format!("boat {n}"), &format!("style {style}")),
            seed: 965_400_086 + n as u64,
        };
        let style = |style: usize| SprintStyle {
            name: format!("Style {style}"),
            negative: NegativePrompt { text: "text".to_owned(), from: Vec::new() },
            cells: (0..5).map(|n| cell(style, n)).collect(),
        };
        let plan = SprintPlan { base: recipe(""), styles: (0..3).map(style).collect(), scope: SprintScope::Full };
        let operator = self.operator.clone();
        self.ok(&operator, Command::StartConceptSprint { plan: Box::new(plan) });
        self.render();
        self
    }

    pub fn sprinted() -> Self {
        Self::briefed(Stakes::Client).sprint()
    }

    pub fn with_artefact_gate() -> Self {
        Self::started(&jo(), mara(), true).crew().brief_with(&jo(), Stakes::Client).sprint()
    }

    /// The image of a job.
    pub fn picture(&self, n: u32) -> Sha256 {
        self.pictures.get(&n).copied().unwrap_or_else(|| sha(n))
    }

    /// The same as [`Self::sprinted`] with real pictures.
    pub fn sprinted_with(pictures: BTreeMap<u32, Sha256>) -> Self {
        let mut sample = Self::briefed(Stakes::Client);
        sample.pictures = pictures;
        sample.sprint()
    }

    /// Mara alone: so many images of hers are at the gate, and she acts as Reviewer.
    pub fn solo_at_gate(images: u32) -> Self {
        Self::solo_at_gate_with(images, BTreeMap::new())
    }

    /// The same with real pictures.
    pub fn solo_at_gate_with(images: u32, pictures: BTreeMap<u32, Sha256>) -> Self {
        let me = |role| actor("Mara", role);
        let director = me(Role::Director);
        let mut sample = Self::started(&director, me(Role::Operator), false).brief_with(&director, Stakes::Client);
        sample.ok(&director, Command::SwitchRole { to: Role::Operator });
        sample.pictures = pictures;
        let mut sample = sample.sprint();
        (1..=images).for_each(|n| sample.keep_and_submit(sample.picture(n)));
        sample.ok(&me(Role::Operator), Command::SwitchRole { to: Role::Reviewer });
        sample
    }

    pub fn solo_reviewer(&self) -> Actor {
        actor("Mara", Role::Reviewer)
    }

    /// Card r1 is locked and a volume run of 4 rows is rendered.
    pub fn ran() -> Self {
        let mut sample = Self::sprinted();
        for stage in LEFT_OUT {
            sample.ok(&jo(), Command::ResumeStage { stage });
        }
        sample.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(2), sha(1), sha(3)] });
        sample.ok(&jo(), Command::ApproveDirection { image: sha(2), reason: "the calmest".to_owned() });
        let name = card().card_ref();
        sample.ok(&mara(), Command::SaveDraftCard { card: Box::new(card()) });
        sample.ok(&mara(), Command::RenderHero { card: name.clone() });
        sample.render();
        let hero = sample.state.card(&name).unwrap().hero.unwrap().image;
        sample.ok(&mara(), Command::ProveCard { card: name.clone() });
        let again_pixels = sample.state.image(&hero).unwrap().pixels_sha256;
        let job = JobId(sample.state.next_job().0 - 1);
        let again_fingerprint = Box::new(fingerprint());
        sample.ok(&mara(), Command::ReportProof { job, again_pixels, again_fingerprint, ssimulacra2: None });
        sample.ok(&jo(), Command::ApproveHero { card: name.clone(), hero });
        sample.ok(&mara(), Command::LockRecipe { card: name.clone() });
        sample.run_again();
        sample
    }

    /// A volume run of all 4 rows of the card is rendered.
    pub fn run_again(&mut self) {
        let card = card().card_ref();
        let rows = self.state.card(&card).unwrap().locked.as_ref().unwrap().rows().unwrap();
        let rows = rows.into_iter().map(|row| row.request).collect();
        self.ok(&mara(), Command::StartVolumeRun { card, rows, seen: None });
        self.render();
    }

    pub fn run_images(&self) -> Vec<Sha256> {
        self.images_of_run(1)
    }

    /// The images of a run, counted from 1.
    pub fn images_of_run(&self, number: usize) -> Vec<Sha256> {
        self.state.images_of_jobs(&self.state.runs()[number - 1].jobs).collect()
    }

    /// Every job that waits has its image.
    pub fn render(&mut self) {
        let operator = self.operator.clone();
        for job in self.state.runnable_jobs() {
            let n = u32::try_from(job.0).unwrap();
            let image = GeneratedImage {
                sha256: self.picture(n),
                pixels_sha256: sha(100_000 + n),
                fingerprint: fingerprint(),
                elapsed_secs: 1.5,
            };
            self.ok(&operator, Command::ReportImage { job, image: Box::new(image) });
        }
    }

    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    pub fn another_reviewer(&mut self, name: &str) -> Actor {
        let nora = actor(name, Role::Reviewer);
        self.ok(&nora, Command::SwitchRole { to: Role::Reviewer });
        nora
    }

    pub fn keep_and_submit(&mut self, image: Sha256) {
        let operator = self.operator.clone();
        self.ok(&operator, Command::Keep { image });
        self.ok(&operator, Command::SubmitForReview { image, list: ReviewList::Full });
    }

    /// Judges every item, with an alt text where there is none yet.
    pub fn judge_all(&mut self, by: &Actor, image: Sha256) {
        if self.state.image(&image).unwrap().alt_text.is_empty() {
            self.ok(by, Command::WriteAltText { image, text: "A red boat on a calm sea.".to_owned() });
        }
        for (item, _) in FULL {
            self.ok(by, Command::JudgeItem { image, item: item.to_owned(), verdict: pass("seen") });
        }
    }

    /// Keeps, submits and sends an image back because of its edges.
    pub fn fail_edges(&mut self, image: Sha256) {
        self.keep_and_submit(image);
        self.ok(&ravi(), Command::JudgeItem { image, item: "edges".to_owned(), verdict: fail("a halo") });
        self.ok(&ravi(), Command::SendBack { image, note: "mend the edges".to_owned() });
    }

    #[track_caller]
    pub fn ok(&mut self, by: &Actor, command: Command) {
        let shown = format!("{command:?}");
        let records = decide(&self.state, &command, by, self.now).unwrap_or_else(|why| panic!("{why}\n{by}: {shown}"));
        for record in &records {
            self.seq += 1;
            self.state.fold(self.seq, record);
        }
    }

    /// Calls with what the panels are made from.
    pub fn with_view<R>(&self, by: &Actor, call: impl FnOnce(View<'_>) -> R) -> R {
        let ask = |command: &Command| match would(&self.state, command, by, self.now) {
            Permission::Yes => Allowed::Yes,
            Permission::No { reason } => Allowed::No(reason),
        };
        call(View { state: &self.state, actor: by, now: self.now, would: &ask })
    }
}
