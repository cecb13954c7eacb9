use kento_studio::workflow::*;

use crate::studio::*;

fn values(studio: &Studio, metric: Metric) -> Vec<f64> {
    studio.state.series(metric, Some(&card_ref(1))).points.iter().map(|point| point.value).collect()
}

#[test]
fn the_keep_rate_is_kept_by_generated_over_time() {
    let mut studio = Studio::ran();
    let images = studio.run_images(1);
    assert!(values(&studio, Metric::KeepRate).is_empty(), "no rate before the first decision");
    studio.ok(&mara(), Command::Keep { image: images[0] });
    studio.ok(&mara(), Command::Reject { image: images[1], reason: RejectReason::Colour, note: String::new() });
    studio.ok(&mara(), Command::Keep { image: images[2] });
    studio.ok(&mara(), Command::WithdrawCull { image: images[0] });
    assert_eq!(values(&studio, Metric::KeepRate), [0.125, 0.125, 0.25, 0.125]);
    let series = studio.state.series(Metric::KeepRate, None);
    assert_eq!((series.latest(), series.trend()), (Some(0.125), Trend::Falling));
    assert!(series.points.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    const { assert!(EXPECTED_KEEP_RATE >= 0.125) };
}

#[test]
fn sprint_images_do_not_count_as_rejects_of_a_recipe() {
    let mut studio = Studio::sprinted();
    studio.ok(&mara(), Command::Reject { image: sha(1), reason: RejectReason::OffBrief, note: String::new() });
    assert_eq!(studio.state.series(Metric::KeepRate, None), Series::default());
    assert_eq!(studio.state.cull_count(None), CullCount::default());
}

#[test]
fn iterations_per_final_are_generations_by_cleared_images() {
    let (mut studio, first, second) = Studio::kept();
    for image in [first, second] {
        studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
        studio.clear(&ravi(), image);
    }
    // The Hero and 8 rows; the proof is a measurement.
    assert_eq!(values(&studio, Metric::IterationsPerFinal), [9.0, 4.5]);
    let project = studio.state.series(Metric::IterationsPerFinal, None);
    assert_eq!(project.latest(), Some(12.0), "the project counts its sprint too");
    studio.ok(&ravi(), Command::VetoImage { image: second, reason: "a logo".to_owned() });
    assert_eq!(values(&studio, Metric::IterationsPerFinal), [9.0, 4.5, 9.0]);
}

#[test]
fn rework_is_the_share_of_reviews_that_was_sent_back() {
    let (mut studio, first, second) = Studio::kept();
    studio.fail_edges(first);
    studio.ok(&mara(), Command::SubmitForReview { image: second, list: ReviewList::Full });
    studio.clear(&ravi(), second);
    assert_eq!(values(&studio, Metric::Rework), [1.0, 0.5]);
}

#[test]
fn a_veto_after_a_clearance_is_the_outcome_of_the_same_review() {
    let (mut studio, image) = Studio::cleared();
    assert_eq!(values(&studio, Metric::Rework), [0.0]);
    studio.ok(&ravi(), Command::VetoImage { image, reason: "a logo after all".to_owned() });
    assert_eq!(values(&studio, Metric::Rework), [0.0, 1.0]);
    let record = studio.state.track_record();
    assert_eq!((record.reviewed, record.sent_back), (1, 1));
}

#[test]
fn a_round_that_was_voided_counts_as_no_review() {
    let (mut studio, image) = Studio::cleared();
    studio.ok(&mara(), Command::WriteAltText { image, text: "A boat.".to_owned() });
    assert!(values(&studio, Metric::Rework).is_empty());
    assert_eq!(studio.state.track_record().reviewed, 0);
    studio.ok(&mara(), Command::SubmitForReview { image, list: ReviewList::Full });
    studio.clear(&ravi(), image);
    assert_eq!(values(&studio, Metric::Rework), [0.0]);
    assert_eq!(studio.state.track_record().reviewed, 1, "the same image is no second clean review");
    // What was sent back and cleared in its next round is two reviews.
    let other = studio.run_images(1)[1];
    studio.fail_edges(other);
    studio.ok(&mara(), Command::SubmitForReview { image: other, list: ReviewList::Full });
    studio.clear(&ravi(), other);
    let record = studio.state.track_record();
    assert_eq!((record.reviewed, record.sent_back), (3, 1));
}

#[test]
fn the_time_runs_from_the_brief_to_the_approved_hero() {
    let mut studio = Studio::heroed();
    studio.later(130);
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    assert_eq!(values(&studio, Metric::SecondsToHero), [7_800.0]);
    let (labels, all) = (Metric::ALL.map(Metric::label), 4);
    assert_eq!(labels.len(), all);
}

/// A second revision is approved much later: neither its time nor the project's is counted from the first brief.
#[test]
fn a_later_hero_makes_the_time_from_the_brief_no_longer() {
    let mut studio = Studio::heroed();
    studio.later(10);
    let mut studio = studio.lock(1);
    studio.later(600);
    studio.ok(&mara(), Command::ReviseRecipe { card: card_ref(1), reason: "the sky".to_owned() });
    let mut draft = studio.state.card(&card_ref(2)).unwrap().card.clone();
    draft.seed = 11;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(draft) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(2) });
    studio.render_all();
    studio.later(5);
    let studio = studio.lock(2);
    assert_eq!(values(&studio, Metric::SecondsToHero), [600.0]);
    let of = |card: Option<&kento_studio::card::CardRef>| {
        studio.state.series(Metric::SecondsToHero, card).points.iter().map(|point| point.value).collect::<Vec<_>>()
    };
    assert_eq!((of(Some(&card_ref(2))), of(None)), (vec![300.0], vec![600.0]));
}

#[test]
fn a_clock_that_was_set_back_gives_no_negative_time() {
    let mut studio = Studio::heroed();
    studio.later(-600);
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    assert_eq!(values(&studio, Metric::SecondsToHero), [0.0]);
}
