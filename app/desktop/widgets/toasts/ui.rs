use eframe::egui::{
    Align, Align2, Area, Color32, Id, Layout, Order, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
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
        ui.with_layout(Layout::top_down(Align::Max), |ui| {
            // The latest stands lowest, next to the bar.
            for toast in seen.iter().rev() {
                ui.add_space(theme::GAP);
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
    const ICON: f32 = 24.0;
    let palette = theme::palette(ui.style());
    let (icon, color) = sign(toast.kind, palette);
    let times = if toast.times > 1 { format!("  ×{}", toast.times) } else { String::new() };
    let text = format!("{}{times}", toast.text);
    let text = ui.painter().layout(text, theme::body_font(), palette.text, theme::MEASURE * 0.8);
    let width = ICON + text.size().x + ICON + 2.0 * f32::from(theme::MARGIN);
    let height = (text.size().y + 2.0 * theme::GAP).max(theme::HEADER_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &toast.text));
    let edge = Stroke::new(1.0, theme::pressed(palette));
    ui.painter().rect(rect, theme::group_rounding(), palette.raised, edge, StrokeKind::Inside);
    let inner = rect.shrink2(vec2(f32::from(theme::MARGIN), 0.0));
    ui.painter().text(inner.left_center(), Align2::LEFT_CENTER, icon, theme::icon_font(), color);
    let at = pos2(inner.left() + ICON, rect.center().y - text.size().y / 2.0);
    ui.painter().galley(at, text, palette.text);
    let button = Rect::from_center_size(pos2(inner.right() - 6.0, rect.center().y), vec2(20.0, 20.0));
    let mut closed = false;
    ui.scope_builder(UiBuilder::new().max_rect(button), |ui| {
        closed = IconButton::new(icons::FAIL, format!("Close: {}", toast.text)).show_sized(ui, 20.0);
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
