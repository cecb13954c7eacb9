use eframe::egui::{Role, Sense, StrokeKind, Ui, WidgetInfo, vec2};

use super::{Allowed, IconButton};
use crate::theme::{self, icons};

/// One colour of a palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColourWell {
    /// Its bytes of sRGB.
    pub srgb: [u8; 3],
    /// What it is called, if it has a name.
    pub name: String,
}

impl ColourWell {
    /// As CSS writes it: `#d93530`.
    pub fn hex(&self) -> String {
        let [red, green, blue] = self.srgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// For screen readers and the pointer.
    fn spoken(&self) -> String {
        if self.name.is_empty() { self.hex() } else { format!("{} {}", self.name, self.hex()) }
    }
}

/// What the user did to a row of wells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WellEvent {
    /// Pressed a well, to change it.
    Pressed(usize),
    /// Asked to remove one (secondary click or Delete).
    Removed(usize),
    /// Asked for another one.
    Added,
    /// Asked to pick one from a picture.
    PickAsked,
}

/// Draws the wells, then the buttons to add one and to pick one from a picture.
pub fn show_colour_wells(ui: &mut Ui, wells: &[ColourWell], allowed: &Allowed) -> Option<WellEvent> {
    let palette = theme::palette(ui.style());
    let mut event = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
        for (i, well) in wells.iter().enumerate() {
            let (rect, response) =
                ui.allocate_exact_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT), Sense::click());
            let rounding = theme::control_rounding();
            ui.painter().rect_filled(rect, rounding, theme::shown(well.srgb));
            let edge =
                if response.has_focus() { theme::ring(theme::palette(ui.style())) } else { theme::line(palette) };
            ui.painter().rect_stroke(rect, rounding, edge, StrokeKind::Inside);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Colour {}", well.spoken())));
            let delete = response.has_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Delete));
            if (response.secondary_clicked() || delete) && allowed.is_yes() {
                event = Some(WellEvent::Removed(i));
            } else if response.clicked() && allowed.is_yes() {
                event = Some(WellEvent::Pressed(i));
            }
            response.on_hover_text(format!("{}\nright click removes it", well.spoken()));
        }
        if IconButton::new(icons::ADD, "Add a colour").allowed(allowed.clone()).show(ui) {
            event = Some(WellEvent::Added);
        }
        if IconButton::new(icons::PICK, "Pick a colour from a picture").allowed(allowed.clone()).show(ui) {
            event = Some(WellEvent::PickAsked);
        }
    });
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_written_as_css_writes_it() {
        let well = ColourWell { srgb: [217, 5, 48], name: "Signal".to_owned() };
        assert_eq!((well.hex().as_str(), well.spoken().as_str()), ("#d90530", "Signal #d90530"));
    }
}
