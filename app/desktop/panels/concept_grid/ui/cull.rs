use eframe::egui::{Button, Key, Modifiers, RichText, Ui, vec2};
use kento_studio::workflow::{Command, RejectReason};

use super::Desk;
use super::parts::{field, line};
use crate::panels::concept_grid::data::REASON_KEYS;
use crate::theme;
use crate::widgets::{ActionButton, Allowed};

/// The keys of the reasons, as [`REASON_KEYS`] names them.
const KEYS: [Key; 12] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Num0,
    Key::C,
    Key::O,
];

/// What single keys ask for while images are culled one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CullKey {
    Keep,
    Reject,
    Undo,
    Next,
    Previous,
    Leave,
}

/// The key of this frame, unless somebody types or chooses a reason.
pub(super) fn key(ui: &Ui) -> Option<CullKey> {
    if ui.ctx().text_edit_focused() {
        return None;
    }
    let keys = [
        (Key::K, CullKey::Keep),
        (Key::X, CullKey::Reject),
        (Key::U, CullKey::Undo),
        (Key::ArrowRight, CullKey::Next),
        (Key::ArrowDown, CullKey::Next),
        (Key::ArrowLeft, CullKey::Previous),
        (Key::ArrowUp, CullKey::Previous),
        (Key::Escape, CullKey::Leave),
    ];
    ui.input_mut(|input| {
        keys.into_iter().find(|(key, _)| input.consume_key(Modifiers::NONE, *key)).map(|(_, what)| what)
    })
}

/// The reasons to reject an image, while one is being chosen. Whether the image was rejected now.
pub(super) fn chooser(ui: &mut Ui, desk: &mut Desk<'_, '_>) -> bool {
    let Some(mut rejecting) = desk.cull.rejecting.take() else { return false };
    let palette = theme::palette(ui.style());
    let mut chosen = None;
    let mut is_left = false;
    if !ui.ctx().text_edit_focused() {
        ui.input_mut(|input| {
            for (key, reason) in KEYS.into_iter().zip(RejectReason::ALL) {
                if input.consume_key(Modifiers::NONE, key) {
                    chosen = Some(reason);
                }
            }
        });
    }
    is_left |= ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let name = rejecting.image.auto_v2();
    let frame = eframe::egui::Frame::new().fill(palette.header).stroke(theme::line(palette));
    let frame = frame.corner_radius(theme::group_rounding()).inner_margin(theme::GAP);
    let probe = Command::Reject { image: rejecting.image, reason: RejectReason::Artefact, note: String::new() };
    let allowed = desk.input.would(&probe);
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        line(ui, &format!("Reason to reject {name}"));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
            for (reason, key) in RejectReason::ALL.into_iter().zip(REASON_KEYS) {
                let text = RichText::new(format!("{key}  {reason}"));
                let button = Button::new(text).selected(rejecting.is_other && reason == RejectReason::Other);
                let response = ui.add_enabled(allowed.is_yes(), button);
                let response = response.accessible_name(allowed.spoken(&format!("Reject: {reason}")));
                let response = match &allowed {
                    Allowed::No(why) => response.on_disabled_hover_text(why),
                    Allowed::Yes => response,
                };
                if response.clicked() {
                    chosen = Some(reason);
                }
            }
        });
        let hint = if rejecting.is_other { "What is wrong" } else { "A note, if it helps" };
        let note = field(ui, "Note on the rejection", hint, &mut rejecting.note, ui.available_width());
        if rejecting.is_other && rejecting.note.is_empty() && !note.has_focus() {
            note.request_focus();
        }
        if note.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && rejecting.is_other {
            chosen = Some(RejectReason::Other);
        }
        is_left |= ActionButton::plain("Leave it").keys("Esc").show(ui);
    });
    match chosen.and_then(|reason| rejecting.command(reason)) {
        Some(command) => {
            let image = rejecting.image;
            desk.decide(command);
            desk.cull.note(image);
            true
        }
        None => {
            desk.cull.rejecting = (!is_left).then_some(rejecting);
            false
        }
    }
}
