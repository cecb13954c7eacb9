use eframe::egui::{RichText, TextEdit, Ui, vec2};
use kento_studio::workflow::{Command, CullDecision, Image, RejectReason};

use crate::desk::PanelInput;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, show_button_row};

/// Keep, reject with a reason, or take the decision back. `note` is there while a reject is being reasoned.
pub(super) fn show(ui: &mut Ui, input: &PanelInput<'_>, image: &Image, note: &mut Option<String>) -> Option<Command> {
    let palette = theme::palette(ui.style());
    let sha256 = image.sha256;
    let words = match image.culled.as_ref().map(|culled| &culled.decision) {
        Some(CullDecision::Keep) => "Kept".to_owned(),
        Some(CullDecision::Reject { reason, note }) if note.is_empty() => format!("Rejected: {reason}"),
        Some(CullDecision::Reject { reason, note }) => format!("Rejected: {reason}, {note}"),
        None => "Cull".to_owned(),
    };
    ui.label(RichText::new(words).font(theme::strong_font()).color(palette.secondary));
    let keep = Command::Keep { image: sha256 };
    let reject = |reason, note: &str| Command::Reject { image: sha256, reason, note: note.to_owned() };
    let back = Command::WithdrawCull { image: sha256 };
    let mut buttons = Vec::new();
    let mut commands = Vec::new();
    if !image.is_kept() {
        buttons
            .push(ActionButton::plain("Keep").named("Keep this image").icon(icons::PASS).allowed(input.would(&keep)));
        commands.push(Some(keep));
    }
    if !image.is_rejected() {
        let allowed = input.would(&reject(RejectReason::Artefact, ""));
        buttons.push(ActionButton::plain("Reject…").named("Reject this image…").icon(icons::FAIL).allowed(allowed));
        commands.push(None);
    }
    if image.culled.is_some() {
        buttons.push(ActionButton::plain("Take back").icon(icons::UNDO).allowed(input.would(&back)));
        commands.push(Some(back));
    }
    match show_button_row(ui, &buttons).map(|at| commands.swap_remove(at)) {
        Some(None) => *note = if note.is_some() { None } else { Some(String::new()) },
        Some(Some(command)) => return Some(command),
        None => {}
    }
    if image.is_rejected() {
        *note = None;
    }
    let written = note.as_mut()?;
    let field = TextEdit::singleline(written)
        .hint_text("a note; \"other\" needs one")
        .margin(vec2(theme::GAP, theme::GRID + 1.0))
        .desired_width(f32::INFINITY);
    ui.add(field).accessible_name("Note on the reject");
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
        for reason in RejectReason::ALL {
            let command = reject(reason, written.trim());
            if ActionButton::plain(reason.to_string()).allowed(input.would(&command)).show(ui) {
                chosen = Some(command);
            }
        }
    });
    chosen
}
