use std::rc::Rc;

use eframe::egui::Ui;

use super::Desk;
use super::parts::line;
use crate::desk::Kept;
use crate::panels::concept_grid::data::ReviewData;
use crate::theme::icons;
use crate::widgets::contact_sheet::{self, Arrangement, SheetState};
use crate::widgets::{EmptyState, show_empty_state};

/// The candidates at the gate.
pub(super) struct ReviewUi {
    pub(super) sheet: SheetState,
    kept: Kept<u64, ReviewData>,
}

impl Default for ReviewUi {
    fn default() -> Self {
        Self { sheet: SheetState::new(Arrangement::Flow, 96.0), kept: Kept::default() }
    }
}

impl ReviewUi {
    /// The candidates, made anew only after another record.
    fn data(&mut self, desk: &Desk<'_, '_>) -> Option<Rc<ReviewData>> {
        self.kept.of(desk.input.state.seq(), || Some(ReviewData::of(desk.input)))
    }

    /// A strip that fills a low panel.
    pub(super) fn strip(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>) {
        let Some(data) = self.data(desk) else { return };
        if data.pictures.cells.is_empty() {
            let text = "Nothing is at the gate. The Operator submits keepers for review.";
            ui.centered_and_justified(|ui| line(ui, text));
            return;
        }
        self.sheet.arrangement = Arrangement::Strip;
        // The outline and the scroll bar take what is left.
        self.sheet.tile_side = (ui.available_height() - 18.0).clamp(SheetState::SIDES[0], 128.0);
        self.draw(ui, desk, &data);
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>) {
        let Some(data) = self.data(desk) else { return };
        if data.pictures.cells.is_empty() {
            let state = EmptyState {
                icon: icons::CHECKLIST,
                title: "Nothing is at the gate".to_owned(),
                advice: "The Operator keeps images of a volume run, finishes them and submits them for review."
                    .to_owned(),
                buttons: Vec::new(),
            };
            show_empty_state(ui, &state);
            return;
        }
        if self.sheet.arrangement == Arrangement::Strip {
            self.sheet = Self::default().sheet;
        }
        if let Some(cell) = desk.selection.image.and_then(|image| data.pictures.cells.get(data.pictures.place(image)?))
        {
            line(ui, &cell.name);
        }
        self.draw(ui, desk, &data);
    }

    fn draw(&mut self, ui: &mut Ui, desk: &mut Desk<'_, '_>, data: &ReviewData) {
        match desk.selection.image.and_then(|image| data.pictures.place(image)) {
            Some(place) if self.sheet.selected.len() <= 1 => self.sheet.select(place),
            Some(_) => {}
            None => self.sheet.selected.clear(),
        }
        for event in contact_sheet::show(ui, &data.pictures.sheet, &mut self.sheet, desk.thumbnails) {
            desk.take(&event, &data.pictures, &self.sheet);
        }
    }
}
