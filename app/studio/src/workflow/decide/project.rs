use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{LEAST_CULLED_FOR_TEMPLATE, text};
use crate::card::CardRef;
use crate::library::{Checklist, NegativeEntry, NegativeLibrary, NegativeSet, RonForm as _};
use crate::workflow::{Action, Actor, Outcome, ProjectSettings, Refusal, ReviewList, Role, Stage, State};
use crate::{PersonName, SchemaV1};

pub(super) fn start(
    name: &str,
    settings: &ProjectSettings,
    checklists: &[Checklist],
    document_owner: &PersonName,
    next_review: Date,
    by: &Actor,
) -> Result<Vec<Action>, Refusal> {
    let name = text::needed("name of the project", name)?;
    check_settings(settings)?;
    let mut names = BTreeSet::new();
    for checklist in checklists {
        check_checklist(checklist)?;
        if !names.insert(checklist.name.as_str()) {
            return Err(Refusal::Checklist(format!("{} is given twice: give it once", checklist.name)));
        }
    }
    let full = ReviewList::Full.checklist();
    if !names.contains(full) {
        return Err(Refusal::Checklist(format!("{full} is missing: a project begins with it")));
    }
    let started = Action::ProjectStarted {
        name,
        settings: settings.clone(),
        checklists: checklists.to_vec(),
        document_owner: document_owner.clone(),
        next_review,
    };
    Ok(vec![started, Action::RoleTaken { from: None, to: by.role }])
}

pub(super) fn switch_role(state: &State, to: Role, by: &Actor) -> Result<Vec<Action>, Refusal> {
    let person = &by.person;
    match state.role_of(person) {
        Some(worn) if worn == to => Err(Refusal::RoleWorn(person.clone(), worn)),
        Some(worn) if worn != by.role => Err(Refusal::OtherRoleWorn(person.clone(), worn, by.role)),
        None if by.role != to => Err(Refusal::NoRole(person.clone())),
        from => Ok(vec![Action::RoleTaken { from, to }]),
    }
}

pub(super) fn change_settings(settings: &ProjectSettings, reason: &str) -> Result<Vec<Action>, Refusal> {
    check_settings(settings)?;
    let reason = text::reason("changing the settings", reason)?;
    Ok(vec![Action::SettingsChanged { settings: settings.clone(), reason }])
}

fn check_settings(settings: &ProjectSettings) -> Result<(), Refusal> {
    settings.problem().map_or(Ok(()), |problem| Err(Refusal::Settings(problem)))
}

pub(super) fn adopt_checklist(state: &State, checklist: &Checklist) -> Result<Vec<Action>, Refusal> {
    check_checklist(checklist)?;
    if let Some(known) = state.checklist(&checklist.name).filter(|known| known.version >= checklist.version) {
        let (name, version) = (&known.name, known.version);
        return Err(Refusal::Checklist(format!("{name} has version {version} already: count its version up")));
    }
    Ok(vec![Action::ChecklistAdopted { checklist: checklist.clone() }])
}

fn check_checklist(checklist: &Checklist) -> Result<(), Refusal> {
    checklist.check_form()?;
    // Everything of the list that records and refusals quote.
    checklist.items.iter().try_for_each(|item| text::check("text of a checklist item", &item.text))
}

pub(super) fn review_document(owner: &PersonName, next_review: Date, now: Timestamp) -> Result<Vec<Action>, Refusal> {
    check_future(next_review, now)?;
    Ok(vec![Action::DocumentReviewed { owner: owner.clone(), next_review }])
}

pub(super) fn review_project(findings: &str, next_review: Date, now: Timestamp) -> Result<Vec<Action>, Refusal> {
    check_future(next_review, now)?;
    Ok(vec![Action::ProjectReviewed { findings: text::needed("findings", findings)?, next_review }])
}

fn check_future(date: Date, now: Timestamp) -> Result<(), Refusal> {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    if date > today { Ok(()) } else { Err(Refusal::PastDate) }
}

pub(super) fn promote_template(state: &State, card: &CardRef, reason: &str) -> Result<Vec<Action>, Refusal> {
    let known = state.card(card).ok_or_else(|| Refusal::UnknownCard(card.clone()))?;
    super::standing(card, known)?;
    if state.templates().iter().any(|template| template.card == *card) {
        return Err(Refusal::TemplateAlready(card.clone()));
    }
    let count = state.cull_count(Some(card));
    let culled = count.kept + count.rejected;
    if culled < LEAST_CULLED_FOR_TEMPLATE {
        return Err(Refusal::TooFewCulled(card.clone(), culled, LEAST_CULLED_FOR_TEMPLATE));
    }
    let reason = text::reason("promoting a template", reason)?;
    let (kept, generated) = (count.kept, count.generated);
    Ok(vec![Action::TemplatePromoted { card: card.clone(), kept, generated, reason }])
}

pub(super) fn add_negative_entry(state: &State, set: &str, entry: &NegativeEntry) -> Result<Vec<Action>, Refusal> {
    // The rules of an entry are those of the library that it goes into.
    let entries = vec![entry.clone()];
    let sets = vec![NegativeSet { name: set.to_owned(), purpose: "checked alone".to_owned(), entries }];
    NegativeLibrary { schema: SchemaV1, version: 1, sets }.check_form()?;
    text::check("negative prompt", &entry.text)?;
    text::check("failure that it suppresses", &entry.suppresses)?;
    if entry.evidence.is_empty() {
        return Err(Refusal::Selection("no evidence is chosen: choose images that show the failure"));
    }
    for sha256 in &entry.evidence {
        let image = super::image(state, sha256)?;
        let failed = |review: &crate::workflow::Review| {
            matches!(review.outcome, Some(Outcome::SentBack { .. } | Outcome::Vetoed { .. }))
        };
        if !image.is_rejected() && !image.reviews.iter().any(failed) {
            return Err(Refusal::NoEvidence(sha256.auto_v2()));
        }
    }
    Ok(vec![Action::NegativeEntryAdded { set: set.to_owned(), entry: entry.clone() }])
}

pub(super) fn note_hand_off_problem(stage: Stage, what: &str, fix: &str) -> Result<Vec<Action>, Refusal> {
    let what = text::needed("description of what was missing", what)?;
    let fix = text::needed("fix of the documentation", fix)?;
    Ok(vec![Action::HandOffProblemNoted { stage, what, fix }])
}
