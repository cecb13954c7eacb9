use eframe::egui::Ui;

use crate::desk::{PanelAsk, PanelInput};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct BriefPanel {}

impl BriefPanel {
    /// Whether the brief is shown instead of the recipe.
    pub fn is_open(&self, _input: &PanelInput<'_>) -> bool {
        false
    }

    /// The switch between brief and recipe in the header.
    pub fn switch(&mut self, _ui: &mut Ui, _input: &PanelInput<'_>) {}

    /// The note beside the title.
    pub fn context(&self, _input: &PanelInput<'_>) -> String {
        String::new()
    }

    /// Draws the panel.
    pub fn show(
        &mut self,
        _ui: &mut Ui,
        _input: &PanelInput<'_>,
        _asks: &mut Vec<PanelAsk>,
    ) {
    }
}
