use kento_studio::workflow::*;

use crate::studio::*;

#[test]
fn a_person_needs_a_role_before_acting() {
    let studio = Studio::started();
    let ana = actor("Ana", Role::Director);
    let said = studio.refused(&ana, Command::CompleteBrief);
    assert_eq!(said, "Ana has no role in this project yet: choose one");
    let other = studio.refused(&ana, Command::SwitchRole { to: Role::Operator });
    assert_eq!(other, "Ana has no role in this project yet: choose one");
}

#[test]
fn switching_role_is_recorded_with_name_and_time() {
    let mut studio = Studio::started();
    studio.later(5);
    let records = studio.ok(&jo(), Command::SwitchRole { to: Role::Operator });
    assert_eq!(records[0].action, Action::RoleTaken { from: Some(Role::Director), to: Role::Operator });
    assert_eq!((records[0].by.as_str(), records[0].at), ("Jo", studio.now));
    assert_eq!(studio.state.role_of(&person("Jo")), Some(Role::Operator));
    assert_eq!(studio.state.log().last().unwrap().text, "switched from Director to Operator");
}

#[test]
fn decisions_are_separated_by_the_hat_that_is_worn() {
    let studio = Studio::started();
    let said = studio.refused(&actor("Mara", Role::Director), Command::CompleteBrief);
    assert_eq!(said, "Mara acts as Operator: switch role to Director first, which is recorded");
    let said = studio.refused(&mara(), Command::SwitchRole { to: Role::Operator });
    assert_eq!(said, "Mara acts as Operator already: go on");
    let said = studio.refused(&actor("Mara", Role::Reviewer), Command::SwitchRole { to: Role::Director });
    assert_eq!(said, "Mara acts as Operator: switch role to Reviewer first, which is recorded");
}

#[test]
fn a_director_may_not_generate() {
    let studio = Studio::briefed();
    let said = studio.refused(&jo(), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    assert_eq!(
        said,
        "starting a concept sprint needs an Operator; a Director neither generates nor clears the review gate: \
         switch role or ask one"
    );
    let locked = Studio::locked();
    for command in [
        Command::RenderHero { card: card_ref(1) },
        Command::StartVolumeRun { card: card_ref(1), rows: locked.rows(1, 2), seen: None },
        Command::ProveCard { card: card_ref(1) },
    ] {
        assert!(locked.refused(&jo(), command).contains("a Director neither generates"));
    }
}

#[test]
fn a_director_may_not_clear_the_review_gate() {
    let (studio, image) = Studio::submitted();
    for command in [
        Command::ClearImage { image },
        Command::JudgeItem { image, item: "edges".to_owned(), verdict: pass() },
        Command::VetoImage { image, reason: "no".to_owned() },
    ] {
        assert!(studio.refused(&jo(), command).contains("nor clears the review gate"));
    }
}

#[test]
fn an_operator_may_not_approve_a_direction_or_the_hero() {
    let studio = Studio::sprinted();
    let said = studio.refused(&mara(), Command::ApproveDirection { image: sha(1), reason: "mine".to_owned() });
    assert!(said.starts_with("approving a direction needs a Director; an Operator neither approves"), "{said}");
    let studio = Studio::heroed();
    let said = studio.refused(&mara(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    assert!(said.starts_with("approving the Hero needs a Director"), "{said}");
}

#[test]
fn an_operator_may_not_release() {
    let (studio, image) = Studio::cleared();
    let request = ReleaseRequest { image, file_sha256: image, subject: "boat".to_owned(), disclosure: None };
    let said = studio.refused(&mara(), Command::ReleaseImages { images: vec![request] });
    assert!(said.starts_with("releasing an image needs a Director or a Reviewer; an Operator neither"), "{said}");
}

#[test]
fn a_reviewer_makes_nothing() {
    let studio = Studio::ran();
    let image = studio.run_images(1)[0];
    for command in [Command::Keep { image }, repair(image, 0.1, None), edit(image, sha(500))] {
        assert!(studio.refused(&ravi(), command).contains("a Reviewer only judges what others made"));
    }
}

#[test]
fn a_project_is_solo_as_long_as_one_person_acts() {
    let mut studio = Studio::empty();
    studio.ok(&jo(), start_command());
    assert!(studio.state.is_solo());
    studio.ok(&jo(), Command::SwitchRole { to: Role::Operator });
    assert!(studio.state.is_solo());
    // A mistyped name that puts on a hat and is left again has done nothing.
    studio.ok(&actor("J0", Role::Director), Command::SwitchRole { to: Role::Director });
    assert!(studio.state.is_solo() && studio.state.people().len() == 2);
    let brief = Command::WriteBrief { brief: Box::new(brief()), reason: None };
    studio.ok(&actor("J0", Role::Director), brief);
    assert!(!studio.state.is_solo());
    assert_eq!(studio.state.workers().len(), 2);
}

#[test]
fn what_the_app_reports_makes_nobody_a_second_person() {
    let mut studio = Studio::empty();
    let worn = |role| actor("Jo", role);
    studio.ok(&worn(Role::Director), start_command());
    studio.ok(&worn(Role::Director), Command::WriteBrief { brief: Box::new(brief()), reason: None });
    studio.ok(&worn(Role::Director), Command::CompleteBrief);
    studio.ok(&worn(Role::Director), Command::SwitchRole { to: Role::Operator });
    studio.ok(&worn(Role::Operator), Command::StartConceptSprint { plan: Box::new(plan(3, 5)) });
    studio.ok(&ravi(), Command::SwitchRole { to: Role::Reviewer });
    let (job, image) = (kento_studio::JobId(1), Box::new(generated(1)));
    studio.ok(&ravi(), Command::ReportImage { job, image });
    let job = kento_studio::JobId(2);
    studio.ok(&ravi(), Command::ReportFailure { job, cause: "device lost".to_owned() });
    assert!(studio.state.is_solo());
}
