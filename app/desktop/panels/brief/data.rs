use kento_studio::workflow::{
    Answer, Brief, BriefField, Command, CommandKind, Deliverable, IntentProblem, MOST_WORDS, PaletteColour, Stakes,
    check_one_sentence,
};

use super::form::title;
use crate::desk::PanelInput;
use crate::widgets::{Allowed, Completeness};

/// What the panel shows around the fields.
#[derive(Debug, Clone, PartialEq)]
pub struct BriefData {
    /// Whether the fields can be written in, and if not, why.
    pub writing: Allowed,
    /// What the check says of the intent.
    pub intent: IntentWords,
    /// How much is filled in.
    pub meter: Completeness,
    /// Where the brief stands: "revision 3 · declared complete".
    pub standing: String,
    /// Whether something was typed that is not saved.
    pub is_changed: bool,
    /// Whether it is declared complete and nothing was typed since.
    pub is_complete: bool,
    /// Whether saving needs a reason, because the brief was declared complete.
    pub needs_reason: bool,
    /// Saving what was typed.
    pub save: Allowed,
    /// Declaring it complete.
    pub complete: Allowed,
}

/// The one-sentence check in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentWords {
    /// Whether it is one sentence.
    pub is_sentence: bool,
    /// Nothing is written yet: to be said, not to be blamed.
    pub is_empty: bool,
    /// What to say.
    pub words: String,
}

impl IntentWords {
    /// Checks what was typed.
    pub fn of(intent: &str) -> Self {
        let words = intent.split_whitespace().count();
        match check_one_sentence(intent) {
            Ok(()) => {
                let text = format!("one sentence · {words} of at most {MOST_WORDS} words");
                Self { is_sentence: true, is_empty: false, words: text }
            }
            Err(problem) => {
                Self { is_sentence: false, is_empty: problem == IntentProblem::Empty, words: problem.to_string() }
            }
        }
    }
}

/// What to show while `typed` stands in the form, which was made from `base`.
pub fn data(input: &PanelInput<'_>, typed: &Brief, base: &Brief, reason: &str) -> BriefData {
    let known = input.state.brief();
    let writing = input.may(CommandKind::WriteBrief);
    let is_changed = typed != base || known.is_none();
    let needs_reason = known.is_some_and(|known| known.declared) && is_changed;
    let save = match () {
        () if !writing.is_yes() => writing.clone(),
        () if !is_changed => Allowed::No("nothing was changed since it was saved".to_owned()),
        () => input.would(&write_command(typed, needs_reason, reason)),
    };
    // What is typed is saved with the same press.
    let complete = match save.reason() {
        _ if !is_changed => input.would(&Command::CompleteBrief),
        Some(_) => save.clone(),
        None => match typed.missing().first() {
            Some(field) => Allowed::No(format!("{} is missing: every field is filled in or not needed", title(*field))),
            None => Allowed::Yes,
        },
    };
    BriefData {
        intent: IntentWords::of(&typed.intent),
        meter: meter(typed),
        standing: standing(input, is_changed && writing.is_yes()),
        writing,
        is_complete: !is_changed && known.is_some_and(|known| known.is_complete()),
        is_changed,
        needs_reason,
        save,
        complete,
    }
}

/// The command of the button "Save".
pub fn write_command(typed: &Brief, needs_reason: bool, reason: &str) -> Command {
    let reason = reason.trim();
    let reason = (needs_reason && !reason.is_empty()).then(|| reason.to_owned());
    Command::WriteBrief { brief: Box::new(typed.clone()), reason }
}

/// How much is filled in, with what is missing.
pub fn meter(brief: &Brief) -> Completeness {
    let (done, of) = brief.completeness();
    let missing = brief.missing().into_iter().map(|field| title(field).to_owned()).collect();
    Completeness { name: "Brief".to_owned(), done, of, missing }
}

fn standing(input: &PanelInput<'_>, is_changed: bool) -> String {
    let Some(known) = input.state.brief() else { return "not saved yet".to_owned() };
    let mut parts = vec![format!("revision {}", known.revision)];
    parts.push(if known.is_complete() { "complete".to_owned() } else { "open".to_owned() });
    if let Some(reason) = &known.reason {
        parts.push(format!("revised: {reason}"));
    }
    if is_changed {
        parts.push("changes not saved".to_owned());
    }
    parts.join(" · ")
}

/// The note beside the panel's title.
pub fn context(input: &PanelInput<'_>) -> String {
    match input.state.brief() {
        None => "brief · not written yet".to_owned(),
        Some(known) if known.is_complete() => format!("brief · complete · revision {}", known.revision),
        Some(known) => {
            let (done, of) = known.brief.completeness();
            format!("brief · {done} of {of}")
        }
    }
}

/// One field of the page that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadField {
    /// Its name.
    pub title: &'static str,
    /// What it says.
    pub says: Says,
}

/// What a field says to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// A text.
    Text(String),
    /// Colours.
    Colours(Vec<PaletteColour>),
    /// A list of deliverables, one line each.
    Lines(Vec<String>),
    /// Why it is not needed.
    NotNeeded(String),
    /// Nothing yet.
    Open,
}

/// The brief as a page, without its intent, which stands above it.
pub fn page(brief: &Brief) -> Vec<ReadField> {
    BriefField::ALL
        .into_iter()
        .filter(|field| *field != BriefField::Intent)
        .map(|field| ReadField { title: title(field), says: says(brief, field) })
        .collect()
}

fn says(brief: &Brief, field: BriefField) -> Says {
    let text = |answer: &Answer<String>| told(answer, |text| Says::Text(text.clone()));
    match field {
        BriefField::Intent => Says::Text(brief.intent.clone()),
        BriefField::Purpose => text(&brief.purpose),
        BriefField::Appears => text(&brief.appears),
        BriefField::Mood => text(&brief.mood),
        BriefField::MustHaves => text(&brief.must_haves),
        BriefField::Constraints => text(&brief.constraints),
        BriefField::Palette => told(&brief.palette, |colours| Says::Colours(colours.clone())),
        BriefField::Deliverables => {
            told(&brief.deliverables, |list| Says::Lines(list.iter().map(deliverable_line).collect()))
        }
        BriefField::Consistency => text(&brief.consistency),
        BriefField::Licensing => text(&brief.licensing),
        BriefField::Stakes => brief.stakes.map_or(Says::Open, |stakes| Says::Text(stakes_words(stakes))),
        BriefField::IterationBudget => {
            told(&brief.iteration_budget, |budget| Says::Text(format!("at most {budget} generations of one image")))
        }
    }
}

fn told<T>(answer: &Answer<T>, says: impl FnOnce(&T) -> Says) -> Says {
    match answer {
        Answer::Open => Says::Open,
        Answer::Filled(value) => says(value),
        Answer::NotNeeded { because } => Says::NotNeeded(because.clone()),
    }
}

/// A deliverable in one line: `cover · 2048 × 2048 · PNG · sRGB · 1 picture`.
pub fn deliverable_line(one: &Deliverable) -> String {
    let Deliverable { name, width, height, format, count, colour_space } = one;
    let format = format.extension().to_uppercase();
    let plural = if *count == 1 { "" } else { "s" };
    format!("{name} · {width} × {height} · {format} · {} · {count} picture{plural}", colour_space.label())
}

/// Stakes with what follows from them.
pub fn stakes_words(stakes: Stakes) -> String {
    match stakes {
        Stakes::Internal => "internal: seen by colleagues only; the short review list is allowed".to_owned(),
        Stakes::Client => "client: seen by a client or the public; every item is reviewed".to_owned(),
        Stakes::Regulated => "regulated: medicine, finance, law, politics; two people review every item".to_owned(),
    }
}
