use std::collections::BTreeMap;

use eframe::egui::{RichText, Ui};
use kento_studio::workflow::{Command, Edit, EditKind, EditedImage, Image, Role};
use kento_studio::{PersonName, Sha256};

use super::act_ui::field;
use crate::desk::{PanelAsk, PanelInput};
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, Allowed, pick_list, show_button_row};

/// Edits that a picture can come back from as pixels without transparency; for the others the project has no place yet.
const KINDS: [EditKind; 6] = [
    EditKind::HumanEdit,
    EditKind::ArtefactCleanup,
    EditKind::Compositing,
    EditKind::ColourCorrection,
    EditKind::TextOverlay,
    EditKind::Upscale,
];

/// What is typed about images that are edited in other programs, until the project has it.
#[derive(Default)]
pub(super) struct Elsewhere(BTreeMap<Sha256, (u64, Form)>);

enum Form {
    HandOver { editor: String, reason: String },
    TakeBack { kind: EditKind, note: String },
    CallBack { reason: String },
}

impl Elsewhere {
    /// Whether anything is typed.
    pub fn has_words(&self) -> bool {
        self.0.values().any(|(_, form)| match form {
            Form::HandOver { editor, reason } => !(editor.trim().is_empty() && reason.trim().is_empty()),
            Form::TakeBack { note: words, .. } | Form::CallBack { reason: words } => !words.trim().is_empty(),
        })
    }

    /// Draws, for the Operator, how a keeper goes to somebody who edits it in another program, and how it comes back. Nothing for
    /// what cannot be edited any more.
    pub fn show(&mut self, ui: &mut Ui, input: &PanelInput<'_>, image: &Image, asks: &mut Vec<PanelAsk>) {
        let sha256 = image.sha256;
        let is_open = image.open_review().is_none() && image.released.is_none() && !input.state.is_cleared(&sha256);
        if input.actor.role != Role::Operator || !input.state.is_keeper(&sha256) || !is_open {
            self.0.remove(&sha256);
            return;
        }
        let palette = theme::palette(ui.style());
        ui.add_space(theme::GAP);
        ui.label(RichText::new("In another program").font(theme::strong_font()).color(palette.secondary));
        // What was typed for one step goes with the step.
        let stands = image.hand_off.as_ref().map_or(0, |hand_off| hand_off.seq);
        self.0.retain(|of, (at, _)| *of != sha256 || *at == stands);
        if let Some(hand_off) = &image.hand_off {
            let text = format!("{}  With {}: {}", icons::PERSON, hand_off.editor, hand_off.reason);
            ui.label(RichText::new(text).color(palette.text));
        }
        let closes = match self.0.get_mut(&sha256) {
            Some((_, form)) => form.show(ui, input, sha256, asks),
            None => {
                if let Some(form) = buttons(ui, input, image) {
                    self.0.insert(sha256, (stands, form));
                }
                false
            }
        };
        if closes {
            self.0.remove(&sha256);
        }
    }
}

fn buttons(ui: &mut Ui, input: &PanelInput<'_>, image: &Image) -> Option<Form> {
    let back = ActionButton::quiet("Take in an edited file…")
        .allowed(input.would(&take_back(image.sha256, EditKind::HumanEdit, "edited")))
        .explained("A picture that was edited in another program becomes the next version of this one");
    let over = PersonName::new("Somebody").ok().filter(|_| image.hand_off.is_none()).map(|editor| {
        let command = Command::HandToEditor { image: image.sha256, editor, reason: "needs a person".to_owned() };
        let button = ActionButton::quiet("Hand to an editor…").allowed(input.would(&command));
        button.explained("For what a person must finish: legal-sensitive or brand-critical")
    });
    let away = image.hand_off.as_ref().map(|_| {
        let command = Command::TakeBackFromEditor { image: image.sha256, reason: "no time".to_owned() };
        let button = ActionButton::quiet("Take it back unedited…").allowed(input.would(&command));
        button.explained("The editor has it no more, and it goes on as it was")
    });
    let (is_over, is_away) = (over.is_some(), away.is_some());
    let buttons: Vec<ActionButton> = over.into_iter().chain([back]).chain(away).collect();
    match show_button_row(ui, &buttons) {
        Some(0) if is_over => Some(Form::HandOver { editor: String::new(), reason: String::new() }),
        Some(1) if is_away => Some(Form::CallBack { reason: String::new() }),
        Some(_) => Some(Form::TakeBack { kind: EditKind::HumanEdit, note: String::new() }),
        None => None,
    }
}

impl Form {
    /// Draws it. Whether it is closed.
    fn show(&mut self, ui: &mut Ui, input: &PanelInput<'_>, image: Sha256, asks: &mut Vec<PanelAsk>) -> bool {
        match self {
            Self::HandOver { editor, reason } => {
                field(ui, "Who edits it", editor, "name", false);
                field(ui, "Why a person must", reason, "the client's logo", false);
                let command = PersonName::new(editor.trim()).map(|editor| {
                    let reason = reason.clone();
                    Command::HandToEditor { image, editor, reason }
                });
                let allowed = match &command {
                    Ok(command) => input.would(command),
                    Err(mistake) => Allowed::No(mistake.to_string()),
                };
                let buttons = [ActionButton::plain("Hand over").allowed(allowed), ActionButton::plain("Not now")];
                match (show_button_row(ui, &buttons), command) {
                    (Some(0), Ok(command)) => asks.push(PanelAsk::decide(command)),
                    (Some(1), _) => return true,
                    _ => {}
                }
            }
            Self::TakeBack { kind, note } => {
                let list = pick_list("edit kind").selected_text(kind.to_string()).width(ui.available_width());
                let list = list.show_ui(ui, |ui| {
                    // What an editor has comes back as the editor's work.
                    let is_away = input.state.image(&image).is_some_and(|image| image.hand_off.is_some());
                    for one in KINDS.into_iter().filter(|one| !is_away || *one == EditKind::HumanEdit) {
                        ui.selectable_value(kind, one, one.to_string());
                    }
                });
                list.response.accessible_name("What kind of edit it was");
                field(ui, "What was done", note, "sail retouched, logo set", false);
                let command = take_back(image, *kind, note);
                let choose = ActionButton::plain("Choose the file…").icon(icons::FOLDER);
                let buttons = [choose.allowed(input.would(&command)), ActionButton::plain("Not now")];
                match show_button_row(ui, &buttons) {
                    Some(0) => {
                        let edit = Edit { kind: *kind, note: note.trim().to_owned(), inputs: Vec::new() };
                        asks.push(PanelAsk::ChooseEdited(image, edit));
                    }
                    Some(_) => return true,
                    None => {}
                }
            }
            Self::CallBack { reason } => {
                field(ui, "Why it is taken back", reason, "the editor has no time", false);
                let command = Command::TakeBackFromEditor { image, reason: reason.clone() };
                let take = ActionButton::plain("Take it back").allowed(input.would(&command));
                match show_button_row(ui, &[take, ActionButton::plain("Not now")]) {
                    Some(0) => asks.push(PanelAsk::decide(command)),
                    Some(_) => return true,
                    None => {}
                }
            }
        }
        false
    }
}

/// The command for a file that nobody has chosen yet: whether it would be taken hangs on everything else.
fn take_back(parent: Sha256, kind: EditKind, note: &str) -> Command {
    let nothing = Sha256([0; 32]);
    let result = EditedImage { sha256: nothing, pixels_sha256: nothing, width: 1, height: 1 };
    Command::RecordEdit { parent, result, edit: Edit { kind, note: note.trim().to_owned(), inputs: Vec::new() } }
}
