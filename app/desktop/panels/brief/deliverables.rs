use eframe::egui::{DragValue, RichText, TextEdit, Ui, vec2};
use kento_studio::workflow::{ColourSpace, Deliverable, FileFormat};

use super::form::first_deliverable;
use crate::theme::{self, icons};
use crate::widgets::{ActionButton, IconButton, pick_list};

/// Largest side and count that the table takes; a poster of 3 m at 300 dpi stays below.
const MOST_SIDE: u32 = 50_000;
const MOST_COUNT: u32 = 10_000;
/// From this width on, in points, everything of a deliverable but its name stands in one line.
const ONE_LINE: f32 = 440.0;

/// The table of deliverables: two lines each, so that it fits into a narrow panel.
pub fn show_deliverables(ui: &mut Ui, list: &mut Vec<Deliverable>) {
    let mut removed = None;
    for (i, one) in list.iter_mut().enumerate() {
        ui.push_id(("deliverable", i), |ui| {
            if show_one(ui, i, one) {
                removed = Some(i);
            }
        });
        ui.add_space(theme::GRID);
    }
    if let Some(removed) = removed {
        list.remove(removed);
    }
    if ActionButton::plain("Add a deliverable").icon(icons::ADD).show(ui) {
        list.push(
            list.last().map_or_else(first_deliverable, |last| Deliverable { name: String::new(), ..last.clone() }),
        );
    }
}

/// One deliverable. Whether it is to be removed.
fn show_one(ui: &mut Ui, index: usize, one: &mut Deliverable) -> bool {
    let palette = theme::palette(ui.style());
    let number = index + 1;
    let mut is_removed = false;
    theme::style_number_fields(ui.style_mut());
    ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
    ui.horizontal(|ui| {
        let width = ui.available_width() - theme::CONTROL_HEIGHT - theme::GRID;
        let edit = TextEdit::singleline(&mut one.name)
            .hint_text(RichText::new("brochure cover").color(palette.hint))
            .margin(vec2(theme::GAP, 5.0))
            .desired_width(width);
        ui.add(edit).accessible_name(format!("Name of deliverable {number}"));
        is_removed = IconButton::new(icons::DELETE, format!("Remove deliverable {number}")).show(ui);
    });
    // A wide panel has room for one line.
    if ui.available_width() < ONE_LINE {
        ui.horizontal(|ui| sizes(ui, number, one));
        ui.horizontal(|ui| formats(ui, number, one));
    } else {
        ui.horizontal(|ui| {
            sizes(ui, number, one);
            formats(ui, number, one);
        });
    }
    is_removed
}

/// How many, and how large.
fn sizes(ui: &mut Ui, number: usize, one: &mut Deliverable) {
    let palette = theme::palette(ui.style());
    let side = |value| DragValue::new(value).range(1..=MOST_SIDE).speed(8.0);
    let count = DragValue::new(&mut one.count).range(1..=MOST_COUNT).speed(0.1).suffix(" ×");
    number_field(ui, 48.0, count, &format!("How many pictures of deliverable {number}"));
    number_field(ui, 60.0, side(&mut one.width), &format!("Width of deliverable {number} in pixels"));
    ui.label(RichText::new("×").color(palette.secondary));
    number_field(ui, 60.0, side(&mut one.height), &format!("Height of deliverable {number} in pixels"));
    ui.label(RichText::new("px").font(theme::note_font()).color(palette.secondary));
}

/// File format and colour space.
fn formats(ui: &mut Ui, number: usize, one: &mut Deliverable) {
    pick_list("format")
        .selected_text(one.format.extension().to_uppercase())
        .width(72.0)
        .show_ui(ui, |ui| {
            for format in FileFormat::ALL {
                ui.selectable_value(&mut one.format, format, format.extension().to_uppercase());
            }
        })
        .response
        .accessible_name(format!("File format of deliverable {number}"));
    pick_list("colour space")
        .selected_text(one.colour_space.label())
        .width(104.0)
        .show_ui(ui, |ui| {
            for space in ColourSpace::ALL {
                ui.selectable_value(&mut one.colour_space, space, space.label());
            }
        })
        .response
        .accessible_name(format!("Colour space of deliverable {number}"));
}

fn number_field(ui: &mut Ui, width: f32, value: DragValue<'_>, name: &str) {
    ui.add_sized([width, theme::CONTROL_HEIGHT], value).on_hover_text(name).accessible_name(name);
}
