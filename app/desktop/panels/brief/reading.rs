use eframe::egui::{Align, Label, Layout, RichText, Role, Sense, Ui, WidgetInfo, vec2};
use kento_studio::workflow::{Brief, PaletteColour};

use super::data::{ReadField, Says, page};
use crate::theme;

/// The brief for who may not write it: a page to read.
pub fn show_page(ui: &mut Ui, brief: &Brief, standing: &str) {
    let palette = theme::palette(ui.style());
    ui.spacing_mut().item_spacing.y = theme::GRID;
    let intent = if brief.intent.is_empty() { "No intent is written yet." } else { brief.intent.as_str() };
    let color = if brief.intent.is_empty() { palette.hint } else { palette.text };
    ui.add(Label::new(RichText::new(intent).font(theme::title_font()).color(color)).wrap().selectable(true));
    ui.label(RichText::new(standing).font(theme::note_font()).color(palette.secondary));
    ui.add_space(theme::GAP);
    for field in page(brief) {
        show_field(ui, &field);
        ui.add_space(theme::GAP);
    }
}

fn show_field(ui: &mut Ui, field: &ReadField) {
    let palette = theme::palette(ui.style());
    ui.label(RichText::new(field.title).font(theme::note_font()).color(palette.secondary));
    match &field.says {
        Says::Text(text) => body(ui, text),
        Says::Lines(lines) => lines.iter().for_each(|line| body(ui, line)),
        Says::NotNeeded(because) => {
            let text = RichText::new(format!("not needed, because {because}")).color(palette.secondary).italics();
            ui.add(Label::new(text).wrap().selectable(true));
        }
        Says::Open => {
            ui.label(RichText::new("not answered yet").color(palette.hint));
        }
        Says::Colours(colours) => wells(ui, colours),
    }
}

fn body(ui: &mut Ui, text: &str) {
    ui.add(Label::new(text).wrap().selectable(true));
}

/// Colours with their names, to look at.
fn wells(ui: &mut Ui, colours: &[PaletteColour]) {
    let palette = theme::palette(ui.style());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GAP + theme::GRID, theme::GRID);
        for colour in colours {
            let size = vec2(92.0, theme::SMALL_CONTROL_HEIGHT);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = theme::GRID + 2.0;
                let side = theme::SMALL_CONTROL_HEIGHT;
                let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                ui.painter().rect_filled(rect, theme::picture_rounding(), theme::shown(colour.0));
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Colour {colour}")));
                let name = RichText::new(colour.to_string()).font(theme::small_mono_font());
                ui.label(name.color(palette.secondary));
            });
        }
    });
}
