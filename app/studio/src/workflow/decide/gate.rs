use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::Digest as _;

use super::text;
use crate::library::Checklist;
use crate::workflow::{
    ARTEFACT_GATE, Action, Actor, Approval, ClearanceStep, EvidenceFile, Finding, FreshView, Image, Judgement, Outcome,
    PauseCause, Refusal, Review, ReviewList, Stage, Stakes, State, Verdict, VolumeRun,
};
use crate::{PersonName, Sha256, limits};

/// Most pins, and most pieces of evidence, of one verdict.
const MOST_PINS: usize = 50;

pub(super) fn submit(state: &State, sha256: &Sha256, list: ReviewList) -> Result<Vec<Action>, Refusal> {
    let image = super::image(state, sha256)?;
    let short = || sha256.auto_v2();
    if image.is_vetoed() {
        return Err(Refusal::Vetoed(short()));
    }
    // Where the stakes rose over a review on the short list, one on the full list takes its place.
    let is_superseded = |open: &Review| list == ReviewList::Full && open.is_too_short(state.stakes());
    if image.open_review().is_some_and(|open| !is_superseded(open)) {
        return Err(Refusal::InReview(short()));
    }
    if let Some(released) = &image.released {
        return Err(Refusal::Released(short(), released.name.clone()));
    }
    if state.is_cleared(sha256) {
        return Err(Refusal::ClearedAlready(short()));
    }
    if !state.is_keeper(sha256) {
        return Err(Refusal::NotKept(short()));
    }
    if let Some(hand_off) = &image.hand_off {
        return Err(Refusal::WithEditor(short(), hand_off.editor.clone()));
    }
    check_stages_left_out(state, image)?;
    check_passed_artefact_gate(state, image)?;
    if list == ReviewList::Short {
        short_list_allowed(state)?;
    }
    let checklist_version = checklist(state, list)?.version;
    let round = u32::try_from(image.reviews.len() + 1).unwrap_or(u32::MAX);
    Ok(vec![Action::ReviewSubmitted { image: *sha256, round, list, checklist_version }])
}

/// Stages are skipped only knowingly: what did not come out of the Lock-in pass and the Volume run goes to the gate
/// once the Director skipped what it left out.
fn check_stages_left_out(state: &State, image: &Image) -> Result<(), Refusal> {
    let short = || image.sha256.auto_v2();
    let Some(recipe) = state.recipe_of(image) else {
        let open: Vec<String> = [Stage::LockInPass, Stage::VolumeRun]
            .into_iter()
            .filter(|stage| !state.is_skipped(*stage))
            .map(|stage| stage.to_string())
            .collect();
        return if open.is_empty() { Ok(()) } else { Err(Refusal::NoRecipe(short(), open.join(" and "))) };
    };
    let is_of_recipe =
        |run: &VolumeRun| run.card.name == recipe.name && state.images_of_jobs(&run.jobs).next().is_some();
    let is_run = state.is_volume_image(&image.root) || state.runs().iter().any(is_of_recipe);
    if is_run || state.is_skipped(Stage::VolumeRun) { Ok(()) } else { Err(Refusal::NoVolumeRun(short())) }
}

/// Whether the short review list may be used: internal work with a good track record. The refusal shows rule and
/// figures.
///
/// # Errors
/// [`Refusal::ShortList`].
pub fn short_list_allowed(state: &State) -> Result<(), Refusal> {
    let (stakes, record) = (state.stakes(), state.track_record());
    if stakes != Stakes::Internal {
        return Err(Refusal::ShortList(format!("the stakes are {stakes}")));
    }
    if record.is_good() { Ok(()) } else { Err(Refusal::ShortList(record.to_string())) }
}

fn checklist(state: &State, list: ReviewList) -> Result<&Checklist, Refusal> {
    state.checklist(list.checklist()).ok_or_else(|| no_checklist(list.checklist()))
}

/// The list that a review was submitted with: another one is for what is submitted from then on.
fn checklist_of<'a>(state: &'a State, review: &Review) -> Result<&'a Checklist, Refusal> {
    state.checklist_of(review).ok_or_else(|| no_checklist(review.list.checklist()))
}

fn no_checklist(name: &str) -> Refusal {
    Refusal::Checklist(format!("{name} is not in the project: adopt it first"))
}

/// The image with its open review.
fn in_review<'a>(state: &'a State, sha256: &Sha256) -> Result<(&'a Image, &'a Review), Refusal> {
    let image = super::image(state, sha256)?;
    if image.is_vetoed() {
        return Err(Refusal::Vetoed(sha256.auto_v2()));
    }
    let review = image.open_review().ok_or_else(|| Refusal::NotInReview(sha256.auto_v2()))?;
    Ok((image, review))
}

/// Whether a Reviewer may judge an image at the gate: not its maker, unless the project is solo and a fresh-eyes
/// pass showed the image mirrored and at 100 % zoom since its last edit. The window disables the ticks with the
/// refusal's text.
///
/// # Errors
/// [`Refusal`], which says who may or what to do first.
pub fn may_judge(state: &State, sha256: &Sha256, by: &PersonName) -> Result<(), Refusal> {
    let (image, _) = in_review(state, sha256)?;
    if !image.makers.contains(by) {
        return Ok(());
    }
    if state.stakes() == Stakes::Regulated {
        return Err(Refusal::RegulatedSelf);
    }
    if !state.is_solo() {
        return Err(Refusal::Maker(by.clone()));
    }
    let pass = state.fresh_eyes().filter(|pass| pass.by == *by && pass.order.contains(sha256));
    match pass {
        // An edit after the pass began makes tired eyes of them.
        Some(pass) if pass.seq <= image.made_seq => Err(Refusal::FreshEyesNeeded),
        Some(pass) if !pass.is_seen(sha256) => Err(Refusal::NotSeen(sha256.auto_v2())),
        Some(_) => Ok(()),
        None => Err(Refusal::FreshEyesNeeded),
    }
}

pub(super) fn begin_fresh_eyes(state: &State, images: &[Sha256], now: Timestamp) -> Result<Vec<Action>, Refusal> {
    if images.is_empty() {
        return Err(Refusal::Selection("no image is chosen: choose those at the gate"));
    }
    if images.iter().collect::<BTreeSet<_>>().len() < images.len() {
        return Err(Refusal::Selection("an image is chosen twice: choose each once"));
    }
    for sha256 in images {
        let (image, _) = in_review(state, sha256)?;
        let left = state.minutes_to_fresh_eyes(image, now);
        if left > 0 {
            return Err(Refusal::FreshEyesTooEarly(left, state.settings().fresh_eyes_minutes));
        }
    }
    Ok(vec![Action::FreshEyesBegan { order: shuffled(images, state.seq()) }])
}

/// Another order than the given one, the same for the same record: sorted by a hash of the sequence number and the
/// image.
fn shuffled(images: &[Sha256], seq: u64) -> Vec<Sha256> {
    let mut order = images.to_vec();
    order.sort_by_key(|image| -> [u8; 32] {
        sha2::Sha256::new().chain_update(seq.to_le_bytes()).chain_update(image.0).finalize().into()
    });
    if order == images {
        order.rotate_left(1);
    }
    order
}

pub(super) fn report_seen(state: &State, image: &Sha256, view: FreshView, by: &Actor) -> Result<Vec<Action>, Refusal> {
    in_review(state, image)?;
    let short = image.auto_v2();
    let pass = state.fresh_eyes().filter(|pass| pass.by == by.person && pass.order.contains(image));
    let Some(pass) = pass else { return Err(Refusal::NotInPass(short)) };
    if pass.seen.get(image).is_some_and(|seen| seen.contains(&view)) {
        return Err(Refusal::Entry(format!("{short} was shown that way in this pass already: go on")));
    }
    match state.next_fresh_look() {
        Some(next) if next == *image => Ok(vec![Action::FreshEyesSaw { image: *image, view }]),
        Some(next) => Err(Refusal::PassOrder(next.auto_v2())),
        // It was made again since the pass began.
        None => Err(Refusal::FreshEyesNeeded),
    }
}

pub(super) fn judge(
    state: &State,
    image: &Sha256,
    item: &str,
    verdict: &Verdict,
    by: &Actor,
) -> Result<Vec<Action>, Refusal> {
    may_judge(state, image, &by.person)?;
    let (_, review) = in_review(state, image)?;
    let list = checklist_of(state, review)?;
    let verdict = checked(state, list, item, verdict)?;
    Ok(vec![Action::ItemJudged { image: *image, item: item.to_owned(), verdict }])
}

/// A verdict on an item of a list, without the spaces around its note; or what is missing in it.
fn checked(state: &State, list: &Checklist, item: &str, verdict: &Verdict) -> Result<Verdict, Refusal> {
    let Some(known) = list.item(item) else {
        return Err(Refusal::UnknownItem(item.chars().take(60).collect(), list.name.clone()));
    };
    text::check("note", &verdict.note)?;
    let note = verdict.note.trim().to_owned();
    match verdict.judgement {
        Judgement::Fail if note.is_empty() => return Err(Refusal::FailNeedsNote),
        Judgement::Pass if known.needs_evidence && note.is_empty() && verdict.evidence.is_empty() => {
            return Err(Refusal::EvidenceMissing(known.text.clone()));
        }
        Judgement::NotApplicable if known.needs_evidence && note.is_empty() => {
            return Err(Refusal::NotApplicableNeedsNote(known.text.clone()));
        }
        Judgement::Pass | Judgement::Fail | Judgement::NotApplicable => {}
    }
    let is_known = |file: &Sha256| {
        state.image(file).is_some() || state.inputs().contains_key(file) || state.evidence().contains_key(file)
    };
    if let Some(file) = verdict.evidence.iter().find(|file| !is_known(file)) {
        return Err(Refusal::UnknownEvidence(file.auto_v2()));
    }
    if verdict.pins.len() > MOST_PINS || verdict.evidence.len() > MOST_PINS {
        return Err(Refusal::TooManyPins(MOST_PINS));
    }
    let inside = |share: f64| (0.0..=1.0).contains(&share);
    if let Some(pin) = verdict.pins.iter().find(|pin| !inside(pin.x) || !inside(pin.y)) {
        return Err(Refusal::Pin(pin.x, pin.y));
    }
    Ok(Verdict { note, ..verdict.clone() })
}

/// The artefact gate of Fix-and-finish: the Operator's own check, before anybody else's time is asked for.
pub(super) fn check_artefacts(state: &State, sha256: &Sha256, findings: &[Finding]) -> Result<Vec<Action>, Refusal> {
    let image = super::image(state, sha256)?;
    if image.is_vetoed() {
        return Err(Refusal::Vetoed(sha256.auto_v2()));
    }
    if !state.is_keeper(sha256) {
        return Err(Refusal::NotKept(sha256.auto_v2()));
    }
    if findings.is_empty() {
        return Err(Refusal::NoFindings);
    }
    let list = state.artefact_gate_of(image).ok_or_else(|| no_checklist(ARTEFACT_GATE))?;
    let check = |Finding { item, verdict }: &Finding| {
        checked(state, list, item, verdict).map(|verdict| Finding { item: item.clone(), verdict })
    };
    let findings = findings.iter().map(check).collect::<Result<_, _>>()?;
    Ok(vec![Action::ArtefactsChecked { image: *sha256, findings }])
}

/// Refuses an image that has not passed the artefact gate, where the project has one and Fix-and-finish is not
/// skipped.
fn check_passed_artefact_gate(state: &State, image: &Image) -> Result<(), Refusal> {
    let list = state.artefact_gate_of(image).filter(|_| !state.is_skipped(Stage::FixAndFinish));
    let (mut open, mut failed) = (Vec::new(), Vec::new());
    for item in list.map(|list| list.items.as_slice()).unwrap_or_default() {
        match image.artefacts.get(&item.id).map(|judged| judged.verdict.judgement) {
            None => open.push(item.text.as_str()),
            Some(Judgement::Fail) => failed.push(item.text.as_str()),
            Some(Judgement::Pass | Judgement::NotApplicable) => {}
        }
    }
    let short = || image.sha256.auto_v2();
    match (failed.is_empty(), open.is_empty()) {
        (false, _) => Err(Refusal::ArtefactsFound(short(), quoted(&failed))),
        (true, false) => Err(Refusal::ArtefactsOpen(short(), quoted(&open))),
        (true, true) => Ok(()),
    }
}

pub(super) fn clear(state: &State, image: &Sha256, by: &Actor) -> Result<Vec<Action>, Refusal> {
    let person = &by.person;
    may_judge(state, image, person)?;
    let (known, review) = in_review(state, image)?;
    // What it was finished from may have lost its keep in an older project.
    if !state.is_keeper(image) {
        return Err(Refusal::NotKept(image.auto_v2()));
    }
    let stakes = state.stakes();
    if review.is_too_short(stakes) {
        return Err(Refusal::ListTooShort(stakes));
    }
    // Where the stakes were lowered since, the first of two clears it alone.
    let needs_two = stakes.reviewers() > 1;
    if needs_two && review.clearances.iter().any(|clearance| clearance.by == *person) {
        return Err(Refusal::SecondPerson(person.clone()));
    }
    let list = checklist_of(state, review)?;
    let (mut open, mut failed) = (Vec::new(), Vec::new());
    for item in &list.items {
        // Regulated work: each of the two people judges every item.
        let own = || review.verdicts.get(&item.id).and_then(|verdicts| verdicts.get(person));
        let counting = || known.counting_verdict(&item.id, person);
        let judged = if stakes == Stakes::Regulated { own() } else { counting() };
        if known.fails(&item.id, stakes, person) {
            failed.push(item.text.as_str());
        } else if judged.is_none() {
            open.push(item.text.as_str());
        }
    }
    if !failed.is_empty() {
        return Err(Refusal::FailedItems(quoted(&failed)));
    }
    if known.alt_text.is_empty() {
        return Err(Refusal::AltTextFirst(image.auto_v2()));
    }
    if !open.is_empty() {
        return Err(Refusal::OpenItems(open.len(), quoted(&open)));
    }
    let approval = if known.makers.contains(person) { Approval::SelfApproval } else { Approval::Independent };
    let last = review.clearances.len() + 1 >= stakes.reviewers();
    let completes = if last { ClearanceStep::Last } else { ClearanceStep::First };
    Ok(vec![Action::ImageCleared { image: *image, approval, completes }])
}

/// The first three, in quotation marks.
fn quoted(items: &[&str]) -> String {
    let mut shown: Vec<String> = items.iter().take(3).map(|item| format!("\"{item}\"")).collect();
    if items.len() > 3 {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

pub(super) fn send_back(state: &State, image: &Sha256, note: &str, by: &Actor) -> Result<Vec<Action>, Refusal> {
    may_judge(state, image, &by.person)?;
    let (known, _) = in_review(state, image)?;
    text::check("note", note)?;
    let failed = known.sent_back_for(state.stakes(), &by.person);
    if failed.is_empty() {
        return Err(Refusal::NothingFailed);
    }
    let pauses = pauses(state, known, &failed);
    let sent_back = Action::ImageSentBack { image: *image, failed, note: note.trim().to_owned() };
    Ok(std::iter::once(sent_back).chain(pauses).collect())
}

/// The third pause trigger: what one of the items failed too often for is fixed in the recipe, not per image.
fn pauses(state: &State, image: &Image, failed: &[String]) -> Vec<Action> {
    let card = image.card.as_ref().and_then(|name| Some((name, state.card(name)?)));
    let Some((name, card)) = card else { return Vec::new() };
    let pause = |item: &String| {
        let times = card.failures.get(item).copied().unwrap_or_default().saturating_add(1);
        let known = |cause: &PauseCause| matches!(cause, PauseCause::RepeatedIssue { item: of, .. } if of == item);
        let is_due = times >= state.settings().repeats_that_pause && !card.pauses.iter().any(known);
        let cause = PauseCause::RepeatedIssue { item: item.clone(), times };
        is_due.then(|| Action::RecipePaused { card: name.clone(), cause })
    };
    failed.iter().filter_map(pause).collect()
}

pub(super) fn veto(state: &State, sha256: &Sha256, reason: &str, by: &Actor) -> Result<Vec<Action>, Refusal> {
    let image = super::image(state, sha256)?;
    if image.is_vetoed() {
        return Err(Refusal::Vetoed(sha256.auto_v2()));
    }
    if let Some(released) = &image.released {
        return Err(Refusal::Released(sha256.auto_v2(), released.name.clone()));
    }
    match image.review().map(|review| &review.outcome) {
        None | Some(Some(Outcome::SentBack { .. })) => return Err(Refusal::NotInReview(sha256.auto_v2())),
        Some(_) => {}
    }
    // What failed in a review that was over has been counted, or was mended in it; what another Reviewer overruled did not fail.
    let failed = image.failing(state.stakes(), &by.person);
    let pauses = pauses(state, image, &failed);
    let vetoed = Action::ImageVetoed { image: *sha256, reason: text::reason("a veto", reason)?, failed };
    Ok(std::iter::once(vetoed).chain(pauses).collect())
}

pub(super) fn add_evidence(state: &State, file: &EvidenceFile) -> Result<Vec<Action>, Refusal> {
    let file_name = text::needed("file name", &file.file_name)?;
    if file.bytes == 0 || file.bytes > limits::MOST_EVIDENCE_BYTES {
        return Err(Refusal::EvidenceSize(file_name, limits::MOST_EVIDENCE_BYTES >> 20));
    }
    if state.evidence().contains_key(&file.sha256) {
        return Err(Refusal::KnownEvidence(file_name));
    }
    Ok(vec![Action::EvidenceAdded { file: EvidenceFile { file_name, ..file.clone() } }])
}
