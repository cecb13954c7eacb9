use eframe::egui::{Label, RichText, ScrollArea, Ui};
use jiff::tz::TimeZone;
use kento_studio::Sha256;
use kento_studio::workflow::{Command, CommandKind};

use super::Desk;
use super::parts::{field, note};
use crate::panels::concept_grid::data::{BoardData, BoardDraft, DirectionData};
use crate::theme::{self, icons};
use crate::widgets::contact_sheet::{self, Arrangement, SheetEvent, SheetState};
use crate::widgets::{ActionButton, ButtonLook, IconButton, relative_time_label, show_button_row};

/// The moodboard below the grid.
pub(super) struct BoardUi {
    pub(super) draft: BoardDraft,
    sheet: SheetState,
    /// Why a direction is approved or withdrawn, as typed.
    reason: String,
    is_withdrawing: bool,
    /// A decision is on its way; the typed reason goes once the direction is another.
    sent: bool,
    /// The record of the direction that was seen last.
    direction: Option<u64>,
    drawn_height: f32,
}

impl Default for BoardUi {
    fn default() -> Self {
        Self {
            draft: BoardDraft::default(),
            sheet: SheetState::new(Arrangement::Strip, 60.0),
            reason: String::new(),
            is_withdrawing: false,
            sent: false,
            direction: None,
            drawn_height: 128.0,
        }
    }
}

impl BoardUi {
    /// How much of a height it takes: what it needs, at most a bit more than half.
    pub(super) fn height(&self, whole: f32) -> f32 {
        self.drawn_height.min(whole * 0.55)
    }

    /// Whether an order or a reason is there and not saved.
    pub(super) fn has_unsaved(&self) -> bool {
        self.draft.order().is_some() || !self.reason.trim().is_empty()
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, selected: &[Sha256]) {
        let direction = desk.input.state.direction().map(|direction| direction.seq);
        if direction != self.direction {
            self.direction = direction;
            if std::mem::take(&mut self.sent) {
                self.reason.clear();
                self.is_withdrawing = false;
            }
        }
        let data = BoardData::of(desk.input, &self.draft, selected);
        let area = ScrollArea::vertical().id_salt("moodboard").auto_shrink([false, true]);
        let drawn = area.show(ui, |ui| {
            ui.separator();
            self.title(ui, &data);
            if !data.pictures.cells.is_empty() {
                self.strip(ui, desk, &data);
            }
            match &data.direction {
                Some(direction) => self.approved(ui, desk, &data, direction),
                None if data.may_approve => self.approval(ui, desk, &data),
                None => self.saving(ui, desk, &data),
            }
        });
        if (drawn.content_size.y - self.drawn_height).abs() > 0.5 {
            self.drawn_height = drawn.content_size.y;
            ui.ctx().request_repaint();
        }
    }

    fn title(&mut self, ui: &mut Ui, data: &BoardData) {
        let palette = theme::palette(ui.style());
        ui.horizontal(|ui| {
            ui.label(RichText::new("Moodboard").font(theme::strong_font()));
            let undo = IconButton::new(icons::UNDO, "Undo the last change of the order");
            if self.draft.can_undo() && undo.show_sized(ui, theme::SMALL_CONTROL_HEIGHT) {
                self.draft.undo();
            }
            let text = RichText::new(&data.note).font(theme::note_font()).color(palette.secondary);
            ui.add(Label::new(text).truncate());
        });
    }

    fn strip(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &BoardData) {
        let events = contact_sheet::show(ui, &data.pictures.sheet, &mut self.sheet, desk.thumbnails);
        for event in events {
            if let SheetEvent::Moved { from, to } = event {
                self.draft.shift(desk.input.state, from, to);
            } else if let Some((image, rank)) = desk.take(&event, &data.pictures, &self.sheet) {
                self.draft.rank(desk.input.state, image, rank);
            }
        }
    }

    /// The candidate that a direction is approved of: the selected one, or the best.
    fn candidate(&self, data: &BoardData) -> usize {
        self.sheet.selected.first().copied().filter(|place| *place < data.pictures.cells.len()).unwrap_or(0)
    }

    fn saving(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &BoardData) {
        let Some((label, command, allowed)) = &data.save else { return };
        let button = ActionButton::primary(label.clone()).allowed(allowed.clone());
        if button.explained("Puts these pictures on the moodboard, for the Director to rank").show(ui) {
            desk.decide(command.clone());
        }
    }

    fn approval(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &BoardData) {
        let is_saved = self.draft.order().is_none() && desk.input.may(CommandKind::ApproveDirection).is_yes();
        let Some((label, command, allowed)) = &data.save else { return };
        if !is_saved {
            let button = ActionButton::primary(label.clone()).allowed(allowed.clone());
            if button.explained("Saves this order; number 1 is the best").show(ui) {
                desk.decide(command.clone());
            }
            return;
        }
        let place = self.candidate(data);
        field(ui, "Why this direction", "Why this direction", &mut self.reason, ui.available_width());
        let Some(command) = data.approve(place, &self.reason) else { return };
        let button =
            ActionButton::primary(format!("Approve direction {}", place + 1)).allowed(desk.input.would(&command));
        if button.explained("The lock-in pass begins with this picture").show(ui) {
            self.sent = true;
            desk.decide(command);
        }
    }

    fn approved(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &BoardData, direction: &DirectionData) {
        let number = data.pictures.place(direction.image).map(|place| format!(" {}", place + 1)).unwrap_or_default();
        ui.horizontal_wrapped(|ui| {
            let palette = theme::palette(ui.style());
            ui.label(RichText::new(icons::PASS).color(palette.pass));
            ui.label(format!("Direction{number} {}", direction.who));
            relative_time_label(ui, direction.at, desk.input.now, &TimeZone::system());
        });
        note(ui, &direction.reason);
        if !data.may_approve {
            return;
        }
        if !self.is_withdrawing {
            let button = ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Withdraw the direction…") };
            self.is_withdrawing = button.allowed(desk.input.may(CommandKind::WithdrawDirection)).show(ui);
            return;
        }
        field(ui, "Why it is withdrawn", "Why it is withdrawn", &mut self.reason, ui.available_width());
        let command = Command::WithdrawDirection { reason: self.reason.clone() };
        let buttons = [
            ActionButton { look: ButtonLook::Grave, ..ActionButton::plain("Withdraw") }
                .allowed(desk.input.would(&command)),
            ActionButton::plain("Leave it"),
        ];
        match show_button_row(ui, &buttons) {
            Some(0) => {
                self.sent = true;
                desk.decide(command);
            }
            Some(_) => self.is_withdrawing = false,
            None => {}
        }
    }
}
