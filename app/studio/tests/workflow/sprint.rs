use kento_studio::workflow::*;
use kento_studio::{JobId, Recipe};

use crate::studio::*;

fn start(plan: SprintPlan) -> Command {
    Command::StartConceptSprint { plan: Box::new(plan) }
}

#[test]
fn a_sprint_makes_15_to_30_variations_in_3_to_5_styles() {
    let studio = Studio::briefed();
    let end = ": change the number, or compress the sprint with a reason";
    for (styles, variations, said) in [
        (2, 8, format!("a full sprint has 3 to 5 styles and this one 2{end}")),
        (6, 5, format!("a full sprint has 3 to 5 styles and this one 6{end}")),
        (3, 4, format!("a full sprint has 15 to 30 variations and this one 12{end}")),
        (5, 7, format!("a full sprint has 15 to 30 variations and this one 35{end}")),
    ] {
        assert_eq!(studio.refused(&mara(), start(plan(styles, variations))), said);
    }
    for (styles, variations) in [(3, 5), (4, 6), (5, 6), (3, 10)] {
        assert!(would(&studio.state, &start(plan(styles, variations)), &mara(), studio.now).is_yes());
    }
}

#[test]
fn a_sprint_can_be_compressed_with_a_reason() {
    let mut studio = Studio::briefed();
    let compressed = |styles, variations, reason: &str| {
        start(SprintPlan { scope: SprintScope::Compressed { reason: reason.to_owned() }, ..plan(styles, variations) })
    };
    assert_eq!(studio.refused(&mara(), compressed(1, 4, "")), "a compressed sprint needs a reason: write why");
    let said = studio.refused(&mara(), compressed(6, 2, "small"));
    assert_eq!(
        said,
        "a compressed sprint has 1 to 30 variations in 1 to 5 styles and this one 12 in 6: change the numbers"
    );
    assert!(studio.refused(&mara(), compressed(1, 31, "small")).contains("this one 31 in 1"));
    assert!(studio.refused(&mara(), compressed(0, 0, "small")).contains("this one 0 in 0"));
    studio.ok(&mara(), compressed(1, 4, "the style is given"));
    studio.render_all();
    studio.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(1)] });
}

#[test]
fn the_styles_of_a_sprint_are_distinct() {
    let studio = Studio::briefed();
    let mut same_name = plan(3, 5);
    same_name.styles[2].name = "style 0 ".to_owned();
    let said = studio.refused(&mara(), start(same_name));
    assert_eq!(said, "the style \"style 0\" stands in two rows: make the styles distinct, a sprint is for breadth");
    let mut same_look = plan(3, 5);
    same_look.styles[2].cells = same_look.styles[1].cells.clone();
    assert!(studio.refused(&mara(), start(same_look)).contains("stands in two rows"));
}

#[test]
fn a_sprint_is_drafted_at_few_steps_and_standard_size() {
    let studio = Studio::briefed();
    let with = |change: fn(&mut Recipe)| {
        let mut plan = plan(3, 5);
        change(&mut plan.base);
        start(plan)
    };
    let said = studio.refused(&mara(), with(|recipe| recipe.steps = 50));
    assert_eq!(said, "a sprint is drafted in at most 20 steps and this one has 50: lower the steps");
    let said = studio.refused(&mara(), with(|recipe| (recipe.width, recipe.height) = (2048, 2048)));
    assert_eq!(
        said,
        "2048x2048 has more than the 1048576 pixels that are generated: generate smaller and upscale the keeper separately"
    );
    let said = studio.refused(&mara(), with(|recipe| recipe.width = 257));
    assert_eq!(said, "width must be a multiple of 8 and is 257: use 256 or 264");
}

#[test]
fn the_intent_is_written_before_the_engine_works() {
    let mut studio = Studio::briefed();
    let records = studio.ok(&mara(), start(plan(4, 6)));
    let [sprint, jobs] = &records[..] else { panic!("{records:?}") };
    assert!(matches!(sprint.action, Action::SprintStarted { sprint: 1, .. }));
    let Action::JobsQueued { jobs } = &jobs.action else { panic!("{jobs:?}") };
    assert_eq!(jobs.len(), 24);
    assert_eq!(jobs[7].purpose, JobPurpose::Sprint { sprint: 1, row: 1, column: 1 });
    assert_eq!(jobs[7].request.recipe.prompt, "boat 1, style 1");
    assert_eq!((jobs[7].request.job, jobs[7].request.seed), (JobId(8), 1));
    assert_eq!(studio.state.interrupted_jobs().len(), 24);
}

#[test]
fn a_sprint_needs_that_no_direction_is_approved() {
    let mut studio = Studio::directed();
    let said = studio.refused(&mara(), start(plan(3, 5)));
    assert_eq!(said, "a direction is approved already: withdraw it before another concept sprint");
    let withdraw = |reason: &str| Command::WithdrawDirection { reason: reason.to_owned() };
    assert_eq!(studio.refused(&jo(), withdraw("")), "withdrawing a direction needs a reason: write why");
    assert!(studio.refused(&mara(), withdraw("too cold")).starts_with("withdrawing a direction needs a Director"));
    studio.ok(&jo(), withdraw("too cold"));
    studio.ok(&mara(), start(plan(3, 5)));
    assert_eq!(studio.state.sprint().unwrap().number, 2);
    assert_eq!(studio.refused(&jo(), withdraw("again")), "no direction is approved: nothing is to be withdrawn");
}

#[test]
fn a_moodboard_has_3_to_5_candidates_from_the_sprint() {
    let mut studio = Studio::sprinted();
    let rank = |images: &[u64]| Command::RankMoodboard { candidates: images.iter().map(|n| sha(*n)).collect() };
    for few in [&[1, 2][..], &[1, 2, 3, 4, 5, 6], &[]] {
        let said = studio.refused(&jo(), rank(few));
        assert_eq!(said, format!("a moodboard has 3 to 5 candidates and this one {}: add or remove some", few.len()));
    }
    let said = studio.refused(&jo(), rank(&[1, 2, 1]));
    assert_eq!(said, format!("{} stands on the moodboard twice: remove one of them", sha(1).auto_v2()));
    assert!(studio.refused(&jo(), rank(&[1, 2, 400])).starts_with("there is no image"));
    studio.ok(&jo(), rank(&[5, 4, 3]));
    let mut heroed = Studio::heroed();
    heroed.ok(&jo(), Command::WithdrawDirection { reason: "too cold".to_owned() });
    assert!(
        heroed
            .refused(&jo(), rank(&[1, 2, 16]))
            .ends_with("is not from a concept sprint: choose images of the concept grid")
    );
}

#[test]
fn the_operator_proposes_and_the_director_ranks() {
    let mut studio = Studio::sprinted();
    let candidates = vec![sha(1), sha(2), sha(3)];
    assert!(
        studio.refused(&mara(), Command::RankMoodboard { candidates: candidates.clone() }).contains("needs a Director")
    );
    studio.ok(&mara(), Command::ProposeMoodboard { candidates: candidates.clone() });
    assert_eq!(studio.state.rank(&sha(1)), None, "proposed is not ranked");
    let said = studio.refused(&jo(), Command::ApproveDirection { image: sha(1), reason: "calm".to_owned() });
    assert_eq!(said, "the moodboard is not ranked: the Director ranks 3 to 5 candidates first");
    studio.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(3), sha(2), sha(1)] });
    assert_eq!(studio.state.rank(&sha(1)), Some(3));
}

#[test]
fn a_rank_is_undone_only_by_a_record_that_supersedes_it() {
    let mut studio = Studio::sprinted();
    studio.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(1), sha(2), sha(3)] });
    let first = studio.state.seq();
    let records = studio.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(2), sha(1), sha(3)] });
    let Action::MoodboardRanked { supersedes, .. } = records[0].action else { panic!() };
    assert_eq!(supersedes, Some(first));
}

#[test]
fn a_direction_is_on_the_ranked_moodboard_and_has_a_reason() {
    let mut studio = Studio::sprinted();
    studio.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(1), sha(2), sha(3)] });
    let approve = |n, reason: &str| Command::ApproveDirection { image: sha(n), reason: reason.to_owned() };
    let said = studio.refused(&jo(), approve(9, "nice"));
    assert!(said.ends_with("is not on the ranked moodboard: approve one of its candidates"), "{said}");
    assert_eq!(studio.refused(&jo(), approve(1, " ")), "approving a direction needs a reason: write why");
    studio.ok(&jo(), approve(1, "calm"));
    let direction = studio.state.direction().unwrap();
    assert_eq!((direction.image, direction.by.as_str(), direction.reason.as_str()), (sha(1), "Jo", "calm"));
}

#[test]
fn a_sprint_is_for_breadth_and_not_for_polishing_one_image() {
    let mut studio = Studio::sprinted();
    let vary = Command::VaryImage {
        parent: sha(2),
        recipe: Box::new(recipe("boat")),
        task: kento_studio::Task::ImageToImage { image: reference(sha(2)), strength: 0.4 },
        seed: 5,
        variations: Vec::new(),
    };
    let said = studio.refused(&mara(), vary.clone());
    assert_eq!(said, "a sprint is for breadth, not for polishing one image: approve a direction first");
    studio = studio.direct();
    studio.ok(&mara(), vary);
    studio.render_all();
    assert_eq!(studio.state.lineage(&sha(16)), [sha(16), sha(2)], "a variation keeps its parent");
}

#[test]
fn a_ranked_moodboard_is_not_replaced_by_a_proposal() {
    let mut studio = Studio::sprinted();
    let propose = |images: &[u64]| Command::ProposeMoodboard { candidates: images.iter().map(|n| sha(*n)).collect() };
    studio.ok(&mara(), propose(&[1, 2, 3]));
    studio.ok(&mara(), propose(&[1, 2, 4]));
    studio.ok(&jo(), Command::RankMoodboard { candidates: vec![sha(1), sha(2), sha(3)] });
    let rule = "the moodboard is ranked: the Director ranks other candidates, or start another concept sprint";
    assert_eq!(studio.refused(&mara(), propose(&[4, 5, 6])), rule);
    assert_eq!(studio.state.rank(&sha(1)), Some(1));
    // Another sprint has a moodboard of its own.
    studio.ok(&mara(), start(plan(3, 5)));
    studio.render_all();
    studio.ok(&mara(), propose(&[16, 17, 18]));
    assert_eq!(studio.state.rank(&sha(1)), None);
}

#[test]
fn the_moodboard_stands_while_a_direction_is_approved() {
    let mut studio = Studio::directed();
    let candidates = vec![sha(4), sha(5), sha(6)];
    let (propose, rank) =
        (Command::ProposeMoodboard { candidates: candidates.clone() }, Command::RankMoodboard { candidates });
    let rule = "a direction of the moodboard is approved: the Director withdraws it first";
    assert_eq!(studio.refused(&mara(), propose), rule);
    assert_eq!(studio.refused(&jo(), rank.clone()), rule);
    studio.ok(&jo(), Command::WithdrawDirection { reason: "too cold".to_owned() });
    studio.ok(&jo(), rank);
}
