use eframe::egui::{Align2, Rect, Role, Sense, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{Allowed, sentence};
use crate::theme;

/// How the chosen segment looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentLook {
    /// In the role's accent: there is one such control in the window.
    Accent,
    /// Raised.
    Plain,
}

/// One of a few choices that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What stands on it.
    pub label: String,
    /// What a screen reader calls it, where the label alone says too little.
    pub name: String,
    /// What the pointer is told.
    pub explanation: Option<String>,
    /// Whether it can be chosen.
    pub allowed: Allowed,
}

impl Segment {
    /// A segment whose label says everything.
    pub fn new(label: impl Into<String>) -> Self {
        let label = label.into();
        Self { name: label.clone(), label, explanation: None, allowed: Allowed::Yes }
    }
}

/// Draws the choices beside each other. The one that was chosen now, if another than before. While nothing is chosen, `chosen` is
/// none, and each of them can be.
pub fn segmented(
    ui: &mut Ui,
    look: SegmentLook,
    segments: &[Segment],
    chosen: impl Into<Option<usize>>,
) -> Option<usize> {
    let chosen = chosen.into();
    let is_chosen = |place: usize| chosen == Some(place);
    const INSET: f32 = 2.0;
    let palette = theme::palette(ui.style());
    let galleys: Vec<_> = segments
        .iter()
        .enumerate()
        .map(|(i, segment)| {
            let font = if is_chosen(i) { theme::strong_font() } else { theme::body_font() };
            let color = match (is_chosen(i), look) {
                (true, SegmentLook::Accent) => palette.on_accent,
                (true, SegmentLook::Plain) => palette.text,
                (false, _) if !segment.allowed.is_yes() => palette.hint,
                (false, _) => palette.secondary,
            };
            ui.painter().layout_no_wrap(segment.label.clone(), font, color)
        })
        .collect();
    let widths: Vec<f32> = galleys.iter().map(|galley| (galley.size().x + 2.0 * theme::MARGIN as f32).ceil()).collect();
    let size = vec2(widths.iter().sum::<f32>() + 2.0 * INSET, theme::CONTROL_HEIGHT);
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    let fill = palette.raised.lerp_to_gamma(palette.panel, 0.35);
    ui.painter().rect(area, theme::control_rounding(), fill, theme::line(palette), StrokeKind::Inside);
    let mut x = area.left() + INSET;
    let mut pressed = None;
    for (i, ((segment, galley), width)) in segments.iter().zip(galleys).zip(widths).enumerate() {
        let rect = Rect::from_min_size(pos2(x, area.top() + INSET), vec2(width, area.height() - 2.0 * INSET));
        x += width;
        let enabled = segment.allowed.is_yes();
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.unique_id().with((&segments[0].label, i)), sense);
        let name = segment.allowed.spoken(&segment.name);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, is_chosen(i), &name));
        let fill = match (is_chosen(i), look) {
            (true, SegmentLook::Accent) => palette.accent,
            (true, SegmentLook::Plain) => theme::pressed(palette),
            (false, _) if response.hovered() && enabled => theme::hovered(palette),
            (false, _) => theme::CLEAR,
        };
        ui.painter().rect_filled(rect, theme::picture_rounding(), fill);
        if response.has_focus() {
            let focus = theme::ring(theme::palette(ui.style()));
            ui.painter().rect_stroke(rect, theme::picture_rounding(), focus, StrokeKind::Outside);
        }
        let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), rect).min;
        ui.painter().galley(at, galley, palette.text);
        if enabled && response.clicked() && !is_chosen(i) {
            pressed = Some(i);
        }
        let told = segment.allowed.reason().map(sentence).or_else(|| segment.explanation.clone());
        if let Some(told) = told {
            response.on_hover_text(told);
        }
    }
    pressed
}
