//! Stages may be left out only knowingly.

use kento_studio::workflow::*;

use crate::gate::submit;
use crate::studio::*;

fn skip(stage: Stage) -> Command {
    Command::SkipStage { stage, reason: "one small picture".to_owned() }
}

#[test]
fn a_sprint_image_ships_only_once_what_lies_between_is_skipped_with_a_reason() {
    let mut studio = Studio::sprinted();
    studio.ok(&mara(), Command::Keep { image: sha(1) });
    let rule = |stages| {
        format!(
            "{} was made without a locked recipe: make it in a volume run of one, or the Director skips {stages} \
             with a reason",
            sha(1).auto_v2()
        )
    };
    let submit = || submit(sha(1), ReviewList::Full);
    assert_eq!(studio.refused(&mara(), submit()), rule("Lock-in pass and Volume run"));
    studio.ok(&jo(), skip(Stage::VolumeRun));
    assert_eq!(studio.refused(&mara(), submit()), rule("Lock-in pass"));
    studio.ok(&jo(), skip(Stage::LockInPass));
    studio.ok(&mara(), alt(sha(1)));
    studio.ok(&mara(), submit());
    studio.clear(&ravi(), sha(1));
    let (image, subject) = (sha(1), "boat".to_owned());
    let request = ReleaseRequest { image, file_sha256: image, subject, disclosure: None };
    let records = studio.ok(&jo(), Command::ReleaseImages { images: vec![request] });
    let Action::ImageReleased { name, card: None, .. } = &records[0].action else { panic!("{records:?}") };
    assert!(name.contains("_no-recipe_"), "{name}");
}

#[test]
fn a_hero_ships_beside_a_volume_run_or_once_that_is_skipped() {
    let mut studio = Studio::locked();
    let hero = submit(sha(16), ReviewList::Full);
    let rule = format!(
        "{} comes from no volume run: start one of its recipe, or the Director skips the Volume run with a reason",
        sha(16).auto_v2()
    );
    assert_eq!(studio.refused(&mara(), hero.clone()), rule);
    let rows = studio.rows(1, 2);
    studio.ok(&mara(), Command::StartVolumeRun { card: card_ref(1), rows, seen: None });
    assert_eq!(studio.refused(&mara(), hero.clone()), rule, "a run that made nothing is none");
    studio.render_all();
    studio.ok(&mara(), hero.clone());
    let mut skipped = Studio::locked();
    skipped.ok(&jo(), skip(Stage::VolumeRun));
    skipped.ok(&mara(), hero);
}

#[test]
fn the_hero_of_a_draft_is_no_image_of_a_recipe() {
    let mut studio = Studio::heroed();
    studio.ok(&mara(), Command::Keep { image: sha(16) });
    let said = studio.refused(&mara(), submit(sha(16), ReviewList::Full));
    assert!(said.contains("was made without a locked recipe"), "{said}");
}

#[test]
fn what_a_draft_made_before_it_changed_is_not_of_its_recipe() {
    let mut studio = Studio::heroed();
    let mut changed = card(1);
    changed.seed = 8;
    studio.ok(&mara(), Command::SaveDraftCard { card: Box::new(changed) });
    studio.ok(&mara(), Command::RenderHero { card: card_ref(1) });
    studio.render_all();
    let mut studio = studio.lock(1);
    studio.run_rows(2);
    studio.ok(&mara(), Command::Keep { image: sha(16) });
    let said = studio.refused(&mara(), submit(sha(16), ReviewList::Full));
    assert!(said.contains("was made without a locked recipe"), "{said}");
    assert_eq!(studio.state.recipe_of(studio.state.image(&sha(16)).unwrap()), None);
    studio.ok(&mara(), submit(sha(17), ReviewList::Full));
    for image in studio.run_images(1) {
        assert_eq!(studio.state.recipe_of(studio.state.image(&image).unwrap()), Some(&card_ref(1)));
    }
}
