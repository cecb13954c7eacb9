use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz};
use kento_studio::Sha256;
use kento_studio::card::CardRef;
use kento_studio::library::{LibraryRefusal, NegativeEntry, NegativeLibrary};
use kento_studio::workflow::{Command, Failure, LibraryAddition, State, slug};

use crate::shipped;
use crate::widgets::Allowed;

/// Most images that go into the library as evidence of one failure; more show nothing new.
const MOST_EVIDENCE: usize = 8;

/// What the drawer shows of a project. It changes with a record only, but for what hangs on the date.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ProjectData {
    /// Everybody who acted, with the hat that each wears.
    pub people: Vec<(String, String)>,
    /// Who owns the workflow document and when it is to be reviewed.
    pub document: String,
    /// Whether that day is over.
    pub is_overdue: bool,
    /// Locked recipes with enough decided images, best first.
    pub recipes: Vec<Recipe>,
    /// What was rejected, or failed at the gate, for the same reason, most first.
    pub failing: Vec<Failing>,
    /// Where hand-offs broke, and what is documented differently since.
    pub problems: Vec<String>,
    /// When the project was last reviewed.
    pub reviewed: String,
    /// The same to the second; none before the first review.
    pub reviewed_at: Option<Timestamp>,
    /// When it is to be reviewed next; none before the first review.
    pub next_review: Option<String>,
    /// Whether that day is over.
    pub review_is_overdue: bool,
    /// The checklists by name, with what is said of each.
    pub checklists: Vec<(String, String)>,
}

/// A recipe that may become a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recipe {
    pub card: CardRef,
    /// Its keep rate in words.
    pub text: String,
    pub is_template: bool,
    /// Whether other projects can have it as a template, and if not, why.
    pub for_others: Allowed,
}

/// A failure that keeps coming back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failing {
    pub card: CardRef,
    pub reason: Failure,
    pub images: Vec<Sha256>,
    pub text: String,
    /// What it is in the negative-prompt library as, once it is.
    pub in_library: Option<LibraryAddition>,
}

pub(super) fn data(state: &State, now: Timestamp) -> ProjectData {
    let document = state.document();
    let review_is_overdue = state.project_review_is_overdue(now);
    let next_review = state.next_project_review().map(|due| match review_is_overdue {
        true => format!("The next review was due on {due} and is overdue: hold it"),
        false => format!("The next review is due on {due}"),
    });
    let templates = state.templates();
    let recipes = state.template_candidates().into_iter().map(|(card, count)| {
        let rate = count.keep_rate().unwrap_or(0.0) * 100.0;
        Recipe {
            text: format!("{card} · {rate:.0} % kept, {} of {}", count.kept, count.generated),
            is_template: templates.iter().any(|template| template.card == card),
            for_others: match state.template_for_others(&card) {
                Ok(_) => Allowed::Yes,
                Err(refusal) => Allowed::No(refusal.to_string()),
            },
            card,
        }
    });
    // An entry whose name has another text in the library is on record and not in it.
    let negatives = shipped::negatives_with(state.library_additions()).ok();
    let is_offered = |addition: &LibraryAddition| {
        let set = negatives.as_ref().and_then(|negatives| negatives.set(&addition.set).ok());
        let (name, text) = (&addition.entry.name, addition.entry.text.trim());
        set.is_some_and(|set| set.entries.iter().any(|entry| entry.name == *name && entry.text.trim() == text))
    };
    let failing = state.failing_prompts().into_iter().map(|(card, reason, images)| {
        let times = if images.len() == 1 { "once".to_owned() } else { format!("{} times", images.len()) };
        let shows = |addition: &&LibraryAddition| {
            let is_of_this = addition.entry.suppresses == reason.to_string();
            is_of_this && is_offered(addition) && images.iter().any(|image| addition.entry.evidence.contains(image))
        };
        let in_library = state.library_additions().iter().find(shows).cloned();
        Failing { text: format!("{card} · {reason}, {times}"), card, reason, images, in_library }
    });
    ProjectData {
        people: state.people().iter().map(|(person, role)| (person.to_string(), role.to_string())).collect(),
        document: document.map_or_else(String::new, |document| {
            format!("Owned by {}, to be reviewed on {}", document.owner, document.next_review)
        }),
        is_overdue: state.document_is_overdue(now),
        recipes: recipes.collect(),
        failing: failing.collect(),
        problems: state
            .hand_off_problems()
            .iter()
            .map(|problem| format!("{}: {}. Since then: {}", problem.stage, problem.what, problem.fix))
            .collect(),
        reviewed: state.reviewed_at().map_or_else(
            || "The project was not reviewed yet".to_owned(),
            |at| format!("Last reviewed on {}", at.to_zoned(tz::TimeZone::system()).date()),
        ),
        reviewed_at: state.reviewed_at(),
        next_review,
        review_is_overdue,
        checklists: state
            .checklists()
            .values()
            .map(|list| (list.name.clone(), format!("version {}, {} items", list.version, list.items.len())))
            .collect(),
    }
}

/// The day after so many days.
pub(super) fn after(now: Timestamp, days: i64) -> Date {
    now.to_zoned(tz::TimeZone::UTC).date().saturating_add(days.days())
}

/// Puts a failure into the library under what its reason is called, with the images that show it.
pub(super) fn to_library(failing: &Failing, set: &str, text: &str) -> Command {
    let entry = NegativeEntry {
        name: slug(text),
        text: text.trim().to_owned(),
        suppresses: failing.reason.to_string(),
        evidence: failing.images.iter().take(MOST_EVIDENCE).copied().collect(),
    };
    Command::AddNegativeEntry { set: set.to_owned(), entry }
}

/// Why the library would not take an entry: the record alone puts nothing into it.
pub(super) fn refused_by(negatives: &NegativeLibrary, command: &Command) -> Option<String> {
    let Command::AddNegativeEntry { set, entry } = command else { return None };
    let refusal = negatives.clone().add_from_review(set, entry.clone()).err()?;
    Some(match refusal {
        LibraryRefusal::Twice { name, .. } => {
            format!("{set} has an entry \"{name}\" with another text: begin this one with other words")
        }
        other => other.to_string(),
    })
}
