use jiff::Timestamp;
use kento_studio::library::ChecklistItem;
use kento_studio::workflow::{
    ARTEFACT_GATE, Actor, Command, Finding, Image, Judged, Judgement, Outcome, Pin, ReviewList, Role, Stage, Stakes,
    State, Verdict,
};
use kento_studio::{PersonName, Sha256};

use crate::widgets::Allowed;

/// What the panel is made from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The project.
    pub state: &'a State,
    /// Who acts.
    pub actor: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// Whether a command would be accepted.
    pub would: &'a dyn Fn(&Command) -> Allowed,
}

/// Which list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// The artefact gate of Fix-and-finish.
    Artefacts,
    /// The review gate.
    Review,
}

/// A list with what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ListData {
    /// Which.
    pub kind: ListKind,
    /// The items under their headings.
    pub groups: Vec<GroupData>,
    /// Whether this person may judge, else who may and when.
    pub may_judge: Allowed,
    /// That the list is a later version than the one at submission.
    pub changed: Option<String>,
}

/// Items that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupData {
    /// The heading.
    pub title: String,
    /// The items.
    pub items: Vec<ItemData>,
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemData {
    /// Its name in the list.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// How to look.
    pub hint: String,
    /// Whether a pass needs evidence.
    pub needs_evidence: bool,
    /// What was found.
    pub verdict: Option<VerdictData>,
    /// What another person found, where that says something else.
    pub other: Option<String>,
    /// How often it failed in this recipe, and what follows from it.
    pub repeats: Option<String>,
}

/// What was found on an item.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictData {
    /// Pass, fail or not applicable.
    pub judgement: Judgement,
    /// In words.
    pub note: String,
    /// Places in the image.
    pub pins: Vec<Pin>,
    /// Pieces of evidence that are attached.
    pub evidence: Vec<Sha256>,
    /// Who; the artefact gate is the Operator's own and names nobody.
    pub by: Option<PersonName>,
    /// When.
    pub at: Timestamp,
}

impl ListData {
    /// All items in order.
    pub fn items(&self) -> impl Iterator<Item = &ItemData> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    /// Items that have a verdict, and all.
    pub fn judged(&self) -> (usize, usize) {
        (self.items().filter(|item| item.verdict.is_some()).count(), self.items().count())
    }
}

impl GroupData {
    /// How far it is: `4 of 6`.
    pub fn progress(&self) -> String {
        let judged = self.items.iter().filter(|item| item.verdict.is_some()).count();
        format!("{judged} of {}", self.items.len())
    }
}

/// Whether the project goes through the artefact gate.
pub fn has_artefact_gate(state: &State) -> bool {
    state.checklist(ARTEFACT_GATE).is_some() && !state.skips().contains_key(&Stage::FixAndFinish)
}

/// The list that an image stands before: the artefact gate until it is submitted, and again once it was sent back.
pub fn default_kind(state: &State, image: &Sha256) -> ListKind {
    let review = state.image(image).and_then(Image::review);
    match review.map(|review| &review.outcome) {
        None | Some(Some(Outcome::SentBack { .. })) if has_artefact_gate(state) => ListKind::Artefacts,
        _ => ListKind::Review,
    }
}

/// The note beside the panel's title: `review, full · stakes: client`.
pub fn context(state: &State, image: &Sha256, list: &ListData) -> String {
    let (judged, all) = list.judged();
    match list.kind {
        ListKind::Artefacts => format!("artefact gate · {judged} of {all}"),
        ListKind::Review => {
            let full = review_list(state, image) == ReviewList::Full;
            let word = if full { "full" } else { "short" };
            format!("review, {word} · stakes: {} · {judged} of {all}", state.stakes())
        }
    }
}

/// The list of the image's review; before that the full one.
fn review_list(state: &State, image: &Sha256) -> ReviewList {
    state.image(image).and_then(Image::review).map_or(ReviewList::Full, |review| review.list)
}

/// The command that judges an item of a list.
pub fn judge_command(kind: ListKind, image: Sha256, item: &str, verdict: Verdict) -> Command {
    let item = item.to_owned();
    match kind {
        ListKind::Artefacts => Command::CheckArtefacts { image, findings: vec![Finding { item, verdict }] },
        ListKind::Review => Command::JudgeItem { image, item, verdict },
    }
}

/// A list with what was found on an image; none where the project has no such list or no such image.
pub fn list_data(view: View<'_>, image: Sha256, kind: ListKind) -> Option<ListData> {
    let state = view.state;
    let known = state.image(&image)?;
    let list = match kind {
        ListKind::Artefacts => state.artefact_gate_of(known).filter(|_| has_artefact_gate(state))?,
        ListKind::Review => match known.review() {
            Some(review) => state.checklist_of(review)?,
            None => state.checklist(ReviewList::Full.checklist())?,
        },
    };
    // The answer is the same for every item: it hangs on the image and the person. Some items ask for a note.
    let harmless = Verdict {
        judgement: Judgement::NotApplicable,
        note: "asked only".to_owned(),
        evidence: Vec::new(),
        pins: Vec::new(),
    };
    let first = list.items.first()?;
    let may_judge = (view.would)(&judge_command(kind, image, &first.id, harmless));
    let latest = state.checklist(&list.name).filter(|latest| latest.version != list.version);
    let changed = latest.map(|latest| {
        let begun = if kind == ListKind::Review { "submitted" } else { "checked first" };
        format!(
            "The list is version {} now; the image was {begun} with version {} and keeps it.",
            latest.version, list.version
        )
    });
    let groups = list.groups().into_iter().map(|(title, items)| GroupData {
        title: title.to_owned(),
        items: items.iter().map(|item| item_data(view, known, kind, item)).collect(),
    });
    Some(ListData { kind, groups: groups.collect(), may_judge, changed })
}

fn item_data(view: View<'_>, image: &Image, kind: ListKind, item: &ChecklistItem) -> ItemData {
    let (verdict, other) = match kind {
        ListKind::Artefacts => {
            let judged = image.artefacts.get(&item.id);
            (judged.map(|judged| verdict_data(None, judged)), None)
        }
        ListKind::Review => review_verdict(view, image, &item.id),
    };
    ItemData {
        id: item.id.clone(),
        text: item.text.clone(),
        hint: item.hint.clone(),
        needs_evidence: item.needs_evidence,
        verdict,
        other,
        repeats: (kind == ListKind::Review).then(|| repeats(view.state, image, &item.id)).flatten(),
    }
}

/// The verdict that counts for this person, and what somebody else said.
fn review_verdict(view: View<'_>, image: &Image, item: &str) -> (Option<VerdictData>, Option<String>) {
    let verdicts = image.review().and_then(|review| review.verdicts.get(item));
    let Some(verdicts) = verdicts else { return (None, None) };
    let me = &view.actor.person;
    // Regulated work: each of the two people judges every item, so a Reviewer sees what is left for himself.
    let own_only = view.state.stakes() == Stakes::Regulated && view.actor.role == Role::Reviewer;
    let counting = image.counting_verdict(item, me);
    let latest = verdicts.iter().find(|(_, judged)| counting.is_some_and(|counting| counting.seq == judged.seq));
    let shown = if own_only { verdicts.get_key_value(me) } else { latest };
    let others = verdicts.iter().filter(|(by, _)| shown.is_none_or(|(of, _)| of != *by));
    let other = others.max_by_key(|(_, judged)| judged.seq).map(|(by, judged)| {
        let note = if judged.verdict.note.is_empty() { String::new() } else { format!(", {}", judged.verdict.note) };
        format!("{by}: {}{note}", word(judged.verdict.judgement))
    });
    (shown.map(|(by, judged)| verdict_data(Some(by), judged)), other)
}

fn verdict_data(by: Option<&PersonName>, judged: &Judged) -> VerdictData {
    let Verdict { judgement, note, evidence, pins } = judged.verdict.clone();
    VerdictData { judgement, note, pins, evidence, by: by.cloned(), at: judged.at }
}

/// A judgement in a word.
pub fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Pass => "pass",
        Judgement::Fail => "fail",
        Judgement::NotApplicable => "not applicable",
    }
}

/// How often the item failed on images of the recipe, where it did.
fn repeats(state: &State, image: &Image, item: &str) -> Option<String> {
    let card = image.card.as_ref()?;
    let times = *state.card(card)?.failures.get(item)?;
    let most = state.settings().repeats_that_pause;
    match (times, most.saturating_sub(times)) {
        (0, _) => None,
        (_, 0) => Some(format!("failed {times} times with {card}: the recipe is paused, fix it there")),
        (_, 1) => Some(format!("failed {times} of {most} times with {card}: once more pauses the recipe")),
        _ => Some(format!("failed {times} of {most} times with {card}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::checklist::sample::{Sample, fail, jo, mara, pass, ravi, sha};

    /// The list as text.
    fn told(sample: &Sample, by: &Actor, image: Sha256, kind: ListKind) -> String {
        sample.with_view(by, |view| {
            let Some(list) = list_data(view, image, kind) else { return "no list".to_owned() };
            let mut text = context(view.state, &image, &list);
            if let Some(reason) = list.may_judge.reason() {
                text.push_str(&format!("\nlocked: {reason}"));
            }
            for group in &list.groups {
                text.push_str(&format!("\n# {} {}", group.title, group.progress()));
                for item in &group.items {
                    let verdict = item.verdict.as_ref();
                    let answer = verdict.map_or("-", |verdict| word(verdict.judgement));
                    let note = verdict.map(|verdict| format!(" \"{}\" {} pins", verdict.note, verdict.pins.len()));
                    text.push_str(&format!("\n{answer} {}{}", item.text, note.unwrap_or_default()));
                    for line in item.other.iter().chain(&item.repeats) {
                        text.push_str(&format!("\n  {line}"));
                    }
                }
            }
            text
        })
    }

    #[test]
    fn before_the_submission_the_artefact_gate_is_shown_and_the_review_waits() {
        let mut sample = Sample::with_artefact_gate();
        sample.ok(&mara(), Command::Keep { image: sha(1) });
        assert_eq!(default_kind(&sample.state, &sha(1)), ListKind::Artefacts);
        sample.ok(&mara(), judge_command(ListKind::Artefacts, sha(1), "seams", fail("a seam")));
        assert_eq!(
            told(&sample, &mara(), sha(1), ListKind::Artefacts),
            "artefact gate · 1 of 1\n# Visual 1 of 1\nfail seams is right \"a seam\" 1 pins"
        );
        let review = told(&sample, &mara(), sha(1), ListKind::Review);
        assert!(
            review.starts_with("review, full · stakes: client · 0 of 3\nlocked: judging an image needs a Reviewer")
        );
    }

    #[test]
    fn the_review_groups_items_and_counts_what_was_judged() {
        let mut sample = Sample::sprinted();
        sample.keep_and_submit(sha(1));
        assert_eq!(default_kind(&sample.state, &sha(1)), ListKind::Review);
        for (item, verdict) in [("hands", pass("")), ("edges", fail("a halo"))] {
            sample.ok(&ravi(), judge_command(ListKind::Review, sha(1), item, verdict));
        }
        assert_eq!(
            told(&sample, &ravi(), sha(1), ListKind::Review),
            "review, full · stakes: client · 2 of 3\n# Visual 2 of 2\npass hands is right \"\" 0 pins\n\
             fail edges is right \"a halo\" 1 pins\n# Legal 0 of 1\n- licence is right"
        );
        assert!(told(&sample, &jo(), sha(1), ListKind::Review).contains("locked: judging an image needs a Reviewer"));
        assert_eq!(told(&sample, &ravi(), sha(1), ListKind::Artefacts), "no list");
    }

    #[test]
    fn a_repeated_issue_says_how_often_and_what_follows() {
        let mut sample = Sample::ran();
        let images = sample.run_images();
        for (sent, expected) in [
            (1, "failed 1 of 3 times with harbour-flat-r1"),
            (2, "failed 2 of 3 times with harbour-flat-r1: once more pauses the recipe"),
            (3, "failed 3 times with harbour-flat-r1: the recipe is paused, fix it there"),
        ] {
            sample.fail_edges(images[sent - 1]);
            let text = told(&sample, &ravi(), images[sent - 1], ListKind::Review);
            assert!(text.contains(&format!("\n  {expected}\n")), "{text}");
        }
    }

    #[test]
    fn two_people_judge_regulated_work_and_each_sees_what_is_left() {
        let mut sample = Sample::briefed(Stakes::Regulated).sprint();
        sample.keep_and_submit(sha(1));
        let nora = sample.another_reviewer("Nora");
        sample.judge_all(&ravi(), sha(1));
        sample.ok(&ravi(), Command::ClearImage { image: sha(1) });
        sample.ok(&nora, judge_command(ListKind::Review, sha(1), "hands", pass("mine")));
        let text = told(&sample, &nora, sha(1), ListKind::Review);
        assert!(
            text.contains("1 of 3") && text.contains("pass hands is right \"mine\" 0 pins\n  Ravi: pass, seen"),
            "{text}"
        );
        assert!(text.contains("\n- edges is right\n  Ravi: pass, seen"), "{text}");
        assert!(told(&sample, &ravi(), sha(1), ListKind::Review).contains("3 of 3"));
    }
}
