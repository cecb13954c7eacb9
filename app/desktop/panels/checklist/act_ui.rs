use eframe::egui::{Label, RichText, TextEdit, Ui, vec2};
use kento_studio::Sha256;
use kento_studio::workflow::{
    ALT_TEXT_ITEM, Command, CommandKind, Image, Outcome, ReviewList, Role, short_list_allowed,
};

use super::release;
use crate::desk::PanelInput;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, ButtonLook, Segment, SegmentLook, segmented, show_button_row};

/// Words that a decision needs and that are being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// What to do with the image.
    SendBack(String),
    /// Why it never ships.
    Veto(String),
    /// Its subject for the file name, and its disclosure.
    Release { subject: String, disclosure: String },
}

impl Form {
    /// Whether anything is typed. The subject of a release is offered, and a click.
    pub fn has_words(&self) -> bool {
        let (Self::SendBack(text) | Self::Veto(text) | Self::Release { disclosure: text, .. }) = self;
        !text.trim().is_empty()
    }
}

/// What the user wants.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// Decide this.
    Decide(Command),
    /// Write the words first.
    Open(Form),
    /// Leave it.
    Close,
    /// Read the file once more, and decide this if it is what was judged.
    Reread(Command),
}

/// Why an image is neither submitted nor cleared while its file is read.
pub(super) const READING: &str = "the file is being read: wait a moment";
/// The same while an alt text is typed and not saved: it is judged too.
pub(super) const UNSAVED: &str = "the alt text is typed and not saved: save it first";
/// The same while the canvas found something else under the image's name.
pub(super) const CHANGED: &str =
    "its file is another picture now: restore it from a backup or render it again, then read it again in the canvas";

/// The buttons for what can happen to the image next, and for what cannot with its reason. `hindrance` is why it is neither submitted
/// nor cleared now, beside the rules.
pub(super) fn show_buttons(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    image: &Image,
    list: &mut ReviewList,
    hindrance: Option<&str>,
) -> Option<Act> {
    let sha256 = image.sha256;
    let unless = |allowed: Allowed, hindrance: Option<&str>| match hindrance {
        Some(why) => allowed.but(true, why),
        None => allowed,
    };
    let grave = |label: &str| ActionButton { look: ButtonLook::Grave, ..ActionButton::plain(label) };
    // The reason is not written yet; whether a veto is possible hangs on everything else.
    let veto_allowed = input.would(&veto_command(sha256, "reason"));
    let veto = || (grave("Veto…").allowed(veto_allowed.clone()), Act::Open(Form::Veto(String::new())));
    let mut row = Vec::new();
    let submits = input.actor.role == Role::Operator;
    let is_too_short = image.open_review().is_some_and(|review| review.is_too_short(input.state.stakes()));
    match image.review().map(|review| &review.outcome) {
        _ if image.released.is_some() || image.is_vetoed() => {}
        Some(None) if submits && is_too_short => {
            let submit = Command::SubmitForReview { image: sha256, list: ReviewList::Full };
            let allowed = unless(input.would(&submit), hindrance);
            row.push((ActionButton::primary("Submit for the full review").allowed(allowed), Act::Decide(submit)));
        }
        Some(None) => {
            let clear = Command::ClearImage { image: sha256 };
            let button = ActionButton::primary("Clear for release")
                .icon(icons::PASS)
                .explained("Reads the file once more first")
                .allowed(unless(input.would(&clear), hindrance));
            row.push((button, Act::Reread(clear)));
            let back = Command::SendBack { image: sha256, note: String::new() };
            let button = ActionButton::plain("Send back…").allowed(input.would(&back));
            row.push((button, Act::Open(Form::SendBack(String::new()))));
            row.push(veto());
        }
        Some(Some(Outcome::Cleared)) if input.state.is_cleared(&sha256) => {
            let subject = subject(input, image);
            let words = if subject.is_empty() { "subject".to_owned() } else { subject.clone() };
            let would = input.would(&release::release(sha256, words, None));
            let allowed = unless(would, hindrance.filter(|why| *why != UNSAVED));
            let button = ActionButton::primary("Release…").allowed(allowed).explained("Reads the file once more first");
            row.push((button, Act::Open(Form::Release { subject, disclosure: String::new() })));
            row.push(veto());
        }
        _ if submits => {
            if let Some(chosen) = show_list_choice(ui, input, *list) {
                *list = chosen;
            }
            let submit = Command::SubmitForReview { image: sha256, list: *list };
            let allowed = unless(input.would(&submit), hindrance);
            row.push((ActionButton::primary("Submit for review").allowed(allowed), Act::Decide(submit)));
        }
        _ => {}
    }
    let (buttons, mut acts): (Vec<ActionButton>, Vec<Act>) = row.into_iter().unzip();
    if buttons.is_empty() {
        return None;
    }
    show_button_row(ui, &buttons).map(|at| acts.swap_remove(at))
}

fn veto_command(image: Sha256, reason: &str) -> Command {
    Command::VetoImage { image, reason: reason.to_owned() }
}

/// Full or short, with the rule and its figures where short is not allowed.
fn show_list_choice(ui: &mut Ui, input: &PanelInput<'_>, list: ReviewList) -> Option<ReviewList> {
    const LISTS: [ReviewList; 2] = [ReviewList::Full, ReviewList::Short];
    // The rule of the short list alone: what else forbids the submission stands on the button.
    let short = match short_list_allowed(input.state) {
        Ok(()) => Allowed::Yes,
        Err(refusal) => Allowed::No(refusal.to_string()),
    };
    let full = Segment { name: "Full review list".to_owned(), ..Segment::new("Full list") };
    let short = Segment { name: "Short review list".to_owned(), allowed: short, ..Segment::new("Short list") };
    let chosen = usize::from(list == ReviewList::Short);
    segmented(ui, SegmentLook::Plain, &[full, short], chosen).and_then(|at| LISTS.get(at).copied())
}

/// Whether a prompt begins with a subject, and not with a longer word.
fn begins_with(prompt: &str, subject: &str) -> bool {
    !subject.is_empty() && prompt.strip_prefix(subject).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// The subject for the file name: what the prompt begins with that made the image. A row of a volume run may have another subject than
/// its card.
fn subject(input: &PanelInput<'_>, image: &Image) -> String {
    let card = image.card.as_ref().and_then(|card| input.state.card(card));
    let of_card = card.map(|card| card.card.skeleton.subject.as_str());
    let prompt = input.state.jobs_of_image(&image.root).next().map(|(_, job)| job.request.recipe.prompt.as_str());
    let text = match (of_card, prompt) {
        // As the card writes it, with its commas.
        (Some(subject), Some(prompt)) if begins_with(prompt, subject) => subject,
        (_, Some(prompt)) => prompt,
        (subject, None) => subject.unwrap_or_default(),
    };
    text.split(',').next().unwrap_or_default().trim().chars().take(40).collect()
}

/// The words of a decision, with its button and the way back.
pub(super) fn show_form(ui: &mut Ui, input: &PanelInput<'_>, image: Sha256, form: &mut Form) -> Option<Act> {
    let (button, act) = match form {
        Form::SendBack(note) => {
            field(ui, "What to do with it", note, "mend the halo left of the sail", true);
            let command = Command::SendBack { image, note: note.clone() };
            (ActionButton::primary("Send back").allowed(input.would(&command)), Act::Decide(command))
        }
        Form::Veto(reason) => {
            field(ui, "Why it never ships", reason, "shows a real person who was not asked", true);
            let command = veto_command(image, reason);
            let button = ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Veto for good") };
            (button.allowed(input.would(&command)), Act::Decide(command))
        }
        Form::Release { subject, disclosure } => {
            field(ui, "Subject, for the file name", subject, "red boat", false);
            field(ui, "Disclosure, where the market requires it", disclosure, "made with AI", false);
            let size = input.state.image(&image).map(|image| [image.width, image.height]);
            if let Some(text) = size.and_then(|size| input.too_small(size)) {
                let color = theme::palette(ui.style()).secondary;
                ui.add(Label::new(RichText::new(text).font(theme::note_font()).color(color)).wrap());
            }
            let written = Some(disclosure.trim().to_owned()).filter(|text| !text.is_empty());
            let command = release::release(image, subject.clone(), written);
            (ActionButton::primary("Release").allowed(input.would(&command)), Act::Reread(command))
        }
    };
    match show_button_row(ui, &[button, ActionButton::plain("Not now")]) {
        Some(0) => Some(act),
        Some(_) => Some(Act::Close),
        None => None,
    }
}

/// A named field of one line or of more.
pub(super) fn field(ui: &mut Ui, label: &str, text: &mut String, hint: &str, is_long: bool) {
    let palette = theme::palette(ui.style());
    let name = ui.label(RichText::new(label).font(theme::note_font()).color(palette.secondary));
    let edit = if is_long { TextEdit::multiline(text).desired_rows(2) } else { TextEdit::singleline(text) };
    let edit = edit.hint_text(hint).margin(vec2(theme::GAP, theme::GRID + 1.0)).desired_width(f32::INFINITY);
    ui.add(edit).labelled_by(name.id);
}

/// The alt text of an image. What is typed stays until it is recorded; the command to record it, when it is asked for.
pub(super) fn show_alt_text(
    ui: &mut Ui,
    input: &PanelInput<'_>,
    image: &Image,
    draft: &mut Option<String>,
) -> Option<Command> {
    let palette = theme::palette(ui.style());
    if draft.as_ref().is_some_and(|draft| draft.trim() == image.alt_text) {
        *draft = None;
    }
    let name = ui.label(RichText::new("Alt text").font(theme::strong_font()).color(palette.secondary));
    if image.released.is_some() {
        ui.label(&image.alt_text);
        return None;
    }
    let mut text = draft.clone().unwrap_or_else(|| image.alt_text.clone());
    let edit = TextEdit::multiline(&mut text)
        .hint_text("what a person who cannot see it should know, in one or two sentences")
        .desired_rows(2)
        .margin(vec2(theme::GAP, theme::GRID + 1.0))
        .desired_width(f32::INFINITY);
    let kind = input.may(CommandKind::WriteAltText);
    let response = ui.add_enabled(kind.is_yes(), edit);
    if response.changed() {
        *draft = Some(text.clone());
    }
    match kind.reason() {
        Some(reason) => response.accessible_name(kind.spoken("Alt text")).on_disabled_hover_text(reason),
        None => response.labelled_by(name.id),
    };
    draft.as_ref()?;
    let is_judged = image.open_review().is_some_and(|review| review.verdicts.contains_key(ALT_TEXT_ITEM));
    let consequence = match (image.has_clearance(), is_judged) {
        (true, _) => Some("It was judged at the gate: another text voids the clearance."),
        (false, true) => Some("It was judged in this review: another text is judged again."),
        (false, false) => None,
    };
    if let Some(words) = consequence {
        ui.label(
            RichText::new(format!("{} {words}", icons::WARNING)).font(theme::note_font()).color(palette.fail_text),
        );
    }
    let command = Command::WriteAltText { image: image.sha256, text };
    match show_button_row(
        ui,
        &[
            ActionButton::plain("Save alt text").allowed(input.would(&command)),
            ActionButton::plain("Undo").icon(icons::UNDO),
        ],
    ) {
        Some(0) => Some(command),
        Some(_) => {
            *draft = None;
            None
        }
        None => None,
    }
}
