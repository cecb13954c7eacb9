use std::collections::BTreeMap;

use kento_studio::Sha256;
use kento_studio::workflow::{Judgement, Pin, Verdict};

use super::data::{ItemData, ListData, ListKind};

/// A verdict that is being written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub judgement: Judgement,
    pub note: String,
    pub pins: Vec<Pin>,
    pub evidence: Vec<Sha256>,
    /// What was sent to be recorded. The draft stays until the project has it.
    sent: Option<Verdict>,
}

impl Draft {
    /// A draft of another answer on an item that may have one already.
    pub fn begin(item: &ItemData, judgement: Judgement) -> Self {
        let known = item.verdict.clone();
        let (note, pins, evidence) = known.map(|one| (one.note, one.pins, one.evidence)).unwrap_or_default();
        Self { judgement, note, pins, evidence, sent: None }
    }

    /// What is written so far.
    pub fn verdict(&self) -> Verdict {
        let note = self.note.trim().to_owned();
        Verdict { judgement: self.judgement, note, evidence: self.evidence.clone(), pins: self.pins.clone() }
    }

    /// Marks it as sent.
    pub fn send(&mut self) -> Verdict {
        let verdict = self.verdict();
        self.sent = Some(verdict.clone());
        verdict
    }
}

/// Every draft that is open, of all images, so that nothing typed is lost.
#[derive(Default)]
pub(super) struct Drafts(BTreeMap<(Sha256, ListKind, String), Draft>);

impl Drafts {
    pub fn get_mut(&mut self, image: Sha256, kind: ListKind, item: &str) -> Option<&mut Draft> {
        self.0.get_mut(&(image, kind, item.to_owned()))
    }

    /// Whether anything is written, pinned or attached that the project does not have.
    pub fn has_words(&self) -> bool {
        let is_bare =
            |draft: &Draft| draft.note.trim().is_empty() && draft.pins.is_empty() && draft.evidence.is_empty();
        self.0.values().any(|draft| draft.sent.is_none() && !is_bare(draft))
    }

    pub fn open(&mut self, image: Sha256, kind: ListKind, item: &str, draft: Draft) {
        self.0.insert((image, kind, item.to_owned()), draft);
    }

    pub fn close(&mut self, image: Sha256, kind: ListKind, item: &str) {
        self.0.remove(&(image, kind, item.to_owned()));
    }

    /// Drops the drafts that the project has recorded just as they are.
    pub fn settle(&mut self, image: Sha256, list: &ListData) {
        for item in list.items() {
            let Some(recorded) = &item.verdict else { continue };
            let key = (image, list.kind, item.id.clone());
            let is_recorded = |sent: &Verdict| {
                (sent.judgement, &sent.note) == (recorded.judgement, &recorded.note)
                    && (&sent.pins, &sent.evidence) == (&recorded.pins, &recorded.evidence)
            };
            if self.0.get(&key).and_then(|draft| draft.sent.as_ref()).is_some_and(is_recorded) {
                self.0.remove(&key);
            }
        }
    }

    /// Every pin of a list with its number and its item, in the order of the list; drafts stand for what they will be.
    pub fn numbered(&self, image: Sha256, list: &ListData) -> Vec<(u32, String, Pin)> {
        let mut numbered = Vec::new();
        for item in list.items() {
            let draft = self.0.get(&(image, list.kind, item.id.clone())).map(|draft| &draft.pins);
            let pins = draft.or(item.verdict.as_ref().map(|verdict| &verdict.pins));
            for pin in pins.into_iter().flatten() {
                let number = u32::try_from(numbered.len() + 1).unwrap_or(u32::MAX);
                numbered.push((number, item.id.clone(), *pin));
            }
        }
        numbered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::checklist::data::{judge_command, list_data};
    use crate::panels::checklist::sample::{Sample, fail, ravi, sha};

    #[test]
    fn a_draft_stays_until_the_project_has_exactly_that() {
        let mut sample = Sample::sprinted();
        sample.keep_and_submit(sha(1));
        let list =
            |sample: &Sample| sample.with_view(&ravi(), |view| list_data(view, sha(1), ListKind::Review)).unwrap();
        let mut drafts = Drafts::default();
        let first = list(&sample).groups[0].items[0].clone();
        let mut draft = Draft::begin(&first, Judgement::Fail);
        draft.note = " six fingers ".to_owned();
        draft.pins = vec![Pin { x: 0.5, y: 0.5 }];
        let verdict = draft.send();
        drafts.open(sha(1), ListKind::Review, "hands", draft);
        drafts.settle(sha(1), &list(&sample));
        assert!(drafts.get_mut(sha(1), ListKind::Review, "hands").is_some());
        sample.ok(&ravi(), judge_command(ListKind::Review, sha(1), "hands", verdict));
        sample.ok(&ravi(), judge_command(ListKind::Review, sha(1), "edges", fail("a halo")));
        let numbered = drafts.numbered(sha(1), &list(&sample));
        let told: Vec<String> =
            numbered.iter().map(|(number, item, pin)| format!("{number} {item} {}", pin.x)).collect();
        assert_eq!(told, ["1 hands 0.5", "2 edges 0.25"]);
        drafts.settle(sha(1), &list(&sample));
        assert!(drafts.get_mut(sha(1), ListKind::Review, "hands").is_none());
    }

    #[test]
    fn a_note_that_is_not_sent_would_be_lost() {
        let draft = |note: &str, sent: Option<Verdict>| {
            let mut drafts = Drafts::default();
            let (judgement, note) = (Judgement::Fail, note.to_owned());
            let draft = Draft { judgement, note, pins: Vec::new(), evidence: Vec::new(), sent };
            drafts.open(Sha256([1; 32]), ListKind::Review, "edges", draft);
            drafts
        };
        assert!(draft("a halo", None).has_words());
        assert!(!draft(" ", None).has_words(), "an answer alone is a click");
        let sent = draft("a halo", None).0.into_values().next().map(|draft| draft.verdict());
        assert!(!draft("a halo", sent).has_words());
    }
}
