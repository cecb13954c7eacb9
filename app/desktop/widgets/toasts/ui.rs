use eframe::egui::{
    Align, Align2, Area, Color32, Frame, Id, Label, Layout, Margin, Order, RichText, ScrollArea, Stroke, Ui, vec2,
};

use super::data::{Toast, ToastKind, Toasts};
use crate::theme::{self, Palette, icons};
use crate::widgets::IconButton;

/// Draws what is seen now above everything else, at the lower right, `above` points from the bottom.
pub fn show(ui: &mut Ui, toasts: &mut Toasts, now_secs: f64, above: f32) {
    if let Some(secs) = toasts.next_change_secs(now_secs) {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(secs.max(0.0)));
    }
    let seen: Vec<Toast> = toasts.seen(now_secs).cloned().collect();
    if seen.is_empty() {
        return;
    }
    let corner = vec2(-theme::GROUP_GAP, -above - theme::GROUP_GAP);
    let area = Area::new(Id::unique("toasts")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, corner);
    area.show(ui.ctx(), |ui| {
        ui.with_layout(Layout::bottom_up(Align::Max), |ui| {
            for toast in &seen {
                if show_one(ui, toast) {
                    toasts.close(&toast.text);
                }
            }
        });
    });
}

/// Draws everything that is kept, as a list.
pub fn show_list(ui: &mut Ui, toasts: &Toasts, now_secs: f64) {
    let palette = theme::palette(ui.style());
    ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        for toast in toasts.kept() {
            ui.horizontal(|ui| {
                let (icon, color) = sign(toast.kind, palette);
                ui.label(RichText::new(icon).color(color));
                ui.label(&toast.text);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let ago = ((now_secs - toast.came_secs).max(0.0) / 60.0) as u64;
                    let ago = if ago == 0 { "just now".to_owned() } else { format!("{ago} min ago") };
                    ui.label(RichText::new(ago).font(theme::note_font()).color(palette.secondary));
                });
            });
        }
    });
}

fn show_one(ui: &mut Ui, toast: &Toast) -> bool {
    let palette = theme::palette(ui.style());
    let (icon, color) = sign(toast.kind, palette);
    let frame = Frame::new().fill(palette.raised).stroke(Stroke::new(1.0, theme::pressed(palette)));
    let mut closed = false;
    frame.corner_radius(theme::group_rounding()).inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        let times = if toast.times > 1 { format!("  ×{}", toast.times) } else { String::new() };
        let text = format!("{}{times}", toast.text);
        let width = ui.painter().layout_no_wrap(text.clone(), theme::body_font(), palette.text).size().x;
        let width = width.min(theme::MEASURE * 0.8);
        let row = vec2(width + 64.0, theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            ui.label(RichText::new(icon).size(16.0).color(color));
            ui.add_sized(vec2(width, 0.0), Label::new(text).wrap());
            closed = IconButton::new(icons::FAIL, format!("Close: {}", toast.text)).show_sized(ui, 20.0);
        });
    });
    closed
}

fn sign(kind: ToastKind, palette: &Palette) -> (&'static str, Color32) {
    match kind {
        ToastKind::Done => (icons::DONE, palette.pass),
        ToastKind::Refused => (icons::BLOCKED, palette.secondary),
        ToastKind::Failed => (icons::WARNING, palette.fail),
    }
}
