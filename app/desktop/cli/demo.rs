//! `kento demo`: three people take a small job through the whole workflow, by the same commands that the window sends and
//! with the real engine. Their decisions are scripted; nobody looked at the pictures.

use std::time::Instant;

use jiff::{Timestamp, ToSpan as _};
use kento_studio::card::{Adapters, AxisKind, CardName, CardRef, PromptSkeleton, RecipeCard, VariationAxis};
use kento_studio::library::{ChecklistItem, NegativeLibrary, StyleLibrary};
use kento_studio::workflow::{
    ARTEFACT_GATE, Answer, Brief, Command, Finding, Judgement, ProjectSettings, RejectReason, ReviewList, Role,
    SprintCell, SprintPlan, SprintScope, SprintStyle, Stakes, Verdict,
};
use kento_studio::{JobId, PersonName, Recipe, SchemaV1, Sha256, Task};

use super::args::DemoArgs;
use super::{CliError, print};
use crate::studio::{Happened, ModelShelf, StudioProject, Workbench};
use crate::{build_info, model, shipped};

const DIRECTOR: &str = "Jo Brandt";
const OPERATOR: &str = "Mara Lind";
const REVIEWER: &str = "Sam Okafor";

/// Styles of the sprint, as the style library names them.
const STYLES: [&str; 4] = ["flat-vector", "woodcut", "watercolour", "paper-cut"];
/// Subject and context of the sprint's columns.
const SCENES: [(&str, &str); 6] = [
    ("a red boat", "by the sea"),
    ("a blue boat", "by the sea"),
    ("a red lighthouse", "by the sea"),
    ("a white lighthouse", "at night under stars"),
    ("a yellow house", "over green hills"),
    ("a red sun", "over blue mountains"),
];

/// Runs the whole workflow and leaves the project.
///
/// # Errors
/// [`CliError::Failed`] when the folder exists, the model cannot be used, or a step is refused.
pub fn run(args: &DemoArgs) -> Result<(), CliError> {
    let began = Instant::now();
    let model = model::open(&args.model, None).map_err(CliError::failed)?;
    let launch = build_info::engine_launch(args.device.request()).map_err(CliError::failed)?;
    let start = Command::StartProject {
        name: "Harbour days".to_owned(),
        settings: ProjectSettings::default(),
        checklists: shipped::checklists().map_err(CliError::failed)?,
        document_owner: person(DIRECTOR)?,
        next_review: (Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()).saturating_add(90.days()),
    };
    let project = StudioProject::create(&args.folder, person(DIRECTOR)?, start).map_err(CliError::failed)?;
    let mut shelf = ModelShelf::default();
    shelf.put(model.clone());
    let bench = Workbench::new(project, shelf, launch).map_err(CliError::failed)?;
    let mut demo = Demo { bench, began };
    let fingerprint = demo.bench.wait_until_ready().map_err(CliError::failed)?;
    let draft = model.recipe(&fingerprint, args.steps);
    let proof = Recipe { steps: args.steps * 2, ..draft.clone() };

    demo.brief()?;
    let direction = demo.sprint(draft)?;
    let card = demo.lock(direction, proof)?;
    let keepers = demo.volume_run(&card)?;
    demo.review(&keepers)?;
    demo.say(&format!("done: {}", args.folder.display()))?;
    demo.bench.close().map_err(CliError::failed)
}

fn person(name: &str) -> Result<PersonName, CliError> {
    PersonName::new(name).map_err(CliError::failed)
}

/// What the sprint hands on.
struct Direction {
    skeleton: PromptSkeleton,
    style: String,
    seed: u64,
}

struct Demo {
    bench: Workbench,
    began: Instant,
}

impl Demo {
    fn say(&self, what: &str) -> Result<(), CliError> {
        print(&format!("{:>6.1} s  {what}", self.began.elapsed().as_secs_f64()))
    }

    /// Lets a person put on a hat and do something under it.
    fn decide(&mut self, who: &str, role: Role, command: Command) -> Result<(), CliError> {
        let who = person(who)?;
        let project = self.bench.project_mut();
        if project.actor().person != who {
            project.act_as(who.clone());
        }
        if project.state().role_of(&who) != Some(role) {
            project.decide(&Command::SwitchRole { to: role }).map_err(CliError::failed)?;
        }
        self.bench.decide(&command).map_err(CliError::failed)?;
        Ok(())
    }

    /// Lets the engine render everything that waits.
    fn render(&mut self, what: &str) -> Result<Vec<Sha256>, CliError> {
        let began = Instant::now();
        let mut images = Vec::new();
        let mut proofs = 0;
        self.bench
            .work_until_idle(|happened| match happened {
                Happened::ImageSaved { image, .. } => images.push(*image),
                Happened::Proved(_) => proofs += 1,
                Happened::Engine(_) | Happened::PutBack(_) => {}
                Happened::NotSaved(_) | Happened::NoEngine(_) | Happened::Problem(_) => {}
            })
            .map_err(CliError::failed)?;
        self.say(&format!("{what}: {} in {}", images.len() + proofs, super::duration(began.elapsed().as_secs_f64())))?;
        Ok(images)
    }

    fn brief(&mut self) -> Result<(), CliError> {
        let filled = |text: &str| Answer::Filled(text.to_owned());
        let not_needed = |because: &str| Answer::NotNeeded { because: because.to_owned() };
        let brief = Brief {
            intent: "A calm set of harbour pictures opens each chapter of the town's summer guide.".to_owned(),
            purpose: filled("Chapter openers that a reader recognises as one family"),
            appears: filled("Printed guide and its web page"),
            mood: filled("Calm, sunny, a little old-fashioned"),
            must_haves: filled("One clear subject and room for a headline"),
            constraints: filled("No people, no lettering, square"),
            palette: Answer::NotNeeded {
                because: "the style sets the colours and the guide has none of its own".to_owned(),
            },
            deliverables: Answer::NotNeeded { because: "sizes follow when the layout is final".to_owned() },
            consistency: filled("The same style and light in all pictures"),
            licensing: not_needed("only our own starter model is used, without input pictures"),
            stakes: Some(Stakes::Client),
            iteration_budget: Answer::Filled(8),
            ..Brief::open("harbour-days")
        };
        let brief = Box::new(brief);
        self.decide(DIRECTOR, Role::Director, Command::WriteBrief { brief, reason: None })?;
        self.decide(DIRECTOR, Role::Director, Command::CompleteBrief)?;
        self.say("brief complete")
    }

    /// 24 variations in four styles; the first cell of four rows goes to the moodboard, and the first style is approved.
    fn sprint(&mut self, base: Recipe) -> Result<Direction, CliError> {
        let (styles, negatives) = libraries()?;
        let rows = STYLES.iter().enumerate().map(|(row, name)| {
            let style = styles.style(name).map_err(CliError::failed)?;
            let negative = match &style.negative {
                Some(set) => negatives.prompt(set).map_err(CliError::failed)?,
                None => Default::default(),
            };
            let cells = SCENES.iter().enumerate().map(|(column, (subject, context))| SprintCell {
                label: (*subject).to_owned(),
                skeleton: skeleton(subject, context, &style.text),
                seed: (1000 * (row + 1) + column) as u64,
            });
            Ok(SprintStyle { name: (*name).to_owned(), negative, cells: cells.collect() })
        });
        let plan = SprintPlan { base, styles: rows.collect::<Result<_, CliError>>()?, scope: SprintScope::Full };
        let first = plan.styles[0].cells[0].clone();
        let style = plan.styles[0].name.clone();
        self.decide(OPERATOR, Role::Operator, Command::StartConceptSprint { plan: Box::new(plan) })?;
        self.render("concept sprint")?;

        let state = self.bench.project().state();
        let jobs: Vec<JobId> =
            state.sprint().into_iter().flat_map(|sprint| sprint.jobs.iter().map(|row| row[0])).collect();
        let candidates: Vec<Sha256> = state.images_of_jobs(&jobs).collect();
        let image = *candidates.first().ok_or_else(|| CliError::Failed("the sprint made no image".to_owned()))?;
        let proposal = Command::ProposeMoodboard { candidates: candidates.clone() };
        self.decide(OPERATOR, Role::Operator, proposal)?;
        self.decide(DIRECTOR, Role::Director, Command::RankMoodboard { candidates })?;
        let reason = "Flat shapes print well and leave room for the headline".to_owned();
        self.decide(DIRECTOR, Role::Director, Command::ApproveDirection { image, reason })?;
        self.say("moodboard ranked, direction approved")?;
        Ok(Direction { skeleton: first.skeleton, style, seed: first.seed })
    }

    /// A card from the direction: rendered, approved, proved, locked.
    fn lock(&mut self, direction: Direction, recipe: Recipe) -> Result<CardRef, CliError> {
        let (styles, negatives) = libraries()?;
        let set = &styles.style(&direction.style).map_err(CliError::failed)?.negative;
        let negative = set.as_ref().map(|set| negatives.prompt(set)).transpose().map_err(CliError::failed)?;
        let mut card = RecipeCard {
            schema: SchemaV1,
            name: CardName::new("harbour-flat").map_err(CliError::failed)?,
            revision: 1,
            parent: None,
            reason: None,
            brief: Some("harbour-days".to_owned()),
            style: Some(direction.style),
            skeleton: PromptSkeleton::default(),
            negative: Default::default(),
            recipe,
            seed: direction.seed,
            variation: None,
            task: Task::TextToImage,
            adapters: Adapters::default(),
            upscaler: None,
            post: Vec::new(),
            axes: vec![
                VariationAxis {
                    kind: AxisKind::Subject,
                    values: ["a red boat", "a white lighthouse", "a yellow house"].map(str::to_owned).to_vec(),
                },
                VariationAxis::seeds(4),
            ],
        };
        for slot in kento_studio::card::Slot::ALL {
            card.set_slot(slot, direction.skeleton.slot(slot));
        }
        card.set_negative(negative.unwrap_or_default());
        let name = card.card_ref();
        self.decide(OPERATOR, Role::Operator, Command::SaveDraftCard { card: Box::new(card) })?;
        self.decide(OPERATOR, Role::Operator, Command::RenderHero { card: name.clone() })?;
        let hero =
            *self.render("Hero")?.first().ok_or_else(|| CliError::Failed("the Hero was not rendered".to_owned()))?;
        self.decide(DIRECTOR, Role::Director, Command::ApproveHero { card: name.clone(), hero })?;
        self.decide(OPERATOR, Role::Operator, Command::ProveCard { card: name.clone() })?;
        self.render("proof in a fresh engine")?;
        self.decide(OPERATOR, Role::Operator, Command::LockRecipe { card: name.clone() })?;
        self.say(&format!("{name} locked"))?;
        Ok(name)
    }

    /// All rows of the card's axes; one in four is kept.
    fn volume_run(&mut self, card: &CardRef) -> Result<Vec<Sha256>, CliError> {
        let locked = self.bench.project().state().card(card).and_then(|card| card.locked.clone());
        let locked = locked.ok_or_else(|| CliError::Failed(format!("{card} is not locked")))?;
        let rows = locked.rows().map_err(CliError::failed)?.into_iter().map(|row| row.request).collect();
        self.decide(OPERATOR, Role::Operator, Command::StartVolumeRun { card: card.clone(), rows, seen: None })?;
        let images = self.render("volume run")?;
        let mut keepers = Vec::new();
        for (index, image) in images.into_iter().enumerate() {
            let command = if index % 4 == 0 {
                keepers.push(image);
                Command::Keep { image }
            } else {
                let note = "Another seed of the same scene was kept".to_owned();
                Command::Reject { image, reason: RejectReason::Duplicate, note }
            };
            self.decide(OPERATOR, Role::Operator, command)?;
        }
        self.say(&format!("{} kept", keepers.len()))?;
        Ok(keepers)
    }

    fn review(&mut self, keepers: &[Sha256]) -> Result<(), CliError> {
        let gate = self.bench.project().state().checklist(ARTEFACT_GATE).cloned();
        let artefacts = gate.map(|list| list.items).unwrap_or_default();
        for image in keepers {
            let findings = artefacts.iter().map(|item| Finding { item: item.id.clone(), verdict: verdict(item) });
            let findings = findings.collect();
            self.decide(OPERATOR, Role::Operator, Command::CheckArtefacts { image: *image, findings })?;
            let text = "A simple harbour picture with one subject and a calm sky".to_owned();
            self.decide(OPERATOR, Role::Operator, Command::WriteAltText { image: *image, text })?;
            let list = ReviewList::Full;
            self.decide(OPERATOR, Role::Operator, Command::SubmitForReview { image: *image, list })?;
        }
        let list = self.bench.project().state().checklist(ReviewList::Full.checklist()).cloned();
        let items = list.map(|list| list.items).unwrap_or_default();
        for image in keepers {
            for item in &items {
                let judged = Command::JudgeItem { image: *image, item: item.id.clone(), verdict: verdict(item) };
                self.decide(REVIEWER, Role::Reviewer, judged)?;
            }
            self.decide(REVIEWER, Role::Reviewer, Command::ClearImage { image: *image })?;
        }
        self.say(&format!("{} cleared by {REVIEWER}", keepers.len()))
    }
}

/// What needs evidence has none in this script, and none of it applies to pictures made from text alone.
fn verdict(item: &ChecklistItem) -> Verdict {
    let judgement = if item.needs_evidence { Judgement::NotApplicable } else { Judgement::Pass };
    let note = if item.needs_evidence { "no such input or claim in this job" } else { "" };
    Verdict { judgement, note: note.to_owned(), evidence: Vec::new(), pins: Vec::new() }
}

fn libraries() -> Result<(StyleLibrary, NegativeLibrary), CliError> {
    Ok((shipped::styles().map_err(CliError::failed)?, shipped::negatives().map_err(CliError::failed)?))
}

fn skeleton(subject: &str, context: &str, style: &str) -> PromptSkeleton {
    PromptSkeleton {
        subject: subject.to_owned(),
        context: context.to_owned(),
        composition: "centred".to_owned(),
        style: style.to_owned(),
        technical: String::new(),
    }
}
