use eframe::egui::{DragValue, Grid, Ui};

use super::bar::BarInput;
use super::data::{RepairForm, box_limits, edges, rect};
use crate::theme::{self, icons};

/// Says whether the box of the repair follows the mask or was chosen; opens its numbers, for those who drag no edges, and the way back.
pub(super) fn box_menu(ui: &mut Ui, form: &mut RepairForm, input: &BarInput<'_>) {
    let Ok(Some(region)) = input.plan.as_ref().map(|plan| plan.region.as_ref()) else { return };
    let crop = region.crop;
    let name = if form.crop.is_some() { "Box chosen" } else { "Box automatic" };
    let menu = ui.menu_button(format!("{name} {}", icons::DOWN), |ui| {
        ui.set_min_width(180.0);
        theme::style_number_fields(ui.style_mut());
        let mut chosen = kento_finishing::PixelRect::new(crop.x, crop.y, crop.width, crop.height);
        let before = chosen;
        let row = |ui: &mut Ui, text: &str, name: &str, value: &mut u32| {
            ui.label(text);
            let number = DragValue::new(value).range(0..=kento_studio::limits::MOST_SIDE).speed(0.5).suffix(" px");
            ui.add_sized([84.0, theme::CONTROL_HEIGHT], number).accessible_name(name).on_hover_text(name);
            ui.end_row();
        };
        Grid::new("numbers of the box").num_columns(2).show(ui, |ui| {
            row(ui, "Left", "Left edge of the box, in pixels of the picture", &mut chosen.x);
            row(ui, "Top", "Upper edge of the box, in pixels of the picture", &mut chosen.y);
            row(ui, "Width", "Width of the box in pixels", &mut chosen.width);
            row(ui, "Height", "Height of the box in pixels", &mut chosen.height);
        });
        if chosen != before {
            form.crop = Some(rect(box_limits(input.size, input.masked).fitted(edges(chosen))));
        }
        if form.crop.is_some() && ui.button("Follow the mask again").clicked() {
            form.crop = None;
            ui.close();
        }
    });
    menu.response.accessible_name(name).on_hover_text(
        "What the model sees. Drag its corners and edges, or its line to move it; a double click frees it",
    );
}
