use kento_studio::Sha256;
use kento_studio::workflow::{
    Approval, Command, Image, Judgement, Outcome, PauseCause, Review, ReviewList, Role, Stakes,
};

use super::View;
use super::data::{ListKind, list_data};
use super::fresh::{FreshData, fresh_data};

/// Who may clear an image and when, or how it ended. There is always an answer.
pub fn who_may_clear(view: View<'_>, image: Sha256) -> String {
    let Some(known) = view.state.image(&image) else {
        return "This is no image of the project: only those are reviewed.".to_owned();
    };
    if let Some(released) = &known.released {
        let hash = image.to_string();
        let (folder, file) = (&hash[..2], &hash[2..10]);
        return format!(
            "Released by {} as {}. A release is a record; the picture itself is images/{folder}/{file}….png.",
            released.by, released.name
        );
    }
    match known.review().map(|review| (review, &review.outcome)) {
        None => not_submitted(view, image),
        Some((review, None)) => open(view, known, review),
        Some((review, Some(Outcome::Cleared))) if view.state.is_cleared(&image) => cleared(known, review),
        Some((_, Some(Outcome::Cleared))) => {
            let stakes = view.state.stakes();
            format!("It was cleared for other stakes than {stakes}: the Operator submits it again.")
        }
        Some((_, Some(Outcome::SentBack { failed, note }))) => {
            let note = if note.is_empty() { String::new() } else { format!(": {note}") };
            let texts: Vec<String> =
                failed.iter().map(|id| format!("\"{}\"", item_text(view, image, id).trim_end_matches('.'))).collect();
            let texts = texts.join(", ");
            format!("Sent back because of {texts}{note}. The Operator repairs it and submits the repaired image.")
        }
        Some((_, Some(Outcome::Vetoed { reason }))) => format!("Vetoed: {reason}. It never ships; make another image."),
        Some((_, Some(Outcome::Voided { found }))) if *found == image => {
            "Its alt text changed after it was cleared, and the alt text is part of what is judged: submit it again."
                .to_owned()
        }
        Some((_, Some(Outcome::Voided { .. }))) => {
            let hash = image.to_string();
            format!(
                "The file changed after it was cleared, and one changed pixel voids a clearance: restore \
                 images/{}/{}.png from a backup, or render it again, and submit it then.",
                &hash[..2],
                &hash[2..]
            )
        }
        Some((_, Some(Outcome::Superseded))) => "The stakes rose: the Operator submits it again.".to_owned(),
    }
}

/// What has to be known before anything is judged: that the recipe is paused, with what to do.
pub fn notices(view: View<'_>, image: Sha256) -> Vec<String> {
    let Some(known) = view.state.image(&image) else { return Vec::new() };
    let mut notices = Vec::new();
    if let Some((card, standing)) = known.card.as_ref().and_then(|card| Some((card, view.state.card(card)?))) {
        for pause in &standing.pauses {
            notices.push(match pause {
                PauseCause::NotReproduced => {
                    format!("{card} is paused: it stopped reproducing. Prove it again or revise it.")
                }
                PauseCause::RepeatedIssue { item, times } => {
                    let text = item_text(view, image, item);
                    format!(
                        "{card} is paused: \"{text}\" came back {times} times. Fix it in the recipe, not per image: \
                             its volume run waits for a new revision."
                    )
                }
            });
        }
    }
    notices.extend(pause_ahead(view, known));
    if known.approval() == Some(Approval::SelfApproval) {
        notices.push(
            "Self-approval: the maker cleared it after a fresh-eyes pass. It is marked so everywhere.".to_owned(),
        );
    }
    notices
}

fn item_text(view: View<'_>, image: Sha256, id: &str) -> String {
    let list = list_data(view, image, ListKind::Review);
    let found = list.as_ref().and_then(|list| list.items().find(|item| item.id == id));
    found.map_or_else(|| id.to_owned(), |item| item.text.clone())
}

fn not_submitted(view: View<'_>, image: Sha256) -> String {
    let submit = (view.would)(&Command::SubmitForReview { image, list: ReviewList::Full });
    let people = match view.state.stakes() {
        Stakes::Regulated => "two people who did not make it clear it",
        Stakes::Internal | Stakes::Client if view.state.is_solo() => {
            "somebody who did not make it clears it, or its maker after a fresh-eyes pass"
        }
        Stakes::Internal | Stakes::Client => "a Reviewer who did not make it clears it",
    };
    match (view.actor.role, submit.reason()) {
        (Role::Operator, None) => format!("Submit it for review; then {people}."),
        (Role::Operator, Some(reason)) => format!("Not at the gate yet: {reason}."),
        (Role::Director | Role::Reviewer, _) => format!("Not at the gate yet: the Operator submits it; then {people}."),
    }
}

fn open(view: View<'_>, known: &Image, review: &Review) -> String {
    let stakes = view.state.stakes();
    let me = &view.actor.person;
    if review.is_too_short(stakes) {
        return format!(
            "The stakes are {stakes} now and this is the short list: the Operator submits it again for the full list."
        );
    }
    let needs_two = stakes.reviewers() > 1;
    let mut text = String::new();
    if let Some(first) = review.clearances.first() {
        text = match needs_two {
            true => format!("Cleared by {}, and regulated work needs two people. ", first.by),
            false => format!("Cleared by {} while the work was regulated; now one person is enough. ", first.by),
        };
    }
    if known.makers.contains(me) {
        text.push_str(&match (stakes, fresh_data(view, known.sha256)) {
            (Stakes::Regulated, _) => "You made this image. Only two other people may clear it.".to_owned(),
            (_, None) => "You made this image. Only another person may clear it.".to_owned(),
            (_, Some(fresh)) => maker(view, &fresh, known),
        });
        return text;
    }
    if needs_two && review.clearances.iter().any(|clearance| clearance.by == *me) {
        text.push_str("Another Reviewer who did not make it clears it next.");
    } else if view.actor.role != Role::Reviewer {
        text.push_str("A Reviewer who did not make it may clear it: you may, in that role.");
    } else {
        text.push_str(&ready(view, known, "You"));
    }
    text
}

fn maker(view: View<'_>, fresh: &FreshData, known: &Image) -> String {
    match (&fresh.wait, fresh.is_over) {
        (Some(wait), _) => {
            format!("You made this image. Only another person, or a fresh-eyes pass in {wait}, may clear it.")
        }
        (None, true) if view.actor.role == Role::Reviewer => ready(view, known, "With fresh eyes, you"),
        (None, true) => "You saw it with fresh eyes: as Reviewer you may clear it.".to_owned(),
        (None, false) if fresh.in_pass => {
            "You made this image. Only another person may clear it, or you once the fresh-eyes pass has shown it both ways."
                .to_owned()
        }
        (None, false) => "You made this image. Only another person, or a fresh-eyes pass, may clear it.".to_owned(),
    }
}

/// What a person who may judge still has to do.
fn ready(view: View<'_>, known: &Image, who: &str) -> String {
    let list = list_data(view, known.sha256, ListKind::Review);
    let Some(list) = list else {
        return "The checklist of this review is not in the project: adopt it first.".to_owned();
    };
    let (judged, all) = list.judged();
    let failed = list.items().filter_map(|item| item.verdict.as_ref()).filter(|one| one.judgement == Judgement::Fail);
    match (all - judged, failed.count()) {
        (0, 0) if known.alt_text.is_empty() => format!("{who} may clear it once its alt text is written."),
        (0, 0) => format!("{who} may clear it now: every item passes or does not apply."),
        (1, 0) => format!("{who} may clear it once the last open item is judged."),
        (open, 0) => format!("{who} may clear it once the {open} open items are judged."),
        (0, failed) => format!("{} of {all}: send it back, or veto it.", fails(failed)),
        (open, failed) => format!("{}, and {open} of {all} are open: judge them, then send it back.", fails(failed)),
    }
}

fn fails(count: usize) -> String {
    if count == 1 { "1 item fails".to_owned() } else { format!("{count} items fail") }
}

/// That sending the image back, or vetoing it, now pauses its recipe, because an issue came back too often.
fn pause_ahead(view: View<'_>, image: &Image) -> Option<String> {
    let card = image.card.as_ref()?;
    let standing = view.state.card(card)?;
    let most = view.state.settings().repeats_that_pause;
    let (stakes, me) = (view.state.stakes(), &view.actor.person);
    let failed = image.sent_back_for(stakes, me);
    let is_known = |of: &str| {
        standing.pauses.iter().any(|pause| matches!(pause, PauseCause::RepeatedIssue { item, .. } if item == of))
    };
    let times = |item: &str| standing.failures.get(item).copied().unwrap_or_default().saturating_add(1);
    let item = failed.iter().find(|item| times(item) >= most && !is_known(item))?;
    let text = item_text(view, image.sha256, item);
    // What was overruled counts only for who takes it up again.
    let veto = if image.fails(item, stakes, me) { ", and so does a veto" } else { "" };
    Some(format!(
        "\"{text}\" fails for the {}. time with {card}: sending this back pauses the recipe{veto}.",
        times(item)
    ))
}

fn cleared(known: &Image, review: &Review) -> String {
    let mut people: Vec<&str> = review.clearances.iter().map(|clearance| clearance.by.as_str()).collect();
    people.dedup();
    let own = if known.approval() == Some(Approval::SelfApproval) { " as self-approval" } else { "" };
    format!("Cleared by {}{own}. A Director or a Reviewer releases it.", people.join(" and "))
}

#[cfg(test)]
mod tests {
    use kento_studio::workflow::{Actor, FreshView, ProjectSettings, ShortListRule};

    use super::*;
    use crate::panels::checklist::data::judge_command;
    use crate::panels::checklist::sample::{FULL, Sample, actor, fail, mara, pass, ravi, sha};

    fn says(sample: &Sample, by: &Actor) -> String {
        sample.with_view(by, |view| who_may_clear(view, sha(1)))
    }

    #[test]
    fn the_footer_always_says_who_may_clear_and_when() {
        let mut sample = Sample::sprinted();
        assert!(
            says(&sample, &mara()).starts_with("Not at the gate yet: ") && says(&sample, &mara()).contains("keeper")
        );
        sample.ok(&mara(), Command::Keep { image: sha(1) });
        assert_eq!(says(&sample, &mara()), "Submit it for review; then a Reviewer who did not make it clears it.");
        sample.ok(&mara(), Command::SubmitForReview { image: sha(1), list: ReviewList::Full });
        assert_eq!(says(&sample, &mara()), "You made this image. Only another person may clear it.");
        assert_eq!(says(&sample, &ravi()), "You may clear it once the 3 open items are judged.");
        for (item, _) in FULL {
            sample.ok(&ravi(), judge_command(ListKind::Review, sha(1), item, pass("seen")));
        }
        assert_eq!(says(&sample, &ravi()), "You may clear it once its alt text is written.");
        sample.judge_all(&ravi(), sha(1));
        assert_eq!(says(&sample, &ravi()), "You may clear it now: every item passes or does not apply.");
        sample.ok(&ravi(), judge_command(ListKind::Review, sha(1), "edges", fail("a halo")));
        assert_eq!(says(&sample, &ravi()), "1 item fails of 3: send it back, or veto it.");
        sample.ok(&ravi(), judge_command(ListKind::Review, sha(1), "edges", pass("")));
        sample.ok(&ravi(), Command::ClearImage { image: sha(1) });
        assert_eq!(says(&sample, &mara()), "Cleared by Ravi. A Director or a Reviewer releases it.");
    }

    #[test]
    fn where_the_stakes_rose_over_the_short_list_nobody_is_told_to_clear() {
        let mut sample = Sample::briefed(Stakes::Internal).sprint();
        let short_list = ShortListRule { least_reviewed: 1, most_rework: 1.0 };
        let settings = ProjectSettings { short_list, ..ProjectSettings::default() };
        let reason = "a small team".to_owned();
        sample.ok(&actor("Jo", Role::Director), Command::ChangeSettings { settings, reason });
        sample.fail_edges(sha(2));
        sample.ok(&mara(), Command::Keep { image: sha(1) });
        sample.ok(&mara(), Command::SubmitForReview { image: sha(1), list: ReviewList::Short });
        assert_eq!(says(&sample, &ravi()), "You may clear it once the last open item is judged.");
        sample.stakes_become(Stakes::Client);
        let said =
            "The stakes are client now and this is the short list: the Operator submits it again for the full list.";
        assert_eq!((says(&sample, &ravi()), says(&sample, &mara())), (said.to_owned(), said.to_owned()));
        sample.ok(&mara(), Command::SubmitForReview { image: sha(1), list: ReviewList::Full });
        assert_eq!(says(&sample, &ravi()), "You may clear it once the 3 open items are judged.");
    }

    #[test]
    fn sent_back_and_vetoed_say_why() {
        let mut sample = Sample::sprinted();
        sample.fail_edges(sha(1));
        let said = "Sent back because of \"edges is right\": mend the edges. The Operator repairs it and submits the repaired image.";
        assert_eq!(says(&sample, &mara()), said);
        sample.ok(&mara(), Command::SubmitForReview { image: sha(1), list: ReviewList::Full });
        sample.ok(&ravi(), Command::VetoImage { image: sha(1), reason: "a real person".to_owned() });
        assert_eq!(says(&sample, &mara()), "Vetoed: a real person. It never ships; make another image.");
    }

    #[test]
    fn a_solo_maker_is_told_of_the_pass_until_it_is_over() {
        let mut sample = Sample::solo_at_gate(1);
        let me = sample.solo_reviewer();
        sample.later(8);
        let said = "You made this image. Only another person, or a fresh-eyes pass in 12 min, may clear it.";
        assert_eq!(says(&sample, &me), said);
        sample.later(12);
        assert_eq!(says(&sample, &me), "You made this image. Only another person, or a fresh-eyes pass, may clear it.");
        sample.ok(&me, Command::BeginFreshEyes { images: vec![sha(1)] });
        assert!(says(&sample, &me).ends_with("or you once the fresh-eyes pass has shown it both ways."));
        for view in [FreshView::Mirrored, FreshView::FullZoom] {
            sample.ok(&me, Command::ReportSeen { image: sha(1), view });
        }
        assert_eq!(says(&sample, &me), "With fresh eyes, you may clear it once the 3 open items are judged.");
        sample.judge_all(&me, sha(1));
        sample.ok(&me, Command::ClearImage { image: sha(1) });
        let said = sample.with_view(&me, |view| notices(view, sha(1)));
        assert_eq!(said, ["Self-approval: the maker cleared it after a fresh-eyes pass. It is marked so everywhere."]);
        assert!(says(&sample, &me).starts_with("Cleared by Mara as self-approval."));
    }

    #[test]
    fn the_third_repeat_says_that_the_recipe_is_paused() {
        let mut sample = Sample::ran();
        let images = sample.run_images();
        images[..2].iter().for_each(|image| sample.fail_edges(*image));
        sample.keep_and_submit(images[2]);
        assert!(sample.with_view(&ravi(), |view| notices(view, images[2])).is_empty());
        sample.ok(&ravi(), judge_command(ListKind::Review, images[2], "edges", fail("a halo")));
        assert_eq!(
            sample.with_view(&ravi(), |view| notices(view, images[2])),
            ["\"edges is right\" fails for the 3. time with harbour-flat-r1: sending this back pauses the recipe, \
                 and so does a veto."]
        );
        sample.ok(&ravi(), Command::SendBack { image: images[2], note: String::new() });
        let said = sample.with_view(&ravi(), |view| notices(view, images[2]));
        assert_eq!(
            said,
            [
                "harbour-flat-r1 is paused: \"edges is right\" came back 3 times. Fix it in the recipe, not per image: its volume \
              run waits for a new revision."
            ]
        );
    }

    #[test]
    fn regulated_work_is_never_cleared_by_its_maker() {
        let mut sample = Sample::briefed(Stakes::Regulated).sprint();
        sample.keep_and_submit(sha(1));
        assert_eq!(says(&sample, &mara()), "You made this image. Only two other people may clear it.");
        sample.judge_all(&ravi(), sha(1));
        sample.ok(&ravi(), Command::ClearImage { image: sha(1) });
        let said = says(&sample, &ravi());
        assert_eq!(
            said,
            "Cleared by Ravi, and regulated work needs two people. Another Reviewer who did not make it clears it next."
        );
        assert!(says(&sample, &actor("Jo", Role::Director)).ends_with("you may, in that role."));
        sample.stakes_become(Stakes::Client);
        assert_eq!(
            says(&sample, &ravi()),
            "Cleared by Ravi while the work was regulated; now one person is enough. You may clear it now: every item \
             passes or does not apply."
        );
        sample.ok(&ravi(), Command::ClearImage { image: sha(1) });
        assert_eq!(says(&sample, &mara()), "Cleared by Ravi. A Director or a Reviewer releases it.");
    }
}
