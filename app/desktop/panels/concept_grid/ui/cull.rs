use eframe::egui::{Button, Key, Modifiers, Popup, RichText, Ui, vec2};
use kento_studio::Sha256;
use kento_studio::workflow::{Command, CullDecision, RejectReason};

use super::Desk;
use super::parts::{self, field, line};
use crate::panels::concept_grid::data::REASON_KEYS;
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::SheetState;
use crate::widgets::{ActionButton, Allowed, image_view};

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

/// The key that gives the window to the picture that is culled, and back.
pub(crate) const FULL_KEY: &str = "F9";

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

/// Who has the keyboard while images are culled. What a key means is judged by the frame before too: egui takes the
/// focus away with Esc before anybody is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Keyboard {
    /// Nobody, or the sheet that is culled.
    #[default]
    Sheet,
    /// The picture in the canvas, whose own keys are the arrows and Esc.
    Canvas,
    /// A text, a list, a button, a menu.
    Other,
}

impl Keyboard {
    /// Who has it now.
    pub(super) fn now(ui: &Ui, sheet: &SheetState) -> Self {
        let ctx = ui.ctx();
        let is_covered = !ctx.memory(|memory| memory.is_above_modal_layer(ui.layer_id()));
        if is_covered || ctx.text_edit_focused() || Popup::is_any_open(ctx) {
            return Self::Other;
        }
        match ctx.memory(|memory| memory.focused()) {
            Some(_) if image_view::has_focus(ctx) => Self::Canvas,
            Some(_) if !sheet.has_focus() => Self::Other,
            Some(_) | None => Self::Sheet,
        }
    }
}

/// The key of this frame, where the sheet, the canvas or nobody has the keyboard, now and in the frame before.
pub(super) fn key(ui: &Ui, before: Keyboard, now: Keyboard) -> Option<CullKey> {
    let keys = [
        (Key::K, CullKey::Keep),
        (Key::X, CullKey::Reject),
        (Key::U, CullKey::Undo),
        (Key::Z, CullKey::Undo),
        (Key::ArrowRight, CullKey::Next),
        (Key::ArrowDown, CullKey::Next),
        (Key::ArrowLeft, CullKey::Previous),
        (Key::ArrowUp, CullKey::Previous),
        (Key::Escape, CullKey::Leave),
    ];
    let taken = match (before, now) {
        (Keyboard::Other, _) | (_, Keyboard::Other) => 0,
        (Keyboard::Canvas, _) | (_, Keyboard::Canvas) => 4,
        (Keyboard::Sheet, Keyboard::Sheet) => keys.len(),
    };
    ui.input_mut(|input| {
        let mut taken = keys[..taken].iter();
        taken.find(|(key, _)| input.consume_key(Modifiers::NONE, *key)).map(|(_, what)| *what)
    })
}

/// The reason whose key was pressed in this frame.
pub(super) fn reason_key(ui: &Ui) -> Option<RejectReason> {
    let mut keys = KEYS.into_iter().zip(RejectReason::ALL);
    ui.input_mut(|input| keys.find(|(key, _)| input.consume_key(Modifiers::NONE, *key)).map(|(_, reason)| reason))
}

/// The reasons with their keys. The one that was pressed.
pub(super) fn reason_buttons(ui: &mut Ui, allowed: &Allowed, is_other: bool) -> Option<RejectReason> {
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
        for (reason, key) in RejectReason::ALL.into_iter().zip(REASON_KEYS) {
            let text = RichText::new(format!("{key}  {reason}"));
            let button = Button::new(text).selected(is_other && reason == RejectReason::Other);
            let response = ui.add_enabled(allowed.is_yes(), button);
            let response = response.accessible_name(allowed.spoken(&format!("Reject: {reason}")));
            let response = match allowed {
                Allowed::No(why) => response.on_disabled_hover_text(why),
                Allowed::Yes => response,
            };
            if response.clicked() {
                chosen = Some(reason);
            }
        }
    });
    chosen
}

/// Whether who acts may reject an image now.
pub(super) fn may_reject(desk: &Desk<'_, '_>, image: Sha256) -> Allowed {
    desk.input.would(&Command::Reject { image, reason: RejectReason::Artefact, note: String::new() })
}

/// Rejects what is being rejected, for this reason. Whether that was sent: "other" waits for its note, and a refusal stays with the
/// note.
pub(super) fn reject_for(desk: &mut Desk<'_, '_>, reason: RejectReason) -> bool {
    let Some(mut rejecting) = desk.cull.rejecting.take() else { return false };
    if let Some(Command::Reject { image, reason, note }) = rejecting.command(reason) {
        let decision = CullDecision::Reject { reason, note: note.clone() };
        let command = Command::Reject { image, reason, note };
        match desk.input.would(&command) {
            Allowed::Yes => {
                desk.cull.send(desk.input.state, image, decision);
                desk.decide(command);
                return true;
            }
            Allowed::No(why) => rejecting.refusal = Some(why),
        }
    }
    desk.cull.rejecting = Some(rejecting);
    false
}

/// The reasons to reject an image, while one is being chosen. Whether the image was rejected now.
pub(super) fn chooser(ui: &mut Ui, desk: &mut Desk<'_, '_>) -> bool {
    let Some(mut rejecting) = desk.cull.rejecting.take() else { return false };
    let palette = theme::palette(ui.style());
    let mut chosen = None;
    let mut is_left = false;
    let allowed = may_reject(desk, rejecting.image);
    let is_free = !Popup::is_any_open(ui.ctx());
    if allowed.is_yes() && is_free && !ui.ctx().text_edit_focused() {
        chosen = reason_key(ui);
    }
    is_left |= is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let name = rejecting.image.auto_v2();
    let frame = eframe::egui::Frame::new().fill(palette.header).stroke(theme::line(palette));
    let frame = frame.corner_radius(theme::group_rounding()).inner_margin(theme::GAP);
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        line(ui, &format!("Reason to reject {name}"));
        chosen = reason_buttons(ui, &allowed, rejecting.is_other).or(chosen);
        let hint = if rejecting.is_other { "What is wrong" } else { "A note, if it helps" };
        let note = field(ui, "Note on the rejection", hint, &mut rejecting.note, ui.available_width());
        if std::mem::take(&mut rejecting.wants_note) {
            note.request_focus();
        }
        if let Some(refusal) = &rejecting.refusal {
            parts::note(ui, &format!("{}  {refusal}", icons::WARNING));
        }
        if note.changed() {
            rejecting.refusal = None;
        }
        if note.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && rejecting.is_other {
            chosen = Some(RejectReason::Other);
        }
        is_left |= ActionButton::plain("Leave it").keys("Esc").show(ui);
    });
    desk.cull.rejecting = Some(rejecting);
    match chosen {
        Some(reason) if reject_for(desk, reason) => true,
        Some(_) => false,
        None => {
            desk.cull.rejecting.take_if(|_| is_left);
            false
        }
    }
}
