use kento_studio::workflow::{Answer, Brief, Command};

use super::data::{BriefData, Says, data, page};
use super::form::BriefForm;
use super::ui::BriefPanel;
use crate::panels::lock_panel::{TestProject, brief, jo, mara};
use crate::widgets::Allowed;

/// The panel in words: who may write, what the check says, what is missing, the two buttons.
fn said(data: &BriefData) -> String {
    let told = |allowed: &Allowed| allowed.reason().unwrap_or("yes").to_owned();
    format!(
        "intent: {}\n{}\n{}\nsave: {}\ncomplete: {}",
        data.intent.words,
        data.meter.text(),
        data.standing,
        told(&data.save),
        told(&data.complete)
    )
}

fn told(project: &TestProject, typed: &Brief, reason: &str) -> String {
    let base = project.state.brief().map_or_else(|| Brief::open("harbour-days"), |known| known.brief.clone());
    said(&data(&project.input(), typed, &base, reason))
}

#[test]
fn a_new_brief_says_what_is_missing_and_can_be_saved_open() {
    let mut project = TestProject::started();
    project.actor = jo();
    assert_eq!(
        told(&project, &Brief::open("harbour-days"), ""),
        "intent: write the intent in one sentence\n\
         Brief 0 of 12 · missing: Intent in one sentence, Purpose and 10 more\n\
         not saved yet\n\
         save: yes\n\
         complete: Intent in one sentence is missing: every field is filled in or not needed"
    );
    assert!(told(&project, &brief(), "").ends_with("complete: yes"), "saving and completing take one press");
    let mut typed = brief();
    typed.intent = "A harbour. And a boat.".to_owned();
    assert!(told(&project, &typed, "").starts_with(
        "intent: the intent has 2 sentences: say it in one\nBrief 11 of 12 · missing: Intent in one sentence\n"
    ));
}

#[test]
fn a_saved_brief_is_completed_and_then_revised_with_a_reason() {
    let mut project = TestProject::started();
    project.act(&jo(), Command::WriteBrief { brief: Box::new(brief()), reason: None });
    project.actor = jo();
    assert_eq!(
        told(&project, &brief(), ""),
        "intent: one sentence · 12 of at most 50 words\n\
         Brief 12 of 12\n\
         revision 1 · open\n\
         save: nothing was changed since it was saved\n\
         complete: yes"
    );
    project.act(&jo(), Command::CompleteBrief);
    let mut typed = brief();
    typed.mood = Answer::Filled("stormy".to_owned());
    assert!(told(&project, &typed, " ").contains(
        "revision 1 · complete · changes not saved\nsave: revising a complete brief needs a reason: write why"
    ));
    assert!(told(&project, &typed, "the client's wish").contains("save: yes"));
}

#[test]
fn other_roles_read_and_are_told_the_rule() {
    let mut project = TestProject::started();
    project.act(&jo(), Command::WriteBrief { brief: Box::new(brief()), reason: None });
    project.actor = mara();
    let rule = "needs a Director; an Operator neither approves a direction nor releases: \
                switch role or ask one";
    assert!(told(&project, &brief(), "").ends_with(&format!(
        "revision 1 · open\nsave: writing the brief {rule}\ncomplete: completing the brief {rule}"
    )));
    let read: Vec<String> =
        page(&brief()).into_iter().map(|field| format!("{}: {:?}", field.title, field.says)).collect();
    assert_eq!(read.len(), 11);
    assert_eq!(read[6], "Deliverables: Lines([\"cover · 2048 × 2048 · PNG · sRGB · 1 picture\"])");
    assert_eq!(read[7], "Consistency: NotNeeded(\"one picture\")");
    assert_eq!(page(&Brief::open("x"))[0].says, Says::Open);
    project.actor = jo();
    project.read_only = Some("Ravi has the project open");
    assert!(
        told(&project, &brief(), "").ends_with("save: Ravi has the project open\ncomplete: Ravi has the project open")
    );
}

#[test]
fn what_is_typed_is_the_brief_and_what_is_left_out_comes_back() {
    let whole = brief();
    let mut form = BriefForm::of(&whole);
    assert_eq!(form.brief(), whole);
    form.mood.is_left_out = true;
    form.mood.because = " the series has one ".to_owned();
    assert_eq!(form.brief().mood, Answer::NotNeeded { because: "the series has one".to_owned() });
    form.mood.is_left_out = false;
    assert_eq!(form.brief(), whole);
    form.iteration_budget.value = 0;
    form.palette.value.clear();
    assert_eq!((form.brief().iteration_budget, form.brief().palette), (Answer::Open, Answer::Open));
}

#[test]
fn the_brief_stands_in_the_recipes_place_until_it_is_complete() {
    let panel = BriefPanel::default();
    let project = TestProject::started();
    assert!(panel.is_open(&project.input()));
    assert_eq!(panel.context(&project.input()), "brief · not written yet");
    let project = TestProject::briefed();
    assert!(!panel.is_open(&project.input()));
    assert_eq!(panel.context(&project.input()), "brief · complete · revision 1");
}
