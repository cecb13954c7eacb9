use super::text;
use crate::card::CardName;
use crate::library::RonForm;
use crate::workflow::{Action, Answer, Brief, Refusal, Stage, State, check_one_sentence, permissions};

pub(super) fn write(state: &State, brief: &Brief, reason: Option<&str>) -> Result<Vec<Action>, Refusal> {
    check_form(brief)?;
    let revises = state.brief().is_some_and(|known| known.declared);
    let reason = match reason {
        Some(reason) => Some(text::reason("revising the brief", reason)?),
        None if revises => return Err(Refusal::ReasonMissing("revising a complete brief")),
        None => None,
    };
    Ok(vec![Action::BriefWritten { brief: Box::new(brief.clone()), reason }])
}

/// Everything about a brief that hangs on the brief alone.
fn check_form(brief: &Brief) -> Result<(), Refusal> {
    CardName::new(brief.name.as_str()).map_err(|_| Refusal::BriefName)?;
    for (field, written) in brief.texts() {
        text::check(field, written)?;
    }
    let deliverables = brief.deliverables.filled().map(Vec::as_slice).unwrap_or_default();
    for one in deliverables {
        text::check("deliverable", &one.name)?;
    }
    for because in [because(&brief.palette), because(&brief.deliverables), because(&brief.iteration_budget)] {
        text::check("reason", because)?;
    }
    Ok(())
}

/// As a document of its own, beside the record log.
impl RonForm for Brief {
    type Refusal = Refusal;

    const KIND: &'static str = "brief";

    fn check_form(&self) -> Result<(), Refusal> {
        check_form(self)
    }
}

fn because<T>(answer: &Answer<T>) -> &str {
    match answer {
        Answer::NotNeeded { because } => because,
        Answer::Open | Answer::Filled(_) => "",
    }
}

pub(super) fn complete(state: &State) -> Result<Vec<Action>, Refusal> {
    let Some(known) = state.brief() else { return Err(Refusal::Entry("there is no brief yet: write it".to_owned())) };
    check_one_sentence(&known.brief.intent)?;
    permissions::brief_missing(&known.brief)?;
    if known.declared {
        return Err(Refusal::Entry("the brief is complete already: start the concept sprint".to_owned()));
    }
    Ok(vec![Action::BriefCompleted {}])
}

pub(super) fn skip(state: &State, stage: Stage, reason: &str) -> Result<Vec<Action>, Refusal> {
    if !stage.can_be_skipped() {
        return Err(Refusal::NeverSkipped(stage));
    }
    if state.is_skipped(stage) {
        return Err(Refusal::Skipped(stage));
    }
    Ok(vec![Action::StageSkipped { stage, reason: text::reason("skipping a stage", reason)? }])
}

pub(super) fn resume(state: &State, stage: Stage) -> Result<Vec<Action>, Refusal> {
    if !state.is_skipped(stage) {
        return Err(Refusal::NotSkipped(stage));
    }
    Ok(vec![Action::StageResumed { stage }])
}
