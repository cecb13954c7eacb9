use kento_studio::JobId;
use kento_studio::card::{CardName, CardOrigin, CardRef, Comparison};
use kento_studio::workflow::*;

use crate::studio::*;

fn lock(revision: u32) -> Command {
    Command::LockRecipe { card: card_ref(revision) }
}

fn status(studio: &Studio, revision: u32) -> CardStatus {
    studio.state.card(&card_ref(revision)).unwrap().status()
}

#[test]
fn the_lock_in_pass_needs_an_approved_direction() {
    let studio = Studio::sprinted();
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
    assert_eq!(
        said,
        "no direction is approved: rank the moodboard and approve one, or skip the concept sprint with a reason"
    );
}

#[test]
fn a_card_locks_only_when_it_is_reproduced_and_its_hero_approved() {
    let mut studio = Studio::directed();
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
    assert_eq!(studio.refused(&mara(), lock(1)), "harbour-flat-r1 has no Hero as it stands now: render the Hero");
    let said = studio.refused(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(1) });
    assert_eq!(said, "harbour-flat-r1 has no Hero as it stands now: render the Hero");
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    let said = studio.refused(&mara(), Command::RenderHero { card: card_ref(1) });
    assert_eq!(said, "job 16 does that already: wait for it");
    studio.render_all();
    let said = studio.refused(&mara(), lock(1));
    assert_eq!(said, "harbour-flat-r1 is not proved: render its Hero again from the card alone, with \"Prove\"");
    studio.prove(1, true);
    let said = studio.refused(&mara(), lock(1));
    assert_eq!(said, "the Director has not approved the Hero of harbour-flat-r1: ask for the approval");
    let said = studio.refused(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(1) });
    assert!(said.starts_with("the Hero of harbour-flat-r1 is"), "{said}");
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    let again = studio.refused(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    assert_eq!(again, "the Hero of harbour-flat-r1 is approved already: prove the card and lock it");
    assert_eq!(status(&studio, 1), CardStatus::Draft);
    studio.ok(&mara(), lock(1));
    assert_eq!(status(&studio, 1), CardStatus::Locked);
    let locked = studio.state.card(&card_ref(1)).unwrap().locked.as_ref().unwrap();
    assert_eq!((locked.proof().hero, locked.proof().comparison), (sha(16), Comparison::Identical));
    assert_eq!(locked.approval().by, person("Jo"));
}

#[test]
fn trigger_2_a_recipe_that_does_not_reproduce_cannot_lock() {
    let mut studio = Studio::heroed();
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    studio.prove(1, false);
    let said = studio.refused(&mara(), lock(1));
    assert_eq!(
        said,
        "harbour-flat-r1 did not reproduce, so the recipe is not real yet: change the card, render the Hero and prove it again"
    );
    studio.prove(1, true);
    studio.ok(&mara(), lock(1));
}

#[test]
fn trigger_2_a_locked_recipe_that_stops_reproducing_is_unlocked_and_its_run_pauses() {
    let mut studio = Studio::locked();
    let rows = studio.rows(1, 3);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows: rows.clone(), seen: None });
    let waiting = studio.state.interrupted_jobs();
    assert_eq!((waiting.len(), studio.state.runnable_jobs().len()), (3, 3));
    studio.prove(1, false);
    assert_eq!(status(&studio, 1), CardStatus::Unlocked);
    assert_eq!(studio.state.runnable_jobs(), [], "the volume run pauses");
    assert_eq!(studio.state.held_because(waiting[0]), Some(&PauseCause::NotReproduced));
    let said = studio.refused(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
    assert_eq!(said, "harbour-flat-r1 is unlocked because it stopped reproducing: prove it again, or revise it");
    let said = studio.refused(&mara(), Command::RequeueJobs { jobs: waiting.clone() });
    assert!(said.starts_with("harbour-flat-r1 is unlocked"), "{said}");
    // Proved again, it is locked again, and the run goes on.
    assert!(studio.refused(&mara(), lock(1)).contains("did not reproduce"));
    studio.prove(1, true);
    studio.ok(&mara(), lock(1));
    assert_eq!(studio.state.runnable_jobs(), waiting);
}

#[test]
fn on_another_device_the_second_render_must_look_the_same() {
    let report = |job, score| Command::ReportProof {
        job,
        again_pixels: sha(12_345),
        again_fingerprint: Box::new(fingerprint("RTX 4060")),
        ssimulacra2: score,
    };
    let mut studio = Studio::heroed();
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
    let job = JobId(17);
    let said = studio.refused(&mara(), report(job, None));
    assert_eq!(said, "the two renders differ and have no SSIMULACRA2 score: measure it");
    assert!(studio.refused(&mara(), report(job, Some(f64::NAN))).contains("is a number of at most 100"));
    let records = studio.ok(&mara(), report(job, Some(89.9)));
    assert!(matches!(records[0].action, Action::ProofFailed { ssimulacra2: Some(_), .. }));
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
    let records = studio.ok(&mara(), report(JobId(18), Some(90.5)));
    assert!(matches!(records[0].action, Action::ProofPassed { .. }));
}

#[test]
fn a_proof_in_another_number_format_locks_nothing() {
    let mut studio = Studio::heroed();
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
    let mut half = fingerprint("flex");
    half.dtype = kento_studio::Dtype::F16;
    let pixels = studio.state.image(&sha(16)).unwrap().pixels_sha256;
    studio.ok(
        &mara(),
        Command::ReportProof {
            job: JobId(17),
            again_pixels: pixels,
            again_fingerprint: Box::new(half),
            ssimulacra2: None,
        },
    );
    assert_eq!(studio.refused(&mara(), lock(1)), "the card asks for f32 and was proved in f16: prove it in f32");
}

#[test]
fn the_proof_is_judged_by_the_rule_and_not_by_its_reporter() {
    let mut studio = Studio::heroed();
    studio.ok(&mara(), Command::ProveCard { card: card_ref(1) });
    let said = studio.refused(&mara(), Command::ReportImage { job: JobId(17), image: Box::new(generated(17)) });
    assert_eq!(said, "job 17 is a proof: report it as that");
    let (again_pixels, again_fingerprint) = (sha(1), Box::new(fingerprint("flex")));
    let done = Command::ReportProof { job: JobId(16), again_pixels, again_fingerprint, ssimulacra2: None };
    assert_eq!(studio.refused(&mara(), done), "job 16 is done: nothing more can be reported or cancelled");
    let said = studio.refused(&mara(), Command::ProveCard { card: card_ref(1) });
    assert_eq!(said, "job 17 does that already: wait for it");
}

#[test]
fn a_locked_card_is_never_edited_a_change_makes_the_next_revision_with_a_reason() {
    let mut studio = Studio::locked();
    let mut changed = card(1);
    changed.seed = 8;
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(changed) });
    let rule =
        "harbour-flat-r1 is locked and a locked card is never edited: revise it, which makes revision 2 with a reason";
    assert_eq!(said, rule);
    assert_eq!(
        studio.refused(&mara(), Command::RenderHero { card: card_ref(1) }),
        "there is no draft card: save one first"
    );
    let revise = |reason: &str| Command::ReviseRecipe { card: card_ref(1), reason: reason.to_owned() };
    assert_eq!(studio.refused(&mara(), revise("")), "a new revision needs a reason: write why");
    studio.ok(&mara(), revise("the sail is too small"));
    let draft = &studio.state.card(&card_ref(2)).unwrap().card;
    assert_eq!((draft.parent.as_ref(), draft.reason.as_deref()), (Some(&card_ref(1)), Some("the sail is too small")));
    assert_eq!((status(&studio, 1), status(&studio, 2)), (CardStatus::Locked, CardStatus::Draft));
    let said = studio.refused(&mara(), revise("again"));
    assert_eq!(said, "harbour-flat-r1 has the later revision 2: go on with that one");
    let said = studio.refused(&mara(), Command::ReviseRecipe { card: card_ref(2), reason: "x".to_owned() });
    assert_eq!(said, "harbour-flat-r2 is a draft: change it and save it");
}

#[test]
fn revisions_follow_one_another() {
    let mut studio = Studio::directed();
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(card(0)) });
    assert_eq!(said, "the card's revision is 0 and the first revision is 1: write 1");
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(card(2)) });
    assert!(said.contains("does not say why it exists"), "{said}");
    let mut second = card(2);
    (second.parent, second.reason) = (Some(card_ref(1)), Some("why not".to_owned()));
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(second.clone()) });
    assert_eq!(said, "the next revision of harbour-flat is 1 and this one is 2: save revision 1");
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(card(1)) });
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(second) });
    assert_eq!(said, "the next revision of harbour-flat is 1 and this one is 2: save revision 1");
    let missing: CardRef = "other-r1".parse().unwrap();
    let said = studio.refused(&mara(), Command::ProveCard { card: missing });
    assert_eq!(said, "there is no card other-r1: choose one of the project");
}

#[test]
fn a_changed_draft_loses_hero_proof_and_approval() {
    let mut studio = Studio::heroed();
    studio.prove(1, true);
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    let mut same_pixels = card(1);
    same_pixels.style = Some("flat".to_owned());
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(same_pixels) });
    assert!(studio.state.card(&card_ref(1)).unwrap().proof.is_some(), "what determines no pixels keeps the proof");
    let mut other_pixels = card(1);
    other_pixels.seed = 8;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(other_pixels) });
    let known = studio.state.card(&card_ref(1)).unwrap();
    assert!(known.hero.is_none() && known.proof.is_none() && known.approval.is_none());
    assert_eq!(studio.refused(&mara(), lock(1)), "harbour-flat-r1 has no Hero as it stands now: render the Hero");
}

#[test]
fn what_the_app_cannot_use_yet_is_refused_by_name() {
    let studio = Studio::directed();
    let mut with_upscaler = card(1);
    with_upscaler.upscaler = Some(kento_studio::card::Upscaler { name: "x4".to_owned(), sha256: sha(1), scale: 4 });
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(with_upscaler) });
    assert_eq!(said, "this version of Kento cannot use an upscaler yet: remove an upscaler from the card");
    let mut behind_its_back = card(1);
    behind_its_back.recipe.prompt.push('!');
    let said = studio.refused(&mara(), Command::SaveDraftCard { card: Box::new(behind_its_back) });
    assert!(said.starts_with("the prompt is not the text of its slots"), "{said}");
}

#[test]
fn a_hero_that_is_rendered_again_is_approved_and_proved_again() {
    let mut studio = Studio::heroed();
    studio.prove(1, true);
    studio.ok(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    let job = studio.state.interrupted_jobs()[0];
    let same = GeneratedImage { sha256: sha(16), ..generated(16) };
    studio.ok(&mara(), Command::ReportImage { job, image: Box::new(same) });
    let known = studio.state.card(&card_ref(1)).unwrap();
    assert!(known.proof.is_some() && known.approval.is_some(), "the same image is the same Hero");
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    studio.render_all();
    let known = studio.state.card(&card_ref(1)).unwrap();
    assert_ne!(known.hero.unwrap().image, sha(16));
    assert!(known.proof.is_none() && known.approval.is_none() && known.failed_proof.is_none());
    assert!(!studio.state.is_keeper(&sha(16)), "nobody approves the Hero of before any more");
    assert!(studio.refused(&mara(), lock(1)).starts_with("harbour-flat-r1 is not proved"));
    let said = studio.refused(&jo(), Command::ApproveHero { card: card_ref(1), hero: sha(16) });
    assert!(said.starts_with("the Hero of harbour-flat-r1 is"), "{said}");
    let studio = studio.lock(1);
    assert_eq!(status(&studio, 1), CardStatus::Locked);
}

#[test]
fn a_failed_proof_of_the_hero_before_says_nothing_of_the_next() {
    let mut studio = Studio::heroed();
    studio.prove(1, false);
    assert!(studio.refused(&mara(), lock(1)).contains("did not reproduce"));
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    studio.render_all();
    assert!(studio.refused(&mara(), lock(1)).starts_with("harbour-flat-r1 is not proved"));
}

#[test]
fn the_hero_is_approved_and_the_recipe_locked_within_the_lock_in_pass() {
    let mut studio = Studio::heroed();
    studio.prove(1, true);
    let approve = Command::ApproveHero { card: card_ref(1), hero: sha(16) };
    let skip = |stage| Command::SkipStage { stage, reason: "no time".to_owned() };
    studio.ok(&jo(), skip(Stage::LockInPass));
    for (by, command) in [(jo(), approve.clone()), (mara(), lock(1))] {
        assert_eq!(studio.refused(&by, command), "Lock-in pass is skipped: resume the stage first");
    }
    studio.ok(&jo(), Command::ResumeStage { stage: Stage::LockInPass });
    studio.ok(&jo(), Command::WithdrawDirection { reason: "too cold".to_owned() });
    for (by, command) in [(jo(), approve.clone()), (mara(), lock(1))] {
        assert!(studio.refused(&by, command).starts_with("no direction is approved: rank the moodboard"));
    }
    studio.ok(&jo(), skip(Stage::ConceptSprint));
    studio.ok(&jo(), approve);
    studio.ok(&mara(), lock(1));
}

#[test]
fn a_new_card_takes_no_name_that_is_taken() {
    let mut studio = Studio::directed();
    let new = || Command::SaveNewCard { card: Box::new(card(1)), begun: None };
    studio.ok(&mara(), new());
    let mut changed = card(1);
    changed.seed = 8;
    let over = Command::SaveNewCard { card: Box::new(changed.clone()), begun: None };
    let rule =
        "the card harbour-flat-r1 has that name: give the new one another name, or open harbour-flat-r1 and change it";
    assert_eq!(studio.refused(&mara(), over), rule);
    assert_eq!(studio.state.card(&card_ref(1)).unwrap().card.seed, 7, "the draft is as it was");
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(changed) });
    assert_eq!(Studio::locked().refused(&mara(), new()), rule, "a locked one has it too");
    assert!(studio.refused(&jo(), new()).starts_with("saving a new recipe card needs an Operator"));
}

#[test]
fn the_records_say_which_template_a_card_began_from() {
    let mut studio = Studio::directed();
    let parent: CardRef = "green-cactus-flat-r1".parse().unwrap();
    let template = CardOrigin::Template { card: parent.clone(), project: "Calm Posters".to_owned() };
    let mut copy = card(1).copy_as(CardName::new("cactus").unwrap());
    let save = |copy: &kento_studio::card::RecipeCard, begun: &CardOrigin| Command::SaveNewCard {
        card: Box::new(copy.clone()),
        begun: Some(begun.clone()),
    };
    let said = studio.refused(&mara(), save(&copy, &template));
    assert!(
        said.starts_with("cactus did not begin as the template green-cactus-flat-r1 of \"Calm Posters\": "),
        "{said}"
    );
    copy.parent = Some(parent.clone());
    let nameless = CardOrigin::Template { card: parent.clone(), project: " ".to_owned() };
    assert_eq!(studio.refused(&mara(), save(&copy, &nameless)), "the project of the template is empty: write it");
    studio.ok(&mara(), save(&copy, &template));
    let known = studio.state.card(&copy.card_ref()).unwrap();
    assert_eq!(known.begun.as_ref(), Some(&template));
    assert_eq!(known.history[0].what, "begun from the template green-cactus-flat-r1 of \"Calm Posters\"");
    // What is changed later leaves the beginning as it was.
    copy.seed = 8;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(copy.clone()) });
    let known = studio.state.card(&copy.card_ref()).unwrap();
    assert_eq!((known.begun.as_ref(), known.card.seed), (Some(&template), 8));

    let mut shipped = card(1).copy_as(CardName::new("cactus-too").unwrap());
    shipped.parent = Some(parent.clone());
    let origin = CardOrigin::Shipped { card: parent };
    studio.ok(&mara(), save(&shipped, &origin));
    let known = studio.state.card(&shipped.card_ref()).unwrap();
    assert_eq!(known.history[0].what, "begun from the shipped card green-cactus-flat-r1");
}
