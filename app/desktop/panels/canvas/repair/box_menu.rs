use eframe::egui::{DragValue, Ui};

use super::bar::{BarInput, field};
use super::data::{RepairForm, box_limits, edges, rect};
use crate::theme::{self, icons};
use crate::widgets::ActionButton;

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
        let number = |value| DragValue::new(value).range(0..=kento_studio::limits::MOST_SIDE).speed(0.5).suffix(" px");
        field(ui, "Left", "Left edge of the box, in pixels of the picture", number(&mut chosen.x));
        field(ui, "Top", "Upper edge of the box, in pixels of the picture", number(&mut chosen.y));
        field(ui, "Width", "Width of the box in pixels", number(&mut chosen.width));
        field(ui, "Height", "Height of the box in pixels", number(&mut chosen.height));
        if chosen != before {
            form.crop = Some(rect(box_limits(input.size, input.masked).fitted(edges(chosen))));
        }
        let way_back = ActionButton::plain("Automatic").named("The box follows the mask again");
        if form.crop.is_some() && way_back.explained("The box follows the mask again").show(ui) {
            form.crop = None;
            ui.close();
        }
    });
    menu.response.accessible_name(name).on_hover_text(
        "What the model sees. Drag its corners and edges, or its line to move it; a double click frees it",
    );
}
