use eframe::egui::Ui;

use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::panels::canvas::CanvasPanel;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct ChecklistPanel {}

impl ChecklistPanel {
    /// The note beside the title.
    pub fn context(&self, _input: &PanelInput<'_>, _selection: &Selection) -> String {
        String::new()
    }

    /// Draws the panel.
    pub fn show(
        &mut self,
        _ui: &mut Ui,
        _input: &PanelInput<'_>,
        _selection: &mut Selection,
        _canvas: &mut CanvasPanel,
        _asks: &mut Vec<PanelAsk>,
    ) {
    }
}
