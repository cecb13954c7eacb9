use eframe::egui::Ui;

use crate::desk::{PanelAsk, PanelInput, Selection};
use crate::widgets::thumbnails::Thumbnails;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct LockPanel {}

impl LockPanel {
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
        _thumbnails: &mut Thumbnails,
        _asks: &mut Vec<PanelAsk>,
    ) {
    }
}
