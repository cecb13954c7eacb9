use super::*;
use crate::card_examples::{approval, card, hash, lock, other_fingerprint, proof, renders};
use crate::{Dtype, JobId};

fn judge(change: impl FnOnce(&mut TwoRenders)) -> Result<Comparison, String> {
    let mut renders = renders(&card());
    change(&mut renders);
    let judged = Proof::judge(renders, "2026-11-21T02:30:00Z".parse().unwrap());
    if let Ok(proof) = &judged {
        assert_eq!(proof.check(), Ok(()), "what is judged good is good when it is read again");
    }
    judged.map(|proof| proof.comparison).map_err(|refusal| refusal.to_string())
}

#[test]
fn on_the_same_device_and_build_every_pixel_must_be_the_same() {
    assert_eq!(judge(|_| ()), Ok(Comparison::Identical));
    for ssimulacra2 in [None, Some(99.9)] {
        let refusal =
            judge(|renders| (renders.again_pixels, renders.ssimulacra2) = (hash(9), ssimulacra2)).unwrap_err();
        assert_eq!(
            refusal,
            "the second render has other pixels than the Hero on the same device and build, so something that made the Hero is not on the card: render the Hero again from this card and approve that image"
        );
    }
}

#[test]
fn a_card_holds_the_look_of_its_own_hero_and_of_no_other_image() {
    let locked = lock(card());
    let picture = |of| HeldPicture { of, png: HexBytes(vec![0x89, 0x50]) };
    let bare = to_ron(&locked).unwrap();
    assert!(!bare.contains("png: "), "a card without it is written as before: {bare}");
    let held = locked.clone().with_hero(picture(locked.proof().hero)).unwrap();
    let text = to_ron(&held).unwrap();
    assert!(text.starts_with(bare.trim_end().trim_end_matches(')').trim_end_matches(['\n', ','])), "{text}");
    assert_eq!(from_ron::<LockedRecipe>(&text).unwrap(), held);
    let other = locked.with_hero(picture(hash(77))).unwrap_err().to_string();
    assert!(other.starts_with("the card holds the picture of "), "{other}");
    let damaged = text.replace(&format!("of: \"{}\"", held.proof().hero), &format!("of: \"{}\"", hash(77)));
    assert_ne!(damaged, text);
    assert!(from_ron::<LockedRecipe>(&damaged).unwrap_err().to_string().contains("the card holds the picture of"));
}

#[test]
fn elsewhere_the_renders_must_look_the_same() {
    let elsewhere = |ssimulacra2: Option<f64>| {
        judge(|renders| {
            renders.again_fingerprint = other_fingerprint();
            renders.again_pixels = hash(9);
            renders.ssimulacra2 = ssimulacra2;
        })
    };
    assert_eq!(elsewhere(Some(90.0)), Ok(Comparison::Similar { ssimulacra2: 90.0 }));
    assert_eq!(judge(|renders| renders.again_fingerprint = other_fingerprint()), Ok(Comparison::Identical));
    assert_eq!(Comparison::Similar { ssimulacra2: 93.456 }.to_string(), "SSIMULACRA2 93.46");
    assert_eq!(
        elsewhere(Some(89.96)).unwrap_err(),
        "the second render scores 89.96 against the Hero and 90 is needed: render the Hero again on this device, or prove the card on the Hero's own"
    );
    assert_eq!(elsewhere(None).unwrap_err(), "the two renders differ and have no SSIMULACRA2 score: measure it");
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 100.5] {
        assert!(elsewhere(Some(value)).unwrap_err().contains("is a number of at most 100"), "{value}");
    }
}

#[test]
fn another_build_with_the_same_numerics_counts_as_another_fingerprint() {
    let other_build = |renders: &mut TwoRenders| renders.again_fingerprint.tool.commit = "fedcba9".to_owned();
    assert_eq!(judge(other_build), Ok(Comparison::Identical));
    let numerics = |renders: &mut TwoRenders| renders.again_fingerprint.tool.numerics += 1;
    assert_eq!(
        judge(numerics).unwrap_err(),
        "the Hero was rendered with numerics revision 2 and the second image with 3: render both with one version of Kento"
    );
}

#[test]
fn a_proof_may_not_contradict_itself() {
    let mut wrong = proof(&card());
    wrong.comparison = Comparison::Similar { ssimulacra2: 95.0 };
    assert_eq!(wrong.check(), Err(ProofRefusal::IdenticalWithScore));
    wrong.again_fingerprint = other_fingerprint();
    wrong.again_pixels = hash(9);
    assert_eq!(wrong.check(), Ok(()));
    wrong.comparison = Comparison::Identical;
    assert_eq!(wrong.check(), Err(ProofRefusal::ScoreMissing));
}

#[test]
fn a_locked_recipe_shows_what_was_locked() {
    let locked = lock(card());
    assert_eq!((locked.card(), locked.approval()), (&card(), &approval()));
    assert_eq!(locked.proof().hero, hash(0xa0));
    assert_eq!(locked.request(JobId(5)), card().request(JobId(5)));
    assert_eq!(locked.card_ref().to_string(), "red-sun-r1");
}

#[test]
fn a_card_that_cannot_be_rendered_does_not_lock() {
    let mut broken = card();
    broken.recipe.prompt.push('!');
    assert!(matches!(broken.lock(proof(&card()), approval()), Err(LockRefusal::Card(CardRefusal::Prompt { .. }))));
    let mut old = card();
    old.recipe.tool.numerics += 1;
    assert!(matches!(old.lock(proof(&card()), approval()), Err(LockRefusal::Card(CardRefusal::Request(_)))));
}

#[test]
fn a_proof_of_another_card_does_not_lock() {
    let mut other = card();
    other.seed += 1;
    assert_eq!(
        other.lock(proof(&card()), approval()).unwrap_err().to_string(),
        "the proof is not of red-sun-r1 as it is now: a locked card is never edited, so revise it and prove the new revision"
    );
}

#[test]
fn the_proof_is_in_the_cards_number_format_and_numerics() {
    let mut in_f16 = proof(&card());
    in_f16.again_fingerprint.dtype = Dtype::F16;
    assert_eq!(
        card().lock(in_f16, approval()).unwrap_err().to_string(),
        "the card asks for f32 and was proved in f16: prove it in f32"
    );
    let mut later = proof(&card());
    later.hero_fingerprint.tool.numerics += 1;
    later.again_fingerprint.tool.numerics += 1;
    assert_eq!(
        card().lock(later, approval()).unwrap_err().to_string(),
        "the card asks for numerics revision 2 and was proved with 3: prove it with the Kento that it asks for"
    );
}

#[test]
fn the_director_approved_the_hero_that_was_proved() {
    let mut approval = approval();
    approval.hero = hash(3);
    let refusal = card().lock(proof(&card()), approval).unwrap_err().to_string();
    assert!(refusal.starts_with("the Director approved another image than the Hero that was proved: approve a0a0"));
}

#[test]
fn revising_gives_the_draft_of_the_next_revision() {
    let locked = lock(card());
    let draft = locked.revise("warmer red");
    assert_eq!((draft.revision, draft.parent.clone()), (2, Some(locked.card_ref())));
    assert_eq!(draft.reason.as_deref(), Some("warmer red"));
    assert_eq!(draft.check(), Ok(()));
    assert_eq!(locked.card().differences(&draft), []);
    assert!(matches!(locked.revise(" ").check(), Err(CardRefusal::ReasonMissing { revision: 2 })));
    assert_eq!(lock(draft).card_ref().to_string(), "red-sun-r2");
}

#[test]
fn a_request_is_named_by_what_determines_pixels() {
    let card = card();
    let name = request_sha256(&card.request(JobId(0)));
    assert_eq!(request_sha256(&card.request(JobId(9))), name);
    let mut request = card.request(JobId(0));
    request.recipe.device = Some(other_fingerprint().device);
    assert_eq!(request_sha256(&request), name);
    request.seed += 1;
    assert_ne!(request_sha256(&request), name);
}

/// Locked cards on disk hold such hashes: when this one changes, they all stop opening.
#[test]
fn the_name_of_a_request_never_changes() {
    let mut request = card().request(JobId(0));
    request.recipe.tool.numerics = 1;
    let name = request_sha256(&request);
    assert_eq!(name.to_string(), "35ff2c72a2f6e99873292a8b8d016f9ef37b656fc8804a81561d12cb1cffd2d4");
}
