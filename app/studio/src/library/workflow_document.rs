use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::refusal::{check_filled, check_version};
use super::{LibraryRefusal, RonForm};
use crate::{PersonName, SchemaV1};

/// The workflow as a document of the project: people read it, one of them owns it, and it is reviewed at a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowDocument {
    /// Version of this form.
    pub schema: SchemaV1,
    /// Version of the document itself, counted up with every change.
    pub version: u32,
    /// Who keeps it true.
    pub owner: PersonName,
    /// The last day on which it counts as reviewed.
    #[serde(with = "crate::as_text")]
    pub review_by: Date,
    /// Why there is a workflow.
    pub purpose: String,
    /// The three roles.
    pub roles: Vec<RoleText>,
    /// What holds when one person wears all hats.
    pub solo: String,
    /// The seven stages in order.
    pub stages: Vec<StageText>,
    /// Which stages may be skipped, and how.
    pub skipping: String,
    /// The three triggers that pause the pipeline.
    pub triggers: Vec<TriggerText>,
    /// When a defect is repaired and when the image is generated again.
    pub repair: String,
    /// What stops over-iteration.
    pub iteration_budget: String,
    /// What a recipe card holds and how it is kept.
    pub recipe_card: Vec<String>,
    /// How the checklists are used.
    pub checklists: Vec<String>,
    /// What is counted, per recipe, per project, over time.
    pub tracked: Vec<Definition>,
    /// What is asked after a project.
    pub project_review: Vec<String>,
    /// What a new team member gets.
    pub handoff: Vec<String>,
    /// The naming convention of released files.
    pub naming: String,
    /// The numbers that the rules count with.
    pub numbers: WorkflowNumbers,
}

/// A role, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleText {
    /// `Director`, `Operator` or `Reviewer`.
    pub name: String,
    /// What is theirs to decide.
    pub owns: String,
    /// What they may not do.
    pub may_not: String,
}

/// A stage, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageText {
    /// Name in records, one of [`WorkflowDocument::STAGES`].
    pub id: String,
    /// Name on screen.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// What begins it.
    pub entry: String,
    /// What is done.
    pub action: Vec<String>,
    /// What it hands on.
    pub exit: String,
}

/// A trigger that pauses the pipeline, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerText {
    /// What happens.
    pub when: String,
    /// What it means.
    pub means: String,
    /// What pauses, and until when.
    pub pauses: String,
}

/// A word and its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The word.
    pub name: String,
    /// What it means.
    pub means: String,
}

/// The numbers that the rules count with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowNumbers {
    /// Variations of a concept sprint.
    pub sprint_variations: Span,
    /// Styles of a concept sprint.
    pub sprint_styles: Span,
    /// Candidates on the moodboard.
    pub moodboard_candidates: Span,
    /// A volume run is expected to keep one image in this many, or fewer.
    pub keep_one_in: u32,
    /// An image is repaired up to a mask of one part in this many, and regenerated above.
    pub repair_mask_one_in: u32,
    /// How often the same issue in one recipe pauses its volume run.
    pub repeats_that_pause: u32,
    /// Pause before a fresh-eyes pass, in minutes.
    pub fresh_eyes_minutes: u32,
    /// People who clear regulated work.
    pub regulated_reviewers: u32,
}

/// A range of counts, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Fewest.
    pub least: u32,
    /// Most.
    pub most: u32,
}

impl Span {
    /// Whether a count is in the range.
    pub fn contains(self, count: u32) -> bool {
        (self.least..=self.most).contains(&count)
    }
}

impl WorkflowDocument {
    /// The stages by their names in records, in order.
    pub const STAGES: [&str; 7] =
        ["brief", "concept-sprint", "lock-in-pass", "volume-run", "fix-and-finish", "review-gate", "release"];

    /// The roles, in order.
    pub const ROLES: [&str; 3] = ["Director", "Operator", "Reviewer"];

    /// Whether the review date has passed. The day itself is still in time.
    pub fn overdue(&self, today: Date) -> bool {
        today > self.review_by
    }

    /// The stage of a name.
    pub fn stage(&self, id: &str) -> Option<&StageText> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The document after its owner reviewed it: the next version, with who owns it now and when it is due again.
    pub fn reviewed(&self, owner: PersonName, review_by: Date) -> Self {
        self.of_project(owner, review_by, 1)
    }

    /// The document as a project keeps it: who owns it there, when it is due, and its version counted up by how often it was
    /// reviewed there.
    pub fn of_project(&self, owner: PersonName, review_by: Date, reviews: u32) -> Self {
        Self { version: self.version.saturating_add(reviews), owner, review_by, ..self.clone() }
    }

    fn check_parts(&self) -> Result<(), LibraryRefusal> {
        let stages: Vec<&str> = self.stages.iter().map(|stage| stage.id.as_str()).collect();
        if stages != Self::STAGES {
            return Err(LibraryRefusal::Stages { expected: Self::STAGES.join(", "), found: stages.join(", ") });
        }
        let roles: Vec<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
        if roles != Self::ROLES {
            return Err(LibraryRefusal::Roles { found: roles.join(", ") });
        }
        match self.triggers.len() {
            3 => Ok(()),
            found => Err(LibraryRefusal::Triggers { found }),
        }
    }

    fn check_texts(&self) -> Result<(), LibraryRefusal> {
        let filled = |of: &str, fields: &[(&'static str, &String)]| {
            fields.iter().try_for_each(|(field, text)| check_filled(field, of, text))
        };
        let listed = |field: &'static str, of: &str, texts: &[String]| {
            check_filled(field, of, texts.first().map_or("", String::as_str))?;
            texts.iter().try_for_each(|text| check_filled(field, of, text))
        };
        let document = "the workflow document";
        filled(
            document,
            &[
                ("purpose", &self.purpose),
                ("rule for one person", &self.solo),
                ("rule for skipping", &self.skipping),
                ("repair rule", &self.repair),
                ("iteration budget", &self.iteration_budget),
                ("naming convention", &self.naming),
            ],
        )?;
        for role in &self.roles {
            filled(&role.name, &[("ownership", &role.owns), ("limit", &role.may_not)])?;
        }
        for StageText { id, name, owner, entry, action, exit } in &self.stages {
            filled(id, &[("name", name), ("owner", owner), ("entry", entry), ("exit", exit)])?;
            listed("action", id, action)?;
        }
        for TriggerText { when, means, pauses } in &self.triggers {
            filled("a trigger", &[("event", when), ("meaning", means), ("pause", pauses)])?;
        }
        for Definition { name, means } in &self.tracked {
            filled("a tracked number", &[("name", name), ("meaning", means)])?;
        }
        listed("description of a recipe card", document, &self.recipe_card)?;
        listed("rule for checklists", document, &self.checklists)?;
        listed("project review", document, &self.project_review)?;
        listed("handoff", document, &self.handoff)
    }
}

impl WorkflowNumbers {
    fn check(&self) -> Result<(), LibraryRefusal> {
        let is_range = |span: Span| span.least >= 1 && span.least <= span.most;
        let rules = [
            ("sprint_variations", is_range(self.sprint_variations)),
            ("sprint_styles", is_range(self.sprint_styles)),
            ("moodboard_candidates", is_range(self.moodboard_candidates)),
            ("keep_one_in", self.keep_one_in >= 1),
            ("repair_mask_one_in", self.repair_mask_one_in >= 1),
            ("repeats_that_pause", self.repeats_that_pause >= 1),
            ("regulated_reviewers", self.regulated_reviewers >= 1),
        ];
        match rules.into_iter().find(|(_, holds)| !holds) {
            Some((name, _)) => Err(LibraryRefusal::Number { name }),
            None => Ok(()),
        }
    }
}

impl RonForm for WorkflowDocument {
    type Refusal = LibraryRefusal;

    const KIND: &'static str = "workflow document";

    fn check_form(&self) -> Result<(), LibraryRefusal> {
        check_version("workflow document", self.version)?;
        self.check_parts()?;
        self.check_texts()?;
        self.numbers.check()
    }
}
