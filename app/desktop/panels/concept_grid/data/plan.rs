use kento_studio::card::{NegativePrompt, PromptSkeleton, Slot};
use kento_studio::library::Style;
use kento_studio::workflow::{
    Command, CommandKind, SPRINT_STYLES, SPRINT_VARIATIONS, SprintCell, SprintPlan, SprintScope, SprintStyle,
};
use kento_studio::{ModelReference, Recipe};

use super::{counted, time_text};
use crate::desk::PanelInput;
use crate::model::Model;
use crate::widgets::Allowed;

/// Fewest and most columns of a plan.
const COLUMNS: std::ops::RangeInclusive<usize> = 1..=8;

/// One column of a plan: what is varied while the style stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanColumn {
    /// Text of the subject slot.
    pub subject: String,
    /// Text of the context slot.
    pub context: String,
}

impl PlanColumn {
    fn label(&self) -> String {
        let parts: Vec<&str> = [&self.subject, &self.context].map(|text| text.trim()).into_iter().collect();
        parts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// What is typed and chosen in the plan of a sprint.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanForm {
    /// Names of the chosen styles.
    pub styles: Vec<String>,
    /// The columns.
    pub columns: Vec<PlanColumn>,
    /// The composition slot of every picture.
    pub composition: String,
    /// The technical slot of every picture.
    pub technical: String,
    /// The seed of the first column, as typed; each further column has the next one.
    pub first_seed: String,
    /// Denoising steps.
    pub steps: u32,
    /// The model, where one was chosen by hand.
    pub model: Option<ModelReference>,
    /// Why a smaller sprint is enough.
    pub reason: String,
}

/// What the brief says of what is to be seen.
fn told(input: &PanelInput<'_>) -> String {
    let Some(known) = input.state.brief() else { return String::new() };
    let must_haves = known.brief.must_haves.filled().map(String::as_str).unwrap_or_default();
    format!("{} {must_haves}", known.brief.intent)
}

impl PlanForm {
    /// A plan to begin with: the first four styles and six pairs of the examples, those first that the brief names.
    pub fn first(input: &PanelInput<'_>) -> Self {
        let mut form = Self {
            styles: input.libraries.styles.styles.iter().take(4).map(|style| style.name.clone()).collect(),
            first_seed: "1000".to_owned(),
            steps: input.state.settings().draft_most_steps,
            ..Self::default()
        };
        for _ in 0..6 {
            form.add_column(input);
        }
        form
    }

    /// Adds a column with the next pair of the examples: of the subjects that the brief names, where it names any, each in another context.
    pub fn add_column(&mut self, input: &PanelInput<'_>) {
        let told = told(input);
        let (subjects, named) = input.libraries.examples.named_first(Slot::Subject, &told);
        let (contexts, _) = input.libraries.examples.named_first(Slot::Context, &told);
        let used = self.columns.len();
        let at =
            |list: &[&str], most: usize| list.get(used % most.max(1)).map(|one| (*one).to_owned()).unwrap_or_default();
        let most = if named > 0 { named } else { subjects.len() };
        self.columns.push(PlanColumn { subject: at(&subjects, most), context: at(&contexts, contexts.len()) });
    }

    /// Chooses a style, or takes it out.
    pub fn toggle(&mut self, style: &str) {
        match self.styles.iter().position(|one| one == style) {
            Some(place) => drop(self.styles.remove(place)),
            None => self.styles.push(style.to_owned()),
        }
    }

    /// The model that was chosen, or the first that is open.
    pub fn model<'a>(&self, input: &PanelInput<'a>) -> Option<&'a Model> {
        let chosen = self.model.as_ref().and_then(|chosen| {
            let same = |model: &&Model| model.reference.files == chosen.files;
            input.models.iter().find(same)
        });
        chosen.or(input.models.first())
    }

    /// What every picture is rendered with, or what is missing for it.
    fn base(&self, input: &PanelInput<'_>) -> Result<Recipe, String> {
        let model = self.model(input).ok_or("no model is open: choose a model")?;
        let fingerprint = input.fingerprint.ok_or("the device is not open yet: wait until it is")?;
        Ok(model.recipe(fingerprint, self.steps))
    }

    fn plan(&self, input: &PanelInput<'_>) -> Result<SprintPlan, String> {
        let base = self.base(input)?;
        let typed = self.first_seed.trim();
        let first_seed: u64 =
            typed.parse().map_err(|_| format!("the first seed is a whole number and not \"{typed}\": correct it"))?;
        if let Some(place) = self.columns.iter().position(|column| column.label().is_empty()) {
            return Err(format!("variation {} is empty: write a subject or remove it", place + 1));
        }
        let chosen = input.libraries.styles.styles.iter().filter(|style| self.styles.contains(&style.name));
        let styles = chosen.map(|style| self.row(input, style, first_seed)).collect::<Result<Vec<_>, _>>()?;
        let scope = match self.reason.trim() {
            reason if !reason.is_empty() && !self.is_full() => SprintScope::Compressed { reason: reason.to_owned() },
            _ => SprintScope::Full,
        };
        Ok(SprintPlan { base, styles, scope })
    }

    fn row(&self, input: &PanelInput<'_>, style: &Style, first_seed: u64) -> Result<SprintStyle, String> {
        let negative = match &style.negative {
            Some(set) => input.libraries.negatives.prompt(set).map_err(|refusal| refusal.to_string())?,
            None => NegativePrompt::default(),
        };
        // The same seed in the whole column, so that only the style tells its pictures apart.
        let seeds = (0..).map(|offset| first_seed.saturating_add(offset));
        let cell = |(column, seed): (&PlanColumn, u64)| SprintCell {
            label: column.label(),
            skeleton: PromptSkeleton {
                subject: column.subject.trim().to_owned(),
                context: column.context.trim().to_owned(),
                composition: self.composition.trim().to_owned(),
                style: style.text.clone(),
                technical: self.technical.trim().to_owned(),
            },
            seed,
        };
        Ok(SprintStyle {
            name: style.name.clone(),
            negative,
            cells: self.columns.iter().zip(seeds).map(cell).collect(),
        })
    }

    fn is_full(&self) -> bool {
        let count = self.styles.len() * self.columns.len();
        SPRINT_STYLES.contains(&self.styles.len()) && SPRINT_VARIATIONS.contains(&count)
    }
}

/// A style that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleChoice {
    /// Its name in the library.
    pub name: String,
    /// As it is shown.
    pub label: String,
    /// What it looks like.
    pub looks: String,
    /// Whether it is in the plan.
    pub is_chosen: bool,
    /// Whether it can be put in or taken out.
    pub allowed: Allowed,
}

/// The plan of a sprint as the panel shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanData {
    /// The styles of the library.
    pub styles: Vec<StyleChoice>,
    /// `4 of 8 styles; 3 to 5 make a sprint`.
    pub styles_note: String,
    /// `4 × 6 = 24 pictures · about 40 s`.
    pub summary: String,
    /// What the estimate rests on.
    pub estimate_note: String,
    /// Whether it is smaller or larger than a full sprint, so that a reason is asked for.
    pub needs_reason: bool,
    /// Whether another column can be added.
    pub may_add: Allowed,
    /// Whether a column can be taken out.
    pub may_remove: Allowed,
    /// Whether the sprint may be started, or what is missing.
    pub start: Allowed,
    /// What starts it.
    pub command: Option<Command>,
    /// Names of the open models.
    pub models: Vec<String>,
    /// Which of them is used.
    pub model: Option<usize>,
    /// Most denoising steps of a draft.
    pub most_steps: u32,
}

impl PlanData {
    /// What follows from what is typed.
    pub fn of(input: &PanelInput<'_>, form: &PlanForm) -> Self {
        let styles = styles(input, form);
        let (rows, columns) = (form.styles.len(), form.columns.len());
        let count = rows * columns;
        let each = form.base(input).ok().and_then(|base| input.state.seconds_per_image(&base));
        let secs = each.map(|each| each * count as f64);
        let (start, command) = match (input.may(CommandKind::StartConceptSprint), form.plan(input)) {
            (Allowed::No(reason), _) | (Allowed::Yes, Err(reason)) => (Allowed::No(reason), None),
            (Allowed::Yes, Ok(plan)) => {
                let command = Command::StartConceptSprint { plan: Box::new(plan) };
                (input.would(&command), Some(command))
            }
        };
        let limit = |is_met: bool, why: &str| if is_met { Allowed::No(why.to_owned()) } else { Allowed::Yes };
        let used = form.model(input).map(|model| &model.reference);
        let [fewest, most] = [*COLUMNS.start(), *COLUMNS.end()];
        Self {
            styles_note: format!("{rows} chosen, 3 to 5"),
            styles,
            summary: format!("{rows} × {columns} = {} · {}", counted(count, "picture", "pictures"), time_text(secs)),
            estimate_note: match each {
                Some(each) => format!("{} an image on this device", crate::cli::duration(each)),
                None => "No picture of this model, size and guidance was made yet, so nothing is known".to_owned(),
            },
            needs_reason: !form.is_full(),
            may_add: limit(columns >= most, "a sprint has at most 8 variations of each style here"),
            may_remove: limit(columns <= fewest, "a sprint has at least one variation"),
            start,
            command,
            models: input.models.iter().map(|model| model.reference.name.clone()).collect(),
            model: input.models.iter().position(|model| Some(&model.reference) == used),
            most_steps: input.state.settings().draft_most_steps,
        }
    }
}

fn styles(input: &PanelInput<'_>, form: &PlanForm) -> Vec<StyleChoice> {
    let is_full = form.styles.len() >= *SPRINT_STYLES.end();
    let choice = |style: &Style| {
        let is_chosen = form.styles.contains(&style.name);
        let full = || Allowed::No("a sprint has at most 5 styles: take one out first".to_owned());
        StyleChoice {
            name: style.name.clone(),
            label: style_label(&style.name),
            looks: style.looks.clone(),
            is_chosen,
            allowed: if is_full && !is_chosen { full() } else { Allowed::Yes },
        }
    };
    input.libraries.styles.styles.iter().map(choice).collect()
}

/// The name of a style as it is shown: `Flat vector` for `flat-vector`.
pub fn style_label(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
