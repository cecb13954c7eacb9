use kento_studio::library::{self, NegativeEntry, WorkflowDocument};
use kento_studio::workflow::*;

use crate::studio::*;

#[test]
fn a_project_begins_with_its_rules() {
    let studio = Studio::empty();
    let with = |change: &dyn Fn(&mut Command)| {
        let mut command = start_command();
        change(&mut command);
        studio.refused(&jo(), command)
    };
    let said = with(&|command| {
        if let Command::StartProject { name, .. } = command {
            name.clear();
        }
    });
    assert_eq!(said, "the name of the project is empty: write it");
    let said = with(&|command| {
        if let Command::StartProject { checklists, .. } = command {
            checklists.remove(0);
        }
    });
    assert_eq!(said, "the checklist review-full is missing: a project begins with it");
    let said = with(&|command| {
        if let Command::StartProject { checklists, .. } = command {
            checklists[1] = checklist("review-full", &["edges"]);
        }
    });
    assert_eq!(said, "the checklist review-full is given twice: give it once");
    let said = with(&|command| {
        if let Command::StartProject { settings, .. } = command {
            settings.repeats_that_pause = 0;
        }
    });
    assert_eq!(said, "the number of repeats that pause a recipe must be between 1 and 100: enter 3 if in doubt");
}

#[test]
fn figures_of_the_rules_stay_in_sensible_bounds() {
    let studio = Studio::started();
    let change = |change: &dyn Fn(&mut ProjectSettings)| {
        let mut settings = ProjectSettings::default();
        change(&mut settings);
        studio.refused(&jo(), Command::ChangeSettings { settings, reason: "x".to_owned() })
    };
    for said in [
        change(&|settings| settings.fresh_eyes_minutes = 100_000),
        change(&|settings| settings.draft_most_steps = 0),
        change(&|settings| settings.most_generated_pixels = 100),
        change(&|settings| settings.most_repair_strength = f64::NAN),
        change(&|settings| settings.short_list.most_rework = 1.5),
        change(&|settings| settings.short_list.least_reviewed = 0),
    ] {
        assert!(said.contains(": enter "), "{said}");
    }
}

#[test]
fn checklists_are_versioned() {
    let mut studio = Studio::started();
    let adopt = |version, ids: &[&str]| Command::AdoptChecklist {
        checklist: kento_studio::library::Checklist { version, ..checklist("review-full", ids) },
    };
    let said = studio.refused(&jo(), adopt(1, &["edges"]));
    assert_eq!(said, "the checklist review-full has version 1 already: count its version up");
    assert_eq!(studio.refused(&jo(), adopt(2, &[])), "the list of items of review-full is empty: write it");
    let said = studio.refused(&jo(), adopt(2, &["edges", "edges"]));
    assert_eq!(said, "there are two checklist items named \"edges\": rename one of them");
    assert!(
        studio
            .refused(&mara(), adopt(2, &["edges"]))
            .starts_with("adopting a checklist needs a Director or a Reviewer")
    );
    studio.ok(&ravi(), adopt(2, &["edges"]));
    assert_eq!(studio.state.checklist("review-full").unwrap().items.len(), 1);
}

#[test]
fn the_workflow_document_has_an_owner_and_says_when_its_review_is_overdue() {
    let mut studio = Studio::started();
    assert_eq!(studio.state.document().unwrap().owner, person("Jo"));
    assert!(!studio.state.document_is_overdue(studio.now));
    assert!(!studio.state.document_is_overdue("2027-05-01T23:00:00Z".parse().unwrap()), "the day itself is in time");
    assert!(studio.state.document_is_overdue("2027-05-02T00:00:00Z".parse().unwrap()));
    let review = |date: &str| Command::ReviewDocument { owner: person("Mara"), next_review: date.parse().unwrap() };
    assert_eq!(
        studio.refused(&mara(), review("2026-11-21")),
        "the next review is to be in the future: choose a later date"
    );
    studio.ok(&mara(), review("2027-11-21"));
    let document = studio.state.document().unwrap();
    assert_eq!((document.owner.as_str(), document.reviews), ("Mara", 1));
    assert!(!studio.state.document_is_overdue("2027-05-02T00:00:00Z".parse().unwrap()));
}

#[test]
fn the_highest_keep_rate_is_promoted_to_a_template() {
    let mut studio = Studio::ran();
    let promote = |reason: &str| Command::PromoteTemplate { card: card_ref(1), reason: reason.to_owned() };
    let images = studio.run_images(1);
    studio.ok(&mara(), Command::Keep { image: images[0] });
    let said = studio.refused(&mara(), promote("it works"));
    assert_eq!(said, "harbour-flat-r1 has 1 culled images and a template needs 8: cull more first");
    for image in &images[1..] {
        studio.ok(&mara(), Command::Reject { image: *image, reason: RejectReason::Colour, note: String::new() });
    }
    assert_eq!(studio.state.template_candidates().len(), 1);
    assert_eq!(studio.refused(&mara(), promote("")), "promoting a template needs a reason: write why");
    studio.ok(&mara(), promote("the best of the season"));
    let template = &studio.state.templates()[0];
    assert_eq!((template.card.clone(), template.kept, template.generated), (card_ref(1), 1, 8));
    assert_eq!(studio.refused(&mara(), promote("again")), "harbour-flat-r1 is a template already: nothing to do");
}

#[test]
fn recipes_become_templates_for_the_next_project() {
    let mut studio = Studio::ran();
    let for_others = |studio: &Studio| studio.state.template_for_others(&card_ref(1));
    let said = for_others(&studio).unwrap_err().to_string();
    assert_eq!(said, "harbour-flat-r1 is no template: promote it first");
    let images = studio.run_images(1);
    for image in &images {
        studio.ok(&mara(), Command::Reject { image: *image, reason: RejectReason::Colour, note: String::new() });
    }
    let reason = "the look is what we want".to_owned();
    studio.ok(&mara(), Command::PromoteTemplate { card: card_ref(1), reason });
    let said = for_others(&studio).unwrap_err().to_string();
    assert!(said.starts_with("a template needs at least one image kept out of those generated"), "{said}");

    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    studio.ok(&mara(), Command::Keep { image: images[0] });
    for image in &images[1..] {
        studio.ok(&mara(), Command::Reject { image: *image, reason: RejectReason::Colour, note: String::new() });
    }
    studio.ok(&mara(), Command::PromoteTemplate { card: card_ref(1), reason: "the best".to_owned() });
    let template = for_others(&studio).unwrap();
    let locked = studio.state.card(&card_ref(1)).unwrap().locked.clone().unwrap();
    assert_eq!((&template.recipe, template.kept, template.generated), (&locked, 1, 8));
    assert_eq!(template.promoted_by, mara().person);
    assert_eq!(template.project, studio.state.project().unwrap().name);
    let text = library::to_ron(&template).unwrap();
    assert_eq!(library::from_ron::<library::Template>(&text).unwrap(), template);
}

#[test]
fn what_kept_failing_goes_to_the_negative_prompt_library_with_its_evidence() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    for image in &images[..2] {
        studio.ok(&mara(), Command::Reject { image: *image, reason: RejectReason::StrayText, note: String::new() });
    }
    let failing = studio.state.failing_prompts();
    assert_eq!(failing[0].0, card_ref(1));
    assert_eq!((&failing[0].1, failing[0].2.len()), (&Failure::Rejected(RejectReason::StrayText), 2));
    let entry = |evidence: Vec<kento_studio::Sha256>| NegativeEntry {
        name: "stray-text".to_owned(),
        text: "letters, signs".to_owned(),
        suppresses: "stray text on the hull".to_owned(),
        evidence,
    };
    let add = |evidence| Command::AddNegativeEntry { set: "flat-vector".to_owned(), entry: entry(evidence) };
    let nameless = NegativeEntry { name: String::new(), ..entry(images[..2].to_vec()) };
    let nameless = Command::AddNegativeEntry { set: "flat-vector".to_owned(), entry: nameless };
    assert!(studio.refused(&mara(), nameless).starts_with("the name of a negative entry has 1 to"));
    assert_eq!(studio.refused(&mara(), add(vec![])), "no evidence is chosen: choose images that show the failure");
    let said = studio.refused(&mara(), add(vec![images[4]]));
    assert!(said.ends_with("was neither rejected nor failed a review: choose images that show the failure"), "{said}");
    studio.ok(&mara(), add(images[..2].to_vec()));
    assert_eq!(studio.state.library_additions()[0].entry.evidence, images[..2]);
}

#[test]
fn what_failed_at_the_gate_comes_to_the_project_review_too() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    studio.fail_edges(images[0]);
    studio.fail_edges(images[1]);
    studio.ok(&mara(), Command::SubmitForReview { image: images[0], list: ReviewList::Full });
    studio.ok(&ravi(), crate::gate::judge(images[0], "edges", fail()));
    studio.ok(&ravi(), Command::SendBack { image: images[0], note: String::new() });
    for image in &images[2..4] {
        studio.ok(&mara(), Command::Keep { image: *image });
        studio.ok(&mara(), Command::SubmitForReview { image: *image, list: ReviewList::Full });
    }
    studio.ok(&ravi(), crate::gate::judge(images[2], "hands", fail()));
    for image in &images[2..4] {
        studio.ok(&ravi(), Command::VetoImage { image: *image, reason: "a real person".to_owned() });
    }
    let at_gate = |item: &str| Failure::AtGate { item: item.to_owned() };
    let failing = studio.state.failing_prompts();
    let told: Vec<_> = failing.iter().map(|(_, failure, images)| (failure.clone(), images.clone())).collect();
    let expected = [
        (at_gate("edges"), images[..2].to_vec()),
        (at_gate("hands"), images[2..3].to_vec()),
        (Failure::Vetoed, images[3..4].to_vec()),
    ];
    assert_eq!(told, expected, "an image that failed twice for one thing shows it once");
    assert_eq!(failing[0].1.to_string(), "edges at the gate");
    for (_, _, evidence) in failing {
        let (name, text) = ("halo".to_owned(), "halo".to_owned());
        let entry = NegativeEntry { name, text, suppresses: "halos".to_owned(), evidence };
        let add = Command::AddNegativeEntry { set: "flat-vector".to_owned(), entry };
        assert!(would(&studio.state, &add, &mara(), studio.now).is_yes(), "what is listed is evidence");
    }
}

#[test]
fn a_broken_hand_off_fixes_the_documentation_not_the_person() {
    let mut studio = Studio::started();
    let note = |fix: &str| Command::NoteHandOffProblem {
        stage: Stage::VolumeRun,
        what: "the crop was not said".to_owned(),
        fix: fix.to_owned(),
    };
    assert_eq!(studio.refused(&ravi(), note("")), "the fix of the documentation is empty: write it");
    studio.ok(&ravi(), note("the brief asks for the crop"));
    assert_eq!(studio.state.hand_off_problems()[0].fix, "the brief asks for the crop");
}

#[test]
fn the_project_review_is_a_record() {
    let mut studio = Studio::briefed();
    let review =
        |by: &str, date: &str| Command::ReviewProject { findings: by.to_owned(), next_review: date.parse().unwrap() };
    assert_eq!(studio.refused(&jo(), review(" ", "2027-01-01")), "the findings is empty: write it");
    assert!(studio.refused(&jo(), review("fine", "2026-01-01")).contains("in the future"));
    studio.ok(&jo(), review("the keep rate rises", "2027-01-01"));
    assert_eq!(studio.state.reviewed_at(), Some(studio.now));
    assert_eq!(studio.state.next_project_review(), Some("2027-01-01".parse().unwrap()));
    let is_overdue = |at: &str| studio.state.project_review_is_overdue(at.parse().unwrap());
    assert!(!is_overdue("2027-01-01T23:00:00Z"), "the day itself is in time");
    assert!(is_overdue("2027-01-02T00:00:00Z"));
    assert!(!Studio::briefed().state.project_review_is_overdue("2099-01-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn the_shipped_document_and_the_code_count_with_the_same_numbers() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../recipes/workflow.ron");
    let document: WorkflowDocument = library::read_ron(file.as_ref()).unwrap();
    let numbers = &document.numbers;
    let span = |span: library::Span| span.least as usize..=span.most as usize;
    assert_eq!(span(numbers.sprint_variations), SPRINT_VARIATIONS);
    assert_eq!(span(numbers.sprint_styles), SPRINT_STYLES);
    assert_eq!(span(numbers.moodboard_candidates), MOODBOARD_CANDIDATES);
    assert_eq!(1.0 / f64::from(numbers.keep_one_in), EXPECTED_KEEP_RATE);
    assert_eq!(1.0 / f64::from(numbers.repair_mask_one_in), MOST_MASKED_SHARE);
    assert_eq!(numbers.regulated_reviewers as usize, Stakes::Regulated.reviewers());
    assert_eq!(ProjectSettings::from(numbers), ProjectSettings::default());
    let names: Vec<String> =
        Stage::ALL.iter().map(|stage| serde_json::to_value(stage).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(names, WorkflowDocument::STAGES);
}

#[test]
fn a_project_begins_with_the_shipped_checklists() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../recipes/checklists"));
    let read = |name: &str| library::read_ron(&folder.join(format!("{name}.ron"))).unwrap();
    let mut command = start_command();
    let Command::StartProject { checklists, .. } = &mut command else { panic!() };
    *checklists = ["review-full", "review-short", ARTEFACT_GATE].map(read).to_vec();
    let mut studio = Studio::empty();
    studio.ok(&jo(), command);
    for list in [ReviewList::Full.checklist(), ReviewList::Short.checklist(), ARTEFACT_GATE] {
        assert!(!studio.state.checklist(list).unwrap().items.is_empty(), "{list}");
    }
}
