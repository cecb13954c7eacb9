use eframe::egui::{DragValue, RichText, Ui, vec2};
use kento_finishing::region::Stands;
use kento_studio::{Margins, limits};

use super::bar::field;
use super::data::RepairForm;
use crate::region::margins_to;
use crate::theme;
use crate::widgets::pick_list;

/// The proportions that are offered, width to height.
const RATIOS: [[u32; 2]; 8] = [[1, 1], [4, 5], [5, 4], [2, 3], [3, 2], [16, 9], [9, 16], [21, 9]];

/// How far the picture is extended: to a proportion, or by pixels at each side.
pub(super) fn extension(ui: &mut Ui, form: &mut RepairForm, size: [u32; 2]) {
    ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
    theme::style_number_fields(ui.style_mut());
    let before = (form.ratio, form.stands);
    let named = |[across, down]: [u32; 2]| format!("{across}:{down}");
    let shown = form.ratio.map_or_else(|| "By hand".to_owned(), named);
    let list = pick_list("proportion").selected_text(shown).width(72.0).show_ui(ui, |ui| {
        for ratio in RATIOS {
            ui.selectable_value(&mut form.ratio, Some(ratio), named(ratio));
        }
    });
    list.response.accessible_name("Proportion that the picture grows to");
    let place = |stands: Stands| match stands {
        Stands::First => "Picture left or above",
        Stands::Middle => "Picture in the middle",
        Stands::Last => "Picture right or below",
    };
    let list = pick_list("where the picture stands").selected_text(place(form.stands)).width(148.0);
    let list = list.show_ui(ui, |ui| {
        for stands in [Stands::First, Stands::Middle, Stands::Last] {
            ui.selectable_value(&mut form.stands, stands, place(stands));
        }
    });
    list.response.accessible_name("Where the picture stands in the proportion");
    if let (Some(ratio), true) = (form.ratio, before != (form.ratio, form.stands)) {
        form.margins = margins_to(size, ratio, form.stands);
    }
    let by_hand = form.margins;
    let number = |value| DragValue::new(value).range(0..=limits::MOST_SIDE).speed(0.5).suffix(" px");
    field(ui, "Left", "Pixels that are added at the left", number(&mut form.margins.left));
    field(ui, "Top", "Pixels that are added above", number(&mut form.margins.top));
    field(ui, "Right", "Pixels that are added at the right", number(&mut form.margins.right));
    field(ui, "Bottom", "Pixels that are added below", number(&mut form.margins.bottom));
    if form.margins != by_hand {
        form.ratio = None;
    }
    let Margins { left, top, right, bottom } = form.margins;
    let whole =
        [size[0].saturating_add(left).saturating_add(right), size[1].saturating_add(top).saturating_add(bottom)];
    let color = theme::palette(ui.style()).secondary;
    ui.label(RichText::new(format!("becomes {}×{}", whole[0], whole[1])).font(theme::small_mono_font()).color(color));
}
